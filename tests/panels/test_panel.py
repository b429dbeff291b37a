"""Runs as arrays: each in its place, with what it has spent and found."""

import dataclasses
import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_array_equal

from bench.panels.clock import finish_times
from bench.panels.panel import COUNTED_OUT, Panel
from bench.testing.panels import panel, panels

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
    found = panel(
        join(make_run([None, 5, 7, 3, 3, 4], tests=[None, 50, 70, 31, 30, 1], direction=direction))
    )
    assert_array_equal(found.values(found.best)[0, 0], best)
    assert_array_equal(found.values(found.best_test)[0, 0], test)
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, 4.5, 6, 7.5, 9])
    assert found.used.tolist() == [[6]]
    assert found.failed.tolist() == [[1]]
    assert found.budget == 6


@pytest.mark.parametrize(("direction", "best"), [("minimize", 1), ("maximize", 5)])
def test_an_incumbent_is_never_picked_by_its_test_value(make_run, direction, best):
    found = panel(make_run([3, 1, 4, 1, 5], tests=[0, 9, 0, 1, 9], direction=direction))
    assert found.values(found.best)[0, 0, -1] == best
    assert found.values(found.best_test)[0, 0, -1] == 9


def test_an_incumbent_without_a_test_value_does_not_borrow_an_older_one(make_run):
    found = panel(make_run([5, 3, 4], tests=[50, None, 40]))
    assert_array_equal(found.best_test[0, 0], [50, NAN, NAN])


def test_each_run_has_its_own_place(make_run, join):
    found = panel(
        join(make_run([1, 2]), make_run([9, 8], repetition=3), make_run([4, 3], strategy="tpe")),
        strategies=["tpe", "random", "gp"],
    )
    assert found.repetitions.tolist() == [0, 3]
    assert_array_equal(found.ran, [[True, False], [True, True], [False, False]])
    assert_array_equal(found.best[0], [[4, 3], [NAN, NAN]])
    assert_array_equal(found.best[1], [[1, 1], [9, 8]])
    assert np.isnan(found.best[2]).all()
    assert np.isinf(finish_times(found)[0, 1]).all()


def test_a_run_that_ends_early_keeps_its_last_value(make_run, join):
    found = panel(join(make_run([5, 3], budget=4), make_run([9, 8, 7, 6], repetition=1)))
    assert_array_equal(found.best[0], [[5, 3, 3, 3], [9, 8, 7, 6]])
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, np.inf, np.inf])
    assert found.used.tolist() == [[2, 4]]


def test_a_run_that_stopped_early_is_held_and_one_that_came_to_nothing_is_the_worst(make_run, join):
    found = panel(
        join(
            make_run([None, 4, 6], tests=[None, 7, 8], budget=5, status="stopped early"),
            make_run([None, None], repetition=1, budget=5, status="failed"),
            make_run([], repetition=2, budget=5, status="crashed"),
            make_run([], repetition=3, budget=5, status="skipped"),
            make_run([1], tests=[9], repetition=4, budget=5, status="unfinished"),
        )
    )
    assert found.repetitions.tolist() == [0, 1, 2]
    assert_array_equal(found.best[0], [[NAN, 4, 4, 4, 4], [6] * 5, [6] * 5])
    assert_array_equal(found.best_test[0], [[NAN, 7, 7, 7, 7], [8] * 5, [8] * 5])
    assert found.used.tolist() == [[3, 2, 0]]
    assert found.failed.tolist() == [[1, 2, 0]]


def test_every_run_that_ended_counts(make_run, join):
    kinds = ["completed", "stopped early", "failed", "timeout", "crashed", "skipped", "unfinished"]
    parts = [make_run([4], repetition=place, status=kind) for place, kind in enumerate(kinds)]
    assert panel(join(*parts)).repetitions.tolist() == [0, 1, 2, 3, 4]
    assert set(kinds[5:]) == set(COUNTED_OUT)


def test_what_a_trial_took(make_run):
    found = panel(make_run([5, None], cost=2, ask=0.5, tell=0.25, budget=3, status="stopped early"))
    assert_array_equal(found.cost[0, 0], [2, 2, NAN])
    assert_array_equal(found.own[0, 0], [0.75, 0.75, NAN])


@pytest.mark.parametrize("status", ["skipped", "unfinished"])
def test_runs_that_count_for_nothing(make_run, join, status):
    found = panel(join(make_run([5, 3]), make_run([1, 1], repetition=1, status=status)))
    assert found.repetitions.tolist() == [0]
    assert found.worst == 5


def test_a_run_without_a_completed_trial_has_the_worst_completed_value(make_run, join):
    found = panel(
        join(
            make_run([5, 9], tests=[1, 2]),
            make_run([None, None], strategy="broken"),
            make_run([], strategy="crashed", budget=2, status="crashed"),
        ),
        strategies=["random", "broken", "crashed"],
    )
    for s in (1, 2):
        assert_array_equal(found.best[s, 0], [9, 9])
        assert_array_equal(found.best_test[s, 0], [2, 2])
    assert found.failed[:, 0].tolist() == [0, 2, 0]


def test_the_worst_value_is_the_problems_own_in_its_direction(make_run, join):
    found = panels(
        join(
            make_run([1, 9, None], tests=[7, 3, None]),
            make_run([None], strategy="tpe"),
            make_run([0.2, 0.9], tests=[0.4, 0.3], problem="q", direction="maximize"),
            make_run([None], problem="q", strategy="tpe", direction="maximize"),
        ),
        strategies=["random", "tpe"],
    )
    assert [p.sign * p.worst for p in found] == [9, 0.2]
    assert [p.values(p.best)[1, 0, 0] for p in found] == [9, 0.2]
    assert [p.values(p.best_test)[1, 0, 0] for p in found] == [7, 0.3]


def test_a_problem_without_a_completed_trial_has_no_panel(make_run):
    assert panels(make_run([None, None])) == []


def test_less_than_full_fidelity_is_no_candidate_but_costs(make_run):
    found = panel(make_run([1, 4, 3], fidelities=[0.5, 1, 1]))
    assert_array_equal(found.best[0, 0], [NAN, 4, 3])
    assert_array_equal(finish_times(found)[0, 0], [1.5, 3, 4.5])
    assert found.failed.tolist() == [[0]]


def test_problems_come_in_the_order_that_is_wanted(make_run, join):
    frames = join(make_run([1], problem="a"), make_run([2], problem="b"))
    found = panels(frames, problems=["b", "x", "a"], datasets={"a": "wine"})
    assert [(p.problem, p.dataset, p.worst) for p in found] == [("b", "b", 2), ("a", "wine", 1)]


def test_the_order_of_rows_and_their_kind_of_column_do_not_matter(make_run, join):
    parts = [make_run([3, 1], problem=p, strategy=s) for p in "ab" for s in "xy"]
    plain = panels(join(*parts))
    trials, runs = join(*parts[::-1])
    kinds = {"strategy": "category", "problem": "category"}
    for one, two in zip(plain, panels((trials.astype(kinds), runs.astype(kinds))), strict=True):
        assert_array_equal(one.best, two.best)
        assert isinstance(two.problem, str)


def test_rows_may_come_in_any_order(make_run, join):
    rng = np.random.default_rng(3)
    parts = [
        make_run(
            [None if v < 0.2 else v for v in rng.random(6).tolist()],
            tests=rng.random(6).tolist(), strategy=s, repetition=r, unordered=s == "grid",
            cost=float(rng.random()),
        )
        for s in ("grid", "random") for r in range(5)
    ]  # fmt: skip
    trials, runs = join(*parts)
    one = panel((trials, runs))
    two = panel((trials.sample(frac=1, random_state=1), runs.sample(frac=1, random_state=2)))
    for field in dataclasses.fields(Panel):
        assert_array_equal(getattr(one, field.name), getattr(two, field.name))


def test_runs_without_any_row_of_trials(make_run):
    trials, runs = make_run([], budget=2, status="crashed")
    assert panels((trials, runs)) == []
    assert panels((trials, pd.DataFrame(runs.iloc[:0])), problems=["p"]) == []


@pytest.mark.parametrize("kind", ["object", "str", "category"])
def test_trials_of_an_unknown_strategy_or_of_none_are_in_no_place(make_run, join, kind):
    trials, runs = join(make_run([5, 3], strategy="a"), make_run([4, None], strategy="b"))
    other = make_run([1, 1], strategy="zzz")[0]
    nameless = make_run([0, 0])[0].assign(strategy=None)
    frame = pd.concat([nameless, trials, other], ignore_index=True).astype({"strategy": kind})
    found = panel((frame, runs), strategies=["a", "b"])
    assert found.used.tolist() == [[2], [2]]
    assert found.failed.tolist() == [[0], [1]]
    assert_array_equal(found.best[:, 0], [[5, 3], [4, 4]])


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_a_panel_knows_the_direction_of_its_metric(panel_of, direction):
    assert panel_of([[[1.0]]], direction=direction).direction == direction
