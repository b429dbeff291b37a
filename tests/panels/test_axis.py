"""What analyses say of a run with cheaper evaluations, by hand."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.analysis.failures import two_rules
from bench.analysis.time.breakeven import own_seconds
from bench.analysis.time.overhead import strategy_seconds, totals
from bench.curves.clocks import bands, clock_times
from bench.curves.draws import random_draws
from bench.curves.finals import finals
from bench.curves.targets import expected_times, hit_trials
from bench.inference.cv_tests import cv_tests
from bench.panels.axis import Layout, evaluations, places
from bench.panels.panel import to_panels
from bench.panels.regret import Scale

NAN, INF = np.nan, np.inf


def test_sums_of_shares_are_rounded_up_but_for_rounding():
    shares = [0.1] * 10
    assert evaluations(np.cumsum(shares)).tolist() == [1] * 10
    assert evaluations(np.array([0, 1, 1.001, 2])).tolist() == [0, 1, 2, 2]


def test_each_run_is_counted_for_itself_in_the_order_of_its_trials():
    run = np.array([0, 1, 0, 1, 0, 1])
    trial = np.array([2, 0, 1, 1, 0, 2])
    fidelity = np.array([1, 1, 0.5, 0.25, 0.5, 1])
    # Run 0 ends at .5, 1 and 2, run 1 at 1, 1.25 and 2.25.
    assert places(run, trial, fidelity).tolist() == [1, 0, 0, 1, 0, 2]
    assert places(run, trial, np.ones(6)).tolist() == trial.tolist()


@pytest.mark.parametrize("count", [3, 7, 9, 27, 49, 81])
def test_integers_are_met_however_long_a_run(count):
    rounds = 5000
    fidelity = np.tile([1 / count] * count + [1.0], rounds)
    found = places(np.zeros(len(fidelity), dtype=int), np.arange(len(fidelity)), fidelity)
    assert found[count :: count + 1].tolist() == list(range(1, 2 * rounds, 2))


def test_trials_beyond_the_axis_or_of_no_run_are_nowhere():
    run, trial = np.array([0, 0, 0, -1]), np.array([0, 1, 2, 0])
    fidelity = np.array([1, 0.5, 1, 0.5])
    layout = Layout(run, trial, fidelity, fidelity, (1, 2))
    values = np.array([5.0, 6, 7, 8])
    assert_array_equal(layout.of_full(values), [[5, NAN]])
    assert_array_equal(layout.sums(values), [[5, 6]])
    assert layout.inside.tolist() == [True, True, False, False]


@pytest.fixture
def panel(make_run, join):
    """Budget 4. Halving: 9/9, 3/3, and its first full evaluation ends at 3; one more fails.

    A trial takes it a second to evaluate and half a second of its own.
    """
    ninths = [1 / 9] * 9 + [1 / 3] * 3 + [1, 1]
    halving = make_run([9] * 9 + [8] * 3 + [2, None], strategy="halving", fidelities=ninths,
                       budget=4)  # fmt: skip
    trials, runs = join(halving, make_run([6, 5, 4, 3]))
    (found,) = to_panels(
        trials, runs, strategies=["halving", "random"], problems=["p"],
        scales={"p": Scale(0.0, 1.0, "frozen")},
    )  # fmt: skip
    return found


def test_targets_are_hit_after_what_was_spent(panel):
    goals = np.array([[5.0, 3.0, 2.0, 1.0]])
    assert_array_equal(hit_trials(panel, goals)[:, 0], [[3, 3, 3, NAN], [2, 4, NAN, NAN]])
    times, successes, runs = expected_times(panel, goals)
    assert_array_equal(times, [[3, 3, 3, INF], [2, 4, INF, INF]])
    assert (successes[0].tolist(), runs[0].tolist()) == ([1, 1, 1, 0], [1] * 4)


def test_the_clock_has_the_seconds_of_all_trials(panel):
    assert_allclose(clock_times(panel, "seconds")[0, 0], [13.5, 18, 19.5, 21])
    assert_allclose(clock_times(panel, "own")[0, 0], [4.5, 6, 6.5, 7])
    curve = bands(panel).set_index("strategy").loc["halving"]
    assert (curve["x"].tolist(), curve["median"].tolist()) == ([3, 4], [2, 2])


def test_counts_and_seconds_are_by_the_trial(panel):
    table = finals([panel]).set_index("strategy").loc["halving"]
    assert (table["budget_share"], table["failed_share"]) == pytest.approx((1, 1 / 14))
    assert (table["strategy_s"], table["evaluation_s"]) == pytest.approx((0.5, 1))
    rules = two_rules([panel]).set_index("strategy").loc["halving"]
    assert (rules["n_trials"], rules["failed_share"]) == pytest.approx((14, 1 / 14))
    cost = totals([panel]).set_index("strategy").loc["halving"]
    assert cost[["ms_per_trial", "ms_first", "ms_last"]].tolist() == pytest.approx([500] * 3)
    assert cost["share"] == pytest.approx(1 / 3)
    assert strategy_seconds([panel])["median"].tolist() == pytest.approx([0.5] * 8)


def test_own_seconds_to_break_even_are_by_the_full_evaluation(panel):
    # 14 trials of half a second for a budget of 4.
    assert_allclose(own_seconds(panel), [7 / 4, 1 / 2])


def test_a_place_without_a_full_evaluation_is_no_failed_draw(make_run):
    trials, runs = make_run([9, 9, 4, None], fidelities=[0.5, 0.5, 1, 1], budget=3)
    (found,) = to_panels(trials, runs, strategies=["random"], problems=["p"])
    assert [draws.tolist() for draws in random_draws(found)] == [[4, 4]]


def test_the_folds_of_an_incumbent_are_those_of_its_full_evaluation(make_run, join):
    halving = make_run([0.5, 0.5, 3], strategy="halving", fidelities=[0.5, 0.5, 1], budget=2)
    trials, runs = join(halving, make_run([4, 5]))
    trials["fold_values"] = [
        [value - 1, value + 1 + 3 * (fidelity < 1)]
        for value, fidelity in zip(trials["value"], trials["fidelity"], strict=True)
    ]
    runs["problem_settings"] = '{"folds": 2}'
    panels = to_panels(trials, runs, strategies=["halving", "random"], problems=["p"])
    (row,) = cv_tests(trials, runs, panels).itertuples()
    # 2 and 4 against 3 and 5.
    assert (row.n_folds, row.difference) == (2, -1)


def test_what_a_run_lacks_in_its_middle_leaves_no_hole():
    """It ended while trials 1 and 2 were being evaluated by other workers."""
    run, trial = np.array([0, 0, 0, 1, 1]), np.array([0, 3, 4, 0, 1])
    assert places(run, trial, np.ones(5)).tolist() == [0, 1, 2, 0, 1]
    assert places(run, trial, np.array([1, 0.5, 0.5, 1, 1])).tolist() == [0, 1, 1, 0, 1]
