from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from bench.analysis.time.time_quality import COSTS, time_quality
from bench.curves.leaderboard import leaderboard
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

SCALE = Scale(0.0, 1.0, "frozen")
NAMES = ["random", "gp", "bad", "once"]


@pytest.fixture
def panel(panel_of):
    """Four trials; gp takes 3 s of its own each, bad 1 s, once stops after the first trial."""
    losses = np.array([0.5, 0.1, 0.6, 0.8])[:, None, None] * np.ones((4, 3, 4))
    losses[3, :, 1:] = np.inf
    own = np.array([0.0, 3.0, 1.0, 0.0])[:, None, None]
    return panel_of(losses, strategies=NAMES, own=own, scale=SCALE)


def test_by_hand(panel):
    frame = time_quality([panel], [1.0, 1000.0])
    assert frame["run_s"].tolist() == [4, 16, 8, 1, 4000, 4012, 4004, 1000]
    assert_allclose(frame["bounded"], [0.5, 0.1, 0.6, 0.8] * 2)
    # Within a hundredth of its time gp is better than random: 4012 ≤ 1.01 · 4000.
    assert frame["pareto"].tolist() == [True, True, False, True, False, True, False, True]


def test_regret_is_that_of_the_leaderboard(panel_of):
    rng = np.random.default_rng(8)
    panels = [
        panel_of(2 * rng.random((2, 4, 3)), strategies=["random", "a"], problem=name, scale=SCALE)
        for name in ("p", "q")
    ]
    board = leaderboard(panels).set_index("strategy").loc[["random", "a"]]
    for _, part in time_quality(panels).groupby("evaluation_s"):
        assert part["strategy"].tolist() == ["random", "a"]
        assert_allclose(part["bounded"], board["bounded"])
        assert_allclose(part["low"], board["bounded_low"])
        assert_allclose(part["high"], board["bounded_high"])


def test_problems_weigh_the_same_and_who_lacks_one_is_not_in_the_set(panel_of):
    names = ["random", "a"]
    one = panel_of([[[0.5]] * 2, [[0.1]] * 2], strategies=names, own=0, scale=SCALE)
    two = panel_of(
        [[[0.5] * 3] * 2, [[0.1] * 3] * 2],
        strategies=names, own=0, scale=SCALE, problem="q", missing=[(1, 0), (1, 1)],
    )  # fmt: skip
    frame = time_quality([one, two], [10.0])
    assert frame["run_s"].tolist() == [20, 10]
    assert frame["n_problems"].tolist() == [2, 1]
    assert frame["pareto"].tolist() == [True, False]


def test_who_did_not_run_and_nothing_at_all(panel_of, panel):
    lone = panel_of([[[1.0]], [[1.0]]], strategies=["a", "b"], missing=[(1, 0)], scale=SCALE)
    frame = time_quality([lone])
    assert frame["run_s"].isna().tolist() == [False, True] * len(COSTS)
    assert not frame["pareto"][1::2].any()
    beside = replace(panel, finished=np.ones(panel.loss.shape))
    assert time_quality([beside])["run_s"].isna().all()
    assert time_quality([]).empty


def test_a_run_without_a_trial_takes_no_time(make_run, join):
    broken = make_run([], strategy="broken", budget=2, status="crashed")
    trials, runs = join(make_run([1.0, 0.5]), broken)
    (found,) = to_panels(trials, runs, strategies=["random", "broken"], problems=["p"])
    frame = time_quality([found], [1.0])
    assert frame["run_s"].tolist() == [3, 0]
