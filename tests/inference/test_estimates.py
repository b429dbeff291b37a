import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.inference.estimates import on_problem_set, word
from bench.inference.paired import pairs_of

SWEEPS = 4000
NOISE = 4 * math.sqrt(0.05 * 0.95 / SWEEPS)
"""Four standard errors of a share of 5 % of the sweeps."""


def pairs(problems, datasets=None):
    """Pairs from (left, right) of shape (M, R), a problem each."""
    names = tuple(f"p{k}" for k in range(len(problems)))
    problems = [tuple(np.atleast_2d(np.asarray(v, dtype=float)) for v in p) for p in problems]
    m = len(problems[0][0])
    return pairs_of(
        problems, a=("a",) * m, b=("b",) * m, problems=names, datasets=datasets or names
    )


def against_zero(*differences):
    return pairs([(d, np.zeros_like(np.asarray(d, dtype=float))) for d in differences])


def test_one_problem_is_students_paired_test():
    left, right = np.random.default_rng(0).normal(size=(2, 12))
    found = on_problem_set(pairs([(left, right)]))
    expected = stats.ttest_rel(left, right)
    assert_allclose(found.p(), expected.pvalue)
    assert_allclose(np.ravel(found.interval()), expected.confidence_interval(0.95))
    assert (found.counts[0], found.draws[0], found.df[0]) == (1, 12, 11)


def test_two_problems_are_welchs():
    # The mean of two means is half the difference of one and the negative other.
    x, y = np.random.default_rng(1).normal(size=9), np.random.default_rng(2).normal(0, 3, size=7)
    found = on_problem_set(against_zero(x, y))
    expected = stats.ttest_ind(x, -y, equal_var=False)
    assert_allclose(found.p(), expected.pvalue)
    assert_allclose(found.df, expected.df)
    interval = expected.confidence_interval(0.95)
    assert_allclose(2 * np.ravel(found.interval()), interval)


@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_the_unit_does_not_matter(unit):
    rng = np.random.default_rng(8)
    x, y = rng.normal(1, 1, size=9), rng.normal(1, 3, size=7)
    once, scaled = (on_problem_set(against_zero(x * u, y * u)) for u in (1, unit))
    assert_allclose(scaled.df, once.df)
    assert_allclose(scaled.p(), once.p())
    assert_allclose(scaled.se, once.se * unit)


def test_two_one_sided_tests_are_the_90_percent_interval():
    d = np.random.default_rng(3).normal(0.02, 0.05, size=20)
    found = on_problem_set(against_zero(d))
    low, high = found.interval(0.1)
    border = max(-low[0], high[0])
    assert_allclose(found.p_equal(border), 0.05)
    assert found.p_equal(border + 0.001) < 0.05 < found.p_equal(border - 0.001)


def test_a_problem_with_one_pair_is_left_out_unless_there_is_no_other():
    found = on_problem_set(against_zero([0.1, 0.3], [9.0]))
    assert (found.counts[0], found.draws[0]) == (1, 2)
    assert_allclose(found.difference, 0.2)
    found = on_problem_set(against_zero([1.0], [2.0]))
    assert_allclose(found.difference, 1.5)
    assert np.isnan(found.se).all()
    assert np.isnan(found.p()).all()


@pytest.mark.parametrize(("repetitions", "p"), [(5, 2 / 32), (6, 2 / 64), (30, 2 / 2**30)])
def test_constant_differences_are_judged_by_their_signs(repetitions, p):
    found = on_problem_set(against_zero([0.5] * repetitions))
    assert_allclose(found.p(), p)
    assert_allclose(np.ravel(found.interval()), [0.5, 0.5])


def test_without_any_difference():
    found = on_problem_set(against_zero([0.0] * 4, [0.0] * 4))
    assert found.p().tolist() == [1]
    assert_allclose(found.p_equal(0.01), 2**-7)
    assert found.p_equal(0.0).tolist() == [0.5]


def test_five_repetitions_of_one_problem_do_not_show_equality_either():
    assert on_problem_set(against_zero([0.0] * 5)).p_equal(0.01).tolist() == [2 / 32]
    assert on_problem_set(against_zero([0.0] * 6)).p_equal(0.01).tolist() == [2 / 64]


def test_without_any_run():
    nothing = against_zero([math.nan] * 3)
    found = on_problem_set(nothing)
    assert np.isnan(found.difference).all()
    assert np.isnan(found.p()).all()
    assert np.isnan(found.p_equal(0.1)).all()


@pytest.mark.parametrize(
    ("difference", "p", "p_equal", "expected"),
    [
        (-0.5, 0.05, 0.9, "better"),
        (0.5, 0.01, 0.9, "worse"),
        (0.5, 0.06, 0.9, "undecided"),
        (0.001, 0.001, 0.05, "practically equal"),
        (math.nan, math.nan, math.nan, "undecided"),
    ],
)
def test_words(difference, p, p_equal, expected):
    assert word(difference, p, p_equal) == expected


# --- by simulation: each of the M pairs is a sweep of its own


def alike(rng, shape, k):
    """Two strategies of one skewed distribution that share what the repetition fixed."""
    shared = rng.normal(size=shape)
    return tuple(np.exp(shared + rng.normal(size=shape)) * (k + 1) / 10 for _ in range(2))


def coins(rng, shape, k):
    """As on a small table: hit or missed."""
    return tuple(rng.integers(0, 2, size=shape) for _ in range(2))


def normal(rng, shape, k):
    return rng.normal(0, (k + 1) / 10, size=shape), np.zeros(shape)


@pytest.mark.slow
@pytest.mark.parametrize("draw", [alike, coins, normal])
@pytest.mark.parametrize("repetitions", [2, 5, 10, 30])
@pytest.mark.parametrize("problems", [1, 3, 8])
def test_equal_strategies_differ_significantly_in_5_percent_at_most(draw, repetitions, problems):
    rng = np.random.default_rng(4)
    shape = SWEEPS, repetitions
    found = pairs([draw(rng, shape, k) for k in range(problems)])
    assert (on_problem_set(found).p() <= 0.05).mean() <= 0.05 + NOISE


@pytest.mark.parametrize("repetitions", [5, 10])
@pytest.mark.parametrize("problems", [1, 4])
def test_the_interval_holds_the_truth_in_95_percent(repetitions, problems):
    rng = np.random.default_rng(5)
    shape = SWEEPS, repetitions
    found = pairs([(normal(rng, shape, k)[0] + 0.3, np.zeros(shape)) for k in range(problems)])
    low, high = on_problem_set(found).interval()
    # Exact on one problem; Welch and Satterthwaite's approximation errs to the wide side.
    assert abs(((low <= 0.3) & (high >= 0.3)).mean() - 0.95) <= NOISE + 0.01 * (problems > 1)


def test_a_percentile_bootstrap_would_not():
    rng = np.random.default_rng(6)
    draws = rng.normal(size=(1000, 5))
    counts = rng.multinomial(5, [0.2] * 5, size=2000)
    low, high = np.quantile(draws @ counts.T / 5, [0.025, 0.975], axis=1)
    assert ((low <= 0) & (high >= 0)).mean() == pytest.approx(0.84, abs=4 * 0.0116)


@pytest.mark.parametrize("repetitions", [10, 30])
def test_a_difference_on_the_border_is_called_equal_in_5_percent(repetitions):
    rng = np.random.default_rng(7)
    shape = SWEEPS, repetitions
    found = pairs([(0.5 + normal(rng, shape, k)[0], np.zeros(shape)) for k in range(3)])
    share = (on_problem_set(found).p_equal(0.5) <= 0.05).mean()
    assert share == pytest.approx(0.05, abs=NOISE)
