"""Nominal α against published tables, and what makes a p-value sequential."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from bench.inference.sequential import nominal_alphas, sequential_p, spent

FIVE = (0.2, 0.4, 0.6, 0.8, 1.0)


def test_bounds_are_the_published_ones():
    # Lan-DeMets with O'Brien-Fleming type spending, one-sided .025, five equal looks: as in
    # Jennison and Turnbull 2000 and every package of the field.
    bounds = stats.norm.isf(nominal_alphas(0.025, FIVE))
    assert bounds == pytest.approx([4.877, 3.357, 2.680, 2.290, 2.031], abs=5e-4)
    # Two looks: 2.963 and 1.969.
    assert stats.norm.isf(nominal_alphas(0.025, (0.5, 1.0))) == pytest.approx(
        [2.963, 1.969], abs=5e-4
    )


@pytest.mark.parametrize("alpha", [0.001, 0.05, 0.3, 0.9])
def test_one_look_is_no_correction_and_all_of_alpha_is_spent(alpha):
    assert nominal_alphas(alpha, (1.0,)) == pytest.approx([alpha], rel=1e-4)
    assert spent(alpha, np.array([1.0])) == pytest.approx([alpha])
    assert np.all(np.diff(spent(alpha, np.array(FIVE))) > 0)


def test_looks_together_reject_as_often_as_alpha_says():
    rng = np.random.default_rng(1)
    walk = rng.standard_normal((200_000, 5)).cumsum(axis=1) / np.sqrt(np.arange(1, 6))
    p = stats.norm.sf(walk).T
    for alpha in (0.05, 0.2):
        ever = (p <= nominal_alphas(alpha, FIVE)[:, None]).any(axis=0).mean()
        assert ever == pytest.approx(alpha, abs=4 * np.sqrt(alpha / 200_000))
        valid = sequential_p(p, FIVE, two_sided=False)[-1] <= alpha
        assert valid.mean() == pytest.approx(ever, abs=1e-3)
    two = sequential_p(2 * np.minimum(p, 1 - p), FIVE)[-1]
    assert (two <= 0.05).mean() == pytest.approx(0.05, abs=0.002)


def test_a_sequential_p_value_is_the_least_alpha_of_any_look_so_far():
    p = np.array([[0.5], [0.004], [0.3], [0.02], [0.9]])
    found = sequential_p(p, FIVE, two_sided=False)[:, 0]
    assert np.all(np.diff(found) <= 0)
    # At the second look: its level at that α is the p-value.
    assert nominal_alphas(found[1], FIVE)[1] == pytest.approx(0.004, rel=0.01)
    assert found[2] == found[1]
    assert found[3] == min(found[1], found[3])
    assert found[4] == found[3]


def test_what_was_not_tested_yet_is_not_known_and_one_look_is_the_p_value():
    p = np.array([[np.nan, np.nan], [0.5, np.nan]])
    found = sequential_p(p, (0.5, 1.0))
    assert np.isnan(found).tolist() == [[True, True], [False, True]]
    one = sequential_p(np.array([[0.04, 1.0, 0.0]]), (1.0,))
    assert one == pytest.approx(np.array([[0.04, 1.0, 2e-6]]), rel=0.01)
