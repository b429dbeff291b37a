"""What the harness itself costs: ask, check, evaluate, tell, record, with nothing else to do."""

import dataclasses
import shutil

import pytest

from bench import environment
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.spec import Entry, Sweep
from bench.store import Store

SWEEP = Sweep(
    name="overhead",
    strategies=(Entry("random"),),
    problems=(Entry("quadratic-low-effective", settings={"dimension": 2, "effective": 2}),),
    trials=1000,
    repetitions=20,
)


@pytest.mark.parametrize("workers", [1, 4, 64])
def test_20_runs_of_1000_random_trials_on_a_sphere(benchmark, tmp_path, workers):
    """Bound: 30 µs a trial on one core, so 0.6 s for the 20,000 trials, recorded on disk.

    On simulated workers at most 1.5 times as much.
    """
    folder, sweep = tmp_path / "sweep", dataclasses.replace(SWEEP, workers=workers)
    described = environment.describe()

    def set_up():
        shutil.rmtree(folder, ignore_errors=True)
        store = Store(folder)
        plan = make_plan(sweep, store)
        store.create(plan.sweep.to_dict())
        return (plan.todo, store), {}

    def do_all(todo, store):
        return sum(do(job, store, described)[0].n_trials for job in todo)

    assert benchmark.pedantic(do_all, setup=set_up, rounds=7) == 20_000
