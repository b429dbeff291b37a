"""Means and interquartile means over problems, of the repetitions that each strategy has.

Strategies may have different repetitions: a slow one fewer than the others. Its own numbers are
then less sure, which their intervals show, and those of the others do not change. What compares two
strategies takes the repetitions that both have.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.panels.arrays import Array, Flags, Ints

RESAMPLES = 2000
CURVE_RESAMPLES = 500
"""Resamples: of numbers; of each point of curves, and of each of many pairs."""

SEED = 20_261_124
"""Of the bootstraps: fixed, so that the same rows give the same intervals."""

LEVEL = 0.95
"""Of every interval."""


def iqm(values: Array, axis: int = -1) -> Array:
    """Return the interquartile mean: a quarter of the values trimmed from each end.

    As scipy.stats.trim_mean(values, 0.25), and so rliable, has it: whole values are trimmed,
    ⌊n/4⌋ from each end (Agarwal et al. 2021).

    Args:
        values: without NaN, at least one along the axis.
        axis: what is averaged over.
    """
    ordered = np.sort(values, axis=axis)
    count = ordered.shape[axis]
    cut = count // 4
    middle = np.take(ordered, np.arange(cut, count - cut), axis=axis)
    return np.asarray(middle.mean(axis=axis))


def spoken(scores: Sequence[Array], datasets: Sequence[str] | None = None) -> Flags:
    """Return which rows have an interval at all, shape (K,).

    *This problem set* needs two repetitions or more of each problem the row is on: the spread of
    one is unknown. *New data sets* need two data sets or more.

    Args:
        scores: of each problem, shape (K, R).
        datasets: the data set of each problem, for *new data sets*.
    """
    counts = counts_of(scores)
    there = counts > 0
    if datasets is None:
        return np.asarray(there.any(axis=0) & (counts != 1).all(axis=0), dtype=bool)
    names = np.array(datasets, dtype=object)
    return np.array([len(set(names[column])) > 1 for column in there.T], dtype=bool)


def mean(scores: Sequence[Array]) -> Array:
    """Return the mean over the repetitions a row has, then over its problems, shape (K,).

    Args:
        scores: of each problem, shape (K, R): NaN where there is none.
    """
    counts = counts_of(scores)
    total = np.zeros(counts.shape[1])
    for values, count in zip(scores, counts, strict=True):
        total += np.where(np.isnan(values), 0.0, values).sum(axis=1) / np.maximum(count, 1)
    return _ratio(total, (counts > 0).sum(axis=0))


def pooled_iqm(scores: Sequence[Array]) -> Array:
    """Return the interquartile mean over all repetitions a row has of all problems, shape (K,).

    Every problem weighs the same, whatever its number of repetitions; with the same number on all
    problems it is `iqm` of the pooled scores.

    Args:
        scores: as for `mean`.
    """
    counts = counts_of(scores)
    found = np.full(counts.shape[1], np.nan)
    for row, column in enumerate(counts.T):
        sizes = column[column > 0]
        if not len(sizes):
            continue
        unit = sizes.max()
        pool = np.concatenate([values[row] for values in scores])
        pool = pool[~np.isnan(pool)]
        weights = np.repeat(unit / sizes, sizes)
        order = np.argsort(pool, kind="stable")
        total = float(unit * len(sizes))
        cut = np.floor(total / 4)
        # Σ w·x / Σ w over the middle half of the weight.
        inside = np.clip(np.cumsum(weights[order]), cut, total - cut)
        found[row] = np.diff(inside, prepend=cut) @ pool[order] / (total - 2 * cut)
    return found


def counts_of(scores: Sequence[Array]) -> Ints:
    """Return how many scores a row has of each problem, shape (P, K).

    Args:
        scores: of each problem, shape (K, R): NaN where there is none.
    """
    found = [(~np.isnan(values)).sum(axis=1) for values in scores]
    return np.array(found, dtype=np.int64).reshape(len(scores), -1)


def _ratio(total: Array, weight: Array | Ints) -> Array:
    weight = np.asarray(weight, dtype=float)
    found: Array = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    return found
