"""Random parts of the data sets of a sweep, the same for every question that is asked of them."""

from __future__ import annotations

import numpy as np

from bench.inference.intervals import SEED
from bench.panels.arrays import Flags

DRAWS = 100
"""Random parts of the data sets: reports count in how many of so many something holds."""

MIN_DATA_SETS = 10
"""The fewest data sets of which parts are drawn: a half has five then."""


def subsets(count: int, size: int, draws: int = DRAWS) -> Flags:
    """Return random subsets without replacement, shape (draws, count): which members are in it.

    Args:
        count: members.
        size: of a subset, at most `count`.
        draws: subsets.

    >>> subsets(4, 2, 3).sum(axis=1).tolist()
    [2, 2, 2]
    """
    order = np.random.default_rng([SEED, count, size]).random((draws, count)).argsort(axis=1)
    found = np.zeros((draws, count), dtype=bool)
    np.put_along_axis(found, order[:, :size], True, axis=1)
    return found
