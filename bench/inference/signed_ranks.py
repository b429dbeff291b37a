"""Wilcoxon's signed-rank test of many pairs on many subsets of the data sets at once."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from scipy import stats

from bench.inference.significance import MAX_EXACT_DIFFERENCES, rank_sums, signed_rank
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.rounding import cleared, tied


@dataclass(frozen=True, slots=True, eq=False)
class SignedRanks:
    """Tests of M pairs on D subsets.

    Args:
        statistic: shape (D, M): the sum of the ranks of positive differences minus those of
            negative ones.
        p: shape (D, M): two-sided; NaN without a difference.
        count: shape (D, M): differences, zeros included.
    """

    statistic: Array
    p: Array
    count: Ints


def signed_ranks(blocks: Array, grains: Array, chosen: Flags) -> SignedRanks:
    """Return the tests that `bench.inference.significance.signed_rank` makes of each subset.

    Each pair is sorted once. Ranks on a subset are counts of what is in it.

    Args:
        blocks: shape (M, B): differences, NaN where there is none.
        grains: shape (M, B): what is rounding in them.
        chosen: shape (D, B): which blocks are in a subset.
    """
    grains = np.nan_to_num(grains)
    values = cleared(blocks, grains)
    sizes = np.array([tied(*row) for row in zip(np.abs(values), grains, strict=True)])
    order = np.argsort(sizes.reshape(values.shape), axis=1, kind="stable")
    values, sizes = (np.take_along_axis(of, order, axis=1) for of in (values, sizes))
    there = chosen[:, order] & ~np.isnan(values)
    count = there.sum(axis=2)
    ends = np.array([np.searchsorted(row, row, side="right") for row in sizes], dtype=np.int64)
    starts = np.array([np.searchsorted(row, row, side="left") for row in sizes], dtype=np.int64)
    below = np.concatenate([np.zeros((*count.shape, 1), dtype=np.int64), there.cumsum(axis=2)], 2)
    first, last = (np.take_along_axis(below, of[None], axis=2) for of in (starts, ends))
    # Doubled, so that the mean rank of a tie is an integer.
    doubled = np.where(there, first + last + 1, 0)
    signs = np.where(there, np.sign(values), 0).astype(np.int64)
    positive = (doubled * (signs > 0)).sum(axis=2)
    statistic = (doubled * signs).sum(axis=2) / 2
    moved = (signs != 0).sum(axis=2)
    equal = ((last - first > 1) & (signs != 0)).any(axis=2)
    scatter = np.sqrt(((doubled * (signs != 0)).astype(float) ** 2).sum(axis=2)) / 2
    p = 2 * stats.norm.sf(np.abs(statistic) / np.where(scatter > 0, scatter, 1.0))
    for n, zeros in np.unique(np.stack([moved, count - moved], axis=-1).reshape(-1, 2), axis=0):
        if n <= MAX_EXACT_DIFFERENCES:
            cells = (moved == n) & (count - moved == zeros) & ~equal
            p[cells] = _two_sided(int(n), int(zeros))[positive[cells] // 2]
    # Ranks of ties have a distribution of their own.
    for d, m in np.argwhere(equal & (moved <= MAX_EXACT_DIFFERENCES)):
        p[d, m] = signed_rank((np.sign(values) * sizes)[m][there[d, m]])[1]
    return SignedRanks(statistic, np.where(count > 0, p, np.nan), count)


@functools.cache
def _two_sided(n: int, zeros: int) -> Array:
    """Return the p-value of each sum of positive ranks, where ranks are zeros + 1 … zeros + n."""
    shares = rank_sums(range(zeros + 1, zeros + n + 1))
    tails = np.minimum(np.cumsum(shares), np.cumsum(shares[::-1])[::-1])
    found: Array = np.minimum(1.0, 2 * tails)
    return found
