import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.inference import power
from bench.inference.estimates import Estimate, on_problem_set
from bench.inference.paired import all_pairs, pairs_of

SWEEPS = 4000
NOISE = 4 * math.sqrt(0.8 * 0.2 / SWEEPS)
"""Four standard errors of a share of 80 % of the sweeps."""
Z = 2.801585
"""1.959964 + 0.841621."""


def sweeps(difference, sds, repetitions, *, between=0.0, seed=0, count=SWEEPS):
    """As many sweeps as pairs: normal differences on as many problems as `sds`."""
    rng = np.random.default_rng(seed)
    shape = count, repetitions
    values = [
        (
            difference + rng.normal(0, between, size=(count, 1)) + rng.normal(0, sd, size=shape),
            np.zeros(shape),
        )
        for sd in sds
    ]
    names = tuple(f"p{k}" for k in range(len(sds)))
    return pairs_of(values, a=("a",) * count, b=("b",) * count, problems=names, datasets=names)


def estimate(se, df, difference=0.0, counts=9):
    one = np.array([1.0])
    whole = np.array([counts])
    return Estimate(one * difference, one * se, one * df, whole, whole, whole)


def test_the_closed_form():
    assert_allclose(power.detectable(estimate(0.1, np.inf)), 0.1 * Z, rtol=1e-6)
    # Student's with 9: 2.262157 and 0.883404.
    assert_allclose(power.detectable(estimate(0.1, 9)), 0.3145561, rtol=1e-6)


def test_too_few_repetitions_detect_nothing():
    assert np.isinf(power.detectable(estimate(0.1, 4, counts=5))).all()
    assert np.isnan(power.detectable(estimate(math.nan, 4, counts=5))).all()


@pytest.mark.parametrize(("problems", "repetitions"), [(1, 10), (1, 30), (4, 5), (8, 10)])
def test_a_detectable_difference_is_found_in_80_percent(problems, repetitions):
    df, n = problems * (repetitions - 1), problems * repetitions
    (difference,) = power.detectable(estimate(0.5 / math.sqrt(n), df, counts=n))
    found = sweeps(difference, [0.5] * problems, repetitions)
    # The two quantiles are an approximation to the noncentral t: half a point here.
    assert (on_problem_set(found).p() <= 0.05).mean() == pytest.approx(0.8, abs=NOISE + 0.01)


def needed(variance, gap):
    variance = np.array([variance], dtype=float)
    return power.repetitions_needed(variance, ~np.isnan(variance), np.array([gap]))[0]


def test_repetitions_that_are_needed_find_it_in_80_percent():
    sds = [0.2, 0.4, 0.6]
    repetitions = needed([sd**2 for sd in sds], 0.15)
    # By the normal: 2.8016² · (.04 + .16 + .36) / 9 / .15² = 21.7; Student's need one more or two.
    assert 22 <= repetitions <= 24
    for more, enough in ((0, True), (-1, False)):
        total = sum(sd**2 for sd in sds)
        df = total**2 / sum(sd**4 for sd in sds) * (repetitions + more - 1)
        se = math.sqrt(total / (repetitions + more)) / 3
        assert (power.detectable(estimate(se, df))[0] <= 0.15) is np.bool_(enough)
    share = (on_problem_set(sweeps(0.15, sds, int(repetitions))).p() <= 0.05).mean()
    assert share == pytest.approx(0.8, abs=NOISE + 0.015)


@pytest.mark.parametrize(
    ("variance", "gap", "expected"),
    [
        ([1.0], 0.0, math.inf),
        ([1.0], -0.1, math.inf),
        ([1.0], 1e-6, math.inf),
        ([0.0], 0.5, 6),
        ([0.0] * 6, 0.5, 2),
        ([math.nan], 0.5, math.nan),
        ([1.0], math.nan, math.nan),
    ],
)
def test_repetitions_at_the_edges(variance, gap, expected):
    assert_allclose(needed(variance, gap), expected)


@pytest.mark.parametrize("unit", [1e-150, 1e150])
def test_the_unit_does_not_matter(unit):
    variance = [0.04, 0.16, 0.36]
    assert_allclose(needed([v * unit**2 for v in variance], 0.15 * unit), needed(variance, 0.15))


def test_data_sets_that_are_needed():
    # d / sd = ½: Student's 34 (noncentral 33.4); over 3/π: 36.
    one = np.ones(1)
    (found,) = power.datasets_needed(0.2 * one, 0.4 * one)
    (students,) = [
        n
        for n in range(2, 100)
        if stats.t.ppf(0.975, n - 1) + stats.t.ppf(0.8, n - 1) <= 0.5 * math.sqrt(n)
        and stats.t.ppf(0.975, n - 2) + stats.t.ppf(0.8, n - 2) > 0.5 * math.sqrt(n - 1)
    ]
    assert found == math.ceil(students * math.pi / 3)
    # Six data sets at least, eleven where 45 pairs share Holm's correction.
    assert power.datasets_needed(0.2 * one, 1e-6 * one).tolist() == [6]
    assert power.datasets_needed(0.2 * one, 1e-6 * one, 0.05 / 45).tolist() == [11]
    assert np.isnan(power.datasets_needed(0.2 * one, math.nan * one)).all()


def test_wilcoxon_finds_it_in_80_percent():
    (sets,) = power.datasets_needed(np.array([0.2]), np.array([0.4]))
    d = np.random.default_rng(8).normal(0.2, 0.4, size=(SWEEPS, int(sets)))
    share = (stats.wilcoxon(d, axis=1).pvalue <= 0.05).mean()
    assert share == pytest.approx(0.8, abs=NOISE + 0.01)


def test_the_frame(make_panels):
    panels = make_panels(
        {
            "p": {"a": [0.1, 0.2, 0.4, 0.3], "b": [0.5, 0.5, 0.5, 0.6], "never": [None] * 4},
            "q": {"a": [0.3, 0.1], "b": [0.2, 0.4], "never": [None] * 2},
        }
    )
    found = power.power_pairs(all_pairs(panels))
    row = found.iloc[0]
    variances = [0.0475 / 3, 0.08]
    shares = variances[0] / 4, variances[1] / 2
    df = sum(shares) ** 2 / (shares[0] ** 2 / 3 + shares[1] ** 2)
    factor = stats.t.ppf(0.975, df) + stats.t.ppf(0.8, df)
    assert row["detectable"] == pytest.approx(factor * math.sqrt(sum(shares)) / 2)
    assert row["n_repetitions"] == 2
    assert row["n_repetitions_needed"] > 2
    assert found.iloc[1:]["n_repetitions"].tolist() == [0, 0]
    assert found.iloc[1:][["detectable", "n_repetitions_needed"]].isna().all(axis=None)
    assert len(power.power_pairs(all_pairs([]))) == 0
