"""What a trial of a strategy with early stopping costs, recorded on disk."""

import shutil
from dataclasses import dataclass

import pytest

from bench import Evaluation, Fidelity, Float, Int, Metric, Problem, SearchSpace, environment
from bench.execution.plan import make_plan
from bench.execution.work import do
from bench.spec import Entry, Sweep
from bench.store import Store


@dataclass
class Plain(Problem):
    """A sum, the same at every step, of two parameters."""

    name = "plain"
    space = SearchSpace({"x": Float(0, 1), "k": Int(1, 9)})
    metric = Metric("loss", "minimize")
    fidelity = Fidelity("epochs", 81)

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(config["x"] + config["k"])


@pytest.mark.parametrize(
    ("name", "trials"),
    # The first is what the same problem costs without early stopping.
    [("random", 1210), ("successive-halving", 50), ("hyperband", 50), ("asha", 50)],
)
def test_10_runs(benchmark, tmp_path, name, trials):
    """Bound: 60 µs a trial on one core for halving and Hyperband; extra_info has the trials."""
    folder = tmp_path / "sweep"
    described = environment.describe()
    problems = (Entry(f"{__file__}:Plain", "plain"),)
    sweep = Sweep(
        name="early", strategies=(Entry(name),), problems=problems, trials=trials, repetitions=10
    )

    def set_up():
        shutil.rmtree(folder, ignore_errors=True)
        store = Store(folder)
        plan = make_plan(sweep, store)
        store.create(plan.sweep.to_dict())
        return (plan.todo, store), {}

    def do_all(todo, store):
        return sum(do(job, store, described)[0].n_trials for job in todo)

    n_trials = benchmark.pedantic(do_all, setup=set_up, rounds=7)
    assert n_trials >= 10 * trials
    benchmark.extra_info["trials"] = n_trials
