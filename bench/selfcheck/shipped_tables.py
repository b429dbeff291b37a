"""The tables of the package: what random search makes of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench import description, registry
from bench.core import Metric
from bench.selfcheck.expected_and_measured import Line, sampled
from bench.selfcheck.small_sweep import SEED
from bench.tabular import Table

DRAWS = 10

SEARCHES = 500
"""Of each table."""


def random_search() -> Iterator[Line]:
    """The rank of the best of 10 draws from the space of each table, where its closed form puts it.

    Draws follow the conditions of the space, the closed form adds up the probabilities of the rows.
    Ranks, since a mean of values can hang on draws too rare to be met in a sample.
    """
    for name in registry.PROBLEMS.own():
        problem = description.shipped_table(name)
        table = None if problem is None else description.table_of(problem)
        if table is None:
            continue
        ranks = np.unique(table.losses(0), return_inverse=True)[1].astype(float)
        rng = np.random.default_rng(SEED)
        rows = [table.row(table.space.sample(rng)) for _ in range(SEARCHES * DRAWS)]
        best = ranks[rows].reshape(SEARCHES, DRAWS).min(axis=1)
        ranked = Table(table.space, Metric("rank", "minimize"), ranks[np.newaxis])
        (expected,) = ranked.random_search(0, [DRAWS])
        yield sampled(f"rank of the best of {DRAWS}, {name}", expected, best)
