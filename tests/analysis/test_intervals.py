import math
from collections import Counter

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import norm, trim_mean

from bench.analysis.intervals import (
    comparable,
    interval,
    iqm,
    mean,
    means,
    pooled_iqm,
    pooled_iqms,
    resamples,
    spoken,
)

NAN = math.nan
SIMULATIONS = 200


def test_the_interquartile_mean_by_hand():
    # A quarter of 8 is trimmed from each end: 2 + 3 + 4 + 5 over 4.
    assert iqm(np.array([100.0, 1, 2, 3, 4, 5, 6, -100])) == 3.5
    # Of 5 one is: 1 + 2 + 6 over 3.
    assert iqm(np.array([9.0, 1, 2, 6, 0])) == 3


@pytest.mark.parametrize("count", range(1, 13))
def test_the_interquartile_mean_is_scipys_trimmed_mean(count):
    values = np.random.default_rng(count).normal(size=(count, 3))
    assert_allclose(iqm(values, axis=0), trim_mean(values, 0.25, axis=0), rtol=1e-12)


def test_repetitions_are_compared_where_all_have_them():
    scores = np.array([[1, 2, 3, NAN], [NAN] * 4, [5, NAN, 7, 8]])
    assert_array_equal(comparable(scores), [[1, 3], [NAN, NAN], [5, 7]])
    assert comparable(np.array([[1, NAN], [NAN, 2]])).shape == (2, 0)
    assert comparable(np.full((2, 3), NAN)).shape == (2, 0)


def test_means_over_repetitions_then_problems():
    scores = [np.array([[1.0, 3], [NAN, NAN]]), np.array([[10.0, 10, 40], [5, 6, 7]])]
    assert_array_equal(mean(scores), [11, 6])
    assert math.isnan(mean([np.full((1, 2), NAN)])[0])


def test_a_resample_takes_as_many_as_there_are():
    for times, counts in resamples([3, 7], count=50):
        assert (times == 1).all()
        assert (counts.sum(axis=1) == counts.shape[1]).all()
    found = list(resamples([3, 7, 2], ["a", "b", "a"], count=50))
    for times, counts in found:
        assert_array_equal(counts.sum(axis=1), counts.shape[1] * times)
    (one, _), (two, _), (three, _) = found
    assert_array_equal(one, three)
    assert_array_equal(one + two, 2)
    assert set(one.tolist()) == {0, 1, 2}


def test_a_problem_without_repetitions_and_its_data_set_are_in_no_resample():
    found = list(resamples([4, 0, 4], ["a", "b", "c"], count=20))
    assert not found[1][0].any()
    assert found[1][1].shape == (20, 0)
    assert_array_equal(found[0][0] + found[2][0], 2)


def test_the_distribution_of_resampled_means_of_two_repetitions():
    # 0 and 1: both 0 with 1/4, one of each with 1/2, both 1 with 1/4.
    found = Counter(means([np.array([[0.0, 1]])], count=4000)[:, 0].tolist())
    for value, share in ((0, 0.25), (0.5, 0.5), (1, 0.25)):
        four_sd = 4 * math.sqrt(share * (1 - share) / SIMULATIONS0)
        assert found[value] / SIMULATIONS0 == pytest.approx(share, abs=four_sd)


def test_the_variance_of_new_problems_has_both_parts():
    rng = np.random.default_rng(3)
    scores = [rng.normal(place, 1, size=(1, 6)) for place in range(5)]
    own = np.array([values.mean() for values in scores])
    within = np.mean([values.var() / 6 for values in scores]) / 5
    these = means(scores, count=20_000)
    new = means(scores, list("abcde"), count=20_000)
    # The relative sd of a variance of 20,000 normal values is 1 %.
    assert these.var() == pytest.approx(within, rel=0.04)
    assert new.var() == pytest.approx(own.var() / 5 + within, rel=0.04)


def test_problems_of_one_data_set_are_drawn_together():
    scores = [np.array([[0.0, 0]]), np.array([[2.0, 2]]), np.array([[8.0, 8]])]
    # a a: 1; b b: 8; one of each: 10 / 3.
    found = means(scores, ["a", "a", "b"])
    assert_allclose(np.unique(found.round(9)), [1, 10 / 3, 8])


def test_strategies_share_their_draws():
    rng = np.random.default_rng(4)
    scores = [rng.normal(size=(1, 5)) + np.array([[0.0], [1.0]]) for _ in range(3)]
    for datasets in (None, ["a", "b", "c"]):
        found = means(scores, datasets)
        assert_allclose(found[:, 1] - found[:, 0], 1, rtol=1e-12)
        assert found[:, 0].std() > 0.01


def test_a_strategy_gets_the_same_numbers_whoever_else_is_there():
    rng = np.random.default_rng(5)
    scores = [rng.normal(size=(3, 5)) for _ in range(3)]
    alone = [values[:1] for values in scores]
    for function in (means, pooled_iqms):
        assert_allclose(function(scores)[:, :1], function(alone), rtol=1e-12)


def test_one_repetition_says_nothing_of_these_problems_one_data_set_nothing_of_new_ones():
    scores = [np.array([[1.0], [NAN]]), np.array([[1.0, 2], [3, 4]])]
    assert spoken(scores).tolist() == [False, True]
    assert spoken(scores, ["a", "b"]).tolist() == [True, False]
    assert spoken(scores, ["a", "a"]).tolist() == [False, False]
    for function in (means, pooled_iqms):
        assert_array_equal(np.isnan(function(scores)).all(axis=0), [True, False])
        low, high = interval(function(scores, ["a", "b"]))
        assert_array_equal(np.isnan(low), [False, True])
        assert_array_equal(np.isnan(high), [False, True])


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


@pytest.mark.parametrize("datasets", [None, ["a", "b", "b", "c"]])
def test_resampled_interquartile_means_are_those_of_the_drawn_scores(datasets):
    rng = np.random.default_rng(6)
    scores = [rng.normal(place, 2, size=(2, 70)) for place in range(4)]
    scores[1][1] = NAN
    found = pooled_iqms(scores, datasets, count=300)
    drawn = list(resamples([70] * 4, datasets, count=300))
    for row, present in enumerate([[0, 1, 2, 3], [0, 2, 3]]):
        for resample in range(300):
            pool = np.concatenate(
                [np.repeat(scores[p][row], drawn[p][1][resample].astype(int)) for p in present]
            )
            expected = trim_mean(pool, 0.25) if len(pool) else NAN
            assert_allclose(found[resample, row], expected, rtol=1e-9)


def test_an_enormous_outlier_is_trimmed_without_a_trace():
    scores = [np.array([[1.0, 2, 3, 4, 1e150, 0, 2.5, 2]])]
    assert_allclose(pooled_iqm(scores), [2.375])


def test_an_interval_by_hand_skips_resamples_without_a_value():
    samples = np.tile(np.arange(101.0)[:, None], (1, 3))
    samples[:50, 1], samples[:, 2] = NAN, NAN
    low, high = interval(samples)
    assert_allclose(low, [2.5, 51.25, NAN])
    assert_allclose(high, [97.5, 98.75, NAN])


def coverage(draw, truth, statistic, datasets=None, simulations=SIMULATIONS):
    hits = 0
    for number in range(simulations):
        low, high = interval(statistic(draw(np.random.default_rng([7, number])), datasets, 400))
        hits += bool(low[0] <= truth <= high[0])
    return hits / simulations


@pytest.mark.parametrize("statistic", [means, pooled_iqms])
def test_intervals_for_these_problems_cover_95_percent(statistic):
    # Three problems with means 0, 1, 2, 30 repetitions each. Percentile intervals are shorter by
    # √(29/30), which leaves 94.6 % for the mean of normal scores. Three binomial sd of 200
    # simulations are 4.8 points.
    expected = 2 * norm.cdf(norm.ppf(0.975) * math.sqrt(29 / 30)) - 1
    found = coverage(
        lambda rng: [rng.normal(place, 1, size=(1, 30)) for place in range(3)], 1.0, statistic
    )
    assert found == pytest.approx(
        expected, abs=3 * math.sqrt(expected * (1 - expected) / SIMULATIONS)
    )


def test_intervals_for_new_problems_cover_95_percent_and_those_for_these_do_not():
    # 30 data sets with one problem of 5 repetitions: problems differ with sd 1, repetitions with
    # sd 1. The mean has the variance (1 + 1/5) / 30; its bootstrap expects
    # (29/30 · 1.2 + 4/5 / 5) / 30, as repetitions are drawn once more, and knows 29 degrees.
    def draw(rng):
        return [rng.normal(rng.normal(), 1, size=(1, 5)) for _ in range(30)]

    ratio = math.sqrt((29 / 30 * 1.2 + 0.8 / 5) / 1.2)
    expected = 2 * norm.cdf(norm.ppf(0.975) * ratio) - 1
    names = [str(place) for place in range(30)]
    found = coverage(draw, 0.0, means, names)
    assert found == pytest.approx(
        expected, abs=3 * math.sqrt(expected * (1 - expected) / SIMULATIONS)
    )
    # Resampling repetitions alone knows nothing of other problems: variance 4/5 / 5 / 30 at most.
    narrow = 2 * norm.cdf(norm.ppf(0.975) * math.sqrt(0.8 / 5 / 1.2)) - 1
    assert coverage(draw, 0.0, means) == pytest.approx(
        narrow, abs=3 * math.sqrt(narrow * (1 - narrow) / SIMULATIONS)
    )
