"""The tidy frame: a row a trial, and the frame of runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson

from bench.store.record import RunRecord, end_to_dict

if TYPE_CHECKING:
    import pandas as pd

RUN_COLUMNS = (
    "run",
    "strategy",
    "strategy_name",
    "strategy_version",
    "settings",
    "library",
    "problem",
    "problem_name",
    "problem_version",
    "problem_settings",
    "metric",
    "direction",
    "optimum",
    "repetition",
    "master_seed",
    "strategy_seed",
    "problem_seed",
    "budget",
    "is_set",
)

TRIAL_COLUMNS = (
    "trial",
    "config",
    "fidelity",
    "status",
    "reason",
    "value",
    "test_value",
    "fold_values",
    "cost",
    "ask_s",
    "evaluate_s",
    "tell_s",
)

END_COLUMNS = ("ended", "reason", "trials", "start_s", "seconds")


def frames(records: Iterable[RunRecord]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the tidy frame of some runs, a row a trial, and the frame of runs, a row a run."""
    import pandas as pd

    trials: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for record in records:
        common = run_columns(record.header)
        runs.append(common | _end_columns(record))
        trials.extend(common | trial_columns(trial) for trial in record.trials)
    columns = [*RUN_COLUMNS, *TRIAL_COLUMNS]
    frame = pd.DataFrame.from_records(trials, columns=columns)
    kinds = {"value": float, "test_value": float, "optimum": float, "is_set": bool}
    runs_frame = pd.DataFrame.from_records(runs, columns=[*RUN_COLUMNS, *END_COLUMNS])
    return frame.astype(kinds), runs_frame.astype({"optimum": float, "is_set": bool})


def run_columns(head: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the header of a run says in each of its rows."""
    spec, facts = head["spec"], head["facts"]
    strategy, problem = spec["strategy"], spec["problem"]
    return {
        "run": head["run"],
        "strategy": strategy["label"],
        "strategy_name": strategy["name"],
        "strategy_version": strategy["version"],
        "settings": _json(strategy["settings"]),
        "library": facts["library"],
        "problem": problem["label"],
        "problem_name": problem["name"],
        "problem_version": problem["version"],
        "problem_settings": _json(problem["settings"]),
        "metric": facts["metric"],
        "direction": facts["direction"],
        "optimum": facts["optimum"],
        "repetition": spec["repetition"],
        "master_seed": spec["seed"],
        "strategy_seed": facts["strategy_seed"],
        "problem_seed": facts["problem_seed"],
        "budget": spec["trials"],
        "is_set": facts["is_set"],
    }


def trial_columns(line: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the line of a trial says in its row."""
    columns = {name: line.get(name) for name in TRIAL_COLUMNS}
    columns["config"] = _json(line["config"])
    columns["reason"] = line.get("reason", "")
    return columns


def _end_columns(record: RunRecord) -> dict[str, Any]:
    if record.end is None:
        return {"ended": "running", "reason": "", "trials": len(record.trials)}
    return end_to_dict(record.end)


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
