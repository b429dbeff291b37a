"""The tidy frame: a row a trial, and the frame of runs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from bench.run import End
from bench.store.record import RunRecord, end_to_dict
from bench.store.rows import RUN_COLUMNS, RUN_FACTS, TRIAL_COLUMNS, run_columns, trial_columns

if TYPE_CHECKING:
    import pandas as pd

RUN_KINDS = {
    "optimum": float, "median_draw": float, "scale_best": float, "scale_typical": float,
    "unordered": bool, "n_workers": int, "synchronous": bool, "checked": bool,
}  # fmt: skip
"""Of columns that pandas would take for something else where they are empty."""

END_COLUMNS = ("status", "reason", "n_trials", "start_s", "run_s")


def frames(records: Iterable[RunRecord]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tidy frame of some runs, a row a trial, and the frame of runs, a row a run."""
    import pandas as pd

    trials: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for record in records:
        common = run_columns(record.header)
        end = end_columns(record.end, len(record.trials))
        runs.append(common | {"checked": record.checked} | end)
        trials.extend(common | trial_columns(trial) for trial in record.by_number)
    columns = [*RUN_COLUMNS, *TRIAL_COLUMNS]
    frame = pd.DataFrame.from_records(trials, columns=columns)
    kinds = dict.fromkeys(("value", "test_value", "train_value", "optimum"), float)
    runs_frame = pd.DataFrame.from_records(runs, columns=[*RUN_COLUMNS, *RUN_FACTS, *END_COLUMNS])
    return frame.astype(kinds | {"unordered": bool}), runs_frame.astype(RUN_KINDS)


def end_columns(end: End | None, trials: int) -> dict[str, Any]:
    """Return what the frame of runs says of an end; None is an unfinished run."""
    if end is None:
        return {"status": "unfinished", "reason": "", "n_trials": trials}
    return end_to_dict(end)
