"""What the section of verdicts on pairs says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.inference.dominance import DOMINANT
from bench.inference.estimates import UNDECIDED
from bench.prose.phrases import number
from bench.sources.source import first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

ALONE = "There is one strategy: nothing to compare."
LABEL = "Probability that a run of the row is better than one of the column"


def sentence(verdicts: pd.DataFrame) -> str:
    """Return how many pairs are decided.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them, one or more.
    """
    these, new = (int((verdicts[name] != UNDECIDED).sum()) for name in ("verdict", "verdict_new"))
    return (
        f"Of {many(len(verdicts), 'pair')} {these or 'none'} "
        f"{'are' if these > 1 else 'is'} decided for these problems, {new or 'none'} for new ones."
    )


def caption(when: str) -> str:
    """Return what the figure shows, by when scores are taken."""
    return (
        f"Probability in percent that a run of the row is better {when} than "
        "one of the column, ties count half; mean over the problems both ran on."
    )


def detectable(middle: float) -> str:
    """Return which difference the sweep can find.

    Args:
        middle: the median over pairs of the smallest that is found with a power of .8.
    """
    if math.isnan(middle):
        return "No pair has two paired repetitions: no difference could be found, however large."
    if math.isinf(middle):
        return (
            "In half of the pairs or more there are too few paired repetitions to find any "
            "difference, however large."
        )
    if middle == 0:
        return (
            "In half of the pairs or more the difference is the same in every repetition, so what "
            "the sweep could find cannot be told."
        )
    return (
        f"As it stands, the sweep finds a difference of {number(middle)} of bounded "
        "regret in four of five tries (median over pairs, each corrected for all of them)."
    )


def these(rope: float, left: int) -> str:
    """Return what the columns for these problems are.

    Args:
        rope: half the width of the region of practical equivalence.
        left: pairs that the table does not show.
    """
    more = f" The other {left:,} pairs are in tables/verdicts.csv." if left else ""
    return (
        "Differences are in bounded regret, which is normalised regret up to 1 and 2 − 1 / regret "
        f"beyond, below 0 where the strategy named first is better; "
        f"up to ±{rope:g} counts as practically equal. Problems won, tied and lost (w–t–l) "
        "by whether the 95 % interval of its own mean difference excludes 0 and six repetitions or "
        "more differ. “Detectable” is the smallest difference found with a power of .8, “needed” "
        "the repetitions of each problem that would tell, if the difference is what it seems."
        f"{more}"
    )


def dominated(verdicts: pd.DataFrame) -> str:
    """Return which problems hold most of the variance of a difference; nothing where none does.

    Args:
        verdicts: as in `sentence`.
    """
    frame = verdicts[verdicts["dominant"] != ""]
    if frame.empty:
        return ""
    parts = [
        f"{problem} ({100 * float(part['dominant_share'].max()):.0f} % of the variance at most, in "
        f"{many(len(part), 'pair')}; of bounded regret "
        f"{100 * float(part['dominant_bounded'].max()):.0f} % at most)"
        for problem, part in frame.groupby("dominant", sort=False)
    ]
    still = int((frame["dominant_bounded"] > DOMINANT).sum())
    hanging = int((frame["verdict_without"] != frame["verdict"]).sum())
    half = f", where it still holds more than half in {many(still, 'pair')}" if still else ""
    changed = (
        f"without it {many(hanging, 'of them is another', 'of them are others')} (column "
        "verdict_without)"
        if hanging
        else "all of them are the same without it"
    )
    hang = (
        f"Verdicts for these problems are on bounded regret{half}; {changed}. Those for new "
        "problems are on ranks, where it is one of them"
    )
    return (
        f"One problem alone holds more than {100 * DOMINANT:.0f} % of the variance of a mean "
        f"difference in normalised regret: {first_few(parts)}. {hang}. Both differences of each "
        "pair, and the shares, are in tables/verdicts.csv."
    )


def no_new(datasets: int) -> str:
    """Return why nothing can be said of new problems, by how many data sets there are."""
    why = (
        "All problems are on one data set"
        if datasets < 2
        else "No two strategies ran on two data sets"
    )
    return f"{why}: nothing can be said of new ones."


def new(rope: float, reachable: bool) -> str:
    """Return what the columns for new problems are.

    Args:
        rope: half the width of the region of practical equivalence.
        reachable: whether each pair could be decided.
    """
    cannot = (
        ""
        if reachable
        else " Where there is no p, so few data sets cannot reach α = .05 for so many pairs, "
        "whatever they say."
    )
    return (
        "Data sets are the sample, problems on the same data one observation. Difference: "
        "pseudo-median over data sets of the differences of medians, in bounded regret, with the "
        "interval of Wilcoxon’s signed-rank test, of each pair alone. p: that test with Holm’s "
        "correction; P: Bayesian signed-rank test with the region of "
        f"practical equivalence of ±{rope:g}. “Needed” are data sets that would tell.{cannot}"
    )
