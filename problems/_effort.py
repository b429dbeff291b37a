"""How long an evaluation on many rows will take, from fits on a few of them."""

from __future__ import annotations

import math
from collections.abc import Callable

from problems._dataset import Facts

MANY_ROWS = 10_000
MANY_NUMBERS = 1_000_000
"""Rows × columns: with fewer of both nothing is timed."""

FIRST = 500
"""Rows of the smallest fit, the next have twice as many each."""
SIZES = 6
LONGEST = 1.0
"""Seconds: no larger fit is made after one that took so long."""
STEEPEST = 3.0
"""The largest exponent that is believed."""


def is_large(facts: Facts) -> bool:
    """Return whether there are rows enough to ask how long they will take."""
    return facts.rows >= MANY_ROWS or facts.rows * (facts.numeric + facts.levels) >= MANY_NUMBERS


def expected(time_fit: Callable[[int], float], rows: int) -> float:
    """Return how many seconds a fit on so many rows will take, by a power law.

    Its exponent is that between the two largest fits that are made, from 1 to 3: a smaller one
    shows what does not depend on the rows.

    Args:
        time_fit: fits on so many rows and returns the seconds.
        rows: 1 or more.
    """
    time_fit(min(FIRST, rows))  # the first one imports its library
    size, power, before = min(FIRST, rows), 1.0, 0.0
    for step in range(SIZES):
        size = min(FIRST * 2**step, rows)
        taken = time_fit(size)
        if before:
            power = min(STEEPEST, max(1.0, math.log2(taken / before)))
        before = taken
        if taken > LONGEST or 2 * size > rows:
            break
    return before * float((rows / size) ** power)
