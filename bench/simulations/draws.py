"""Distributions of regret whose truth is known: normal, skewed, and with ties."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Array = NDArray[np.float64]

KINDS = ("normal", "skewed", "ties")
"""Log-normal with σ = 1 is skewed; ties are a normal draw above 0 in steps of ½, 38 % of them 0."""

_TRUTH_DRAWS = 1_000_001


@dataclass(frozen=True, slots=True)
class Truth:
    """What is true of a distribution.

    Args:
        mean: its expectation.
        pseudo_median: the median of the mean of two independent draws.
    """

    mean: float
    pseudo_median: float


def draw(kind: str, rng: np.random.Generator, shape: tuple[int, ...]) -> Array:
    """Return independent draws.

    Args:
        kind: one of `KINDS`.
        rng: where they come from.
        shape: of what is returned.
    """
    values = rng.standard_normal(shape)
    if kind == "skewed":
        return np.exp(values)
    if kind == "ties":
        found: Array = np.round(2 * np.maximum(values, 0.0)) / 2
        return found
    return values


def truth(kind: str) -> Truth:
    """Return what is true of a kind; the pseudo-median of a million pairs where no formula has it.

    Args:
        kind: one of `KINDS`.
    """
    if kind == "normal":
        return Truth(0.0, 0.0)
    if kind == "ties":
        steps = np.arange(1, 30) / 2
        chances = stats.norm.cdf(steps + 0.25) - stats.norm.cdf(steps - 0.25)
        # Two draws are 0 and ½, or less, in more than half of the pairs: see the test.
        return Truth(float(steps @ chances), 0.25)
    pairs = draw(kind, np.random.default_rng(1), (2, _TRUTH_DRAWS)).mean(axis=0)
    return Truth(float(np.exp(0.5)), float(np.median(pairs)))
