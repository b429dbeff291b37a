"""The Pareto set: what nothing else is at least as good as in both of two respects."""

from __future__ import annotations

import numpy as np

from bench.panels.arrays import Array, Flags


def undominated(first: Array, second: Array, factor: float = 1.0) -> Flags:
    """Return which items no other item dominates.

    One item dominates another if it is as small in both values and smaller in one of them.

    Args:
        first: a value of each item, the smaller the better, shape (N,).
        second: another value of each item, the same, and not negative.
        factor: second values that differ by no more than this factor count as equal.

    Returns:
        Shape (N,); an item with a value that is NaN is not in the set, and dominates nothing.

    >>> undominated(np.array([1.0, 2.0, 3.0]), np.array([5.0, 5.0, 4.0])).tolist()
    [True, False, True]
    """
    # A comparison with NaN is false, so such an item dominates nothing.
    smaller = (first[:, None] < first) | (factor * second[:, None] < second)
    no_larger = (first[:, None] <= first) & (second[:, None] <= factor * second)
    found: Flags = ~(smaller & no_larger).any(axis=0) & ~np.isnan(first + second)
    return found
