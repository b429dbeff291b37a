"""What the section of verdicts on pairs says."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from bench.inference.dominance import DOMINANT
from bench.inference.estimates import UNDECIDED
from bench.prose.phrases import number
from bench.prose.samples import Sample
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
        "run of the column, averaged over problems. Ties count half."
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


def dominated(verdicts: pd.DataFrame) -> str:
    """Return which problems hold most of the variance of a difference; nothing where none does.

    Args:
        verdicts: as in `sentence`.
    """
    frame = verdicts[verdicts["dominant"] != ""]
    if frame.empty:
        return ""
    counts = frame.groupby("dominant", sort=False).size()
    parts = [f"{problem} ({many(int(count), 'pair')})" for problem, count in counts.items()]
    hanging = int((frame["verdict_without"] != frame["verdict"]).sum())
    changed = (
        f"{many(hanging, 'verdict')} would be different without that problem"
        if hanging
        else "All verdicts would be the same without that problem"
    )
    return (
        f"One problem holds more than {100 * DOMINANT:.0f} % of the variance of a mean "
        f"difference in normalised regret: {first_few(parts)}. {changed} (tables/verdicts.csv)."
    )


def no_new(sample: Sample) -> str:
    """Return why no verdict generalises to new data sets.

    Args:
        sample: the whole sweep.
    """
    if sample.datasets > 1:
        why = "No two strategies ran on two data sets"
    else:
        why = f"{'No problem has a' if sample.functions else 'All problems are on one'} data set"
    return f"{why}, so no verdict generalises to new data sets."
