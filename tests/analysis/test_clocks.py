import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.analysis.bands import time_bands, trial_bands
from bench.analysis.clocks import COLUMNS, bands, steps_at
from bench.analysis.panels import to_panels

NAN, INF = np.nan, np.inf
OLD = ["strategy", "x", "median", "low", "high", "repetitions"]


def of(frame, strategy):
    return frame[frame["strategy"] == strategy].reset_index(drop=True)


def test_median_and_quartiles_by_hand(panel_of):
    losses = [[[value, value - 1] for value in (2, 4, 6, 8, 20)]]
    frame = bands(panel_of(losses, direction="maximize"))
    assert list(frame.columns) == COLUMNS
    assert frame["x"].tolist() == [1, 2]
    assert frame["median"].tolist() == [-6, -5]
    assert frame["low"].tolist() == [-8, -7]
    assert frame["high"].tolist() == [-4, -3]
    assert frame["repetitions"].tolist() == [5, 5]


def test_the_distance_where_the_optimum_is_known_and_regret_beside_it(panel_of):
    panel = panel_of([[[5, 3], [8, 4]]], strategies=["random"], optimum=[1.0, 2.0])
    frame = bands(panel)
    assert frame["median"].tolist() == [(4 + 6) / 2, 2]
    # The median draw is 4.5: regrets 4/3.5, 6/2.5 and 2/3.5, 2/2.5.
    assert_allclose(frame["regret"], [(4 / 3.5 + 6 / 2.5) / 2, (2 / 3.5 + 2 / 2.5) / 2])


def test_a_band_starts_where_every_repetition_has_an_incumbent(panel_of):
    for clock in ("trials", "seconds", "own"):
        frame = bands(panel_of([[[NAN, 4, 3], [2, 2, 2]]]), clock, points=7)
        assert frame["median"].iloc[[0, -1]].tolist() == [3, 2.5]
    assert bands(panel_of([[[NAN, 4, 3], [2, 2, 2]]]))["x"].tolist() == [2, 3]


def test_three_clocks_by_hand(panel_of):
    panel = panel_of([[[5, 3], [5, 3]]], cost=[[[0.5], [3.5]]], own=[[[0.5], [0.5]]])
    frame = bands(panel, "seconds", points=4)
    # The runs' trials end after 1, 2 and after 4, 8 seconds.
    assert_allclose(frame["x"], [4, 8])
    assert frame["median"].tolist() == [4, 3]
    own = bands(panel, "own", points=2)
    assert_allclose(own["x"], [0.5, 1])
    assert own["median"].tolist() == [5, 3]


def test_a_strategy_that_used_its_budget_stops_and_an_exhausted_one_is_held(panel_of):
    panel = panel_of(
        [[[5, 3]], [[4, INF]], [[9, 1]]],
        strategies=["random", "default", "slow"],
        cost=np.array([0.5, 0.5, 3.5])[:, None, None],
    )
    frame = bands(panel, "seconds", points=4)
    assert of(frame, "random")["median"].tolist() == [5, 3]
    assert of(frame, "default")["median"].tolist() == [4] * 4
    assert of(frame, "slow")["median"].tolist() == [9, 1]


@pytest.mark.parametrize("clock", ["trials", "seconds", "own"])
def test_a_run_that_came_to_nothing_has_the_worst_value_from_the_start(panel_of, clock):
    frame = bands(panel_of([[[9, 2], [NAN, NAN]]]), clock, points=2)
    assert frame["median"].tolist() == [9, 5.5]
    frame = bands(panel_of([[[9, 2], [8, 7]], [[NAN, NAN], [INF, INF]]]), clock, points=3)
    assert set(of(frame, "s1")["median"]) == {9}


def test_the_clocks_agree_with_the_bands_of_frames(make_run, join):
    rng = np.random.default_rng(9)
    parts = [
        make_run(
            [None if rng.random() < 0.2 else float(v) for v in rng.random(n)],
            strategy=s, repetition=r, budget=9, cost=float(rng.random()),
        )
        for s in ("tpe", "random") for r in range(5) for n in (int(rng.integers(5, 10)),)
    ]  # fmt: skip
    trials, runs = join(*parts)
    (panel,) = to_panels(trials, runs, strategies=["random", "tpe"], problems=["p"])
    for clock, old in (("trials", trial_bands), ("seconds", time_bands)):
        new = bands(panel, clock)
        for strategy in ("random", "tpe"):
            one, two = of(new, strategy), of(old(trials, runs), strategy)
            assert len(one) > 3
            assert_allclose(one[OLD[1:]].to_numpy(), two[OLD[1:]].to_numpy(), rtol=1e-12)


def test_steps_equal_a_search_in_each_run():
    rng = np.random.default_rng(10)
    times = rng.integers(1, 30, size=(3, 4, 7)).cumsum(axis=2).astype(float)
    times[..., 5:] = INF
    grid = np.unique(np.concatenate([[0.5], times[0, 0, :5], rng.uniform(1, 150, 9)]))
    for s, r in np.ndindex(3, 4):
        wanted = np.searchsorted(times[s, r], grid, side="right") - 1
        assert_array_equal(steps_at(times, grid)[s, r], wanted)


def test_missing_cells_and_no_time_at_all(panel_of):
    panel = panel_of([[[1, 2]], [[2, 1]]], missing=[(1, 0)], cost=0.0, own=0.0)
    for clock in ("trials", "seconds", "own"):
        frame = bands(panel, clock, points=5)
        assert set(frame["strategy"]) == {"s0"}
        assert set(frame["median"]) == {1}
