import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.panels.clock import finish_times
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
