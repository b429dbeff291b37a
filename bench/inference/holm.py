"""Holm's correction, and the floor below which so few observations cannot bring a p-value."""

from __future__ import annotations

import math

import numpy as np

from bench.panels.arrays import Array, Flags, Ints


def holm(p: Array) -> Array:
    """Return p-values adjusted by Holm's step-down method; NaN are no part of the family.

    Args:
        p: shape (M,).

    Source: Holm 1979.
    """
    adjusted = np.full(len(p), np.nan)
    there = np.flatnonzero(~np.isnan(p))
    order = there[np.argsort(p[there], kind="stable")]
    steps = p[order] * np.arange(len(order), 0, -1)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(steps))
    return adjusted


def smallest_p(count: Ints) -> Array:
    """Return the least two-sided p-value of tests that assume nothing but symmetry, 2 · 2⁻ⁿ.

    It is that of the sign test and of Wilcoxon's when all n differences are on one side. Every
    verdict keeps to it, so that no assumption of normality decides what the signs cannot.

    Args:
        count: n, shape (M,).
    """
    found: Array = np.minimum(1.0, 2 * np.exp2(-np.asarray(count, dtype=float)))
    return found


def reachable(smallest: Array, family: Flags, alpha: float) -> Flags:
    """Return which tests can be significant at all once Holm has corrected them.

    A test with fewer observations than `observations_needed` can if others with more may go
    before it.

    Args:
        smallest: p-value that each test can have, shape (M,).
        family: which are corrected together, shape (M,).
        alpha: two-sided.
    """
    found: Flags = holm(np.where(family, smallest, np.nan)) <= alpha
    return found


def observations_needed(tests: int, alpha: float) -> int:
    """Return the fewest observations of each of so many tests with which any can reach alpha.

    Args:
        tests: in Holm's family, 1 or more.
        alpha: two-sided.
    """
    return math.ceil(1 + math.log2(max(tests, 1) / alpha) - 1e-12)
