"""Problems that hold most of the variance of a mean difference, and so decide it alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bench.inference.estimates import counted_in
from bench.inference.paired import Pairs
from bench.panels.arrays import Array, Ints

DOMINANT = 0.5
"""The share of the variance beyond which a problem is named."""

MIN_PROBLEMS = 3
"""Problems: of two one always has half."""


@dataclass(frozen=True, slots=True, eq=False)
class Dominance:
    """Which problem holds the largest share of the variance of each of M mean differences.

    Args:
        place: shape (M,): of the problem; −1 where none holds more than `DOMINANT`.
        share: shape (M,): of the largest; NaN where nothing varies, or there are too few problems.
    """

    place: Ints
    share: Array


def dominance(pairs: Pairs) -> Dominance:
    """Return which problem, if any, dominates each pair's mean difference.

    Args:
        pairs: as `bench.inference.paired.all_pairs` gives them.
    """
    parts = shares(pairs)
    known = (counted_in(pairs).sum(axis=1) >= MIN_PROBLEMS) & (parts.sum(axis=1) > 0)
    share = np.where(known, parts.max(axis=1, initial=0.0), np.nan)
    first = parts.argmax(axis=1) if parts.shape[1] else np.zeros(len(parts), dtype=np.int64)
    return Dominance(np.where(share > DOMINANT, first, -1), share)


def shares(pairs: Pairs) -> Array:
    """Return each problem's share of the variance of each mean difference, shape (M, K).

    They are 0 where nothing varies.

    Args:
        pairs: as `bench.inference.paired.all_pairs` gives them.
    """
    parts = np.where(counted_in(pairs), pairs.variance / np.maximum(pairs.count, 1), 0.0)
    parts = np.where(np.isnan(parts), 0.0, parts)
    # Squares of large regrets: shares have no unit, sums of them may be too large for a float.
    largest = parts.max(axis=1, initial=0.0, keepdims=True)
    scaled = parts / np.where(largest > 0, largest, 1.0)
    found: Array = scaled / np.maximum(scaled.sum(axis=1, keepdims=True), 1.0)
    return found
