"""What the section of wall-clock time says of break-even costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from statistics import median
from typing import TYPE_CHECKING

from bench.analysis.time.breakeven import CASES
from bench.prose.phrases import listed
from bench.prose.quantities import NONE, duration
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


LABEL = "Break-even times of all pairs"
MAX_AGAINST = 3
"""Strategies that the sentence names."""


def against(baseline: str, costs: Mapping[str, pd.DataFrame]) -> str:
    """Return how long an evaluation must take for a strategy to be faster; nothing for any time.

    Args:
        baseline: whom the strategies are compared with.
        costs: strategy -> rows of `bench.analysis.time.breakeven.break_even_costs`, one a problem.
    """
    parts = []
    for name, rows in costs.items():
        above = rows.loc[rows["case"] == "above", "evaluation_s"]
        if len(above):
            of = many(int((rows["case"] != "undefined").sum()), "problem")
            parts.append(f"{duration(float(above.median()))} for {name} ({len(above)} of {of})")
    if not parts:
        return ""
    return (
        f"A common target is reached sooner than by {baseline} only if an evaluation takes longer "
        f"than {listed(parts[:MAX_AGAINST])}, in the median over this problem set."
    )


def target(after: Collection[int], startups: bool) -> str:
    """Return what the target is.

    Args:
        after: how many trials targets are set.
        startups: whether the start-up of a strategy is known.
    """
    counts = sorted(after)
    trials = many(int(counts[-1]), "trial")
    trials = trials if len(counts) == 1 else f"{counts[0]:,} to {trials}"
    where = (
        "halfway between the longest start-up (random draws) and the end of the budget"
        if startups
        else "halfway through the budget"
    )
    return (
        "The break-even target of a repetition is the score that most strategies reach "
        f"after {trials}, {where}."
    )


def startup(count: int | None, budget: int) -> str:
    """Return the start-up of a strategy, None where it has none, and whether it is all there is."""
    if count is None:
        return NONE
    return f"{count:,} (whole budget)" if count >= budget else f"{count:,}"


def cost(rows: pd.DataFrame) -> str:
    """Return the most frequent case of a pair over problems, and how many problems have it.

    Args:
        rows: of `bench.analysis.time.breakeven.break_even_costs`, one a problem.
    """
    # Lists: there are tens of thousands of pairs, and a frame takes a hundred times as long.
    both = zip(rows["case"].tolist(), rows["evaluation_s"].tolist(), strict=True)
    decided = [(case, cost) for case, cost in both if case != "undefined"]
    if not decided:
        return NONE
    counts = Counter(case for case, _ in decided)
    case = max(CASES, key=lambda name: counts[name])
    if list(counts.values()).count(counts[case]) > 1:
        cases = ", ".join(f"{name} {counts[name]}" for name in CASES if counts[name])
        return f"differs ({cases})"
    text = case
    if case in ("above", "below"):
        text = f"{case} {duration(median(cost for name, cost in decided if name == case))}"
    return text if counts[case] == len(decided) else f"{text} ({counts[case]} of {len(decided)})"
