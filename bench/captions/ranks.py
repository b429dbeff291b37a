"""What the section of ranks says."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.inference.estimates import ALPHA
from bench.prose.quantities import NONE, equation
from bench.prose.samples import Sample, observations
from bench.sources.source import first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

RANKS_LABEL = "Mean rank of each strategy with its intervals"
RANKS_CAPTION = (
    "Points show the mean rank over repetitions, then problems. Thick lines are 95 % intervals on "
    "this problem set, thin lines generalise to new data sets."
)
BUDGET_LABEL = "Mean rank against trials"
BUDGET_CAPTION = "Lines show the mean rank over trials, with 95 % intervals on this problem set."
CRITICAL_LABEL = "Critical-difference diagram: mean ranks over data sets"
CRITICAL_CAPTION = (
    "Points show the mean rank of the median regret over data sets. Bars join strategies that do "
    f"not differ significantly (Wilcoxon's signed-rank test, Holm's correction, α = {ALPHA:g}); "
    "they are dotted past a strategy outside the group."
)


def sentence(friedman: pd.Series, wilcoxon: pd.DataFrame, sample: Sample) -> str:
    """Return what the tests over data sets say.

    Args:
        friedman: the row of `bench.inference.significance.friedman`.
        wilcoxon: as `bench.inference.significance.wilcoxon` gives it.
        sample: what Friedman's test is over.
    """
    if math.isnan(friedman["p"]):
        return "Mean ranks are shown over the budget; no test over data sets is possible."
    differ = "differ" if friedman["p"] <= ALPHA else "do not differ"
    apart = int((wilcoxon["p_holm"] <= ALPHA).sum())
    pairs = f"{apart or 'no'} of {many(len(wilcoxon), 'pair')}" if apart else "no pair"
    return (
        f"Over {observations([sample])} the {int(friedman['strategies'])} strategies "
        f"{differ} significantly (Friedman's test, {equation('p', friedman['p'])}); Wilcoxon's "
        f"signed-rank test finds {pairs} significant."
    )


def no_test(strategies: int, sample: Sample) -> str:
    """Return why there is no test over so many data sets.

    Args:
        strategies: how many.
        sample: as in `sentence`.
    """
    if strategies < 2 or sample.datasets < 2:
        counts = f"{many(strategies, 'strategy', 'strategies')} and {observations([sample])}"
        return (
            "There is no test over data sets: Friedman's test needs two strategies, two data sets "
            f"and a difference; the test would have {counts}."
        )
    return "There is no test over data sets: the strategies do not differ anywhere."


def test(
    friedman: pd.Series,
    wilcoxon: pd.DataFrame,
    sample: Sample,
    strategies: Sequence[str],
    blocks: Sequence[str],
) -> str:
    """Return what the test over data sets gives, and what it leaves out.

    Args:
        friedman: as in `sentence`.
        wilcoxon: as in `sentence`.
        sample: as in `sentence`.
        strategies: that are left out.
        blocks: data sets and functions that are left out.
    """
    f = friedman["f"]
    iman = (
        ""
        if math.isnan(f)
        else f"; Iman and Davenport's F = {f:.2f}, {equation('p', friedman['p_f'])}"
    )
    text = (
        f"Friedman's test of the median bounded regret gives χ² = {friedman['chi2']:.2f}, "
        f"{equation('p', friedman['p'])}{iman}."
    )
    parts = [
        *([f"{first_few(strategies)} (too few observations)"] if strategies else []),
        *([f"{first_few(blocks)} (where a strategy did not run)"] if blocks else []),
    ]
    if parts:
        text += f" The test leaves out {'; '.join(parts)}."
    if not wilcoxon["reachable"].any():
        text += (
            f" With {observations([sample])} no pair can be significant; "
            f"{int(wilcoxon['needed'].max())} are needed."
        )
    return text


def crossings(baseline: str) -> str:
    """Return what crossing budgets are.

    Args:
        baseline: the strategy that others are compared with.
    """
    return (
        "The crossing budget is the trial from which the mean normalised regret of a strategy "
        f"stays below the regret of {baseline}; its 95 % interval is a bootstrap over repetitions."
    )


def crossing(row: dict[str, Any]) -> str:
    """Return from which trial on a strategy is ahead.

    Args:
        row: of `bench.curves.crossing.crossings`.
    """
    if row["budget"] != row["budget"]:
        return NONE
    return _trial(row["budget"])


def between(row: dict[str, Any]) -> str:
    """Return the interval of a crossing.

    Args:
        row: as in `crossing`.
    """
    if row["low"] != row["low"] or row["high"] != row["high"]:
        return NONE
    low, high = (_trial(row[name]) for name in ("low", "high"))
    return low if low == high else f"{low} to {high}"


def _trial(budget: float) -> str:
    return "never" if math.isinf(budget) else f"{budget:,.0f}"
