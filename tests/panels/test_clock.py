import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.panels.clock import (
    finish_times,
    in_order_of_finish,
    recorded_finish,
    side_by_side,
)
from bench.panels.panel import to_panels


@pytest.fixture
def frames(make_run):
    """Four evaluations of 1 s on two workers: in pairs, the strategy takes ½ s for each."""
    trials, runs = make_run([4.0, 3.0, 2.0, 1.0])
    return trials.assign(finished_s=[1.5, 2.0, 3.0, 3.5], worker=[0, 1, 0, 1]), runs


def test_a_run_that_evaluated_side_by_side_has_the_recorded_times(frames):
    (panel,) = to_panels(*frames, strategies=["random"], problems=["p"])
    assert finish_times(panel)[0, 0].tolist() == [1.5, 2.0, 3.0, 3.5]
    for other in ({"cost": 2.0}, {"workers": 2}, {"cost": 2.0, "workers": 3}):
        assert np.isnan(finish_times(panel, **other)).all()


def test_what_ends_in_one_place_is_over_with_its_last(frames):
    trials, runs = frames
    trials = trials.assign(fidelity=[0.5, 0.5, 1.0, 1.0], finished_s=[2.5, 2.0, 3.0, 3.5])
    (panel,) = to_panels(trials, runs, strategies=["random"], problems=["p"])
    assert finish_times(panel)[0, 0].tolist() == [2.5, 3.0, 3.5, np.inf]


def test_a_run_on_one_worker_is_timed_by_what_its_trials_took(frames, join, make_run):
    other = make_run([9.0, 8.0], strategy="tpe", budget=4)
    alone = other[0].assign(finished_s=[77.0, 88.0], worker=0), other[1]
    (panel,) = to_panels(*join(frames, alone), strategies=["random", "tpe"], problems=["p"])
    # A second of evaluation and half of the strategy's, each.
    assert_array_equal(finish_times(panel)[1, 0], [1.5, 3.0, np.inf, np.inf])
    assert finish_times(panel)[0, 0].tolist() == [1.5, 2.0, 3.0, 3.5]


def test_the_recorded_finish_is_known_of_runs_on_one_worker_too(frames, join, make_run):
    other = make_run([9.0, 8.0], strategy="tpe", budget=4)
    alone = other[0].assign(finished_s=[1.25, 2.75], worker=0), other[1]
    late = make_run([9.0], strategy="tpe", repetition=1, budget=4, status="unfinished")
    begun = late[0].assign(finished_s=7.0, worker=0), late[1]
    trials, runs = join(frames, alone, begun)
    (panel,) = to_panels(trials, runs, strategies=["random", "tpe"], problems=["p"])
    assert side_by_side(panel).tolist() == [[True], [False]]
    found = recorded_finish(panel, trials)
    assert_array_equal(found[:, 0], [[1.5, 2.0, 3.0, 3.5], [1.25, 2.75, np.nan, np.nan]])


def test_the_strategys_own_time_is_the_same_on_any_number_of_workers(frames):
    (panel,) = to_panels(*frames, strategies=["random"], problems=["p"])
    assert finish_times(panel, cost=0.0)[0, 0].tolist() == [0.5, 1.0, 1.5, 2.0]


def test_the_incumbent_of_a_moment_is_the_best_of_what_was_over(make_run, join):
    """The second evaluation takes until the end, and nothing is better than it."""
    trials, runs = make_run([4.0, 1.0, 3.0, 2.0, None])
    side = trials.assign(finished_s=[1.0, 9.0, 2.0, 3.0, 2.5], worker=[0, 1, 0, 0, 2]), runs
    other = make_run([9.0, 8.0], strategy="tpe", budget=5)
    alone = other[0].assign(finished_s=[1.5, 3.0], worker=0), other[1]
    (panel,) = to_panels(*join(side, alone), strategies=["random", "tpe"], problems=["p"])
    assert panel.best[0, 0].tolist() == [4, 1, 1, 1, 1]
    found = in_order_of_finish(panel)
    assert finish_times(found)[0, 0].tolist() == [1, 2, 2.5, 3, 9]
    assert found.best[0, 0].tolist() == [4, 3, 3, 2, 1]
    assert_array_equal(found.loss[0, 0], [4, 3, np.nan, 2, 1])
    assert found.regret[0, 0, -1] == panel.regret[0, 0, -1]
    assert found.regret[0, 0, 1] > panel.regret[0, 0, 1]
    for name in ("best", "regret", "loss", "own", "cost"):
        assert_array_equal(getattr(found, name)[1], getattr(panel, name)[1])
    (before,) = to_panels(*other, strategies=["tpe"], problems=["p"])
    assert in_order_of_finish(before) is before


def test_a_set_has_its_expectation_in_any_order(make_run):
    trials, runs = make_run([4.0, 1.0, 3.0], unordered=True)
    side = trials.assign(finished_s=[1.0, 9.0, 2.0], worker=[0, 1, 0])
    (panel,) = to_panels(side, runs, strategies=["random"], problems=["p"])
    found = in_order_of_finish(panel)
    assert_array_equal(found.best, panel.best)
    assert finish_times(found)[0, 0].tolist() == [1, 2, 9]
