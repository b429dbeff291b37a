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

ALONE = "There is only one strategy, so no comparison is possible."
LABEL = "Probability that a run of the row is better than a run of the column"


def sentence(verdicts: pd.DataFrame) -> str:
    """Return how many pairs have a significant result.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them, one or more.
    """
    these, new = (int((verdicts[name] != UNDECIDED).sum()) for name in ("verdict", "verdict_new"))
    return (
        f"{these or 'None'} of {many(len(verdicts), 'pair')} {'have' if these > 1 else 'has'} a "
        f"significant result on this problem set, {new or 'none'} generalising to new data sets."
    )


def caption(when: str) -> str:
    """Return what the figure shows, by when scores are taken."""
    return (
        f"Each cell is the probability in percent that a run of the row is better {when} than a "
        "run of the column. Ties count half; probabilities are averaged over the problems both ran "
        "on."
    )


def detectable(middle: float) -> str:
    """Return which difference the sweep can find.

    Args:
        middle: the median over pairs of the smallest that is found with a power of 0.8.
    """
    if math.isnan(middle):
        return (
            "No pair has two paired repetitions, so no difference can be detected, however large."
        )
    if math.isinf(middle):
        return (
            "At least half of the pairs have too few paired repetitions to detect any difference, "
            "however large."
        )
    if middle == 0:
        return (
            "In at least half of the pairs the difference is the same in every repetition, so the "
            "smallest detectable difference is unknown."
        )
    return (
        f"{number(middle)} is the smallest difference in mean bounded regret that this sweep "
        "detects with a power of 0.8 (median over pairs, corrected for all pairs)."
    )


def these(rope: float, left: int) -> str:
    """Return what the columns on this problem set are.

    Args:
        rope: half the width of the region of practical equivalence.
        left: pairs that the table does not show.
    """
    more = f" The other {left:,} pairs are in tables/verdicts.csv." if left else ""
    return (
        "Differences are in bounded regret, which is normalised regret up to 1 and 2 − 1 / regret "
        "beyond; a difference below 0 means that the strategy in the first column is better. A "
        f"difference within ±{rope:g} is practically equal. A problem is won or lost (w–t–l: won, "
        "tied, lost) if the 95 % interval of its own mean difference excludes 0 and at least six "
        "repetitions differ. “Detectable” is the smallest difference detected with a power of 0.8; "
        "“needed” is the number of repetitions of each problem that would be needed for a "
        "significant result, if the difference is as observed."
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
        f"{problem} (in {many(len(part), 'pair')}; at most "
        f"{100 * float(part['dominant_share'].max()):.0f} % of the variance in normalised regret "
        f"and {100 * float(part['dominant_bounded'].max()):.0f} % in bounded regret)"
        for problem, part in frame.groupby("dominant", sort=False)
    ]
    still = int((frame["dominant_bounded"] > DOMINANT).sum())
    hanging = int((frame["verdict_without"] != frame["verdict"]).sum())
    half = (
        f" The problem holds more than half of the variance in bounded regret in "
        f"{many(still, 'pair')}."
        if still
        else ""
    )
    changed = (
        f"{many(hanging, 'verdict')} on these pairs would be different without the problem "
        "(column verdict_without)"
        if hanging
        else "All verdicts on these pairs would be the same without the problem"
    )
    return (
        f"One problem alone holds more than {100 * DOMINANT:.0f} % of the variance of a mean "
        f"difference in normalised regret: {first_few(parts)}.{half} {changed}. Verdicts that "
        "generalise to new data sets are on ranks, where each problem counts once. The shares are "
        "in tables/verdicts.csv."
    )


def no_new(datasets: int) -> str:
    """Return why no verdict generalises to new data sets, by how many data sets there are."""
    why = (
        "All problems are on one data set"
        if datasets < 2
        else "No two strategies ran on two data sets"
    )
    return f"{why}, so no verdict generalises to new data sets."


def new(rope: float, reachable: bool) -> str:
    """Return what the columns on new data sets are.

    Args:
        rope: half the width of the region of practical equivalence.
        reachable: whether each pair could be decided.
    """
    cannot = (
        ""
        if reachable
        else " No p-value is shown where significance at 0.05 is impossible with so few data sets "
        "and so many pairs."
    )
    return (
        "The data sets are the sample; problems on the same data set are one observation. The "
        "difference is the pseudo-median over data sets of the differences of medians in bounded "
        "regret, and its 95 % interval is by Wilcoxon's signed-rank test, per pair. p is the "
        "p-value of Wilcoxon's test after Holm's correction; P is by the Bayesian signed-rank "
        f"test with a region of practical equivalence of ±{rope:g}. “Needed” is the number "
        f"of data sets that would be needed for a significant result.{cannot}"
    )
