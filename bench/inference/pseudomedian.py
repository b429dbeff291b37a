"""The pseudo-median of differences over data sets: what Wilcoxon's signed-rank test is a test of.

The Walsh averages of n differences are the means of all n (n + 1) / 2 pairs of them, each with
itself too. Their median estimates the pseudo-median (Hodges and Lehmann 1963): half of the means of
two new differences are below it. Wilcoxon's statistic at a value is the number of Walsh averages
above it, so the interval of all values that the test does not reject lies between two of them
(Tukey 1949; Hollander, Wolfe and Chicken 2014, section 3.3), and the test, the interval and the
estimate are of one quantity. One large difference is in n of the averages only, and moves none of
the others.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bench.inference.significance import rank_sums
from bench.panels.arrays import Array
from bench.panels.rounding import at_most, cleared, of_size

MAX_EXACT_DIFFERENCES = 50
"""Up to so many differences the distribution is counted out; beyond it is normal."""


@dataclass(frozen=True, slots=True)
class PseudoMedian:
    """The pseudo-median of some differences.

    Args:
        estimate: the median of their Walsh averages; NaN without a difference.
        low, high: its 1 − alpha interval; NaN where so few differences allow none.
        p_equal: at most alpha where the whole interval is within ±rope; NaN without a difference.
    """

    estimate: float
    low: float
    high: float
    p_equal: float


def pseudo_median(differences: Array, rope: float, alpha: float) -> PseudoMedian:
    """Return the pseudo-median of differences with its interval and the test of equivalence.

    Args:
        differences: shape (n,), without NaN.
        rope: half the width of the region of practical equivalence.
        alpha: of the interval, two-sided.

    Equivalence is asked of the interval that is shown, so each of its two one-sided tests is at
    alpha / 2 (Schuirmann 1987 has alpha). The other half is for differences that are not symmetric:
    with log-normal ones tests at alpha err in 6 to 7 %.

    Source: Hodges and Lehmann 1963.
    """
    n = len(differences)
    if not n:
        return PseudoMedian(math.nan, math.nan, math.nan, math.nan)
    averages = walsh(differences)
    rejected = _rejected(n, alpha / 2)
    low, high = (
        (float(averages[rejected - 1]), float(averages[-rejected]))
        if rejected
        else (math.nan, math.nan)
    )
    # An average on the border speaks for neither side, so it counts against equivalence.
    beyond = max(int(at_most(rope, side).sum()) for side in (averages, -averages))
    p_equal = min(1.0, 2 * _at_most(n, beyond))
    return PseudoMedian(float(np.median(averages)), low, high, p_equal)


def walsh(differences: Array) -> Array:
    """Return the Walsh averages, sorted, shape (n (n + 1) / 2,).

    Args:
        differences: shape (n,).
    """
    first, second = (differences[place] for place in np.triu_indices(len(differences)))
    # Not (a + b) / 2, which rounds differently from a where the two are equal.
    averages = cleared(first + (second - first) / 2, of_size(first, second))
    return np.sort(averages, kind="stable")


def _rejected(count: int, tail: float) -> int:
    """Return the most values of the statistic, from 0, that together have so small a chance."""
    if count > MAX_EXACT_DIFFERENCES:
        mean, scatter = _moments(count)
        return max(0, math.floor(mean + float(stats.norm.ppf(tail)) * scatter) + 1)
    return int(np.searchsorted(_cumulated(count), tail, side="right"))


def _at_most(count: int, value: int) -> float:
    """Return the chance of so large a statistic or a smaller one where nothing differs."""
    if count > MAX_EXACT_DIFFERENCES:
        mean, scatter = _moments(count)
        return float(stats.norm.cdf((value - mean) / scatter))
    return float(min(1.0, _cumulated(count)[value]))


def _moments(count: int) -> tuple[float, float]:
    return count * (count + 1) / 4, math.sqrt(count * (count + 1) * (2 * count + 1) / 24)


@functools.cache
def _cumulated(count: int) -> Array:
    """Return the chances of a sum of positive ranks up to 0, 1, … where signs are coins."""
    found: Array = np.cumsum(rank_sums(range(1, count + 1)))
    return found
