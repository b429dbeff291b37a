"""A problem's table, measured in this process."""

from __future__ import annotations

import pytest

from bench import read_table
from bench.environment import describe
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.registry import PROBLEMS
from bench.store import Store
from bench.tabulate import make_tabulation, write


@pytest.fixture
def tabulated(parts, tmp_path):
    """Measure a table in this process and return the problem, the tabulation and the table."""

    def make(name, grid_points, splits=2, seed=3, steps=(), **settings):
        entry = parts(name, **settings)
        work = make_tabulation(entry, grid_points, splits=splits, seed=seed, steps=steps)
        store = Store(tmp_path / "runs")
        plan = make_plan(work.sweep, store)
        store.create(plan.sweep.to_dict())
        described = describe()
        for job in plan.todo:
            do(job, store, described)
        write(work, store, tmp_path / "table.parquet")
        return PROBLEMS.create(entry), work, read_table(tmp_path / "table.parquet")

    return make
