from dataclasses import dataclass
from itertools import groupby

import pytest

from bench import Budget, Evaluation, Fidelity, Float, Metric, Problem, SearchSpace, Status, Trial
from bench.run import End, Run, skip_reason

LINE = SearchSpace({"x": Float(0, 1)})
EPOCHS = Fidelity("epochs", 81)


@pytest.fixture
def play():
    """Run ask and tell on a plain function and return the suggested configurations."""

    def run(strategy, space, loss, *, seed, trials, fails=lambda number: False):
        strategy.start(space, seed=seed, budget=Budget(trials))
        configs = []
        for number in range(trials):
            suggestion = strategy.ask()
            if suggestion is None:
                break
            configs.append(suggestion.config)
            if fails(number):
                strategy.tell(Trial(number, suggestion, Status.FAILED, None, None, "on purpose"))
            else:
                value = loss(suggestion.config)
                evaluation = Evaluation(value)
                strategy.tell(Trial(number, suggestion, Status.COMPLETED, value, evaluation))
        return configs

    return run


class Stepwise(Problem):
    """A loss of the configuration and of the step at which it is evaluated; None is a failure."""

    name = "stepwise"
    metric = Metric("loss", "minimize")

    def __init__(self, loss, space, fidelity):
        self.loss, self.space, self.fidelity = loss, space, fidelity

    def evaluate(self, config, *, seed, fidelity=1.0):
        loss = self.loss(config, self.fidelity.step(fidelity))
        if loss is None:
            raise RuntimeError("on purpose")
        return Evaluation(loss)


@dataclass(frozen=True)
class Climbed:
    """The trials of a run with cheaper evaluations, and how it ended."""

    trials: list
    end: End
    fidelity: Fidelity

    @property
    def steps(self):
        return [self.fidelity.step(trial.suggestion.fidelity) for trial in self.trials]

    @property
    def asked(self):
        """The suggestions as (configuration, step)."""
        configs = [trial.suggestion.config for trial in self.trials]
        return list(zip(configs, self.steps, strict=True))

    @property
    def rungs(self):
        """How many evaluations in a row have the same step, as (count, step)."""
        return [(len(list(same)), step) for step, same in groupby(self.steps)]

    @property
    def full_losses(self):
        full = [t.loss for t in self.trials if t.suggestion.fidelity == 1.0]
        return [loss for loss in full if loss is not None]


@pytest.fixture
def climb():
    """Run a strategy on a loss of configuration and step, in the harness's own loop."""

    def run(strategy, loss, *, budget, fidelity=EPOCHS, space=LINE, seed=1, recorded=()):
        problem = Stepwise(loss, space, fidelity)
        assert skip_reason(strategy, problem, Budget(budget)) is None
        going = Run(
            strategy,
            problem,
            budget=Budget(budget),
            strategy_seed=seed,
            problem_seed=0,
            recorded=recorded,
        )
        trials = list(going)
        return Climbed(trials, going.end, fidelity)

    return run
