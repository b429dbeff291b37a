"""Means and interquartile means over problems, of the repetitions that all strategies have."""

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


def shared(there: Flags) -> Flags:
    """Return the repetitions that every strategy with any of them has, shape (R,).

    A mean over other repetitions than the others' would compare splits, not strategies.

    Args:
        there: of one problem, shape (S, R).
    """
    entered = there.any(axis=1)
    return np.asarray(there[entered].all(axis=0) & there.any(axis=0), dtype=bool)


def comparable(scores: Array) -> Array:
    """Return the scores of shared repetitions.

    Args:
        scores: of one problem, shape (S, R); NaN where there is none.

    Returns:
        Shape (S, those repetitions): a strategy's row is NaN throughout, or nowhere.
    """
    return scores[:, shared(~np.isnan(scores))]


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
    there = _there(scores)
    if datasets is None:
        many = np.array([values.shape[1] > 1 for values in scores], dtype=bool)
        enough = (many[:, None] | ~there).all(axis=0)
        return np.asarray(there.any(axis=0) & enough, dtype=bool)
    names = np.array(datasets, dtype=object)
    return np.array([len(set(names[column])) > 1 for column in there.T], dtype=bool)


def mean(scores: Sequence[Array]) -> Array:
    """Return the mean over repetitions, then over problems, shape (K,).

    Args:
        scores: of each problem, shape (K, R): as `comparable` gives them. NaN where there is none.
    """
    there = _there(scores)
    total = np.zeros(there.shape[1])
    for values, row in zip(scores, there, strict=True):
        if row.any():
            total[row] += values[row].mean(axis=1)
    return _ratio(total, there.sum(axis=0))


def pooled_iqm(scores: Sequence[Array]) -> Array:
    """Return the interquartile mean over all repetitions of all problems, shape (K,).

    Every problem weighs the same, whatever its number of repetitions; with the same number on all
    problems it is `iqm` of the pooled scores.

    Args:
        scores: as for `mean`.
    """
    there = _there(scores)
    sizes = np.array([values.shape[1] for values in scores], dtype=np.int64)
    found = np.full(there.shape[1], np.nan)
    for row in range(there.shape[1]):
        places = np.flatnonzero(there[:, row]).tolist()
        if not places:
            continue
        unit = sizes[places].max()
        pool = np.concatenate([scores[place][row] for place in places])
        weights = np.repeat(unit / sizes[places], sizes[places])
        order = np.argsort(pool, kind="stable")
        total = float(unit * len(places))
        cut = np.floor(total / 4)
        # Σ w·x / Σ w over the middle half of the weight.
        inside = np.clip(np.cumsum(weights[order]), cut, total - cut)
        found[row] = np.diff(inside, prepend=cut) @ pool[order] / (total - 2 * cut)
    return found


def _there(scores: Sequence[Array]) -> Flags:
    """Return where a row has scores, shape (P, K)."""
    flags = [
        np.zeros(len(values), dtype=bool) if not values.shape[1] else ~np.isnan(values[:, 0])
        for values in scores
    ]
    return np.array(flags, dtype=bool).reshape(len(scores), -1)


def _ratio(total: Array, weight: Array | Ints) -> Array:
    weight = np.asarray(weight, dtype=float)
    found: Array = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    return found
