"""The axis where models go on from lower steps: several full evaluations may end in one place."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from bench.analysis.early_stopping import by_strategy, of_runs
from bench.analysis.startup import on_the_axis
from bench.analysis.time.workers import without_cost
from bench.inference.folds import folds_of
from bench.panels.clock import finish_times, whole_seconds
from bench.testing.panels import panel

NAN = float("nan")
THIRDS = [1 / 3, 1 / 3, 1.0, 1.0, 1 / 3, 1.0]
BEFORE = [0, 0, 1 / 3, 1 / 3, 0, 1 / 3]
# Spent after each: 1/3, 2/3, 4/3, 2, 7/3, 3.


@pytest.fixture
def frames(make_run):
    """Two full evaluations end in the second place, the better one first; one more in the third."""
    trials, runs = make_run(
        [9, 8, 4, 5, 7, 6], tests=[0, 0, 40, 50, 0, 60], fidelities=THIRDS, budget=3
    )
    return trials.assign(continued_from=BEFORE), runs


def test_a_trial_counts_by_the_difference(frames):
    found = panel(frames)
    assert_array_equal(found.loss[0, 0], [NAN, 4, 6])
    assert_array_equal(found.test[0, 0], [NAN, 40, 60])
    assert_array_equal(found.best[0, 0], [NAN, 4, 4])
    assert_array_equal(found.best_test[0, 0], [NAN, 40, 40])
    assert_array_equal(found.full[0, 0], [0, 2, 1])
    assert_array_equal(found.counts[0, 0], [2, 2, 2])
    assert_allclose(found.share[0, 0], [2 / 3, 4 / 3, 1])
    assert_allclose(found.spent, 3)
    assert (found.trials.item(), found.cheap.item()) == (6, True)
    # 1.5 s a trial, as recorded; 9 s of a full evaluation where one is given.
    assert_allclose(finish_times(found)[0, 0], [3, 6, 9])
    own = 0.5 * np.array([2, 4, 6])
    assert_allclose(finish_times(found, cost=9.0)[0, 0], own + 9 * np.array([2 / 3, 2, 3]))


@pytest.mark.parametrize(
    ("values", "wanted"),
    [([4, 5], (4, 40)), ([5, 4], (4, 50)), ([4, 4], (4, 40)), ([None, 5], (5, 50)),
     ([0.1 + 0.2, 0.3], (0.1 + 0.2, 40))],
)  # fmt: skip
def test_of_several_in_one_place_the_best_stands_and_of_equal_ones_the_earliest(
    make_run, values, wanted
):
    trials, runs = make_run([9, 8, *values], tests=[0, 0, 40, 50], fidelities=THIRDS[:4], budget=2)
    found = panel((trials.assign(continued_from=BEFORE[:4]), runs))
    assert (found.loss[0, 0, 1], found.test[0, 0, 1]) == wanted


def test_one_that_failed_stands_nowhere_but_counts(make_run):
    trials, runs = make_run([9, 8, None, 5], fidelities=THIRDS[:4], budget=2)
    found = panel((trials.assign(continued_from=BEFORE[:4]), runs))
    assert (found.loss[0, 0, 1], found.full[0, 0, 1], found.failed.item()) == (5, 2, 1)


def test_the_worst_and_the_typical_loss_are_of_all_full_evaluations(make_run):
    # In the second place 11 stands behind 4.
    trials, runs = make_run([9, 8, 4, 11, 7, 6], fidelities=THIRDS, budget=3)
    found = panel((trials.assign(continued_from=BEFORE), runs))
    assert found.worst == 11
    assert (found.optimum.item(), found.typical.item()) == (4, 6)
    hidden = panel((trials.assign(continued_from=BEFORE, value=[9, 8, 4, 7, 7, 9.0]), runs))
    assert hidden.typical.item() == 7  # of 4, 7 and 9


def test_the_whole_cost_of_a_configuration_is_that_of_all_its_steps(frames):
    trials, _ = frames
    trials = trials.assign(config=["a", "b", "a", "b", "a", "a"], evaluation_s=[1, 2, 4, 8, 16, 32])
    # a: 1, then 1 + 4; anew 16, then 16 + 32. b: 2, then 2 + 8.
    assert whole_seconds(trials).tolist() == [1, 2, 5, 10, 16, 48]
    shuffled = trials.iloc[::-1]
    assert whole_seconds(shuffled).tolist() == [48, 16, 10, 5, 2, 1]
    unknown = whole_seconds(trials.drop(columns="config"))
    assert_array_equal(unknown, [1, 2, NAN, NAN, 16, NAN])
    anew = trials.drop(columns=["config", "continued_from"])
    assert whole_seconds(anew).tolist() == [1, 2, 4, 8, 16, 32]


def test_a_problem_without_a_cost_has_none_where_its_models_go_on(frames):
    trials, _ = frames
    wall = trials["evaluation_s"] + trials["continued_from"]
    assert without_cost(trials.assign(evaluation_wall_s=wall)) == ["p"]
    assert without_cost(trials.assign(evaluation_wall_s=wall + 1)) == []


def test_the_folds_in_a_place_are_those_of_the_evaluation_that_stands_there(frames):
    trials, runs = frames
    spread = [None, None, [1.0, 3.0], [1.0, 9.0], None, [2.0, 2.0]]
    trials = trials.assign(fold_values=pd.Series(spread, dtype=object))
    (found,) = folds_of(trials, {}, [panel((trials, runs))])
    assert_allclose(found.sd[0, 0], [NAN, np.sqrt(2), 0])


def test_full_evaluations_take_the_share_that_they_cost(frames):
    trials, runs = frames
    frame = by_strategy(of_runs(trials, [panel((trials, runs))]))
    (row,) = frame.to_dict("records")
    assert row["n_full"] == 3
    assert row["full_budget_share"] == pytest.approx(2 / 3)
    assert row["first_full_budget"] == pytest.approx(4 / 3)


def test_a_start_up_of_four_trials_cost_two_evaluations(frames):
    assert on_the_axis({"random": 4}, frames[0]) == {"random": 2}
