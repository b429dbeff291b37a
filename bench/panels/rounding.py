"""What is rounding: the one tolerance with which losses, and what is made of them, are compared.

The same folds added in another order, or .1 + .2 and .3, differ in their last bits, and no rank,
test or count may hang on these. Whether two numbers are equal is decided here and nowhere else:

- `tied` gives all numbers that are equal up to rounding one value, after which `<`, `==`, ranks and
  sorts are exact. A `Panel` is made so: its `loss`, `test`, `best` and `regret` are compared as
  they are, within a problem.
- `cleared` makes differences, and means of them, exactly 0 where they are rounding.
- `at_most` compares with a limit that is no number of the panel, such as a target.

Rounding is relative to what was added, which may be larger than what came out: .1 + .2 − .3 is no
difference from 0. So each takes a `grain` beside: what is rounding however small the numbers are.
`Panel.grain` is that of normalised regret, `Panel.loss_grain` that of losses, `Pairs.mean_grain`
and `Pairs.median_grain` are those of mean and median differences. They come from the scale of the
problem (`regret.magnitude`), not from its largest loss, which one run that diverged would decide.
"""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

from bench.panels.arrays import Array, Flags

RELATIVE = 16 * 2.0**-52
"""Up to this share of the numbers a difference of them is rounding: 16 units in the last place.

The means of 15 folds in two orders differ by 14 at most, two numbers each 4 away by 8. Where the
numbers themselves matter, differences are larger by orders of magnitude.
"""


def tied(values: npt.ArrayLike, grain: npt.ArrayLike = 0.0) -> Array:
    """Return the values, one number for all of them that are equal up to rounding.

    Numbers of which each next one is within the tolerance are one group, so that none is cut off
    where a grid of decimals would have a line. A group that is wider than the tolerance is cut from
    its smallest number on: no two numbers that differ by more are ever tied. All of a group become
    its smallest.

    Args:
        values: of any shape; NaN and infinities stay.
        grain: what is rounding however small the values are; broadcast to their shape.

    >>> tied([0.1 + 0.2, 0.3, 0.4]).tolist()
    [0.3, 0.3, 0.4]
    """
    found = np.array(values, dtype=float)
    flat = found.reshape(-1)
    known = np.flatnonzero(np.isfinite(flat))
    if len(known) < 2:
        return found
    order = known[np.argsort(flat[known], kind="stable")]
    ordered = flat[order]
    grains = np.broadcast_to(np.asarray(grain, dtype=float), found.shape).reshape(-1)[order]
    reach = np.maximum(grains, RELATIVE * np.abs(ordered))
    first = np.ones(len(ordered), dtype=bool)
    first[1:] = np.diff(ordered) > np.maximum(reach[1:], reach[:-1])
    starts = np.flatnonzero(first)
    ends = np.append(starts[1:], len(ordered))
    farthest = np.maximum.reduceat(reach, starts)
    wide = ordered[ends - 1] - ordered[starts] > farthest
    for place, end, far in zip(
        starts[wide].tolist(), ends[wide].tolist(), farthest[wide], strict=True
    ):
        while place < end:
            first[place] = True
            place += int(np.searchsorted(ordered[place:end], ordered[place] + far, side="right"))
    flat[order] = ordered[np.flatnonzero(first)[np.cumsum(first) - 1]]
    return found


def alike(first: npt.ArrayLike, second: npt.ArrayLike, grain: npt.ArrayLike = 0.0) -> Flags:
    """Return where two numbers are equal up to rounding, as `tied` has it of the two alone.

    Args:
        first: of any shape; NaN is equal to nothing.
        second: what is broadcast against them.
        grain: what is rounding however small both are.
    """
    one, two = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    finite = np.isfinite(one) & np.isfinite(two)
    with np.errstate(invalid="ignore"):
        apart = np.abs(one - two) > np.maximum(grain, of_size(one, two))
    found: Flags = np.where(finite, ~apart, one == two)
    return found


def cleared(differences: npt.ArrayLike, grain: npt.ArrayLike) -> Array:
    """Return the differences, 0 where they are rounding.

    Args:
        differences: of any shape.
        grain: up to what they are rounding, as `of_size` gives it.
    """
    found = np.asarray(differences, dtype=float)
    return np.where(np.abs(found) <= grain, 0.0, found)


def at_most(values: npt.ArrayLike, limits: npt.ArrayLike, grain: npt.ArrayLike = 0.0) -> Flags:
    """Return where values are at most a limit, or above it by rounding only; NaN are not.

    Args:
        values: of any shape.
        limits: what is broadcast against them.
        grain: what is rounding however small both are.
    """
    limit = np.asarray(limits, dtype=float)
    found: Flags = np.asarray(values) <= limit + np.maximum(grain, of_size(limit))
    return found


def of_size(*sizes: npt.ArrayLike) -> Array:
    """Return up to what a difference of numbers of these sizes is rounding, whatever their signs.

    Args:
        sizes: numbers that were added or subtracted.
    """
    # Pair by pair: it is asked for hundreds of thousands of times, mostly of two numbers.
    found: Array = RELATIVE * functools.reduce(np.maximum, map(np.abs, sizes))
    return found
