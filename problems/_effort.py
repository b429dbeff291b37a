"""How long an evaluation on many rows will take, from fits on a few of them."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np

from problems._dataset import DataSet, Facts
from problems._parts import part
from problems._splits import Splitter

MIN_TIMED_ROWS = 10_000
MIN_TIMED_NUMBERS = 1_000_000
"""Rows × columns: with fewer of both nothing is timed."""

FIRST_FIT_ROWS = 500
"""Rows of the smallest fit, the next have twice as many each."""
MAX_FITS = 6
MAX_FIT_SECONDS = 1.0
"""Seconds: no larger fit is made after one that took so long."""
MAX_DOUBLINGS = 2
"""Doublings over which the exponent is taken."""
MAX_EXPONENT = 3.0
"""The largest exponent that is believed."""


def is_large(facts: Facts) -> bool:
    """Return whether there are rows enough to ask how long they will take."""
    return (
        facts.rows >= MIN_TIMED_ROWS
        or facts.rows * (facts.numeric + facts.categories) >= MIN_TIMED_NUMBERS
    )


def expected(time_fit: Callable[[int], float], rows: int) -> float:
    """Return how many seconds a fit on so many rows will take, by a power law.

    Its exponent is that of the largest fits that are made, from 1 to 3: a smaller one shows what
    does not depend on the rows.

    Args:
        time_fit: fits on so many rows and returns the seconds.
        rows: 1 or more.
    """
    time_fit(min(FIRST_FIT_ROWS, rows))  # the first one imports its library
    size, times = min(FIRST_FIT_ROWS, rows), list[float]()
    for step in range(MAX_FITS):
        size = min(FIRST_FIT_ROWS * 2**step, rows)
        times.append(time_fit(size))
        if times[-1] > MAX_FIT_SECONDS or 2 * size > rows:
            break
    steps = min(MAX_DOUBLINGS, len(times) - 1)
    power = math.log2(times[-1] / times[-1 - steps]) / steps if steps else 1.0
    power = min(MAX_EXPONENT, max(1.0, power))
    return times[-1] * float((rows / size) ** power)


def expected_seconds(
    data: DataSet,
    splitter: Splitter,
    preprocess: Callable[[], Any],
    make: Callable[[], Any],
) -> float | None:
    """Return about how long an evaluation takes, or None where a few rows cannot tell.

    Args:
        data: of the problem.
        splitter: cuts it.
        preprocess: gives an unfitted transformer, or None.
        make: gives an unfitted model.
    """
    order = np.random.default_rng(0).permutation(len(data.y))

    def time_fit(count: int) -> float:
        # Of the rows that are scored there are as many in proportion.
        fit, score = order[:count], order[count:][: count // splitter.folds + 1]
        X_fit, y_fit, X_score, _ = part(data, fit, score, preprocess, held=False)()
        model = make()
        # Of the processor: other work on this machine does not count, threads add up.
        started = process_time()
        model.fit(X_fit, y_fit).predict(X_score)
        return process_time() - started

    parts = 1 if splitter.kind == "hold-out" else splitter.folds
    rows = 3 * len(data.y) // 4 * (splitter.folds - 1) // splitter.folds
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # The refit has a few rows more, which is less than is known.
            return (parts * splitter.repeats + 1) * expected(time_fit, rows)
    except Exception:  # what a few rows do not allow, such as a class without any of them
        return None
