"""The axis is the budget spent, also with cheaper evaluations."""

import math

import numpy as np
from numpy.testing import assert_allclose, assert_array_equal

from bench.panels.clock import finish_times
from bench.testing.panels import panel

NAN = math.nan


# --- cheaper evaluations: a trial counts by its share of a full one

NINTHS = [1 / 9] * 9 + [1 / 3] * 3 + [1.0]


def test_a_full_evaluation_after_many_cheap_ones_has_its_place_on_the_budget(make_run):
    values = [*range(100, 112), 7, *range(200, 212), 5]
    tests = [0.0] * 12 + [70, *[0.0] * 12, 50]
    found = panel(make_run(values, tests=tests, fidelities=NINTHS * 2, budget=6))
    assert found.budget == 6
    assert_array_equal(found.loss[0, 0], [NAN, NAN, 7, NAN, NAN, 5])
    assert_array_equal(found.best[0, 0], [NAN, NAN, 7, 7, 7, 5])
    assert_array_equal(found.best_test[0, 0], [NAN, NAN, 70, 70, 70, 50])
    # 1.5 s a trial: nine trials, three and one.
    assert_allclose(finish_times(found)[0, 0], np.cumsum([13.5, 4.5, 1.5] * 2))
    assert_array_equal(found.cost[0, 0], [9, 3, 1] * 2)
    assert_array_equal(found.own[0, 0], [4.5, 1.5, 0.5] * 2)
    assert_array_equal(found.counts[0, 0], [9, 3, 1] * 2)
    assert_allclose(found.share[0, 0], 1)
    assert (found.used.item(), found.trials.item(), found.failed.item()) == (6, 26, 0)
    assert_allclose(found.spent, 6)
    assert found.cheap.tolist() == [[True]]


def test_a_trial_belongs_where_it_ends(make_run, join):
    # Ends at .5, 1.5, 2, 2.25, 3.25: the places of 1, 2, 2, 3, 4 evaluations.
    half = make_run([9, None, 8, 7, 3], fidelities=[0.5, 1, 0.5, 0.25, 1], budget=5)
    full = make_run([6, 5, 4, 3, 2], strategy="full")
    found = panel(join(half, full), strategies=["random", "full"])
    assert_array_equal(found.loss[0, 0], [NAN, NAN, NAN, 3, NAN])
    assert_array_equal(found.full[0, 0], [False, True, False, True, False])
    assert_array_equal(found.counts[0, 0], [1, 2, 1, 1, 0])
    assert_array_equal(found.share[0, 0], [0.5, 1.5, 0.25, 1, 0])
    assert_array_equal(found.cost[0, 0], [1, 2, 1, 1, NAN])
    assert found.used.tolist() == [[4], [5]]
    assert found.spent.tolist() == [[3.25], [5]]
    assert found.failed.tolist() == [[1], [0]]
    assert_array_equal(found.loss[1, 0], [6, 5, 4, 3, 2])
    assert found.cheap.tolist() == [[True], [False]]


def test_a_cost_that_is_not_known_makes_its_place_unknown(make_run):
    trials, runs = make_run([9, 8, 7], fidelities=[0.5, 0.5, 1], budget=2)
    trials.loc[1, "evaluation_s"] = NAN
    assert_array_equal(panel((trials, runs)).cost[0, 0], [NAN, 1])


def test_a_run_that_does_not_count_spends_nothing_of_another(make_run, join):
    found = panel(
        join(
            make_run([9, 8, 7], fidelities=[0.5, 0.5, 1], budget=2),
            make_run([9, 1], fidelities=[0.5, 1], repetition=1, budget=2, status="unfinished"),
        )
    )
    assert_array_equal(found.loss, [[[NAN, 7]]])


def test_a_set_with_cheaper_evaluations_has_an_order(make_run):
    found = panel(make_run([9, 8, 4, 6], fidelities=[0.5, 0.5, 1, 1], budget=3, unordered=True))
    assert found.unordered == frozenset()
    assert_array_equal(found.best[0, 0], [NAN, 4, 4])


def test_what_cheaper_evaluations_picked_is_no_random_draw(make_run, join):
    picked = make_run([9, 9, 1], fidelities=[0.5, 0.5, 1], budget=2, strategy="halving")
    found = panel(join(picked, make_run([4, 6], strategy="tpe")), strategies=["halving", "tpe"])
    assert (found.optimum.tolist(), found.typical.tolist()) == ([1], [5])
    alone = panel(picked)
    assert alone.typical.tolist() == [1]
