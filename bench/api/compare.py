"""Whether a strategy got better from one result to another."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.api.result import Result
from bench.bundles.bundle import opened_results
from bench.errors import UserError
from bench.inference import ROPE
from bench.inference import compare as analysis
from bench.measured.scales import scales
from bench.panels.panel import Panel, to_panels
from bench.prose.change import in_words
from bench.sources.source import Part, first_few, read_part
from bench.spec import Sweep
from bench.store import FAULTS
from bench.store.columns import KEYS
from bench.words import many, shortened

if TYPE_CHECKING:
    import pandas as pd


class Change:
    """What came of a change; made by `compare`.

    Attributes:
        outcome: "better", "worse", "equivalent" or "undecided", over all strategies.
        table: a row a strategy: strategy, outcome, difference (after − before in bounded regret,
            below 0: better now), low and high (95 % interval), p, p_holm, and more.
        notes: what could not be compared, and why.
        text: all that in words.
    """

    def __init__(self, found: analysis.Comparison, notes: Sequence[str]) -> None:
        self.outcome = found.outcome
        self.table: pd.DataFrame = found.table
        self.notes = tuple(notes)
        self.text = in_words(found, notes)

    @property
    def difference(self) -> float:
        """The difference of the one strategy, after − before in bounded regret.

        Raises:
            UserError: several strategies were compared.
        """
        return float(self._only("difference"))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the difference.

        Raises:
            UserError: several strategies were compared.
        """
        return float(self._only("low")), float(self._only("high"))

    def _only(self, column: str) -> float:
        if len(self.table) != 1:
            raise UserError(
                f"one difference needs one strategy, {len(self.table)} were compared; name one "
                "with strategy=, or read the table"
            )
        return float(self.table[column].iloc[0])

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(self.text)}</pre>"


def compare(
    before: Result | str | os.PathLike[str],
    after: Result | str | os.PathLike[str],
    *,
    strategy: str | Iterable[str] | None = None,
    rope: float = ROPE,
    trials: int | None = None,
) -> Change:
    """Return whether strategies got better from one result to another.

    Runs are paired by strategy, problem and repetition, as `tunebench compare` does.

    Args:
        before: a result, or its folder.
        after: the same, of the changed strategies.
        strategy: the label to compare, or several; all that are in both unless given.
        rope: half the width of the region of practical equivalence, in bounded regret.
        trials: after how many; the smaller of the two budgets unless given.

    Raises:
        UserError: the two have nothing in common, or other seeds.

    >>> from bench.api.run import run
    >>> result = run(strategies="random", problems="branin", trials=4, repetitions=6)
    >>> compare(result, result, strategy="random").outcome
    'equivalent'
    """
    if not (isinstance(rope, int | float) and rope >= 0 and math.isfinite(rope)):
        raise UserError(
            f"'rope' must be a number, 0 or more, got {rope!r}; leave it out for {ROPE:g}"
        )
    if trials is not None and not isinstance(trials, int):
        raise UserError(
            f"'trials' must be an integer, got {trials!r}; leave it out to compare at the end"
        )
    names = () if strategy is None else (strategy,) if isinstance(strategy, str) else strategy
    found, notes = compared(
        _part(before), _part(after), strategies=tuple(names), rope=rope, trials=trials
    )
    return Change(found, notes)


def compared(
    first: Part,
    second: Part,
    *,
    strategies: tuple[str, ...],
    rope: float,
    trials: int | None,
) -> tuple[analysis.Comparison, list[str]]:
    """Return what a change came to, and what must be said beside it.

    Args:
        first: the sweep before.
        second: the sweep after.
        strategies: labels, none for all that are in both.
        rope: half the width of the region of practical equivalence, in bounded regret.
        trials: after how many, None for the smaller budget.

    Raises:
        UserError: as `compare`.
    """
    if first.sweep.seed != second.sweep.seed:
        raise UserError(
            "both sweeps must have the same seed, or a repetition is not the same in both, "
            f"got {first.sweep.seed} and {second.sweep.seed}; run one of them again"
        )
    _check(strategies, first.sweep, second.sweep)
    problems, notes = _problems(first.sweep, second.sweep)
    budget = min(first.sweep.trials, second.sweep.trials)
    if trials is not None and not 1 <= trials <= budget:
        raise UserError(
            f"'trials' must be within both budgets, 1 to {budget}, got {trials}; "
            "leave it out to compare at the end"
        )
    found = analysis.compare(
        _panels(first, problems),
        _panels(second, problems),
        rope,
        trials=budget if trials is None else trials,
        strategies=strategies or None,
    )
    if not found.table["n_pairs"].any():
        why = [*notes, *found.unpaired, *first.notes, *second.notes]
        why += [line for part in (first, second) for line in _skipped(part)]
        raise UserError(
            "the sweeps must have a run in common, of the same strategy, problem and repetition, "
            f"they have none ({first_few(why)}); run what they lack"
        )
    if first.sweep.trials != second.sweep.trials:
        notes.append(
            f"the budgets were {first.sweep.trials} and {second.sweep.trials}: a strategy that "
            "plans with its budget behaves differently"
        )
    for name in ("evaluation_timeout", "memory"):
        limits = [getattr(part.sweep, name) for part in (first, second)]
        if limits[0] != limits[1]:
            shown = " and ".join("none" if limit is None else f"{limit:g}" for limit in limits)
            notes.append(f"{name} was {shown}: a limit decides which trials fail")
    for part in (first, second):
        notes += [*part.notes, *_broken(part.columns.runs, part.name)]
    notes += found.unpaired
    return found, notes


def _part(given: Result | str | os.PathLike[str]) -> Part:
    if isinstance(given, Result):
        return given.part
    if not isinstance(given, str | os.PathLike):
        raise UserError(
            "a comparison takes results or their folders, got "
            f"{type(given).__name__}; give what tb.run or tb.load returned, or a folder"
        )
    with opened_results(Path(given)) as folder:
        return read_part(folder)


def _skipped(part: Part) -> list[str]:
    """Return a line for each strategy that was skipped, with the first reason."""
    skipped = part.columns.runs[part.columns.runs["status"] == "skipped"]
    return [
        f"{part.name}: {row.strategy} was skipped, {shortened(' '.join(row.reason.split()))}"
        for row in skipped.drop_duplicates("strategy").itertuples()
    ]


def _broken(runs: pd.DataFrame, where: str) -> list[str]:
    """Return a line for each strategy whose runs did not all come to their end."""
    broken = runs[runs["status"].isin([status.value for status in FAULTS])]
    counts = broken["strategy"].astype(str).value_counts(sort=False)
    return [
        f"{where}: {many(int(count), 'run')} of {name} failed, crashed or ran out of time"
        for name, count in counts.items()
    ]


def _panels(part: Part, problems: list[str]) -> list[Panel]:
    return to_panels(
        part.columns.frame(KEYS),
        part.columns.runs,
        strategies=[entry.label for entry in part.sweep.strategies],
        problems=problems,
        scales=scales(part.columns.runs),
        looks=part.looks,
    )


def _check(strategies: tuple[str, ...], first: Sweep, second: Sweep) -> None:
    ours, theirs = ([entry.label for entry in sweep.strategies] for sweep in (first, second))
    both = [label for label in ours if label in theirs]
    if not both:
        raise UserError(
            f"the sweeps must have a strategy in common, got {', '.join(ours)} and "
            f"{', '.join(theirs)}; give the changed one the same label"
        )
    for label in strategies:
        if label not in both:
            raise UserError(
                f"'strategy' must be in both sweeps, got {label!r}; there is {', '.join(both)}"
            )


def _problems(first: Sweep, second: Sweep) -> tuple[list[str], list[str]]:
    """Return the problems that are the same in both sweeps, and a line for each other one."""
    old, new = ({entry.label: entry for entry in sweep.problems} for sweep in (first, second))
    notes = [
        *(f"problem {name}: only in the sweep before" for name in old if name not in new),
        *(f"problem {name}: only in the sweep after" for name in new if name not in old),
    ]
    same = []
    for name in (name for name in old if name in new):
        if old[name] == new[name]:
            same.append(name)
        else:
            notes.append(f"problem {name}: another version or settings")
    return same, notes
