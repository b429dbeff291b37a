import itertools
import math
from fractions import Fraction

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from bench.analysis.trajectories import (
    counted,
    expected_best,
    incumbents,
    time_curves,
    trial_curves,
    worst_values,
)

NAN = math.nan


@pytest.mark.parametrize(
    ("direction", "best", "test"),
    [
        ("minimize", [NAN, 5, 5, 3, 3, 3], [NAN, 50, 50, 31, 31, 31]),
        ("maximize", [NAN, 5, 7, 7, 7, 7], [NAN, 50, 70, 70, 70, 70]),
    ],
)
def test_the_incumbent_is_the_best_validation_value_the_earliest_on_ties(
    make_run, join, direction, best, test
):
    trials, _ = join(
        make_run([None, 5, 7, 3, 3, 4], tests=[None, 50, 70, 31, 30, 1], direction=direction)
    )
    steps = incumbents(trials)
    assert steps["trial"].tolist() == [0, 1, 2, 3, 4, 5]
    assert_array_equal(steps["best"], best)
    assert_array_equal(steps["best_test"], test)
    assert_array_equal(steps["seconds"], [1.5, 3, 4.5, 6, 7.5, 9])


def test_an_incumbent_without_a_test_value_does_not_borrow_an_older_one(make_run):
    trials, _ = make_run([5, 3, 4], tests=[50, None, 40])
    assert_array_equal(incumbents(trials)["best_test"], [50, NAN, NAN])


def test_runs_do_not_leak_into_each_other(make_run, join):
    trials, _ = join(make_run([1, 2]), make_run([9, 8], repetition=1))
    assert incumbents(trials)["best"].tolist() == [1, 1, 9, 8]


def test_the_expectation_over_orders_equals_the_published_oracle():
    curve = expected_best(np.array([1.0, 4, 9, 16, 25, 36, 49, 64]))
    np.testing.assert_allclose(curve[[0, 1, 2, 3, 7]], [25.5, 12, 6.75, 4.2, 1], rtol=1e-14)


def test_the_expectation_over_orders_equals_the_mean_over_all_orders():
    losses = np.array([3.0, -1, 7, 3, 0.5])
    orders = [np.minimum.accumulate(order) for order in itertools.permutations(losses)]
    np.testing.assert_allclose(expected_best(losses), np.mean(orders, axis=0), rtol=1e-13)


@pytest.mark.parametrize("losses", [[2.0], [4.0, 4.0, 4.0]])
def test_the_expectation_over_orders_of_one_value(losses):
    np.testing.assert_allclose(expected_best(np.array(losses)), losses, rtol=1e-14)


def test_the_expectation_over_orders_equals_exact_binomials_for_large_sets():
    losses = np.arange(1.0, 1201)
    curve = expected_best(losses)
    # The best rank among n of N without replacement is (N + 1)/(n + 1) on average.
    exact = [float(Fraction(1201, n + 1)) for n in range(1, 1201)]
    np.testing.assert_allclose(curve, exact, rtol=1e-9)


def test_a_set_has_the_expectation_in_its_metrics_direction(make_run):
    values = [-64.0, -1, -36, -49, -4, -25, -9, -16]
    trials, runs = make_run(values, direction="maximize", is_set=True, budget=10, ended="exhausted")
    (curve,) = trial_curves(trials, runs)["random", "p"]
    np.testing.assert_allclose(curve[[0, 1, 2, 3, 7]], [-25.5, -12, -6.75, -4.2, -1], rtol=1e-14)
    assert curve.shape == (10,)
    assert_array_equal(curve[7:], curve[7])


def test_a_failed_draw_of_a_set_counts_as_the_worst_value(make_run):
    trials, runs = make_run([2, None, 8], is_set=True)
    (curve,) = trial_curves(trials, runs)["random", "p"]
    # Draws 2, 8 and 8: (2 + 8 + 8)/3, then two of three pairs hold the 2.
    np.testing.assert_allclose(curve, [6, 4, 2], rtol=1e-14)


def test_the_worst_value_is_the_problems_in_each_direction(make_run, join):
    trials, _ = join(
        make_run([1, 9, None], tests=[7, 3, None]),
        make_run([0.2, 0.9], problem="q", direction="maximize"),
    )
    assert worst_values(trials).to_dict() == {"p": 9, "q": 0.2}
    assert worst_values(trials, "test_value").to_dict() == {"p": 7}


def test_curves_hold_start_undefined_and_count_runs_that_came_to_nothing(make_run, join):
    trials, runs = join(
        make_run([None, 4, 6], budget=5, ended="exhausted"),
        make_run([None, None], repetition=1, budget=5, ended="failed"),
        make_run([], repetition=2, budget=5, ended="crashed"),
        make_run([], repetition=3, budget=5, ended="skipped"),
        make_run([1], repetition=4, budget=5, ended="unfinished"),
    )
    done = trials[trials["run"].isin(counted(runs)["run"])]
    curves = trial_curves(done, runs)["random", "p"]
    assert_array_equal(curves, [[NAN, 4, 4, 4, 4], [6] * 5, [6] * 5])


def test_skipped_and_running_runs_are_not_counted(make_run, join):
    kinds = ["completed", "exhausted", "failed", "timeout", "crashed", "skipped", "unfinished"]
    _, runs = join(*(make_run([], repetition=i, ended=kind) for i, kind in enumerate(kinds)))
    assert counted(runs)["ended"].tolist() == kinds[:5]


def test_time_runs_over_evaluation_ask_and_tell(make_run, join):
    trials, runs = join(
        make_run([5, 3], cost=0.5),  # ends after 1 and 2 seconds
        make_run([4, 2], repetition=1, cost=3.5),  # after 4 and 8
    )
    seconds, curves = time_curves(trials, runs, points=4)["p"]
    np.testing.assert_allclose(seconds, [1, 2, 4, 8], rtol=1e-12)
    assert_array_equal(curves["random"], [[5, 3, 3, 3], [NAN, NAN, 4, 2]])


def test_a_strategy_that_used_its_budget_stops_and_an_exhausted_one_is_held(make_run, join):
    trials, runs = join(
        make_run([5, 3], cost=0.5),
        make_run([4], strategy="default", cost=0.5, budget=2, ended="exhausted"),
        make_run([9, 1], strategy="slow", cost=3.5),
    )
    _, curves = time_curves(trials, runs, points=4)["p"]
    assert_array_equal(curves["random"], [[5, 3, NAN, NAN]])
    assert_array_equal(curves["default"], [[4, 4, 4, 4]])
    assert_array_equal(curves["slow"], [[NAN, NAN, 9, 1]])


def test_a_run_that_came_to_nothing_has_the_worst_value_on_the_time_clock(make_run, join):
    trials, runs = join(make_run([5, 3]), make_run([], repetition=1, budget=2, ended="crashed"))
    _, curves = time_curves(trials, runs, points=3)["p"]
    assert_array_equal(curves["random"][1], [5, 5, 5])


def test_a_problem_without_a_completed_trial_has_no_time_clock(make_run):
    trials, runs = make_run([None, None])
    assert time_curves(trials, runs) == {}
    assert np.isnan(trial_curves(trials, runs)["random", "p"]).all()


def test_a_cheaper_value_is_no_incumbent(make_run):
    trials, _ = make_run([3.0, 1.0, 2.0], fidelities=[1.0, 0.5, 1.0])
    assert incumbents(trials)["best"].tolist() == [3.0, 3.0, 2.0]
