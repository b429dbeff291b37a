"""A tidy table of another tool, a row for each trial, as the source of a report."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from bench.evaluation import MAX_ABS_VALUE
from bench.sources.source import Source, absent, first_few, uneven, with_fewer
from bench.sources.tidy_columns import Array, TidyError, TidyTable, likely, take_columns
from bench.sources.tidy_file import read_tidy
from bench.sources.tidy_rules import STATUS, check_columns
from bench.sources.tidy_runs import frame_of_runs, one_a_problem
from bench.store.columns import KEYS, NEEDED, Columns
from bench.sweep_rules import MAX_LABEL_LENGTH
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

Ints = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int8]
Flags = npt.NDArray[np.bool_]

SECONDS = ("evaluation_s", "ask_s", "tell_s")
"""Without all of them nothing can be said of time."""

NEGLIGIBLE = "write 0 for a negligible time"


def from_tidy(path: Path, *, command: str) -> Source:
    """Return a table, a row a trial, as a source.

    Its columns are strategy, problem, repetition, trial_number and value. Optional are direction
    (`minimize` where it says nothing), metric, dataset, optimum, status, reason, fidelity,
    continued_from, test_value, evaluation_s, ask_s and tell_s; other columns are left out, and
    named.
    Trials are numbered from 0 or 1. A trial without a value and without a status is a failed one.
    The budget on a problem is the most that a run spent there: its trials, a cheaper one counting
    by its fidelity (less what it was continued from), rounded up to full evaluations.

    Args:
        path: of a CSV or Parquet file.
        command: what makes the report again.

    Raises:
        TidyError: a rule is broken; the message names it, the value and the way out.
    """
    return _of_table(read_tidy(path), title=path.stem, command=command)


def from_frame(
    frame: pd.DataFrame,
    *,
    called: str,
    title: str,
    command: str,
    notes: Sequence[str] = (),
    untimed: str = NEGLIGIBLE,
) -> Source:
    """Return a frame, a row a trial, as a source; its columns are those of `from_tidy`.

    Args:
        frame: of trials.
        called: what errors name it.
        title: of the page.
        command: what makes the report again.
        notes: what to say first of how it came to be.
        untimed: what to say where seconds are missing, after which are.

    Raises:
        TidyError: a rule is broken; the message names it, the value and the way out.
    """
    import pyarrow as pa

    try:
        table = pa.Table.from_pandas(frame)
    except (pa.ArrowException, ValueError, TypeError) as error:
        text = " ".join(str(error).split())[:200]
        raise TidyError(
            f"{called}: must hold numbers and texts, it cannot be read ({text}); "
            "convert its columns"
        ) from None
    taken = take_columns(called, table.column_names, table.column)
    return _of_table(taken, title=title, command=command, notes=notes, untimed=untimed)


def _of_table(
    file: TidyTable,
    *,
    title: str,
    command: str,
    notes: Sequence[str] = (),
    untimed: str = NEGLIGIBLE,
) -> Source:
    check_columns(file)
    repetition, trial = (
        file.numbers[name].astype(np.int64) for name in ("repetition", "trial_number")
    )
    order, place, starts = _runs_of(file, repetition)
    trial = _numbered(file, trial, order, place, starts, repetition)
    trials, said = _trials(file, order, trial)
    runs = frame_of_runs(file, order, starts, repetition)
    frame = Columns(runs, trials, place, [()] * len(runs)).frame(KEYS)
    strategies, problems = (tuple(file.texts[name].categories) for name in ("strategy", "problem"))
    unknown = [name for name in SECONDS if np.isnan(trials[name].to_numpy()).any()]
    if unknown:
        said.append(
            f"results against time are left out, since some trials lack {first_few(unknown)}; "
            f"{untimed}"
        )
    if "direction" not in file.texts:
        said.append("there is no column direction, so lower values count as better")
    wanted = int(runs.groupby(["strategy", "problem"]).size().max())
    fewer = with_fewer(runs)
    datasets = one_a_problem(file, "dataset")
    return Source(
        trials=frame,
        runs=runs,
        title=title,
        strategies=strategies,
        problems=problems,
        repetitions=wanted,
        fewer=fewer,
        wanted=len(runs),
        seeds=(),
        environments=(),
        datasets={problem: datasets.get(problem) or problem for problem in problems},
        functions=frozenset(problem for problem in problems if problem not in datasets),
        notes=(
            *notes,
            *_ignored(file),
            *said,
            *_partly_known(runs),
            *absent(runs, strategies, problems),
            *uneven(runs, wanted, fewer),
        ),
        command=command,
        timed=not unknown,
    )


def _ignored(file: TidyTable) -> list[str]:
    if not file.ignored:
        return []
    taken = {*file.texts, *file.numbers}
    means = [(name, likely(name)) for name in file.ignored]
    asked = "".join(f" ({name!r}: is {m!r} meant?)" for name, m in means if m and m not in taken)
    names = dict.fromkeys(map(_called, file.ignored))
    return [f"columns left out: {first_few(names)}{asked}"]


def _partly_known(runs: pd.DataFrame) -> list[str]:
    """Return a line on the problems whose optimum counts for nothing, since it has gaps."""
    there = runs["optimum"].notna().groupby(runs["problem"], sort=False)
    partly = there.any() & ~there.all()
    if not partly.any():
        return []
    return [
        "the optimum is not used, since it is not known in every repetition: "
        f"{first_few(partly.index[partly])}"
    ]


def _called(name: str) -> str:
    """Return the name of a column as one line shows it."""
    if not name.strip():
        return "one without a name"
    return (
        name
        if name.isprintable() and len(name) <= MAX_LABEL_LENGTH
        else repr(name[:MAX_LABEL_LENGTH])
    )


def _runs_of(file: TidyTable, repetition: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the rows run by run, the run of each, and the place at which each run begins."""
    numbers, codes = np.unique(repetition, return_inverse=True)
    strategy, problem = (
        np.asarray(file.texts[name].codes, dtype=np.int64) for name in ("strategy", "problem")
    )
    cells = len(file.texts["strategy"].categories)
    key = (problem * cells + strategy) * len(numbers) + codes
    trial = file.numbers["trial_number"]
    step = key[1:] - key[:-1]
    if ((step > 0) | ((step == 0) & (trial[1:] >= trial[:-1]))).all():
        order = np.arange(len(key))
    else:
        order = np.lexsort((trial, key))
    ordered = key[order]
    new = np.concatenate([[True], ordered[1:] != ordered[:-1]])
    return order, np.cumsum(new) - 1, np.flatnonzero(new)


def _numbered(
    file: TidyTable, trial: Ints, order: Ints, place: Ints, starts: Ints, repetition: Ints
) -> Ints:
    """Return the trials, in order, numbered from 0."""
    first = int(trial.min())
    if first not in (0, 1):
        raise file.error(
            "trials must be numbered from 0 or from 1", f"the lowest is {first:,}", "renumber them"
        )
    found = trial[order] - first
    wanted = np.arange(len(found)) - starts[place]
    wrong = found != wanted
    if wrong.any():
        at = int(wrong.argmax())
        row = int(order[at])
        strategy, problem = (str(file.texts[name][row]) for name in ("strategy", "problem"))
        run = f"{strategy} on {problem}, repetition {repetition[row]}"
        if found[at] < wanted[at]:
            raise file.error(
                "each trial must occur once", f"{run} has trial {trial[row]:,} twice",
                "drop one of the rows, or give the runs different repetitions",
            )  # fmt: skip
        raise file.error(
            f"the trials of a run must be numbered without gaps from {first}",
            f"{run} lacks trial {wanted[at] + first:,}",
            "renumber them, or add the failed ones without a value",
        )
    return found


def _trials(file: TidyTable, order: Ints, trial: Ints) -> tuple[pd.DataFrame, list[str]]:
    import pandas as pd

    def column(name: str, default: float) -> Array:
        values = file.numbers.get(name)
        if values is None:
            return np.full(file.rows, default)
        return np.where(np.isnan(values), default, values) if default == default else values

    value, notes = file.numbers["value"], []
    usable = np.abs(value) <= MAX_ABS_VALUE  # False for NaN
    codes = _status_codes(file, usable)
    failed = codes > 0
    unusable = failed & ~np.isnan(value) & ~usable
    if unusable.any():
        notes.append(
            f"{many(int(unusable.sum()), 'value is', 'values are')} infinite or beyond "
            f"±{MAX_ABS_VALUE:g}: "
            f"{'this trial counts' if unusable.sum() == 1 else 'those trials count'} as failed"
        )
    fidelity = column("fidelity", 1.0)
    continued_from = column("continued_from", 0.0)
    test = column("test_value", np.nan)
    seconds = {name: column(name, np.nan) for name in ("evaluation_s", "ask_s", "tell_s")}
    status = pd.Categorical.from_codes(codes[order], STATUS)
    columns: dict[str, Any] = {
        "trial_number": trial.astype(np.int32),
        "fidelity": fidelity[order],
        "continued_from": continued_from[order],
        "status": status,
        "reason": _reasons(file, failed)[order],
        "value": np.where(failed, np.nan, value)[order],
        "test_value": np.where(failed, np.nan, test)[order],
        **{name: values[order] for name, values in seconds.items()},
    }
    return pd.DataFrame(
        {name: columns[name] for name in NEEDED if name in columns}, copy=False
    ), notes


def _reasons(file: TidyTable, failed: Flags) -> pd.Categorical:
    """Return why trials failed, as the table says; without a word of it the reason is empty."""
    import pandas as pd

    given = file.texts.get("reason", pd.Categorical.from_codes(np.full(file.rows, -1), []))
    codes = np.where(failed & (given.codes >= 0), given.codes, len(given.categories))
    return pd.Categorical.from_codes(codes, [*given.categories, ""])


def _status_codes(file: TidyTable, usable: Flags) -> Codes:
    """Return the place of each status among `STATUS`; a trial without one and a value failed."""
    status = file.texts.get("status")
    if status is None:
        return (~usable).astype(np.int8)
    codes = np.array([*(STATUS.index(s) for s in status.categories), -1])[status.codes]
    bad = (codes == 0) & ~usable
    if bad.any():
        raise file.error(
            f"a completed trial must have a value within ±{MAX_ABS_VALUE:g}",
            f"got {file.numbers['value'][bad][0]:g} in {file.row(bad)}",
            "give it its value, or the status failed",
        )
    return np.where(codes < 0, ~usable, codes).astype(np.int8)
