import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import trim_mean

from bench.inference.intervals import counts_of, iqm, mean, pooled_iqm, spoken

NAN = math.nan


def test_the_interquartile_mean_by_hand():
    # A quarter of 8 is trimmed from each end: 2 + 3 + 4 + 5 over 4.
    assert iqm(np.array([100.0, 1, 2, 3, 4, 5, 6, -100])) == 3.5
    # Of 5 one is: 1 + 2 + 6 over 3.
    assert iqm(np.array([9.0, 1, 2, 6, 0])) == 3


@pytest.mark.parametrize("count", range(1, 13))
def test_the_interquartile_mean_is_scipys_trimmed_mean(count):
    values = np.random.default_rng(count).normal(size=(count, 3))
    assert_allclose(iqm(values, axis=0), trim_mean(values, 0.25, axis=0), rtol=1e-12)


def test_a_row_counts_with_the_repetitions_it_has():
    scores = [np.array([[1, 2, 3, NAN], [NAN] * 4, [5, NAN, NAN, NAN]]), np.empty((3, 0))]
    assert_array_equal(counts_of(scores), [[3, 0, 1], [0, 0, 0]])
    assert_array_equal(mean(scores), [2, NAN, 5])
    assert_array_equal(pooled_iqm(scores), [2, NAN, 5])
    assert spoken(scores).tolist() == [True, False, False]


def test_means_over_repetitions_then_problems():
    scores = [np.array([[1.0, 3], [NAN, NAN]]), np.array([[10.0, 10, 40], [5, 6, 7]])]
    assert_array_equal(mean(scores), [11, 6])
    assert math.isnan(mean([np.full((1, 2), NAN)])[0])


def test_one_repetition_or_one_data_set_gives_no_interval():
    scores = [np.array([[1.0], [NAN]]), np.array([[1.0, 2], [3, 4]])]
    assert spoken(scores).tolist() == [False, True]
    assert spoken(scores, ["a", "b"]).tolist() == [True, False]
    assert spoken(scores, ["a", "a"]).tolist() == [False, False]


def test_the_pooled_interquartile_mean_is_the_trimmed_mean_of_all():
    scores = [np.random.default_rng(place).normal(place, size=(2, 9)) for place in range(3)]
    pool = np.concatenate(scores, axis=1)
    assert_allclose(pooled_iqm(scores), trim_mean(pool, 0.25, axis=1), rtol=1e-12)


def test_a_problem_with_twice_the_repetitions_weighs_the_same():
    # 3, 4, 5, 6 weigh one each, the eight others a half: 8 in all, 2 are cut from each end.
    half = np.array([[1.0, 1, 2, 2, 7, 7, 8, 8]])
    few = np.array([[3.0, 4, 5, 6]])
    assert_allclose(pooled_iqm([half, few]), [4.5])
    # Twice the weight of 6 would move it: all equal, the middle of 12 is 2 3 4 5 6 7.
    assert_allclose(trim_mean(np.concatenate([half, few], axis=1), 0.25, axis=1), [4.5])
    assert_allclose(pooled_iqm([np.array([[0.0, 0]]), np.array([[4.0]])]), [2])


def test_an_enormous_outlier_is_trimmed_without_a_trace():
    scores = [np.array([[1.0, 2, 3, 4, 1e150, 0, 2.5, 2]])]
    assert_allclose(pooled_iqm(scores), [2.375])
