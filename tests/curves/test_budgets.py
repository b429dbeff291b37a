import numpy as np
import pytest

from bench.curves.budgets import by_budget
from bench.testing.panels import panels_of


def falling(repetitions, budget, *, start, rate):
    """Losses that fall by a rate a trial, of each repetition a little worse."""
    losses = start - rate * np.arange(budget)
    return losses + 0.01 * np.arange(repetitions)[:, None]


@pytest.fixture
def found():
    """Two strategies that cross between 20 and 50 trials, on two problems."""
    early = falling(2, 60, start=0.5, rate=0.0)
    late = falling(2, 60, start=0.75, rate=0.01)
    return by_budget(panels_of({"p": [early, late], "q": [early, late]}))


def test_regret_and_ranks_after_20_and_50_by_hand(found):
    rows = found.set_index(["budget", "strategy"])
    assert rows["mean"].to_dict() == pytest.approx(
        # After n trials the last value is start − rate · (n − 1), and 0.005 is the mean shift.
        {(20, "a"): 0.505, (20, "b"): 0.565, (50, "a"): 0.505, (50, "b"): 0.265}
    )
    assert rows["rank"].to_dict() == {(20, "a"): 1, (20, "b"): 2, (50, "a"): 2, (50, "b"): 1}
    assert (rows["mean_low"] < rows["mean"]).all()
    assert (rows["mean"] < rows["mean_high"]).all()


@pytest.mark.parametrize(
    ("budgets", "expected"),
    [((49, 100), []), ((50, 100), [20, 50]), ((100, 100), [20, 50, 100]), ((120, 99), [20, 50])],
)
def test_budgets_that_every_problem_has(budgets, expected):
    losses = {
        f"p{k}": np.full((2, 1, budget), 0.1 + k / 10) for k, budget in enumerate(budgets)
    }  # fmt: skip
    found = by_budget(panels_of(losses))
    assert list(dict.fromkeys(found["budget"])) == expected


def test_a_strategy_without_a_run_has_no_row():
    losses = np.full((2, 1, 50), 0.1)
    losses[1] = np.nan
    assert set(by_budget(panels_of({"p": losses}))["strategy"]) == {"a"}
