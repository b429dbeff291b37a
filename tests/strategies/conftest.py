import pytest

from bench import Budget, Evaluation, Status, Trial


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
