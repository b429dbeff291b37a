"""What each strategy's own ask and tell cost after 10, 50 and 100 trials."""

import math

import pytest

from bench import Budget, Categorical, Evaluation, Float, Int, SearchSpace, Status, Trial
from bench.registry import STRATEGIES, unavailable

SPACE = SearchSpace(
    {
        "a": Float(0, 1),
        "b": Float(1e-4, 1, log=True),
        "c": Int(1, 20),
        "d": Int(1, 256, log=True),
        "e": Categorical(("x", "y", "z")),
    },
    default={"a": 0.5, "b": 0.01, "c": 10, "d": 16, "e": "x"},
)

NAMES = [n for n, cls in STRATEGIES.classes().items() if n != "default" and not unavailable(cls)]


def ask_and_tell(strategy, number):
    """Do one trial and say whether there was one."""
    suggestion = strategy.ask()
    if suggestion is None:
        return False
    loss = math.fsum((u - 0.3) ** 2 for u in SPACE.to_unit(SPACE.check(suggestion.config)))
    evaluation = Evaluation(loss)
    strategy.tell(Trial(number, suggestion, Status.COMPLETED, loss, evaluation))
    return True


@pytest.mark.parametrize("trials", [10, 50, 100])
@pytest.mark.parametrize("name", NAMES)
def test_ask_and_tell(benchmark, name, trials):
    """The median of ten consecutive trials, the first of them after `trials` others."""
    strategy = STRATEGIES.get(name)()
    # More than is timed, because a grid is smaller than its budget.
    strategy.start(SPACE, seed=1, budget=Budget(2 * trials + 40))
    numbers = iter(range(2 * trials + 40))
    for _ in range(trials):
        assert ask_and_tell(strategy, next(numbers))
    benchmark.group = f"ask + tell after {trials} trials"
    benchmark.pedantic(lambda: ask_and_tell(strategy, next(numbers)), rounds=10)
    strategy.close()
