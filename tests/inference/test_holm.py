import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.inference.holm import holm, observations_needed, reachable, smallest_p


def test_holm_by_hand():
    # .01·4, .02·3, max(.03·2, .06), max(.2·1, .06); the NaN is no test.
    assert_allclose(
        holm(np.array([0.2, 0.01, np.nan, 0.03, 0.02])), [0.2, 0.04, np.nan, 0.06, 0.06]
    )
    assert holm(np.array([0.6, 0.7])).tolist() == [1, 1]
    assert holm(np.empty(0)).tolist() == []


def test_the_floor_is_that_of_the_signs():
    assert smallest_p(np.array([0, 1, 5, 6])).tolist() == [1, 1, 2 / 32, 2 / 64]


@pytest.mark.parametrize(("tests", "needed"), [(1, 6), (6, 8), (45, 11), (0, 6)])
def test_so_many_observations_are_needed(tests, needed):
    assert observations_needed(tests, 0.05) == needed
    assert max(tests, 1) * 2.0 ** (1 - needed) <= 0.05 < max(tests, 1) * 2.0 ** (2 - needed)


def test_a_test_with_few_observations_is_reached_if_others_go_before_it():
    every = np.ones(3, dtype=bool)
    few, more = (smallest_p(np.array(counts)) for counts in ([6, 6, 6], [6, 9, 9]))
    assert reachable(few, every, 0.05).tolist() == [False] * 3
    assert reachable(more, every, 0.05).tolist() == [True] * 3
    assert reachable(more, np.array([True, False, False]), 0.05).tolist() == [True, False, False]
