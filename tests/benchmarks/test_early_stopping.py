"""What a trial of a strategy with early stopping costs, recorded on disk."""

from dataclasses import dataclass

import pytest

from bench import Evaluation, Fidelity, Float, Int, Metric, Problem, SearchSpace
from bench.spec import Entry, Sweep


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
def test_10_runs(timed, benchmark, name, trials):
    """Bound: 60 µs a trial on one core for halving and Hyperband; extra_info has the trials."""
    problems = (Entry(f"{__file__}:Plain", "plain"),)
    sweep = Sweep(
        name="early", strategies=(Entry(name),), problems=problems, trials=trials, repetitions=10
    )

    n_trials = timed(sweep)
    assert n_trials >= 10 * trials
    benchmark.extra_info["trials"] = n_trials
