"""What stands beside the table of the best strategy for each kind of problem."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from bench.captions.tags import named
from bench.inference.estimates import BETTER
from bench.panels.regret import RANDOM
from bench.prose.phrases import listed, number, with_repetitions
from bench.prose.quantities import duration
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Recommendation by kind of problem"
LABEL = "Best strategy by kind of problem, after a number of trials"
MORE = "Recommendation by model, task and data"
MORE_LABEL = "Best strategy by model, task and data, after a number of trials"
ALL = "all problems"
FEW = f"too few data sets: see “{ALL}”"
NOT_AHEAD = f"not significantly better than {RANDOM}"

MIN_DATA_SETS = 3
"""With fewer data sets a kind says nothing of other problems."""

MAX_NAMED = 3
"""Strategies that a cell names beside the best; it counts the others."""

SPACES = {
    "numeric": "only numeric parameters",
    "categorical": "only categorical parameters",
    "mixed": "both numeric and categorical parameters",
}
"""The tags of the type of parameters, in words."""


def reading(score: str) -> str:
    """Return how the table is to be read.

    Args:
        score: "regret", or "bounded regret" where the two differ.
    """
    return (
        f"Each row is a kind of problem. The first strategy has the lowest mean {score} after the "
        f"given number of trials; in parentheses is the mean {score} of random search in the same "
        "repetitions. “Undecided” lists, best first, the strategies that do not differ "
        "significantly from the first and are significantly better than random search; all others "
        "are left out. Where the first is not significantly better than random search, the row "
        "lists the strategies that are."
    )


def cell(part: pd.DataFrame) -> str:
    """Return which strategy is best, and which others one may take.

    These do not differ significantly from the best and are significantly better than random search:
    with few repetitions nothing is significantly worse than the best, random search included.

    Args:
        part: of one kind and budget, as `bench.curves.kinds.by_kind` gives it.
    """
    if not part["best"].any():
        return "no strategy has a run on every problem"
    first: Any = part[part["best"]].iloc[0]
    good = part[part["as_good"] & ~part["best"]]
    lowest = f"{first.strategy} {number(first.bounded)}"
    if RANDOM not in set(part["strategy"]):
        return f"{lowest}{_others('undecided', good)}"
    beside = f"{RANDOM} {number(first.random_bounded)}"
    ahead = part[part["vs_random"] == BETTER]
    if first.vs_random == BETTER:
        found = good[good["vs_random"] == BETTER]
        if len(good) and found.empty:
            return f"{lowest} ({beside}); all others are significantly worse or {NOT_AHEAD}"
        return f"{lowest} ({beside}){_others('undecided', found)}"
    if len(ahead):
        return f"{lowest} ({beside}, not significant){_others(f'better than {RANDOM}', ahead)}"
    both = lowest if first.strategy == RANDOM else f"{lowest} ({beside})"
    return f"{both}; no strategy is significantly better than {RANDOM}"


def _others(what: str, rows: pd.DataFrame) -> str:
    names = list(rows["strategy"].astype(str))
    return (
        f"; {what}: {listed(names, MAX_NAMED)}" if names else "; all others are significantly worse"
    )


def kind(tags: Sequence[str], data_sets: int) -> str:
    """Return the name of a kind of problem, with a warning where its data sets are too few.

    Args:
        tags: that its problems have; none for all problems.
        data_sets: how many it has.
    """
    name = named(tags) if tags else ALL
    return name if data_sets >= MIN_DATA_SETS else f"{name} ({FEW})"


def budget(trials: int, unit: str) -> str:
    """Return the head of a column.

    Args:
        trials: after how many.
        unit: what the budget counts, in the singular.
    """
    return f"after {many(trials, unit)}"


def absent(types: Sequence[str]) -> str:
    """Return which types of parameters no problem has; nothing where there are all.

    Args:
        types: their tags.
    """
    if not types:
        return ""
    return f"No problem of this sweep has {' or '.join(SPACES[name] for name in types)}."


def too_few(any_kind: bool) -> str:
    """Return what kinds with fewer data sets than `MIN_DATA_SETS` do not say, if there are any."""
    if not any_kind:
        return ""
    return (
        f"A row with fewer than {MIN_DATA_SETS} data sets describes its own problems only. For "
        f"others of its kind the row “{ALL}” is the safer guide."
    )


def own_time(seconds: Mapping[str, float]) -> str:
    """Return how long the strategies that are first somewhere take themselves.

    Args:
        seconds: strategy -> median seconds of its own per trial, of those known.
    """
    if not seconds:
        return ""
    slowest = max(seconds, key=lambda name: seconds[name])
    others = ", more than any other strategy that is first in a row" if len(seconds) > 1 else ""
    return (
        "The own time of a strategy does not count here: "
        f"{slowest} needs {duration(seconds[slowest])} per trial{others}."
    )


def few_repetitions(fewer: Mapping[str, int]) -> str:
    """Return which strategies that are first somewhere have fewer repetitions than others.

    Args:
        fewer: strategy -> its repetitions.
    """
    if not fewer:
        return ""
    names = [with_repetitions(name, fewer) for name in fewer]
    verb = "have" if len(names) > 1 else "has"
    return (
        f"Of the strategies that are first in a row, {listed(names)} {verb} fewer repetitions than "
        "others, which makes significant differences rarer."
    )


def how(score: str) -> list[str]:
    """Return how the table is computed, a paragraph each.

    Args:
        score: "regret", or "bounded regret" where the two differ.
    """
    return [
        f"Each pair of strategies is compared by its mean paired difference in {score} on the "
        "repetitions that both have. The first strategy has the lowest mean of its differences to "
        "all others; with equal repetitions that is the lowest mean.",
        "Verdicts are on the problems of the row, corrected by Holm over all pairs of strategies "
        "in one row and budget, not over rows. A row of few data sets says little about new ones.",
        "Parameters are numeric (numbers and ordered choices), categorical or mixed; conditional: "
        "some are active only for certain values of others. “Data: categories” means that the data "
        "set has categorical columns. Tags of the same problems share a row.",
    ]
