import numpy as np
import pytest
from scipy import stats

from bench.analysis import regret
from bench.analysis.regret import ALL_TRIALS, ENOUGH, FIRST_TRIALS


@pytest.mark.parametrize(
    ("strategies", "repetitions", "trials", "words"),
    [
        (["random", "tpe"], 2, ENOUGH // 2, "the median trial of random"),
        (["random", "tpe"], 2, ENOUGH // 2 - 1, ALL_TRIALS),
        (["random", "tpe"], ENOUGH // 2, 1, FIRST_TRIALS),
        (["gp", "tpe"], ENOUGH // 2, 3, FIRST_TRIALS),
        (["gp", "tpe"], 2, 3, ALL_TRIALS),
    ],
)
def test_a_median_is_taken_of_the_first_trials_that_are_enough(
    panel_of, strategies, repetitions, trials, words
):
    shape = 2, repetitions, trials
    losses = np.arange(np.prod(shape), dtype=float).reshape(shape)
    panel = panel_of(losses, strategies=strategies)
    assert panel.source.endswith(words)
    pool = {FIRST_TRIALS: losses[..., 0], ALL_TRIALS: losses}.get(words, losses[0])
    assert panel.typical[0] == np.median(pool)


def test_of_two_that_are_alike_random_does_not_win_by_a_lucky_median(panel_of, monkeypatch):
    rng = np.random.default_rng(5)
    losses = rng.random((1000, 2, 1, 3))

    def p():
        regrets = [panel_of(one, strategies=["random", "tpe"]).regret_after() for one in losses]
        random, tpe = np.array(regrets)[..., 0].T
        return stats.wilcoxon(random, tpe).pvalue

    assert p() > 0.05
    monkeypatch.setattr(regret, "ENOUGH", 1)
    assert p() < 0.001
