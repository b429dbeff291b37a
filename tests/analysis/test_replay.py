import heapq

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.analysis.panels import Scale
from bench.analysis.replay import finish_times, replay

NAN, INF = np.nan, np.inf
SCALE = Scale(0.0, 1.0, "frozen")


def test_one_worker_at_the_recorded_cost_is_the_recorded_clock(panel_of):
    rng = np.random.default_rng(11)
    panel = panel_of(rng.random((2, 3, 5)), cost=rng.random((2, 3, 5)), own=rng.random((2, 3, 5)))
    assert_allclose(finish_times(panel), panel.seconds)
    again = finish_times(panel, factor=3)
    assert_allclose(again, 3 * panel.cost.cumsum(axis=2) + panel.own.cumsum(axis=2))
    free = finish_times(panel, cost=0)
    assert_allclose(free, panel.own.cumsum(axis=2))


def test_two_workers_by_hand(panel_of):
    panel = panel_of([[[1, 1, 1, 1, INF]]], cost=[[[10, 2, 3, 1, 0]]], own=1)
    # Asked until 1, 2, 5 and 9: the second worker is free at 4, then at 8, then at 10.
    assert finish_times(panel, workers=2)[0, 0].tolist() == [11, 4, 8, 10, INF]
    assert finish_times(panel, workers=9)[0, 0].tolist() == [11, 4, 6, 5, INF]
    # Constant costs: pairs, apart by what the strategy takes.
    assert finish_times(panel, cost=4, workers=2)[0, 0].tolist() == [5, 6, 10, 11, INF]


@pytest.mark.parametrize("workers", [1, 2, 3, 8])
def test_the_schedule_equals_a_simulation(panel_of, workers):
    rng = np.random.default_rng(12)
    cost, own = rng.random((2, 2, 3, 20))
    panel = panel_of(np.ones((2, 3, 20)), cost=cost, own=own * 0.1)
    found = finish_times(panel, workers=workers)
    for s, r in np.ndindex(2, 3):
        free, ready = [0.0] * workers, 0.0
        for t in range(20):
            ready = max(ready, heapq.heappop(free)) + panel.own[s, r, t]
            heapq.heappush(free, ready + cost[s, r, t])
            assert found[s, r, t] == pytest.approx(ready + cost[s, r, t])


def test_the_incumbent_changes_when_a_trial_is_finished(panel_of):
    panel = panel_of([[[1, 5, 3]]], cost=[[[8, 1, 2]]], own=0, scale=SCALE)
    # Finished after 8, 1 and 3 seconds.
    frame = replay([panel], workers=2, points=4)
    assert_allclose(frame["seconds"], [1, 2, 4, 8])
    assert frame["regret"].tolist() == [5, 5, 3, 1]
    assert replay([panel], points=4)["regret"].tolist() == [1] * 4


def test_a_set_counts_the_points_that_are_finished(panel_of):
    panel = panel_of([[[1, 5, 3]]], sets=["s0"], own=0, scale=SCALE)
    frame = replay([panel], points=3)
    assert frame["regret"].tolist() == pytest.approx([3, 3, 1])
    assert replay([panel], workers=3, points=3)["regret"].tolist() == pytest.approx([1, 1, 1])


def test_who_is_ahead_hangs_on_the_cost(panel_of):
    own = np.array([4.0, 0.0])[:, None, None]
    panel = panel_of(
        [[[5, 0, 0, 0]], [[5, 2, 2, 1]]], strategies=["wise", "quick"], own=own, scale=SCALE
    )
    # The wise one's second trial is done after 8 s and two evaluations, the quick one's last after
    # four: with evaluations of 10 s that is 28 s against 40 s, with 0.1 s 8.2 s against 0.4 s.
    for cost, leader in ((10, "wise"), (0.1, "quick")):
        table = replay([panel], cost=cost).pivot(
            index="seconds", columns="strategy", values="regret"
        )
        end = table[table["quick"] == 1].iloc[0]
        assert end.idxmin() == leader
    assert table["wise"].iloc[-1] == 0


def test_runs_that_came_to_nothing_and_missing_cells(panel_of):
    losses = [[[4, 2], [NAN, 2]], [[NAN, NAN], [NAN, NAN]], [[1, 1], [1, 1]]]
    panel = panel_of(losses, missing=[(2, 0), (2, 1)], scale=SCALE)
    frame = replay([panel], points=3)
    assert_array_equal(frame["regret"], [NAN, NAN, 2, 4, 4, 4, NAN, NAN, NAN])
    assert replay([]).empty


@pytest.mark.parametrize("wrong", [{"workers": 0}, {"cost": -1}, {"factor": -1}])
def test_what_makes_no_sense_is_refused(panel_of, wrong):
    with pytest.raises(ValueError, match="not negative"):
        finish_times(panel_of([[[1]]]), **wrong)


def test_more_workers_than_trials_change_nothing(panel_of):
    panel = panel_of([[[1.0, 2.0, 3.0]]])
    many = finish_times(panel, workers=10**12)
    assert_array_equal(many, finish_times(panel, workers=3))
