"""What the section of ranks says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.inference.estimates import ALPHA
from bench.prose.quantities import NONE, equation
from bench.sources.source import first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

RANKS_LABEL = "Mean rank of each strategy with its intervals"
RANKS_CAPTION = (
    "Mean rank of runs, taken in each repetition, with its 95 % interval: thick for these "
    "problems (repetitions are the sample), thin for new ones (data sets are)."
)
BUDGET_LABEL = "Mean rank against trials"
BUDGET_CAPTION = "Mean rank of runs after each number of trials, 95 % intervals for these problems."
CRITICAL_LABEL = (
    "Critical-difference diagram: mean ranks over data sets, joined where not told apart"
)
CRITICAL_CAPTION = (
    "Mean rank of medians: in each data set strategies are ranked by their median. The leaderboard "
    "has the mean rank of runs, taken in each repetition. A bar is dotted past a strategy that is "
    "not in its group."
)


def sentence(friedman: pd.Series, wilcoxon: pd.DataFrame) -> str:
    """Return what the tests over data sets say.

    Args:
        friedman: the row of `bench.inference.significance.friedman`.
        wilcoxon: as `bench.inference.significance.wilcoxon` gives it.
    """
    if math.isnan(friedman["p"]):
        return "Mean ranks over the budget; no test over data sets can be done."
    differ = "differ" if friedman["p"] <= ALPHA else "are not shown to differ"
    apart = int((wilcoxon["p_holm"] <= ALPHA).sum())
    return (
        f"Over {int(friedman['blocks'])} data sets {int(friedman['strategies'])} strategies "
        f"{differ} (Friedman’s test, {equation('p', friedman['p'])}); Wilcoxon’s tells "
        f"{apart or 'none'} of {many(len(wilcoxon), 'pair')} apart."
    )


def no_test(strategies: int, blocks: int) -> str:
    """Return why there is no test over so many data sets."""
    if strategies < 2 or blocks < 2:
        return (
            "No test over data sets: Friedman’s needs two strategies, two data sets and a "
            f"difference; there are {strategies} and {blocks}."
        )
    return "No test over data sets: the strategies do not differ anywhere."


def test(
    friedman: pd.Series, wilcoxon: pd.DataFrame, strategies: Sequence[str], blocks: Sequence[str]
) -> str:
    """Return what the test over data sets gives, and what it leaves out.

    Args:
        friedman: as in `sentence`.
        wilcoxon: as in `sentence`.
        strategies: that are left out.
        blocks: data sets that are left out.
    """
    count = int(friedman["blocks"])
    f = friedman["f"]
    iman = (
        ""
        if math.isnan(f)
        else f" (Iman and Davenport’s F = {f:.2f}, {equation('p', friedman['p_f'])})"
    )
    text = (
        f"Friedman’s test over {count} data sets ({int(friedman['strategies'])} strategies, "
        f"medians of bounded regret): χ² = {friedman['chi2']:.2f}, "
        f"{equation('p', friedman['p'])}{iman}. Bars join strategies that Wilcoxon’s signed-rank "
        "test with Holm’s correction over all pairs does not tell apart (α = .05)."
    )
    parts = [
        *([f"{first_few(strategies)} (on too few data sets)"] if strategies else []),
        *([f"{first_few(blocks)} (data sets on which not all others ran)"] if blocks else []),
    ]
    if parts:
        text += f" Left out: {'; '.join(parts)}."
    if not wilcoxon["reachable"].any():
        text += (
            f" With {count} data sets it cannot tell any apart: "
            f"{int(wilcoxon['needed'].max())} are needed."
        )
    return text


def crossings(baseline: str) -> str:
    """Return what crossing budgets are."""
    return (
        f"Crossing budgets: from how many trials on the mean normalised regret of a strategy stays "
        f"below that of {baseline}, with the interval over resampled repetitions and the share of "
        "them in which it is not ahead at the end. Every pair is in tables/crossings.csv."
    )


def crossing(row: dict[str, Any]) -> str:
    """Return from when on a strategy is ahead.

    Args:
        row: of `bench.analysis.curves.crossing.crossings`.
    """
    if row["budget"] != row["budget"]:
        return NONE
    if math.isinf(row["budget"]):
        return "not at the end"
    return "from the first trial" if row["budget"] <= 1 else f"from {row['budget']:.0f} trials"


def between(row: dict[str, Any]) -> str:
    """Return the interval of a crossing.

    Args:
        row: as in `crossing`.
    """
    if row["low"] != row["low"] or row["high"] != row["high"]:
        return NONE
    low, high = ("never" if math.isinf(row[k]) else f"{row[k]:.0f}" for k in ("low", "high"))
    return low if low == high else f"{low} to {high}"
