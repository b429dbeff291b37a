import math

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import optimize, stats

from bench.inference import mean_intervals
from bench.inference.intervals import mean
from bench.inference.mean_intervals import iqm_interval, mean_interval, of_regret

NAN = math.nan
EVEN = np.array([1.0, 2, 3, 4, 5])
REPETITIONS, DATA_SETS = 0.6, 0.4
"""The shares of the degrees of freedom that Method states."""


def student(test, known):
    """Return a test's 95 % interval with a share of its degrees of freedom."""
    ends = test.confidence_interval(0.95)
    centre = (ends.low + ends.high) / 2
    wider = stats.t.ppf(0.975, known * test.df) / stats.t.ppf(0.975, test.df)
    return centre + np.array([-1, 1]) * wider * (ends.high - ends.low) / 2


def test_values_that_are_not_skewed_have_students_interval():
    expected = student(stats.ttest_1samp(EVEN, 0), REPETITIONS)
    assert_allclose(np.ravel(mean_interval([EVEN[None]])), expected)


def test_no_mean_of_regrets_lies_below_0_unless_one_of_them_does():
    scores = [np.array([[0.0, 1.0], [-0.1, 1.0], [NAN, NAN]])]
    ends = mean_interval(scores)
    (low, beyond, none), high = of_regret(ends, scores)
    # The mean of 0 and 1 ± half of Student's 12.706.
    assert_allclose(ends[0][0], -5.853, atol=1e-3)
    assert (low, beyond) == (0.0, ends[0][1])
    assert math.isnan(none)
    assert_array_equal(high, ends[1])


def test_two_problems_have_welchs():
    wide = 3 * np.arange(-3.0, 4)
    expected = student(stats.ttest_ind(EVEN, -wide, equal_var=False), REPETITIONS)
    found = np.ravel(mean_interval([EVEN[None], wide[None]]))
    # The mean of two means is half the difference of one and the negative other.
    assert_allclose(2 * found, expected)


def test_new_data_sets_are_a_sample_of_their_means():
    scores = [np.array([[m - 9.0, m + 9]]) for m in EVEN]
    expected = student(stats.ttest_1samp(EVEN, 0), DATA_SETS)
    assert_allclose(np.ravel(mean_interval(scores, list("abcde"))), expected)
    twice = mean_interval(scores * 2, list("abcde") * 2)
    assert_allclose(np.ravel(twice), expected)


@pytest.mark.parametrize("skewness", [-3.0, -0.4, 1e-9, 0.2, 2.0])
def test_halls_transformation_is_undone(skewness):
    for quantile in (-2.5, -0.3, 2.5):
        t = mean_intervals.hall(np.array([quantile]), np.array([skewness]))[0]
        back = t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / 6
        assert back == pytest.approx(quantile, abs=1e-7)
    assert optimize.root_scalar(
        lambda t: t + skewness * t**2 / 3 + skewness**2 * t**3 / 27 + skewness / 6 - 1,
        bracket=(-99, 99),
    ).root == pytest.approx(mean_intervals.hall(np.ones(1), np.array([skewness]))[0], abs=1e-6)


def test_skewed_values_have_an_interval_that_reaches_farther_on_their_long_side():
    values = np.array([[0.1, 0.1, 0.2, 0.2, 0.3, 2.0]])
    (low,), (high,) = mean_interval([values])
    least, most = student(stats.ttest_1samp(values[0], 0), REPETITIONS)
    assert low == pytest.approx(least)
    assert high > most + 0.2
    (mirrored_low,), (mirrored_high,) = mean_interval([-values])
    assert (mirrored_low, mirrored_high) == pytest.approx((-high, -low))


@pytest.mark.parametrize("interval", [mean_interval, iqm_interval])
@pytest.mark.parametrize("unit", [1e-140, 1e140])
def test_the_unit_does_not_matter(interval, unit):
    values = [np.random.default_rng(k).exponential(size=(2, 6)) for k in range(3)]
    for datasets in (None, ["a", "b", "c"]):
        once = interval(values, datasets)
        scaled = interval([v * unit for v in values], datasets)
        assert_allclose(scaled, np.multiply(once, unit))


@pytest.mark.parametrize("interval", [mean_interval, iqm_interval])
def test_a_strategy_gets_the_same_numbers_whoever_else_is_there(interval):
    values = [np.random.default_rng(k).exponential(size=(3, 5)) for k in range(3)]
    values[1][2] = NAN
    for datasets in (None, ["a", "b", "c"]):
        for row in range(3):
            own = [v[row : row + 1] for v in values]
            alone = np.ravel(interval(own, datasets))
            assert_allclose(np.transpose(interval(values, datasets))[row], alone)


@pytest.mark.parametrize("interval", [mean_interval, iqm_interval])
def test_one_repetition_or_one_data_set_gives_no_interval(interval):
    scores = [np.array([[1.0], [NAN]]), np.array([[1.0, 2], [3, 4]])]
    assert_array_equal(np.isnan(interval(scores)[0]), [True, False])
    assert_array_equal(np.isnan(interval(scores, ["a", "b"])[1]), [False, True])


def test_what_is_all_the_same_is_known():
    assert np.ravel(mean_interval([np.full((1, 5), 0.3)] * 3)).tolist() == [0.3, 0.3]


def test_the_parts_of_a_mean_sum_to_nothing():
    values = [np.random.default_rng(k).normal(size=(2, 4 + k)) for k in range(3)]
    parts = mean_intervals.mean_parts(values, mean(values))
    assert_allclose(sum(part.mean(axis=1) for part in parts), 0, atol=1e-15)


def test_an_enormous_outlier_does_not_reach_an_interquartile_mean():
    usual = np.array([[1.0, 2, 3, 4, 5, 0, 2.5, 2]])
    far = np.where(usual == 5, 1e100, usual)
    assert_allclose(iqm_interval([far]), iqm_interval([usual]))


def test_an_interquartile_mean_has_the_scatter_of_what_lies_a_standard_error_beyond_the_quartiles():
    # Of 12 values the rank of a quartile has a standard error of 1.5, so all but the ends are kept.
    values = np.array([0.0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 3, 9])
    kept = 2 * np.clip(values, 0, 3)
    expected = student(stats.ttest_1samp(kept, 0), REPETITIONS)
    (low,), (high,) = iqm_interval([values[None]])
    assert low < 1 < high
    assert high - low >= expected[1] - expected[0] - 1e-12
