"""How a sweep is timed: planned and opened before the clock starts, done and recorded on it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import pytest

from bench import environment
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.spec import Sweep
from bench.store import Store


@pytest.fixture
def timed(benchmark: Any, tmp_path: Any) -> Callable[[Sweep], int]:
    """Time the runs of a sweep in this process, seven rounds, and give the number of trials."""
    described = environment.describe()

    def of(sweep: Sweep) -> int:
        folder = tmp_path / "sweep"

        def set_up() -> tuple[tuple[Any, Store], dict[str, Any]]:
            shutil.rmtree(folder, ignore_errors=True)
            store = Store(folder)
            plan = make_plan(sweep, store)
            store.create(plan.sweep.to_dict())
            return (plan.todo, store), {}

        def do_all(todo: Any, store: Store) -> int:
            return sum(do(job, store, described)[0].n_trials for job in todo)

        return int(benchmark.pedantic(do_all, setup=set_up, rounds=7))

    return of
