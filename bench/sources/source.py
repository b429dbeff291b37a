"""The source of a report, and how a results folder becomes one."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.errors import UserError
from bench.panels.looks import Looks
from bench.run import RunStatus
from bench.sources.datasets import block_of
from bench.sources.tags import tags_of
from bench.sources.verified import verified
from bench.spec import SpecError, Sweep
from bench.store import Store
from bench.store.columns import KEYS, NEEDED, Columns
from bench.store.rows import RUN_COLUMNS, TRIAL_COLUMNS
from bench.words import many, simulated_workers

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

MAX_TRIALS_IN_FULL = 1_000_000
"""Trials up to which a report holds all that was recorded of each; beyond it what it needs."""

MAX_NAMED_ITEMS = 12
"""Cells a note names; more are counted."""


class ReportError(UserError):
    """A report that cannot be made of this, or not there."""


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """Everything a report says is made from this.

    Args:
        trials: the tidy frame, a row a trial; texts of the runs are categories.
        runs: a row a run.
        title: of the page.
        strategies, problems: labels in the order to show.
        repetitions: how many are wanted of each strategy on each problem.
        fewer: strategy -> how many are wanted of it, of those with fewer.
        seeds: the master seeds, none where they are not known.
        environments: those the runs recorded.
        datasets: problem -> its data set, or what counts as one where it has none.
        notes: lines that must be shown: what was left out, what is missing, what is mixed.
        command: what rebuilds the report.
        wanted: how many runs are.
        timed: evaluation and strategy seconds of every trial are known; otherwise no clock of
            seconds may be shown.
        positives: problem -> the class that its metric looks for, of those that have one.
        tags: problem -> words to find it by, of those for which they are known.
        functions: the problems without a data set.
        looks: at the sweep, where it stopped strategies whose comparisons were settled.
        verified: what is recorded of runs that were done again, in words; "" where nothing is.
    """

    trials: pd.DataFrame
    runs: pd.DataFrame
    title: str
    strategies: tuple[str, ...]
    problems: tuple[str, ...]
    repetitions: int
    seeds: tuple[int, ...]
    environments: tuple[Mapping[str, Any], ...]
    datasets: Mapping[str, str]
    notes: tuple[str, ...]
    command: str
    wanted: int
    timed: bool = True
    fewer: Mapping[str, int] = field(default_factory=dict)
    positives: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, Sequence[str]] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    looks: Looks | None = None
    verified: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The last sweep of one folder: its runs that are there, what was left out, its looks."""

    folder: Path
    sweep: Sweep
    columns: Columns
    notes: tuple[str, ...]
    looks: Looks | None = None

    @property
    def recorded(self) -> dict[str, Any]:
        """The sweep as plain data, with its looks."""
        data = self.sweep.to_dict()
        return data if self.looks is None else data | {"looks": self.looks.to_dict()}

    @property
    def name(self) -> str:
        """The folder's own name; what is no UTF-8 in it is replaced, since labels may have it."""
        return os.fsencode(self.folder.resolve().name).decode(errors="replace")


def from_folder(folder: Path, *, command: str) -> Source:
    """Return the last sweep that ran in a results folder.

    Raises:
        StoreError: no results folder, or a damaged one.
    """
    return of_part(read_part(folder), command=command)


def of_part(part: Part, *, command: str) -> Source:
    """Return one sweep as a source.

    Args:
        part: the sweep.
        command: what makes the report again.
    """
    strategies = tuple(entry.label for entry in part.sweep.strategies)
    problems = tuple(entry.label for entry in part.sweep.problems)
    found = of_columns(
        part.columns,
        title=part.sweep.name,
        strategies=strategies,
        problems=problems,
        repetitions=part.sweep.repetitions,
        fewer=part.sweep.fewer,
        wanted=len(list(part.sweep.expand())),
        seeds=(part.sweep.seed,),
        notes=[
            *part.notes,
            *stopped(part.looks),
            *libraries(part.columns.runs),
            *absent(part.columns.runs, strategies, problems),
        ],
        command=command,
    )
    return replace(found, looks=part.looks, verified=verified(part.folder, found.trials))


def opened(folder: Path) -> tuple[Store, Sweep]:
    """Return a results folder and its sweep.

    Raises:
        StoreError: there is none, or it cannot be read.
    """
    store = Store(folder)
    data = store.sweep()
    try:
        return store, Sweep.from_dict(data)
    except (SpecError, TypeError) as error:
        raise store.damaged_sweep(error) from None


def read_part(folder: Path) -> Part:
    """Return what a folder has of its last sweep.

    Raises:
        StoreError: no results folder, or a damaged one.
    """
    store, sweep = opened(folder)
    damaged: list[tuple[Path, str]] = []
    few = store.packed() > MAX_TRIALS_IN_FULL
    found = store.columns(damaged, wanted=NEEDED if few else TRIAL_COLUMNS)
    looks = looks_of(store)
    keep = found.runs["run"].isin([spec.id for spec in sweep.expand()]).to_numpy()
    notes = [
        f"left out: {path} is damaged ({reason}); `tunebench run` repeats it"
        for path, reason in damaged
    ]
    after = 0 if looks is None else int((~keep & _planned(found.runs, sweep, looks)).sum())
    if after:
        notes.append(f"left out: {many(after, 'run')} beyond where their strategies were settled")
    other = len(keep) - int(keep.sum()) - after
    if other:
        notes.append(f"left out: {many(other, 'run')} of another sweep or version in {folder}")
    return Part(folder, sweep, found.only(keep), tuple(notes), looks)


def _planned(runs: pd.DataFrame, sweep: Sweep, looks: Looks) -> npt.NDArray[np.bool_]:
    """Return which runs a sweep would have if nothing were stopped, shape (runs,)."""
    entries = [replace(e, repetitions=looks.planned.get(e.label)) for e in sweep.strategies]
    planned = replace(sweep, strategies=tuple(entries))
    found: npt.NDArray[np.bool_] = runs["run"].isin([s.id for s in planned.expand()]).to_numpy()
    return found


def looks_of(store: Store) -> Looks | None:
    """Return the looks at the sweep of a folder; None where nothing stops it early.

    Raises:
        StoreError: what is recorded of them cannot be read.
    """
    beside = store.beside_sweep()
    try:
        return Looks.from_dict(beside["looks"]) if "looks" in beside else None
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise store.damaged_sweep(f"its looks: {error}") from None


def of_columns(
    columns: Columns,
    *,
    title: str,
    strategies: tuple[str, ...],
    problems: tuple[str, ...],
    repetitions: int,
    fewer: Mapping[str, int],
    wanted: int,
    seeds: tuple[int, ...],
    notes: Sequence[str],
    command: str,
) -> Source:
    """Return the source that recorded runs make; all else as `Source` has it."""
    runs = columns.runs
    first = runs.drop_duplicates("problem").set_index("problem")
    about = first[["problem_name", "problem_settings", "dataset"]]
    blocks = {problem: block_of(*about.loc[problem]) for problem in about.index}
    whole = "config" in columns.trials
    return Source(
        trials=columns.frame(RUN_COLUMNS if whole else KEYS),
        runs=runs,
        title=title,
        strategies=strategies,
        problems=problems,
        repetitions=repetitions,
        fewer=fewer,
        wanted=wanted,
        seeds=seeds,
        environments=tuple(columns.environments()),
        datasets={
            problem: blocks[problem].name if problem in blocks else problem for problem in problems
        },
        functions=frozenset(problem for problem, block in blocks.items() if block.function),
        notes=(*notes, *workers_of(runs, strategies)),
        command=command,
        positives={problem: name for problem, name in first["positive"].items() if name},
        tags={str(label): found for label, row in first.iterrows() if (found := tags_of(row))},
    )


def stopped(looks: Looks | None) -> list[str]:
    """Return a line that says which strategies were stopped, because they were settled.

    Args:
        looks: at the sweep.
    """
    if looks is None or not looks.stopped:
        return []
    ends = [f"{label} after {many(n, 'repetition')}" for label, n in looks.stopped.items()]
    return [f"settled, so without further repetitions: {first_few(ends)} (Looks, in Method)"]


def absent(runs: pd.DataFrame, strategies: Sequence[str], problems: Sequence[str]) -> list[str]:
    """Return a line that names the cells of the matrix strategy × problem that hold no run.

    Args:
        runs: a row a run.
        strategies: all labels.
        problems: the same.
    """
    there = set(zip(runs["strategy"], runs["problem"], strict=True))
    gone = [
        f"{strategy} on {problem}"
        for strategy in strategies
        for problem in problems
        if (strategy, problem) not in there
    ]
    return [f"no run of {first_few(gone)}"] if gone else []


def with_fewer(runs: pd.DataFrame) -> dict[str, int]:
    """Return strategy -> repetitions, of those with the same number on all problems, a smaller one.

    Args:
        runs: a row a run.
    """
    counts = _cells(runs)
    ends = counts.groupby("strategy", observed=True, sort=False).agg(["min", "max"])
    same = ends[(ends["min"] == ends["max"]) & (ends["max"] < counts.max())]
    return {str(strategy): int(count) for strategy, count in same["max"].items()}


def uneven(runs: pd.DataFrame, repetitions: int, fewer: Mapping[str, int]) -> list[str]:
    """Return a line that names the cells with fewer repetitions than others.

    Args:
        runs: a row a run.
        repetitions: the most there are.
        fewer: as `with_fewer` gives it: those are not named here.
    """
    counts = _cells(runs)
    known = counts.index.get_level_values("strategy").isin(list(fewer))
    few = counts[(counts < repetitions) & ~known]
    cells = [f"{strategy} on {problem} ({n})" for (strategy, problem), n in few.items()]
    return [f"fewer than {many(repetitions, 'repetition')}: {first_few(cells)}"] if cells else []


def _cells(runs: pd.DataFrame) -> pd.Series[int]:
    return runs.groupby(["strategy", "problem"], observed=True, sort=False).size()


def libraries(runs: pd.DataFrame) -> list[str]:
    """Return a line for each strategy whose library changed its version between runs.

    Args:
        runs: a row a run.
    """
    ran = runs[runs["status"] != RunStatus.SKIPPED]  # else it may be that the library was not there
    kinds = ran.groupby("strategy", observed=True, sort=False)["library"].unique()
    return [
        f"the strategy {strategy} ran with several libraries: {', '.join(sorted(found))}"
        for strategy, found in kinds.items()
        if len(found) > 1
    ]


def workers_of(runs: pd.DataFrame, strategies: Sequence[str]) -> list[str]:
    """Return a line for each number of simulated workers above 1, with the strategies that have it.

    Args:
        runs: a row a run.
        strategies: all labels, in their order.
    """
    kinds = runs.groupby(["n_workers", "synchronous"], observed=True)["strategy"].unique()
    return [
        simulated_workers(int(count), bool(waits), [s for s in strategies if s in set(found)])
        for (count, waits), found in kinds.items()
        if count > 1
    ]


def first_few(items: Iterable[str]) -> str:
    """Return the first items of a list, and how many more there are."""
    names = list(items)
    more = len(names) - MAX_NAMED_ITEMS
    return ", ".join(names[:MAX_NAMED_ITEMS]) + (f" and {more:,} more" if more > 0 else "")
