"""Paired differences between strategies in bounded regret, within problems.

A difference is the regret of `a` minus that of `b` in one repetition of one problem, so whatever
the repetition fixed for both (the split, the shift, the noise) cancels; below 0 `a` is better. The
regret is bounded (`bench.panels.regret.bounded`), because normalised regret is not: one problem
of 86 can hold three quarters of the variance of a mean, and decide alone what all others show.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.looks import Schedule, schedule
from bench.panels.panel import Panel, functions_of
from bench.panels.regret import bounded
from bench.panels.rounding import cleared, of_size


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """M pairs of strategies on K problems, what their paired repetitions came to.

    Where a sweep was looked at to stop what is settled, that is at the last look at each pair.

    Args:
        a, b: M labels.
        problems, datasets: K labels.
        functions: those of the data sets that are none, but count as one.
        count: shape (M, K): repetitions that both ran.
        moved: shape (M, K): those of them in which the two differ.
        mean, variance: shape (M, K): of the differences; NaN without one, or two, of them.
        median: shape (M, K): difference of the two medians over these repetitions.
        mean_grain, median_grain: shape (M, K): up to what `mean` and `median` are rounding; what is
            no more is 0.
        looks: at the sweep; none where it has no other end than its repetitions.
    """

    a: tuple[str, ...]
    b: tuple[str, ...]
    problems: tuple[str, ...]
    datasets: tuple[str, ...]
    functions: frozenset[str]
    count: Ints
    moved: Ints
    mean: Array
    variance: Array
    median: Array
    mean_grain: Array
    median_grain: Array
    looks: tuple[Look, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What was seen of M pairs when a sweep was looked at.

    Args:
        pairs: the same ones, with the repetitions so far.
        fraction: shape (M,): of the repetitions that a pair can have; NaN where it was not looked
            at any more.
    """

    pairs: Pairs
    fraction: Array


def all_pairs(panels: Sequence[Panel], trials: int | None = None, *, plain: bool = False) -> Pairs:
    """Return the differences of all pairs of strategies, in the order of the sweep.

    Args:
        panels: of the sweep.
        trials: after how many, by default the budget.
        plain: take normalised regret as it is, not bounded.
    """
    names = panels[0].strategies if panels else ()
    first, second = np.triu_indices(len(names), k=1)
    found = [panel.regret_after(trials) for panel in panels]
    if not plain:
        found = [bounded(values) for values in found]
    a, b = (tuple(names[i] for i in side) for side in (first, second))
    return pairs_of(
        [(values[first], values[second]) for values in found],
        a=a,
        b=b,
        problems=tuple(panel.problem for panel in panels),
        datasets=tuple(panel.dataset for panel in panels),
        functions=functions_of(panels),
        grains=[panel.grain for panel in panels],
        seen=seen(panels, a, b),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Which repetitions each look saw.

    Args:
        schedule: the looks at each pair.
        repetitions: a problem each: their numbers, from 0, shape (R,).
    """

    schedule: Schedule
    repetitions: Sequence[Ints]


def seen(panels: Sequence[Panel], a: Sequence[str], b: Sequence[str]) -> Seen | None:
    """Return which repetitions of pairs of strategies the looks at a sweep saw; None without any.

    Args:
        panels: of the sweep.
        a: M labels.
        b: M labels.
    """
    looks = panels[0].looks if panels else None
    found = schedule([((looks, x), (looks, y)) for x, y in zip(a, b, strict=True)])
    return None if found is None else Seen(found, [panel.repetitions for panel in panels])


def pairs_of(
    values: Sequence[tuple[Array, Array]],
    *,
    a: tuple[str, ...],
    b: tuple[str, ...],
    problems: tuple[str, ...],
    datasets: tuple[str, ...],
    functions: Collection[str] = (),
    grains: Sequence[Array] | None = None,
    seen: Seen | None = None,
) -> Pairs:
    """Return the differences of some pairs.

    Args:
        values: a problem each: the regrets of `a` and of `b`, both of shape (M, R), NaN where one
            did not run.
        a: M labels.
        b: M labels.
        problems: labels, as many as values.
        datasets: the same.
        functions: those of the data sets that are none, but count as one.
        grains: a problem each, shape (R,): what is rounding in its regrets, however small they are;
            by default nothing but the rounding of the regrets themselves.
        seen: which repetitions the looks at the sweep saw; all others do not count.
    """
    if seen is not None:
        times, fractions = seen.schedule.times, seen.schedule.fractions
        limits = [*np.where(np.isnan(fractions), 0, times[:, None]), seen.schedule.last]
        parts = [
            pairs_of(
                _first(values, seen.repetitions, limit),
                a=a, b=b, problems=problems, datasets=datasets, functions=functions, grains=grains,
            )
            for limit in limits
        ]  # fmt: skip
        looks = zip(parts[:-1], fractions, strict=True)
        return replace(parts[-1], looks=tuple(Look(*look) for look in looks))
    shape = len(a), len(problems)
    count, moved = np.zeros(shape, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    mean, variance, median = (np.full(shape, np.nan) for _ in range(3))
    mean_grain, median_grain = np.zeros(shape), np.zeros(shape)
    for k, (left, right) in enumerate(values):
        both = ~np.isnan(left - right)
        least = np.zeros(left.shape[1]) if grains is None else grains[k]
        rounding = np.where(both, np.maximum(of_size(left, right), least), 0.0)
        differences = cleared(left - right, rounding)
        n = both.sum(axis=1)
        filled = np.where(both, differences, 0.0)
        largest = rounding.max(axis=1, initial=0.0)
        centre = cleared(filled.sum(axis=1) / np.maximum(n, 1), largest)
        # What is the same in all repetitions has no variance.
        spread = cleared(np.where(both, filled - centre[:, None], 0.0), largest[:, None])
        count[:, k], moved[:, k] = n, (filled != 0).sum(axis=1)
        mean[:, k] = np.where(n > 0, centre, np.nan)
        squares = (spread**2).sum(axis=1) / np.maximum(n - 1, 1)
        variance[:, k] = np.where(n > 1, squares, np.nan)
        one, two = (medians(np.where(both, side, np.nan)) for side in (left, right))
        least = np.where(both, least, 0.0).max(axis=1, initial=0.0)
        mean_grain[:, k] = largest
        median_grain[:, k] = np.maximum(np.where(n > 0, of_size(one, two), 0.0), least)
        median[:, k] = cleared(one - two, median_grain[:, k])
    return Pairs(
        a, b, problems, datasets, frozenset(functions),
        count, moved, mean, variance, median, mean_grain, median_grain,
    )  # fmt: skip


def _first(
    values: Sequence[tuple[Array, Array]], repetitions: Sequence[Ints], limit: Ints
) -> list[tuple[Array, Array]]:
    """Return the values of the first repetitions of each pair, NaN in the others."""
    found = []
    for sides, numbers in zip(values, repetitions, strict=True):
        there = numbers < limit[:, None]
        left, right = (np.where(there, side, np.nan) for side in sides)
        found.append((left, right))
    return found


def counting(pairs: Pairs, used: Flags) -> Pairs:
    """Return the same pairs where the repetitions of some problems do not count, at no look.

    Args:
        pairs: on all of them.
        used: those that do count, shape (K,), or (M, K) for each pair.
    """
    return replace(
        pairs,
        count=np.where(used, pairs.count, 0),
        looks=tuple(replace(look, pairs=counting(look.pairs, used)) for look in pairs.looks),
    )


def on_problems(pairs: Pairs, places: Sequence[int]) -> Pairs:
    """Return the same pairs on some of the problems, as if the others had not been there.

    Args:
        pairs: on all of them.
        places: of the problems that stay, in this order.
    """
    datasets = tuple(pairs.datasets[place] for place in places)
    columns = list(places)
    return replace(
        pairs,
        problems=tuple(pairs.problems[place] for place in places),
        datasets=datasets,
        functions=pairs.functions & set(datasets),
        count=pairs.count[:, columns],
        moved=pairs.moved[:, columns],
        mean=pairs.mean[:, columns],
        variance=pairs.variance[:, columns],
        median=pairs.median[:, columns],
        mean_grain=pairs.mean_grain[:, columns],
        median_grain=pairs.median_grain[:, columns],
        looks=tuple(replace(look, pairs=on_problems(look.pairs, places)) for look in pairs.looks),
    )


def standing(difference: Array, whole: Flags) -> Array:
    """Return the mean paired difference of each strategy to the others, shape (S,).

    Where strategies have different repetitions the order of their means is not that of their
    differences, since the means are of different splits and noise.

    Args:
        difference: shape (S, S), row against column; NaN where two were not compared.
        whole: shape (S,): those to which differences count, since they have run on every problem.

    Returns:
        NaN for a strategy that was compared with none of these; 0 for one of them alone.

    >>> difference = np.array([[0.0, -0.1, -0.3], [0.1, 0.0, -0.2], [0.3, 0.2, 0.0]])
    >>> standing(difference, np.ones(3, dtype=bool)).round(3).tolist()
    [-0.2, -0.05, 0.25]
    """
    others = ~np.isnan(difference) & whole & ~np.eye(len(difference), dtype=bool)
    count = others.sum(axis=1)
    total = np.where(others, difference, 0.0).sum(axis=1)
    alone = np.where(whole & (whole.sum() == 1), 0.0, np.nan)
    return np.where(count > 0, total / np.maximum(count, 1), alone)


def medians(values: Array) -> Array:
    """Return the medians along the last axis without NaN; NaN where there is nothing."""
    if not values.shape[-1]:
        return np.full(values.shape[:-1], np.nan)
    ordered = np.sort(values, axis=-1)
    n = (~np.isnan(values)).sum(axis=-1, keepdims=True)
    low = np.take_along_axis(ordered, np.maximum((n - 1) // 2, 0), axis=-1)[..., 0]
    high = np.take_along_axis(ordered, np.minimum(n // 2, values.shape[-1] - 1), axis=-1)[..., 0]
    # Not (low + high) / 2, which rounds differently from low where the two are equal.
    middle: Array = np.where((n % 2 == 1)[..., 0], low, low + (high - low) / 2)
    return middle


def blocks_of(pairs: Pairs) -> tuple[Array, Array]:
    """Return the median differences of each data set, mean over its problems, and their grain.

    Both are of shape (M, B), NaN where there is none; a difference that is rounding is 0.
    """
    known = np.where(np.isnan(pairs.median), np.nan, pairs.median_grain)
    grains = by_dataset(known, pairs.datasets)
    return cleared(by_dataset(pairs.median, pairs.datasets), grains), grains


def by_dataset(values: Array, datasets: Sequence[str]) -> Array:
    """Return means over the problems of each data set, shape (M, B); NaN where there is none.

    Args:
        values: shape (M, K), a column a problem.
        datasets: K labels.
    """
    groups = grouping(datasets)
    there = ~np.isnan(values)
    count = there @ groups
    total: Array = np.where(there, values, 0.0) @ groups
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def grouping(datasets: Sequence[str]) -> Array:
    """Return which problem (row) is on which data set (column), in the order they come."""
    names = list(dict.fromkeys(datasets))
    return np.array([[float(d == name) for name in names] for d in datasets]).reshape(
        len(datasets), len(names)
    )
