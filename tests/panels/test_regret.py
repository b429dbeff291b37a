import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy import stats

from bench.panels import regret
from bench.panels.regret import FIRST_TRIALS, MIN_SCALE_TRIALS, bounded, normalised


@pytest.mark.parametrize(
    ("strategies", "repetitions", "trials", "first"),
    [
        (["random", "tpe"], 2, 25, None),
        # 4 runs need 13 trials each to have 50.
        (["random", "tpe"], 2, 24, 13),
        (["random", "tpe"], 25, 1, 1),
        (["gp", "tpe"], 25, 3, 1),
        (["gp", "tpe"], 2, 3, 3),
    ],
)
def test_a_median_is_taken_of_as_few_first_trials_as_are_enough(
    panel_of, strategies, repetitions, trials, first
):
    assert MIN_SCALE_TRIALS == 50
    shape = 2, repetitions, trials
    losses = np.arange(np.prod(shape), dtype=float).reshape(shape)
    panel = panel_of(losses, strategies=strategies)
    words, pool = "the median trial of random", losses[0]
    if first is not None:
        words, pool = FIRST_TRIALS, losses[..., :first]
    assert panel.source.endswith(words)
    assert panel.typical[0] == np.median(pool)


def test_failed_trials_are_none_of_the_first_ones(panel_of):
    losses = np.arange(100, dtype=float).reshape(2, 2, 25)
    losses[0, :, 0] = np.nan
    losses[0, 0, 1:] = np.nan
    # 2, 3, 3, … of the four runs: 50 with the 17th.
    panel = panel_of(losses, strategies=["gp", "tpe"])
    assert panel.typical[0] == np.nanmedian(losses[..., :17])


def test_an_optimiser_that_has_converged_is_no_scale(panel_of):
    # Random has 48 trials, two too few; the others are at the optimum from their seventh of sixty
    # on, so that the median of all trials is the optimum itself.
    losses = np.random.default_rng(1).random((3, 4, 60))
    losses[0, :, 12:] = np.inf
    losses[1:, :, 6:] = 1e-8
    panel = panel_of(losses, strategies=["random", "gp", "tpe"])
    made = losses[np.isfinite(losses)]
    assert np.median(made) == made.min() == 1e-8
    assert panel.source.endswith(FIRST_TRIALS)
    # Twelve runs, five trials each.
    assert panel.typical[0] == np.median(losses[..., :5])
    assert panel.scaled.all()


def test_of_two_that_are_alike_random_does_not_win_by_a_lucky_median(panel_of, monkeypatch):
    rng = np.random.default_rng(5)
    names = ("random", "tpe")
    runs = pd.DataFrame({"repetition": [0, 0], "optimum": np.nan})

    def final(losses):
        # As a panel computes it; a thousand panels take a dozen times as long.
        each, full_only = losses[..., None], np.zeros(2, bool)
        ends = regret.ends_of(runs, np.array([0]), each, names, None, 1.0, full_only)
        return normalised(losses, *ends[:2]).min(axis=-1)

    problems = rng.random((1000, 2, 1, 3))

    def p():
        regrets = [final(losses) for losses in problems]
        assert_array_equal(regrets[0], panel_of(problems[0], strategies=names).regret_after())
        random, tpe = np.array(regrets)[..., 0].T
        return stats.wilcoxon(random, tpe).pvalue

    assert p() > 0.05
    monkeypatch.setattr(regret, "MIN_SCALE_TRIALS", 1)
    assert p() < 0.001


def test_bounded_regret_by_hand():
    given = np.array([np.nan, -2, -1, -0.3, 0, 0.5, 1, 2, 4, 1e300])
    expected = [np.nan, -1.5, -1, -0.3, 0, 0.5, 1, 1.5, 1.75, 2]
    assert_allclose(bounded(given), expected)
    assert bounded(np.array([0.1 + 0.2])) == 0.1 + 0.2
    assert (np.diff(bounded(np.linspace(-5, 5, 1001))) > 0).all()
