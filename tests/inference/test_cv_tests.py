import json
import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from bench.inference.cv_tests import corrected_t, cv_tests, part_ratio, won
from bench.panels.panel import to_panels

LIVE = '{"data": "wine", "cv": "", "folds": 5, "repeats": 1, "reshuffle": false}'


def test_the_published_formula_by_hand():
    first, second = np.array([0.2, 0.3, 0.1, 0.4, 0.25]), np.array([0.1, 0.35, 0.05, 0.2, 0.2])
    # Differences .1, −.05, .05, .2, .05: mean .07, variance .00825; · (1/5 + 1/4) = .0037125.
    difference, low, high, p = corrected_t(first, second, 1 / 4)
    assert difference == pytest.approx(0.07)
    t = 0.07 / math.sqrt(0.0037125)
    assert p == pytest.approx(2 * stats.t.sf(t, 4))
    half = 2.7764451 * math.sqrt(0.0037125)
    assert (low, high) == pytest.approx((0.07 - half, 0.07 + half))
    # Without the correction it is the paired t-test of scipy.
    assert corrected_t(first, second, 0.0)[3] == pytest.approx(stats.ttest_rel(first, second)[1])


def test_without_scatter():
    same = np.array([0.3, 0.5])
    assert corrected_t(same, same, 0.25) == (0, 0, 0, 1)
    assert corrected_t(np.array([0.1 + 0.2, 0.5]), same, 0.25) == (0, 0, 0, 1)
    assert corrected_t(same - 0.25, same, 0.25) == (-0.25, -0.25, -0.25, 0)


@pytest.mark.parametrize(
    ("settings", "ratio"),
    [
        ({"folds": 5, "repeats": 2}, 0.25),
        ({"folds": 10, "cv": "stratified"}, 1 / 9),
        ({"folds": 4, "cv": "hold-out"}, 1 / 3),
        ({"folds": 5, "cv": "time-series"}, math.nan),
        ({"folds": 5, "reshuffle": True}, math.nan),
        ({"folds": True}, math.nan),
        ({}, math.nan),
    ],
)
def test_the_ratio_is_read_from_the_settings(settings, ratio):
    assert part_ratio(settings) == pytest.approx(ratio, nan_ok=True)


def frames(folds, settings=LIVE, direction="minimize"):
    """Frames of runs of two trials each, of which the second is the better one.

    Args:
        folds: strategy -> a list of fold values a repetition.
        settings: of the problem.
        direction: of the metric.
    """
    sign = -1.0 if direction == "maximize" else 1.0
    rows = [
        {
            "strategy": name, "problem": "p", "repetition": r, "trial_number": trial,
            "fidelity": 1.0, "status": "completed", "value": sign * (np.mean(found) + 1 - trial),
            "test_value": np.nan, "evaluation_s": 1.0, "ask_s": 0.0, "tell_s": 0.0,
            "fold_values": [sign * (value + 1 - trial) for value in found],
        }
        for name, repetitions in folds.items()
        for r, found in enumerate(repetitions)
        for trial in range(2)
    ]  # fmt: skip
    trials = pd.DataFrame(rows)
    runs = trials[trials["trial_number"] == 0].assign(
        metric="loss", direction=direction, optimum=np.nan, budget=2, status="completed",
        unordered=False, problem_settings=settings,
    )  # fmt: skip
    panels = to_panels(trials, runs, strategies=list(folds), problems=["p"])
    return trials, runs, panels


@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_incumbents_of_a_repetition_are_compared_on_its_folds(direction):
    folds = {
        "a": [[0.1, 0.2, 0.1, 0.2, 0.15], [0.5, 0.4, 0.6, 0.5, 0.5]],
        "b": [[0.5, 0.6, 0.5, 0.65, 0.5], [0.5, 0.45, 0.5, 0.5, 0.6]],
    }
    table = cv_tests(*frames(folds, direction=direction))
    assert table["repetition"].tolist() == [0, 1]
    for row, a, b in zip(table.itertuples(), folds["a"], folds["b"], strict=True):
        expected = corrected_t(np.array(a), np.array(b), 0.25)
        assert (row.difference, row.low, row.high, row.p) == pytest.approx(expected)
        assert row.n_folds == 5
    counted = won(table).set_index(["strategy", "other"])
    assert counted.loc[("a", "b")].tolist() == [1, 2]
    assert counted.loc[("b", "a")].tolist() == [0, 2]


def test_no_row_where_folds_are_not_at_hand():
    folds = {"a": [[0.1, 0.2]], "b": [[0.5, 0.6]]}
    assert cv_tests(*frames(folds, "{}")).empty
    assert cv_tests(*frames(folds, json.dumps({"folds": 2, "cv": "time-series"}))).empty
    trials, runs, panels = frames(folds)
    assert cv_tests(trials.drop(columns="fold_values"), runs, panels).empty
    assert cv_tests(trials.assign(fold_values=None), runs, panels).empty
    assert won(cv_tests(trials.assign(fold_values=None), runs, panels)).empty


@pytest.mark.slow
def test_it_holds_its_level_where_students_test_does_not():
    """Two models that are equally good: scores of 10 repeats of 10 folds of the same 100 rows.

    A model's score in a fold is its mean over the rows there of an error that is the row's own, in
    part the training part's, as refits on overlapping rows have it.
    """
    rng = np.random.default_rng(0)
    runs, rows, k, repeats = 400, 100, 10, 10
    found = {"corrected": 0, "student": 0}
    for _ in range(runs):
        # The difference of two models on each row: all folds score the same rows again.
        own = rng.normal(size=rows)
        parts = [np.array_split(rng.permutation(rows), k) for _ in range(repeats)]
        scores = np.array([own[part].mean() for cut in parts for part in cut])
        nothing = np.zeros(len(scores))
        found["corrected"] += corrected_t(scores, nothing, 1 / (k - 1))[3] <= 0.05
        found["student"] += corrected_t(scores, nothing, 0.0)[3] <= 0.05
    assert found["student"] / runs > 0.3
    assert found["corrected"] / runs <= 0.07
