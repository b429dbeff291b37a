"""The tables of the package: what random search makes of each."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from bench import description, registry
from bench.selfcheck.expected_and_measured import Line, sampled
from bench.selfcheck.small_sweep import SEED

DRAWS = 10

SEARCHES = 200
"""Of each table."""


def random_search() -> Iterator[Line]:
    """The best of 10 draws from the space of each table, where its closed form puts it.

    Draws follow the conditions of the space; the closed form adds up the probabilities of the rows.
    """
    for name in registry.PROBLEMS.own():
        problem = description.shipped_table(name)
        table = None if problem is None else description.table_of(problem)
        if table is None:
            continue
        rng = np.random.default_rng(SEED)
        rows = [table.row(table.space.sample(rng)) for _ in range(SEARCHES * DRAWS)]
        best = table.losses(0)[rows].reshape(SEARCHES, DRAWS).min(axis=1)
        (expected,) = table.random_search(0, [DRAWS])
        yield sampled(f"best of {DRAWS} random draws, {name}", expected, table.metric.sign * best)
