import math

import numpy as np
import pandas as pd
import pytest

from bench.inference.folds import folds_of
from bench.testing.frames import join, make_run
from bench.testing.panels import panels

NAN = math.nan


def found_in(*runs, folds, settings=None):
    """The folds of the only problem; folds: (strategy, repetition, trial number) -> fold values."""
    trials, frame = join(*runs)
    keys = zip(trials["strategy"], trials["repetition"], trials["trial_number"], strict=True)
    values = pd.Series([folds.get(key) for key in keys], dtype=object)
    trials = trials.assign(fold_values=values, problem_name="p")
    (found,) = folds_of(trials, {"p": settings or {}}, panels((trials, frame)))
    return found


def test_the_spread_stands_where_the_panel_has_the_evaluation():
    runs = [
        make_run([3.0, None, 1.0], strategy="a", cost=2.0),
        make_run([5.0, 4.0], strategy="b", repetition=4, cost=7.0, budget=3),
    ]
    # Deviations of 1, 0, −1 and of ±2.
    folds = {("a", 0, 0): [2.0, 3.0, 4.0], ("b", 4, 1): np.array([2.0, 6.0]), ("a", 0, 2): [1.0]}
    found = found_in(*runs, folds=folds)
    assert found.sd.tolist()[0][0][0] == 1.0
    assert found.sd.tolist()[1][1][1] == pytest.approx(math.sqrt(8))
    # A failed trial, one fold, none, and runs that were not made have no spread.
    assert np.isfinite(found.sd).sum() == np.isfinite(found.count).sum() == 2
    assert (found.count[0, 0, 0], found.count[1, 1, 1]) == (3, 2)
    assert found.cost[0, 0].tolist() == [2.0, 2.0, 2.0]
    assert found.cost[1, 1].tolist() == pytest.approx([7.0, 7.0, NAN], nan_ok=True)


def test_the_cost_is_that_of_the_full_evaluation_alone():
    run = make_run([9.0, 3.0, 2.0], fidelities=[0.25, 1.0, 1.0], cost=2.0, budget=3)
    found = found_in(run, folds={("random", 0, 1): [1.0, 3.0], ("random", 0, 0): [1.0, 3.0]})
    assert np.nansum(found.cost) == 4.0
    # A cheaper evaluation's folds are nobody's.
    assert np.isfinite(found.sd).sum() == 1


@pytest.mark.parametrize(
    ("settings", "ratio"),
    [
        ({"folds": 5, "repeats": 2}, 1 / 4),
        # Unknown, and folds that do not all train on as many rows.
        ({}, NAN),
        ({"folds": 5, "cv": "time-series"}, NAN),
    ],
)
def test_standard_errors_by_hand(settings, ratio):
    found = found_in(make_run([2.0]), folds={("random", 0, 0): [1.0, 3.0]}, settings=settings)
    sd = math.sqrt(2)
    assert found.se.item() == pytest.approx(sd / math.sqrt(2))
    assert found.corrected_se.item() == pytest.approx(sd * math.sqrt(1 / 2 + ratio), nan_ok=True)


@pytest.mark.parametrize("values", [None, [0.5], NAN])
def test_without_two_fold_values_there_is_nothing(values):
    assert found_in(make_run([2.0]), folds={("random", 0, 0): values}) is None


def test_a_table_of_another_tool_has_no_fold_values():
    frames = make_run([2.0])
    assert folds_of(frames[0], {}, panels(frames)) == [None]
