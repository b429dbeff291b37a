import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.curves.draws import exact_bests, expected_best, is_pooled, random_draws

SQUARES = np.array([1.0, 4, 9, 16, 25, 36, 49, 64])


def test_the_expected_best_equals_the_published_oracle():
    found = [expected_best(SQUARES, n) for n in (1, 2, 3, 4, 8)]
    assert_allclose(found, [25.5, 12, 6.75, 4.2, 1], rtol=1e-14)
    assert math.isnan(expected_best(SQUARES, 9))
    # The best rank of n of N: (N + 1)/(n + 1).
    assert expected_best(np.arange(1.0, 101), 10) == pytest.approx(101 / 11, rel=1e-13)


def test_of_equal_draws_the_expected_best_is_that_value_exactly():
    assert expected_best(np.full(7, 0.1), 3) == 0.1


def test_draws_are_pooled_where_the_known_optimum_is_the_same_only(panel_of):
    losses = [[[3, 1], [4, 2]]]
    pooled = panel_of(losses, strategies=["random"], optimum=0.0)
    assert is_pooled(pooled)
    assert [row.tolist() for row in random_draws(pooled)] == [[1, 2, 3, 4]] * 2
    for apart in (
        panel_of(losses, strategies=["random"], optimum=[0.0, 1.0]),
        panel_of(losses, strategies=["random"]),
    ):
        assert not is_pooled(apart)
        assert [row.tolist() for row in random_draws(apart)] == [[1, 3], [2, 4]]


def test_a_failed_draw_is_the_worst_and_one_not_made_is_none(panel_of):
    panel = panel_of([[[3, np.nan, 1]], [[9, np.inf, np.inf]]], strategies=["random", "tpe"])
    assert_array_equal(random_draws(panel)[0], [1, 3, 9])
    panel = panel_of([[[3, np.inf]], [[9, 1]]], strategies=["random", "tpe"])
    assert_array_equal(random_draws(panel)[0], [3])


def test_without_random_there_is_no_draw(panel_of):
    assert [len(row) for row in random_draws(panel_of([[[1, 2], [3, 4]]]))] == [0, 0]


def test_the_best_of_draws_with_replacement_by_the_oracle():
    # {1, 4, …, 64}: the best after n draws, METHOD's table.
    squares = np.arange(1.0, 9)[::-1] ** 2
    found = exact_bests((squares[None], np.full(8, 3.0)), 2, (1, 2, 3, 4, 8))
    assert_allclose(found, [[25.5, 13.6875, 8.7656, 6.2432, 2.7340]] * 2, atol=5e-5)
    # Ranks of 100: Σ (j / N)ⁿ.
    ranks = np.arange(1.0, 101)
    assert_allclose(exact_bests((ranks[None], np.ones(100)), 1, (10,)), 9.5992, atol=5e-5)


def test_draws_of_other_weights_and_a_failed_configuration():
    losses, weights = np.array([[2.0, np.nan, 6.0], [1.0, 1.0, 1.0]]), np.array([0.5, 0.25, 0.25])
    found = exact_bests((losses, weights), 2, (1, 2))
    # What fails has the 6: 2 with ½, or with ¾ in two draws.
    assert_allclose(found, [[4, 3], [1, 1]], rtol=1e-15)
