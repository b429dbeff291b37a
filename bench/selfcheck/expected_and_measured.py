"""A line of the self-check: what theory expects, what was measured, how far apart they are."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

Z = 4.0
"""Standard errors: something right lies further off once in 16,000 seeds."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number of theory against the same number as the code gives it.

    Args:
        name: what it is.
        expected: by theory, or by a named reference.
        measured: by the code.
        z: the difference in standard errors; None where nothing is random.
        reason: why nothing could be measured; empty otherwise.
    """

    name: str
    expected: float
    measured: float
    z: float | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether measured is expected: within 4 standard errors, or to 9 digits."""
        if self.z is not None:
            return abs(self.z) <= Z  # False for nan
        return math.isclose(self.measured, self.expected, rel_tol=1e-9, abs_tol=1e-12)


def exact(name: str, expected: float, measured: float) -> Line:
    """Return the line of a number that no draw decides."""
    return Line(name, float(expected), float(measured))


def sampled(name: str, expected: float, sample: ArrayLike) -> Line:
    """Return the line of an expectation.

    Args:
        name: what it is.
        expected: the expectation of each number of the sample.
        sample: shape (runs,), independent. Without any spread there is no standard error, and the
            numbers must be what is expected.
    """
    numbers = np.asarray(sample, dtype=float)
    mean = float(numbers.mean())
    if np.ptp(numbers) == 0:
        return Line(name, float(expected), mean)
    error = float(numbers.std(ddof=1)) / math.sqrt(len(numbers))
    return Line(name, float(expected), mean, float((mean - expected) / error))


def ratio(name: str, expected: float, above: ArrayLike, below: ArrayLike) -> Line:
    """Return the line of a ratio of two expectations.

    Args:
        name: what it is.
        expected: E[above] / E[below].
        above: shape (runs,).
        below: the same shape; the pairs are independent of each other.
    """
    a, b = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    # a − expected · b has mean 0 where the ratio is as expected, whatever connects a and b.
    rest = sampled(name, 0.0, a - expected * b)
    return Line(name, float(expected), float(a.sum()) / float(b.sum()), rest.z)
