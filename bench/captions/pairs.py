"""What stands beside the table of pairs."""

from __future__ import annotations

from bench.words import many

OF_EQUALITY = " (equal)"
"""Stands after a number of repetitions that would show practical equality."""


def columns(rope: float, left: int) -> str:
    """Return how the columns of the table are computed.

    Args:
        rope: half the width of the region of practical equivalence.
        left: pairs that only the files have.
    """
    text = (
        "A difference is the mean paired difference in bounded regret on this problem set, below 0 "
        "where the first strategy is better. The 95 % intervals are per pair, and p has Holm's "
        f"correction for all pairs. The ROPE is ±{rope:g}. A verdict is undecided if "
        "neither a difference nor practical equality is significant. Repetitions are the fewest "
        "paired repetitions of a problem."
    )
    if left:
        text += f" The files have {many(left, 'more pair')}."
    return text


def files(*, new: bool) -> str:
    """Return what the columns are that only the files have.

    Args:
        new: whether there is a file of verdicts that generalise to new data sets.
    """
    text = (
        "In the files, w–t–l counts the problems the first strategy wins, ties and loses, by "
        "95 % intervals. Detectable is the smallest difference detected with a power "
        "of 0.8, needed the repetitions of each problem to detect the one seen, or (equal) to show "
        "practical equality."
    )
    if new:
        text += (
            " For new data sets, needed counts data sets; P(better), P(equal) and P(worse) are the "
            "probabilities of the Bayesian signed-rank test."
        )
    return text
