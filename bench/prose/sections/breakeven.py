"""What the section of wall-clock time says of break-even costs."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from bench.analysis.time.breakeven import CASES
from bench.prose.phrases import listed
from bench.prose.quantities import NONE, duration
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


def how(after: Collection[int], startups: bool) -> str:
    """Return what break-even is, and its targets.

    Args:
        after: how many trials targets are set.
        startups: whether the start-up of a strategy is known.
    """
    return (
        "Break-even: how long an evaluation must take for the strategy of the row to reach a "
        f"target sooner than that of the column. {_target(sorted(after), startups)} Median over "
        "the problems on which it is so, and on how many of those that decide what most of them "
        "say."
    )


def _target(after: Sequence[int], startups: bool) -> str:
    counts = many(int(after[-1]), "trial")
    counts = counts if len(after) == 1 else f"{after[0]:,} to {counts}"
    what = f"The target of a repetition is what most strategies have reached after {counts}"
    if not startups:
        return f"{what}, halfway through the budget."
    return (
        f"{what}, halfway from the end of the longest start-up to that of the budget: in its "
        "start-up a strategy draws at random."
    )


def two_orders(name: str, others: Sequence[str]) -> str:
    """Return that regret at a deadline and the time to a target disagree.

    Args:
        name: of a strategy with the least regret at a deadline.
        others: that reach the target sooner.
    """
    return (
        f"{name} has the least mean regret at a deadline and yet is never faster than "
        f"{listed(others)} on most problems: a mean counts how large differences are, "
        "the time to a target only who is there first."
    )


def startup(count: int | None, budget: int) -> str:
    """Return the start-up of a strategy, None where it has none, and whether it is all there is."""
    if count is None:
        return NONE
    return f"{count:,} (random search)" if count >= budget else f"{count:,}"


def cost(rows: pd.DataFrame) -> str:
    """Return what most problems say of a pair, and how many do.

    Args:
        rows: of `bench.analysis.time.breakeven.break_even_costs`, one a problem.
    """
    decided = rows[rows["case"] != "undefined"]
    if decided.empty:
        return NONE
    counts = decided["case"].value_counts()
    case = max(CASES, key=lambda name: counts.get(name, 0))
    if (counts == counts[case]).sum() > 1:
        told = ", ".join(f"{name} {counts[name]}" for name in CASES if name in counts)
        return f"differs ({told})"
    text = case
    if case in ("above", "below"):
        middle = decided.loc[decided["case"] == case, "evaluation_s"].median()
        text = f"{case} {duration(float(middle))}"
    number = int(counts[case])
    return text if number == len(decided) else f"{text} ({number} of {len(decided)})"


def is_never(text: str) -> bool:
    """Return whether a text of `cost` says that one is never faster."""
    return text.split(" (")[0] == "never"
