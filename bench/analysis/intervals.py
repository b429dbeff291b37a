"""Bootstraps across problems: means and interquartile means with 95 % intervals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from bench.analysis.arrays import Array, Flags, Ints

Counts = Array | npt.NDArray[np.float32]

RESAMPLES = 2000
OF_CURVES = 500
"""Resamples: of numbers; of each point of curves, and of each of many pairs."""

SEED = 20_261_124
"""Of the bootstraps: fixed, so that the same rows give the same intervals."""

LEVEL = 0.95
"""Of every interval."""

_CHUNK = 250
"""Resamples at a time, where all scores of a strategy are held for each."""
_STRIDE = 64


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


def resamples(
    sizes: Sequence[int], datasets: Sequence[str] | None = None, count: int = RESAMPLES
) -> Iterator[tuple[Ints, Array]]:
    """Yield, problem by problem, how often each resample takes its repetitions.

    One resample of *these problems* draws repetitions with replacement within each problem. One of
    *new problems* draws data sets with replacement first, each with all of its problems, then
    repetitions within each copy. A repetition fixes split, shift and noise, so all strategies
    share its draws: whatever is computed from them is paired.

    Args:
        sizes: repetitions of each problem. One without any is left out, with its data set.
        datasets: what each problem is made of, for *new problems*; None for *these problems*.
        count: B resamples.

    Yields:
        How often the problem itself is taken, shape (B,), and its repetitions, shape (B, R); the
        latter sum to R times the former.
    """
    times = _times(sizes, datasets, count)
    for place, size in enumerate(sizes):
        if not size:
            yield times[:, place], np.zeros((count, 0))
            continue
        rng = np.random.default_rng([SEED, place])
        rows = np.repeat(np.arange(count), times[:, place] * size)
        picks = rows * size + rng.integers(size, size=len(rows))
        found = np.bincount(picks, minlength=count * size).reshape(count, size)
        yield times[:, place], found.astype(float)


def _times(sizes: Sequence[int], datasets: Sequence[str] | None, count: int) -> Ints:
    alive = np.array(sizes, dtype=np.int64) > 0
    if datasets is None or not alive.any():
        return np.tile(alive.astype(np.int64), (count, 1))
    found = np.zeros((count, len(alive)), dtype=np.int64)
    names, codes = np.unique(np.array(datasets, dtype=object)[alive], return_inverse=True)
    rng = np.random.default_rng([SEED, len(names), len(alive)])
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=count)
    found[:, alive] = drawn[:, codes]
    return found


def spoken(scores: Sequence[Array], datasets: Sequence[str] | None = None) -> Flags:
    """Return which rows have an interval at all, shape (K,).

    *These problems* need two repetitions or more of each problem the row is on: the spread of one
    is unknown. *New problems* need two data sets or more.

    Args:
        scores: of each problem, shape (K, R).
        datasets: what each problem is made of, for *new problems*.
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


def means(
    scores: Sequence[Array], datasets: Sequence[str] | None = None, count: int = RESAMPLES
) -> Array:
    """Return `mean` of each resample, shape (B, K); NaN throughout where nothing can be said.

    Args:
        scores: as for `mean`.
        datasets: what each problem is made of, for *new problems*; None for *these problems*.
        count: B resamples.
    """
    there = _there(scores)
    total = np.zeros((count, there.shape[1]))
    taken = np.zeros((count, len(scores)))
    sizes = [values.shape[1] for values in scores]
    for place, (times, counts) in enumerate(resamples(sizes, datasets, count)):
        if there[place].any():
            shares = np.where(there[place][:, None], scores[place] / sizes[place], 0.0)
            total += counts @ shares.T
            taken[:, place] = times
    return np.where(spoken(scores, datasets), _ratio(total, taken @ there), np.nan)


def pooled_iqm(scores: Sequence[Array]) -> Array:
    """Return the interquartile mean over all repetitions of all problems, shape (K,).

    Every problem weighs the same, whatever its number of repetitions; with the same number on all
    problems it is `iqm` of the pooled scores.

    Args:
        scores: as for `mean`.
    """
    ones = [np.ones((values.shape[1], 1)) for values in scores]
    once = np.ones((1, len(scores)), dtype=np.int64)
    found: Array = _pooled(scores, once, ones)[0]
    return found


def pooled_iqms(
    scores: Sequence[Array], datasets: Sequence[str] | None = None, count: int = RESAMPLES
) -> Array:
    """Return `pooled_iqm` of each resample, shape (B, K); NaN where nothing can be said.

    Args:
        scores: as for `mean`.
        datasets: what each problem is made of, for *new problems*; None for *these problems*.
        count: B resamples.
    """
    sizes = [values.shape[1] for values in scores]
    times = np.zeros((count, len(sizes)), dtype=np.int64)
    taken: list[Counts] = []
    for place, (drawn, counts) in enumerate(resamples(sizes, datasets, count)):
        times[:, place] = drawn
        # All problems' counts are held at once: as doubles they would be hundreds of megabytes.
        taken.append(np.ascontiguousarray(counts.T, dtype=np.float32))
    found = _pooled(scores, times, taken)
    return np.where(spoken(scores, datasets), found, np.nan)


def interval(samples: Array) -> tuple[Array, Array]:
    """Return the percentile interval of bootstrap samples.

    Args:
        samples: shape (B, …). Resamples with NaN say nothing, as where no problem of a strategy
            was drawn.

    Returns:
        Its two ends, shape (…).
    """
    flat = samples.reshape(len(samples), -1)
    ends = np.full((2, flat.shape[1]), np.nan)
    gaps = np.isnan(flat)
    whole, some = ~gaps.any(axis=0), ~gaps.all(axis=0)
    levels = [(1 - LEVEL) / 2, (1 + LEVEL) / 2]
    if whole.any():
        ends[:, whole] = np.quantile(flat[:, whole], levels, axis=0)
    if (some & ~whole).any():
        ends[:, some & ~whole] = np.nanquantile(flat[:, some & ~whole], levels, axis=0)
    low, high = ends.reshape(2, *samples.shape[1:])
    return low, high


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


def _pooled(scores: Sequence[Array], times: Ints, counts: Sequence[Counts]) -> Array:
    """Return interquartile means, shape (B, K), of scores taken `counts` (R, B) times each."""
    there = _there(scores)
    sizes = np.array([values.shape[1] for values in scores], dtype=np.int64)
    found = np.full((len(times), there.shape[1]), np.nan)
    for row in range(there.shape[1]):
        places = np.flatnonzero(there[:, row]).tolist()
        if not places:
            continue
        unit = sizes[places].max()
        pool = np.concatenate([scores[place][row] for place in places])
        weights = np.repeat(unit / sizes[places], sizes[places])
        taken = np.concatenate([counts[place] for place in places])
        order = np.argsort(pool, kind="stable")
        totals = (unit * times[:, places].sum(axis=1)).astype(float)
        found[:, row] = _trimmed(pool[order], weights[order], taken[order], totals)
    return found


def _trimmed(ordered: Array, weights: Array, taken: Counts, totals: Array) -> Array:
    """Return Σ w·x / Σ w over the middle half of the weight, shape (B,).

    Args:
        ordered: scores, best first, shape (N,).
        weights: of each, shape (N,).
        taken: how often, shape (N, B).
        totals: the sum of weight × taken, shape (B,).
    """
    result = np.full(len(totals), np.nan)
    for start in range(0, len(totals), _CHUNK):
        part = slice(start, start + _CHUNK)
        total = totals[part]
        cut = np.floor(total / 4)
        share = taken[:, part] * weights[:, None]
        np.cumsum(share, axis=0, out=share)
        # Only the rows in which some resample has its middle half are looked at any further.
        first = int((share[::_STRIDE] <= cut).all(axis=1).sum())
        last = int((share[::_STRIDE] < total - cut).any(axis=1).sum())
        rows = slice(max(first - 1, 0) * _STRIDE, last * _STRIDE + 1)
        inside = np.clip(share[rows], cut, total - cut)
        inside[1:] -= inside[:-1].copy()
        inside[0] -= cut
        result[part] = _ratio(ordered[rows] @ inside, total - 2 * cut)
    return result
