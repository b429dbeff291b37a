import math

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.inference import bayes
from bench.inference.paired import all_pairs

ROPE = 0.1
# Four standard errors of the Monte Carlo.
NOISE = 4 * 0.5 / math.sqrt(bayes.SAMPLES)


def probabilities(differences, rope=ROPE):
    differences = np.array(differences, dtype=float)
    return bayes.probabilities(differences, rope, bayes.weights(len(differences)))


@pytest.mark.parametrize("n", [1, 2, 5, 12])
def test_all_far_on_one_side_is_a_beta_distribution(n):
    # Only the prior's own pair, of chance w₀², is in the region; w₀ ~ Beta(½, n). The other side
    # wins when 1 − w₀² > w₀²; with n = 1 that is √(1/√2) = .8409.
    expected = stats.beta.cdf(math.sqrt(0.5), 0.5, n)
    assert_allclose(probabilities([1.0] * n), [0, 1 - expected, expected], atol=NOISE)
    assert_allclose(probabilities([-1.0] * n), [expected, 1 - expected, 0], atol=NOISE)
    if n == 1:
        assert expected == pytest.approx(2**-0.25)


@pytest.mark.parametrize("n", [1, 3])
def test_the_mean_of_two_counts_not_each_alone(n):
    # Twice the region: with the prior's 0 the mean is on its border, and inside.
    expected = stats.beta.cdf(1 - math.sqrt(0.5), 0.5, n)
    assert_allclose(probabilities([2 * ROPE] * n), [0, 1 - expected, expected], atol=NOISE)


def test_two_that_contradict_each_other_by_integration():
    # z = 0, 1, −1.5 with weights (w, u, v): left = v² + 2uv + 2wv, right = u² + 2wu, rope = w².
    # Their density, Dirichlet(½, 1, 1), is ¾ / √w; with s = √w it is 3/2 in s and u.
    cells = (np.arange(1000) + 0.5) / 1000
    w, share = np.meshgrid(cells**2, cells)
    u = share * (1 - w)
    v = 1 - w - u
    left, right, rope = v * v + 2 * u * v + 2 * w * v, u * u + 2 * w * u, w * w
    mass = 1.5 * (1 - w) / w.size
    assert mass.sum() == pytest.approx(1, abs=1e-5)
    expected = [
        (mass * ((left > right) & (left > rope))).sum(),
        (mass * ((rope > right) & (rope > left))).sum(),
        (mass * ((right > left) & (right > rope))).sum(),
    ]
    assert_allclose(probabilities([1.0, -1.5]), expected, atol=NOISE + 0.001)


def test_the_chances_are_sums_over_all_pairs():
    # Equal differences, the prior's 0 among them, and sums on the border of the region.
    z = np.array([0.3, -0.2, 0.0, -0.2, 0.2, 0.0, -0.7, 0.45, -0.3, 0.1])
    draws = bayes.weights(len(z))
    sums = np.add.outer(np.append(0, z), np.append(0, z))
    ends = (sums < -2 * ROPE - 1e-9), (sums > 2 * ROPE + 1e-9)
    left, right = (np.einsum("si,ij,sj->s", draws, end.astype(float), draws) for end in ends)
    chances = np.stack([left, 1 - left - right, right])
    shares = np.bincount(chances.argmax(axis=0), minlength=3) / len(draws)
    assert_allclose(bayes.probabilities(z, ROPE, draws), shares, atol=1e-12)


def test_swapping_sides_swaps_the_answer():
    z = [0.5, -0.3, 0.2, 0.05, 0.9, -0.11]
    left, rope, right = probabilities(z)
    assert_allclose(probabilities([-v for v in z]), [right, rope, left], rtol=1e-12)
    assert left + rope + right == pytest.approx(1)
    assert right > left


@pytest.mark.parametrize("n", [1, 2, 30])
def test_all_inside_the_region(n):
    assert probabilities([0.09] * n) == (0, 1, 0)


def test_a_symmetric_sample_is_undecided():
    left, _, right = probabilities([1, 2, 3, 4, -1, -2, -3, -4])
    assert abs(left - right) < 2 * NOISE


def test_no_region_and_no_difference():
    assert probabilities([0.0, 0.0], rope=0.0) == (0, 1, 0)
    assert all(math.isnan(v) for v in probabilities([]))


def test_pairs_by_data_set(make_panels):
    panels = make_panels(
        {
            "svm-wine": {"a": [0.0], "b": [5.0], "never": [None]},
            "knn-wine": {"a": [0.0], "b": [3.0], "never": [None]},
            "branin": {"a": [0.0], "b": [1.0], "never": [None]},
        },
        datasets={"svm-wine": "wine", "knn-wine": "wine"},
    )
    found = bayes.signed_rank_pairs(all_pairs(panels), ROPE)
    assert found[["a", "b", "blocks"]].to_numpy().tolist() == [
        ["a", "b", 2], ["a", "never", 0], ["b", "never", 0],
    ]  # fmt: skip
    assert found.loc[0, "a_better"] == pytest.approx(
        stats.beta.cdf(math.sqrt(0.5), 0.5, 2), abs=NOISE
    )
    assert found.loc[1:, ["a_better", "rope", "b_better"]].isna().all(axis=None)
    again = bayes.signed_rank_pairs(all_pairs(panels), ROPE)
    assert again.equals(found)


def test_one_data_set_gives_no_probability(make_panels):
    cells = {"svm-wine": {"a": [0.0], "b": [5.0]}, "knn-wine": {"a": [0.0], "b": [3.0]}}
    panels = make_panels(cells, datasets=dict.fromkeys(cells, "wine"))
    (row,) = bayes.signed_rank_pairs(all_pairs(panels), ROPE).to_dict("records")
    assert row["blocks"] == 1
    assert all(math.isnan(row[name]) for name in ("a_better", "rope", "b_better"))


def test_nothing_at_all():
    assert len(bayes.signed_rank_pairs(all_pairs([]))) == 0
