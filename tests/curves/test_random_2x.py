"""Random search with twice the budget: differences by hand, and by the closed form of draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.curves.random_2x import COLUMNS, random_2x

NAN = math.nan
BOTH = ["random", "tpe"]


@pytest.fixture
def two(panels_of):
    """Two problems, two repetitions alike; regret is the best loss so far."""
    losses = {
        "p": [[[0.8, 0.6, 0.4, 0.2]] * 2, [[0.5, 0.3, 0.3, 0.3]] * 2],
        "q": [[[0.8, 0.6, 0.5, 0.4]] * 2, [[0.9, 0.1, 0.1, 0.1]] * 2],
    }
    return lambda names: panels_of(losses, strategies=names)


def test_a_strategy_after_n_against_random_after_2n_by_hand(two):
    frame = random_2x(two(BOTH)).set_index("strategy")
    assert list(frame.reset_index()) == COLUMNS
    assert frame[["budget", "random_budget"]].values.tolist() == [[2, 4]] * 2
    # 0.6 − 0.2 and 0.6 − 0.4; 0.3 − 0.2 and 0.1 − 0.4.
    assert_allclose(frame["difference"], [0.3, -0.1])
    counts = frame[["n_better", "n_worse", "n_problems"]]
    assert counts.loc["random"].tolist() == [0, 2, 2]
    assert counts.loc["tpe"].tolist() == [1, 1, 2]
    # Repetitions alike leave no doubt on this problem set.
    assert_allclose(frame["difference_low"], frame["difference"])
    # 0.8 − 0.6 twice; 0.5 − 0.6 and 0.9 − 0.6.
    earlier = random_2x(two(BOTH), 1)
    assert_allclose(earlier["difference"], [0.2, 0.1])
    assert random_2x(two(BOTH), 4)["budget"].tolist() == [2, 2]


def test_without_random_search_or_a_second_trial_there_is_none(two, panels_of):
    assert list(random_2x(two(["sobol", "tpe"]))) == COLUMNS
    assert random_2x(two(["sobol", "tpe"])).empty
    assert random_2x([]).empty
    assert random_2x(panels_of({"p": [[[0.5]]]}, strategies=["random"])).empty


def test_repetitions_that_only_one_has_do_not_count(panels_of):
    losses = [
        [[0.5, 0.5], [0.5, 0.1], [NAN, NAN]],
        [[NAN, NAN], [0.4, 0.4], [0.0, 0.0]],
    ]
    frame = random_2x(panels_of({"p": losses}, strategies=BOTH))
    assert_allclose(frame["difference"], [0.2, 0.3])


@pytest.mark.parametrize("n", [1, 4])
def test_of_random_draws_it_is_what_the_second_half_brings(panels_of, n):
    # E[best of n uniform draws] = 1 / (n + 1).
    draws = np.random.default_rng(1).uniform(size=(2, 4000, 2 * n))
    frame = random_2x(panels_of({"p": draws}, strategies=["random", "again"]))
    expected = 1 / (n + 1) - 1 / (2 * n + 1)
    # Each mean has a standard deviation below 0.41 / √4000, the one of n = 1.
    assert_allclose(frame["difference"], expected, atol=4 * 0.41 / math.sqrt(4000))
    assert (frame["difference"] > 0).all()
