"""What a sweep can detect, and how many repetitions or data sets are needed for what it saw."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.inference.estimates import (
    ALPHA,
    Estimate,
    counted_in,
    on_problem_set,
    quantile,
    satterthwaite,
)
from bench.inference.holm import observations_needed
from bench.inference.paired import Pairs
from bench.panels.arrays import Array, Flags

POWER = 0.8

MAX_SAMPLE_SIZE = 1_000_000
"""Repetitions or problems beyond which the answer is: never (inf)."""

EFFICIENCY = 3 / math.pi
"""Of Wilcoxon's test against Student's on normal differences: it needs that many fewer."""


def power_pairs(pairs: Pairs, alpha: float = ALPHA) -> pd.DataFrame:
    """Return smallest detectable differences of pairs, and what is needed for the observed ones.

    Args:
        pairs: as `all_pairs` gives them.
        alpha: two-sided; divide it by the number of pairs to be on the safe side of Holm.

    Returns:
        A row a pair: a, b, detectable (the difference that would be found with a power of 0.8; inf
        where so few repetitions can find none), n_repetitions (a problem, the fewest),
        n_repetitions_needed (a problem, for the observed difference; inf: never). NaN where nothing
        tells the variance.
    """
    these = on_problem_set(pairs)
    used = counted_in(pairs)
    fewest = np.where(used, pairs.count, np.iinfo(np.int64).max).min(
        axis=1, initial=MAX_SAMPLE_SIZE
    )
    return pd.DataFrame(
        {
            "a": pairs.a,
            "b": pairs.b,
            "detectable": detectable(these, alpha),
            "n_repetitions": np.where(used.any(axis=1), fewest, 0),
            "n_repetitions_needed": repetitions_needed(
                np.where(used, pairs.variance, 0.0), used, np.abs(these.difference), alpha
            ),
        }
    )


def detectable(estimate: Estimate, alpha: float = ALPHA, power: float = POWER) -> Array:
    """Return the differences that a test at alpha finds with that power.

    (t_{1−α/2} + t_{power})·se, both quantiles with the estimate's degrees of freedom; inf where
    there are too few paired repetitions for any p to reach alpha.

    Args:
        estimate: as `on_problem_set` gives it.
        alpha: two-sided.
        power: the chance to find it.

    Source: Bland 2015, An Introduction to Medical Statistics, chapter 18, with Student's quantiles.
    """
    size: Array = _factor(estimate.df, alpha / 2, power) * estimate.se
    short = estimate.draws < observations_needed(1, alpha)
    return np.where(short & ~np.isnan(size), np.inf, size)


def repetitions_needed(
    variance: Array,
    used: Flags,
    gap: Array,
    alpha: float = ALPHA,
    *,
    equal: bool = False,
    power: float = POWER,
) -> Array:
    """Return the fewest repetitions of each problem with which a gap is found.

    Args:
        variance: shape (M, K): of the paired differences.
        used: shape (M, K): the problems that count.
        gap: shape (M,): the differences to be found (for equality: from the border of the region).
        alpha: two-sided (for equality: of each of the two one-sided tests).
        equal: whether equality is to be shown.
        power: the chance to find it.

    Returns:
        Shape (M,): integers, 2 or more; inf beyond `MAX_SAMPLE_SIZE`, NaN where the
        variance is unknown.
    """
    counts = np.maximum(used.sum(axis=1), 1)
    shares = np.where(used, variance, 0.0)
    total = shares.sum(axis=1)
    # Welch and Satterthwaite at R repetitions each: a share of R − 1 that does not depend on R.
    share = satterthwaite(shares, np.ones(1))

    def found(repetitions: Array) -> Array:
        se: Array = np.sqrt(total / repetitions) / counts
        tail = alpha if equal else alpha / 2
        factors: Array = _factor(share * (repetitions - 1), tail, power)
        return factors * se

    # No test decides with fewer differences than a sign test needs.
    least = np.maximum(2, np.ceil(observations_needed(1, alpha) / counts))
    needed = _fewest(found, gap, least)
    return np.where(used.any(axis=1), needed, np.nan)


def datasets_needed(
    difference: Array, scatter: Array, alpha: float = ALPHA, power: float = POWER
) -> Array:
    """Return the fewest data sets with which Wilcoxon's test would find a difference.

    Args:
        difference: shape (M,): to be found.
        scatter: shape (M,): standard deviation of the differences between data sets.
        alpha: two-sided; divide it by the number of pairs to be on the safe side of Holm.
        power: the chance to find it.

    Returns:
        Shape (M,): integers; inf beyond `MAX_SAMPLE_SIZE`, NaN with fewer than two data sets.
    """

    def found(sets: Array) -> Array:
        widths: Array = scatter / np.sqrt(sets)
        return _factor(sets - 1, alpha / 2, power) * widths

    needed = _fewest(found, np.abs(difference), np.full(len(scatter), 2.0))
    least: Array = np.maximum(np.ceil(needed / EFFICIENCY), observations_needed(1, alpha))
    return least


def _factor(df: Array, tail: float, power: float) -> Array:
    factor: Array = quantile(1 - tail, df) + quantile(power, df)
    return factor


def _fewest(found: Callable[[Array], Array], gap: Array, least: Array) -> Array:
    """Return the fewest n ≥ least with found(n) ≤ gap, where `found` falls with n."""
    low, high = least.astype(float), np.full(len(gap), float(MAX_SAMPLE_SIZE))
    unknown = np.isnan(found(low)) | np.isnan(gap)
    never = ~(found(high) <= gap) | (gap <= 0)
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        enough = found(middle) <= gap
        high = np.where(enough, middle, high)
        low = np.where(enough, low, np.minimum(middle + 1, high))
    return np.where(unknown, np.nan, np.where(never, np.inf, high))
