import math
from itertools import accumulate

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.curves.clocks import (
    COLUMNS,
    bands,
    checkpoints,
    clock_times,
    steps_at,
    taken,
    time_grid,
)
from bench.panels.panel import to_panels

NAN, INF = np.nan, np.inf


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
    assert frame["n_repetitions"].tolist() == [5, 5]


def test_the_distance_where_the_optimum_is_known_and_regret_beside_it(panel_of):
    panel = panel_of([[[5, 3], [8, 4]]], strategies=["random"], optimum=[1.0, 2.0])
    frame = bands(panel)
    assert frame["median"].tolist() == [(4 + 6) / 2, 2]
    # The median distance of a draw is 3: regrets 4/3, 6/3 and 2/3, 2/3.
    assert_allclose(frame["regret"], [(4 / 3 + 6 / 3) / 2, 2 / 3])


@pytest.mark.parametrize("clock", ["trials", "seconds"])
def test_each_repetition_is_measured_against_its_own_optimum(panel_of, clock):
    values = -np.array([[[0.90], [0.90], [0.70]]])
    panel = panel_of(values, optimum=[0.95, 0.92, 0.80], direction="maximize")
    frame = bands(panel, clock, points=2)
    # Distances .02, .05 and .10.
    assert_allclose(frame["low"], 0.035)
    assert_allclose(frame["median"], 0.05)
    assert_allclose(frame["high"], 0.075)


def test_values_where_the_optimum_is_not_known_in_each_repetition(panel_of):
    panel = panel_of(-np.array([[[0.8], [0.7]]]), optimum=[0.85, NAN], direction="maximize")
    assert_allclose(bands(panel)["median"], [0.75])


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


def test_time_runs_over_evaluation_ask_and_tell(panel_of):
    # One run's trials end after 1 and 2 seconds, the other's after 4 and 8.
    panel = panel_of([[[5, 3], [4, 2]]], cost=[[[0.5], [3.5]]], own=0.5)
    times = clock_times(panel, "seconds")
    assert_array_equal(times, [[[1, 2], [4, 8]]])
    grid = time_grid(panel, times, 4)
    assert_allclose(grid, [1, 2, 4, 8], rtol=1e-12)
    curves = taken(panel.best, steps_at(times, grid))
    assert_array_equal(curves, [[[5, 3, 3, 3], [NAN, NAN, 4, 2]]])


@pytest.mark.parametrize("clock", ["trials", "seconds", "own"])
def test_one_repetition_has_a_band_of_no_width(panel_of, clock):
    frame = bands(panel_of([[[3, 2, 1]]]), clock)
    assert (frame["low"] == frame["median"]).all()
    assert (frame["high"] == frame["median"]).all()
    assert frame["median"].iloc[[0, -1]].tolist() == [3, 1]


def test_a_strategy_that_used_its_budget_stops_and_one_without_candidates_is_held(panel_of):
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


def step_by_step(rows, strategy, clock, budget, points=80):
    """Return a strategy's band point by point: x, median, low, high, repetitions.

    Args:
        rows: strategy -> runs -> (value or None, cost, own seconds) of each trial.
        strategy: whose.
        clock: which.
        budget: the most trials a run may have.
        points: in time.
    """

    def timed(run):
        took = [{"trials": 1, "seconds": cost + own, "own": own}[clock] for _, cost, own in run]
        return list(zip(accumulate(took), [value for value, *_ in run], strict=True))

    runs = {name: [timed(run) for run in found] for name, found in rows.items()}
    every = [trial for found in runs.values() for run in found for trial in run]
    first = min(time for time, value in every if value is not None)
    last = max(time for time, _ in every)
    worst = max(value for _, value in every if value is not None)
    grid, end = np.arange(1, budget + 1), math.inf
    if clock != "trials":
        grid = np.array([first, *np.geomspace(first, last, points)[1:-1], last])
        if any(len(run) == budget for run in runs[strategy]):
            end = max(time for run in runs[strategy] for time, _ in run)
    band = []
    for x in grid:
        column = []
        for run in runs[strategy]:
            nothing = all(value is None for _, value in run)
            so_far = [value for time, value in run if time <= x and value is not None]
            column.append(worst if nothing else min(so_far, default=None))
        if x <= end and None not in column:
            band.append([x, *np.quantile(column, [0.5, 0.25, 0.75]), len(column)])
    return np.array(band)


@pytest.mark.slow
@pytest.mark.parametrize("clock", ["trials", "seconds", "own"])
@pytest.mark.parametrize("lengths", [(5, 9), (3, 8)])
def test_bands_equal_those_taken_step_by_step(make_run, join, clock, lengths):
    rng = np.random.default_rng(9)
    budget, parts, rows = 8, [], {"tpe": [], "random": []}
    for strategy, repetition in [(s, r) for s in rows for r in range(7)]:
        count = int(rng.integers(*lengths))
        values = [None if rng.random() < 0.2 else float(v) for v in rng.random(count)]
        if strategy == "tpe":
            # One run in which all trials failed, and one that crashed before its first.
            values = [None] * count if repetition == 5 else [] if repetition == 6 else values
        # Eighths, whose sums are exact.
        cost, ask = (float(v) / 8 for v in rng.integers(1, 60, size=2))
        parts.append(
            make_run(
                values, strategy=strategy, repetition=repetition, budget=budget, cost=cost, ask=ask
            )
        )
        rows[strategy].append([(value, cost, ask + 0.25) for value in values])
    (panel,) = to_panels(*join(*parts), strategies=["random", "tpe"], problems=["p"])
    frame = bands(panel, clock)
    for strategy in rows:
        one, two = of(frame, strategy), step_by_step(rows, strategy, clock, budget)
        assert len(two) > 3
        found = one[["x", "median", "low", "high", "n_repetitions"]].to_numpy(dtype=float)
        assert_allclose(found, two, rtol=1e-12)


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


@pytest.mark.parametrize("budget", [1, 3, 100, 101, 10_000])
def test_all_numbers_of_trials_up_to_100_are_looked_at_and_at_most_100_beyond(budget):
    at = checkpoints(budget)
    assert (at[0], at[-1]) == (1, budget)
    assert (np.diff(at) > 0).all()
    assert (len(at) == budget) == (budget <= 100)
    assert min(budget, 50) <= len(at) <= 100


def test_over_time_what_is_over_counts_and_over_trials_what_was_asked_for(make_run):
    """The second of three evaluations is the best one, and over last."""
    trials, runs = make_run([4.0, 1.0, 3.0])
    side = trials.assign(finished_s=[1.0, 8.0, 2.0], worker=[0, 1, 0])
    (panel,) = to_panels(side, runs, strategies=["random"], problems=["p"])
    assert bands(panel)["median"].tolist() == [4, 1, 1]
    over_time = bands(panel, "seconds", points=4)
    assert_allclose(over_time["x"], [1, 2, 4, 8])
    assert over_time["median"].tolist() == [4, 3, 3, 1]
    # Alone the strategy takes half a second for each.
    assert_allclose(bands(panel, "own", points=3)["x"].iloc[[0, -1]], [0.5, 1.5])
