import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.inference.pseudomedian import pseudo_median, walsh
from bench.inference.significance import signed_rank


def of(differences, rope=0.01, alpha=0.05):
    return pseudo_median(np.array(differences, dtype=float), rope, alpha)


def test_walsh_averages_by_hand():
    assert_allclose(walsh(np.array([4.0, 1.0, 2.0])), [1, 1.5, 2, 2.5, 3, 4])
    # .1 + .2 − .3 is no difference, and its half none either.
    assert walsh(np.array([0.1 + 0.2, -0.3]))[1] == 0


def test_hollander_and_wolfe_depression_scale():
    # Hollander and Wolfe 1973, example 3.1: the estimate −.46, the interval −.786 to −.010.
    before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    found = of(np.array(after) - np.array(before), alpha=0.04)
    assert_allclose([found.estimate, found.low, found.high], [-0.46, -0.786, -0.010], atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("count", [6, 9, 30, 50, 80])
def test_the_interval_excludes_0_where_the_test_rejects_and_only_there(count):
    rng = np.random.default_rng(count)
    both = set()
    for _ in range(200):
        differences = rng.normal(rng.choice([0, 0.3, 1]), 1, count)
        found = of(differences)
        rejected = signed_rank(differences)[1] <= 0.05
        assert rejected == (found.low > 0 or found.high < 0)
        assert found.low <= found.estimate <= found.high
        both.add(rejected)
    assert both == {True, False}


def test_fewer_than_six_have_no_interval():
    assert math.isnan(of([0.1] * 5).low)
    assert (of([0.1] * 6).low, of([0.1] * 6).high) == (0.1, 0.1)
    assert math.isnan(of([]).estimate)


@pytest.mark.parametrize("count", [7, 20])
def test_equivalence_is_two_one_sided_signed_rank_tests(count):
    differences = np.random.default_rng(count).normal(0.02, 0.1, count)
    sides = [
        stats.wilcoxon(differences - 0.1, alternative="less", method="exact").pvalue,
        stats.wilcoxon(differences + 0.1, alternative="greater", method="exact").pvalue,
    ]
    assert of(differences, rope=0.1).p_equal == pytest.approx(min(1, 2 * max(sides)), rel=1e-9)


@pytest.mark.parametrize("count", [6, 12, 60])
def test_equivalent_is_what_has_its_interval_within_the_region(count):
    rng = np.random.default_rng(count)
    both = set()
    for _ in range(100):
        found = of(rng.normal(0.015 * rng.random(), 0.01 * rng.random(), count))
        within = found.low > -0.01 and found.high < 0.01
        assert (found.p_equal <= 0.05) == within
        both.add(within)
    assert both == {True, False}


def test_on_the_border_is_not_within():
    assert of([0.01] * 9).p_equal == 1
    assert of([0.01 - 1e-6] * 9).p_equal == pytest.approx(2**-8)
    # .3 − .1 − .2 is beyond by rounding only, and on the border all the same.
    assert of([0.3 - 0.1] * 9, rope=0.2).p_equal == 1


def test_one_difference_however_large_decides_nothing():
    usual = [-0.02, -0.01, -0.03, -0.02, -0.04, -0.01, -0.02] * 2
    near, far = (of([*usual, outlier]) for outlier in (1, 1e6))
    assert near == far
    assert far.high < 0
