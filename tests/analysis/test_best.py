"""The best configuration: chosen by the validation value, with what is known of it beside."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from bench.analysis.best import best, incumbents, mean_test
from bench.testing.frames import join, made
from bench.testing.panels import panels


def found_in(frames):
    trials, runs = frames
    trials = trials.assign(config=[json.dumps({"x": int(n)}) for n in trials["trial_number"]])
    return best(incumbents(trials, runs, panels((trials, runs))), runs)


def test_the_validation_value_decides_and_never_the_test_value():
    losses = {"random": [0.5, 0.3, 0.4], "tpe": [0.6, 0.2, 0.9]}
    found = found_in(
        made(
            lambda s, _p, _r, n: losses[s][n],
            budget=3,
            optimum=np.nan,
            test=lambda s, _p, _r, n: 9.0 if losses[s][n] in (0.2, 0.3) else 0.0,
        )
    )
    assert found["strategy"].tolist() == ["tpe", "random"]
    assert found["is_best"].tolist() == [True, False]
    assert found["config"].tolist() == ['{"x": 1}', '{"x": 1}']
    assert found["value"].tolist() == [0.2, 0.3]
    assert found["test_value"].tolist() == [9.0, 9.0]
    assert found["trial_number"].tolist() == [1, 1]


def test_more_is_better_where_the_metric_is_maximised():
    trials, runs = made(
        lambda _s, _p, _r, n: [0.7, 0.9, 0.8][n], ("random",), budget=3, optimum=np.nan
    )
    found = found_in((trials.assign(direction="maximize"), runs.assign(direction="maximize")))
    assert found["value"].tolist() == [0.9]


def test_a_repetition_with_easy_splits_is_not_chosen_for_them():
    # In the second repetition all is better by 1, but its incumbent leads the others by less.
    losses = [[2.0, 2.0, 2.0, 1.5, 1.9], [1.0, 1.0, 1.0, 0.9, 1.0]]
    found = found_in(
        made(lambda _s, _p, r, n: losses[r][n], ("random",), repetitions=2, budget=5,
             optimum=np.nan, test=lambda *_: 1.0)
    )  # fmt: skip
    assert found[["repetition", "trial_number", "value"]].values.tolist() == [[0, 3, 1.5]]
    assert found["mean_value"].tolist() == pytest.approx([1.2])
    assert found["n_repetitions"].tolist() == [2]


def test_repetitions_of_a_function_are_compared_by_value():
    # In the first repetition the best trial leads the others by more, in the second it is better.
    losses = [[2.0, 2.0, 2.0, 1.5, 1.9], [1.0, 1.0, 1.0, 0.9, 1.0]]
    found = found_in(
        made(lambda _s, _p, r, n: losses[r][n], ("random",), repetitions=2, budget=5,
             optimum=np.nan)
    )  # fmt: skip
    assert found[["repetition", "trial_number", "value"]].values.tolist() == [[1, 3, 0.9]]


def test_where_the_optimum_is_known_the_distance_to_it_decides():
    trials, runs = made(
        lambda _s, _p, r, n: [[0.5, 0.4], [5.3, 5.2]][r][n], ("random",), repetitions=2
    )
    optimum = {0: 0.0, 1: 5.0}
    found = found_in(
        (
            trials.assign(optimum=trials["repetition"].map(optimum)),
            runs.assign(optimum=runs["repetition"].map(optimum)),
        )
    )
    assert found[["repetition", "value"]].values.tolist() == [[1, 5.2]]


def test_of_equal_ones_the_earlier_repetition_and_trial_count():
    found = found_in(made(lambda *_: 0.5, repetitions=3, budget=4, optimum=np.nan))
    assert found["repetition"].tolist() == [0, 0]
    assert found["trial_number"].tolist() == [0, 0]
    assert found["strategy"].tolist() == ["random", "tpe"]


def test_cheaper_and_failed_evaluations_are_not_the_best():
    trials, runs = made(
        lambda _s, _p, _r, n: [0.1, None, 0.4, 0.3][n], ("random",), budget=4, optimum=np.nan
    )
    trials.loc[trials["trial_number"] == 0, "fidelity"] = 0.5
    assert found_in((trials, runs))["value"].tolist() == [0.3]


def test_the_order_of_the_rows_does_not_matter():
    frames = made(lambda s, _p, r, n: (len(s) * 7 + r * 5 + n * 3) % 11 / 10, repetitions=3,
                  budget=5, optimum=np.nan)  # fmt: skip
    assert found_in(frames).equals(found_in(join(frames)))


def test_a_problem_without_configurations_or_values_has_no_best():
    trials, runs = made(lambda *_: 0.5, optimum=np.nan)
    trials = trials.drop(columns="config")
    assert best(incumbents(trials, runs, panels((trials, runs))), runs).empty
    trials, runs = made(lambda *_: None)
    assert found_in((trials, runs)).empty


def test_the_interval_of_the_mean_test_value_counts_the_rows_that_repetitions_share():
    values = np.array([0.8, 0.85, 0.9, 0.83])
    mean, low, high = mean_test(values, "{}")
    half = stats.t.ppf(0.975, 3) * np.sqrt(values.var(ddof=1) * (1 / 4 + 1 / 3))
    assert (mean, high - mean, mean - low) == pytest.approx((values.mean(), half, half))


@pytest.mark.parametrize(
    ("values", "settings"),
    [([0.8], "{}"), ([0.8, np.nan], "{}"), ([0.8, 0.9], '{"cv":"time-series"}'), ([], "{}")],
)
def test_no_interval_without_repetitions_that_differ(values, settings):
    assert np.isnan(mean_test(np.array(values), settings)[1:]).all()
