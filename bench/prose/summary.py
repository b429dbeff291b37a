"""A sweep in a sentence: what ran, how much of it, and when scores are taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from bench import words
from bench.words import many


def sweep(
    *,
    strategies: int,
    problems: int,
    repetitions: int,
    wanted: int,
    begun: int,
    unfinished: int,
    trials: int,
    budget: int,
    cheaper: bool,
    fewer: Mapping[str, int] = MappingProxyType({}),
) -> str:
    """Return what ran.

    Args:
        strategies: how many.
        problems: how many.
        repetitions: how many.
        wanted: runs that were planned.
        begun: runs that are recorded.
        unfinished: those of them that did not end.
        trials: how many.
        budget: the largest of a run; 0 without a run.
        cheaper: whether some evaluations are cheaper than a full one.
        fewer: strategy -> its repetitions, of those with fewer.
    """
    ended = begun - unfinished
    unit = "full-evaluation equivalent" if cheaper else "trial"
    size = f" of up to {many(budget, unit)}" if begun else ""
    part = f"{ended:,} of " if ended < wanted else ""
    text = (
        f"{many(strategies, 'strategy', 'strategies')} on {many(problems, 'problem')}, "
        f"{words.repetitions(repetitions, fewer)}: "
        f"{part}{many(wanted, 'run')}{size}, {many(trials, 'trial')}."
    )
    if not part:
        return text
    return text + (
        f" The sweep is not complete: {many(wanted - begun, 'run has', 'runs have')} not started "
        f"and {many(unfinished, 'run is', 'runs are')} unfinished. Ranks, curves and tables of "
        "values leave out unfinished runs."
    )


def splits(fewest: int, most: int) -> str:
    """Return how many splits the repetitions on tables share.

    Args:
        fewest: of a table.
        most: of a table.
    """
    count = f"{most:,}" if fewest == most else f"{fewest:,} to {most:,}"
    return f"Repetitions on a table share {count} recorded {'split' if most == 1 else 'splits'}."


def scores(when: str) -> str:
    """Return when scores are taken."""
    return f"Scores, tests and verdicts are taken {when}."


def when(budgets: Sequence[int], trials: int | None, unit: str = "trial") -> str:
    """Return at which point of a run scores are taken; empty without a problem.

    Args:
        budgets: of the problems.
        trials: that were asked for.
        unit: what the budget counts.
    """
    if trials or len(set(budgets)) < 2:
        return f"after {many(trials or max(budgets), unit)}" if budgets else ""
    return f"at the end of the budget ({min(budgets):,} to {many(max(budgets), unit)})"
