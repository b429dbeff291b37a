import math

import numpy as np
import pytest

from bench.analysis.landscape.difficulty import (
    NEAR,
    TARGET,
    TRIALS,
    default_place,
    of_draws,
    of_sample,
    of_table,
)

EQUAL = np.full(7, 1 / 7)
POWERS = np.array([[1.0, 2, 4, 8, 16, 32, 64]])


def best_of(values, n):
    """E of the best of n equally likely draws with replacement: Σ x_(k) ((N−k+1)ⁿ − (N−k)ⁿ)/Nⁿ."""
    size = len(values)
    return sum(
        x * ((size - k) ** n - (size - k - 1) ** n) / size**n for k, x in enumerate(sorted(values))
    )


def test_regret_on_a_table_by_hand():
    found = of_table(POWERS, EQUAL)
    # The optimum is 1, the median of a draw 8.
    for n in TRIALS:
        assert found[f"regret_{n}"] == pytest.approx((best_of(POWERS[0], n) - 1) / 7)
    draws = int(found["n_draws_to_target"])
    assert (best_of(POWERS[0], draws) - 1) / 7 <= TARGET < (best_of(POWERS[0], draws - 1) - 1) / 7
    assert found["p_near_optimum"] == pytest.approx(1 / 7)


def test_regret_does_not_depend_on_scale_or_order():
    found = of_table(5 - 3 * (100 - POWERS[:, ::-1]), EQUAL)
    assert found.to_numpy() == pytest.approx(of_table(POWERS, EQUAL).to_numpy())


def test_weights_count():
    # The best is drawn with probability 0.1, the others have regret 1.
    found = of_table(np.array([[0.0, 1.0, 1.0]]), np.array([0.1, 0.45, 0.45]))
    assert found["regret_10"] == pytest.approx(0.9**10)
    assert found["n_draws_to_target"] == math.ceil(math.log(TARGET) / math.log(0.9))
    assert found["p_near_optimum"] == pytest.approx(0.1)


def test_splits_are_normalised_each_and_averaged():
    both = of_table(np.vstack([POWERS, 1000 * POWERS]), EQUAL)
    assert both.to_numpy() == pytest.approx(of_table(POWERS, EQUAL).to_numpy())


def test_a_table_whose_median_is_the_optimum_has_no_regret():
    found = of_table(np.array([[0.0, 0.0, 0.0, 5.0]]), np.full(4, 0.25))
    assert found.drop("n_measured").isna().all()


@pytest.mark.parametrize(("share", "draws"), [(0.49, 4), (0.3, 7), (0.01, 230), (0.0001, 23025)])
def test_the_first_number_of_draws_that_is_enough(share, draws):
    # Regret is 1 until the best is drawn: (1 − share)ⁿ ≤ 0.1.
    found = of_table(np.array([[0.0, 1.0]]), np.array([share, 1 - share]))
    assert found["n_draws_to_target"] == draws


def test_draws_estimate_the_same_without_bias():
    # Uniform losses: the best of n has expectation 1/(n+1), the median is ½, the optimum 0.
    rng = np.random.default_rng(1)
    found = of_draws(rng.random((400, 500)), np.zeros(400))
    for n in TRIALS:
        assert found[f"regret_{n}"] == pytest.approx(2 / (n + 1), rel=0.05)
    assert found["p_near_optimum"] == pytest.approx(NEAR / 2, rel=0.15)
    assert found["n_draws_to_target"] == pytest.approx(19, abs=1)


def test_all_subsets_of_the_draws_by_hand():
    # The best of 200 of 200 draws is their best; of one draw, their mean.
    losses = np.arange(1.0, 201)[None]
    found = of_draws(losses, np.array([0.0]))
    assert found["regret_200"] == pytest.approx(1 / 100)
    assert found["regret_1"] == pytest.approx(100.5 / 100)
    # E[min of n of N] = (N+1)/(n+1).
    assert found["regret_50"] == pytest.approx(201 / 51 / 100)


def test_beyond_what_was_drawn_nothing_is_said():
    found = of_draws(np.full((2, 300), 1.0), np.zeros(2))
    assert found["n_draws_to_target"] == np.inf
    assert found["p_near_optimum"] == 0


def test_a_sample_without_a_known_optimum_by_hand():
    # The best drawn is 1, the median 50, E[best of n of 100] = 101/(n+1).
    found = of_sample(np.arange(1.0, 101)[None])
    for n in (1, 10, 50):
        assert found[f"regret_{n}"] == pytest.approx((101 / (n + 1) - 1) / 49)
    # Nothing of more than half the draws: the best of all of them is the best by definition.
    assert np.isnan([found["regret_200"], found["p_near_optimum"]]).all()
    assert found["n_measured"] == 50
    assert (
        (101 / (found["n_draws_to_target"] + 1) - 1) / 49
        <= TARGET
        < (101 / found["n_draws_to_target"] - 1) / 49
    )


def test_a_sample_gives_less_regret_than_the_optimum_would():
    draws = np.random.default_rng(1).random((200, 100))
    found, exact = of_sample(draws), of_draws(np.tile(draws, 2), np.zeros(200))
    for n in (10, 50):
        assert found[f"regret_{n}"] < exact[f"regret_{n}"]
    assert found["n_draws_to_target"] <= exact["n_draws_to_target"]


def test_the_share_of_draws_that_beat_the_default():
    losses = np.array([[3.0, 1.0, 2.0, 3.0], [1.0, 2.0, 3.0, 4.0]])
    assert default_place(losses, np.array([0.1, 0.2, 0.3, 0.4]), 0) == pytest.approx(0.25)
    assert default_place(losses, np.array([0.1, 0.2, 0.3, 0.4]), 1) == pytest.approx(0.05)
