"""Models on one data set: ordered by validation, compared by test values over repetitions."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from bench.analysis.best import incumbents
from bench.analysis.models import models
from bench.inference.cv_tests import corrected_t
from bench.testing.frames import made
from bench.testing.panels import panels

TESTS = {
    "forest": np.array([0.86, 0.88, 0.84, 0.87, 0.85, 0.90, 0.83]),
    "svm": np.array([0.80, 0.83, 0.79, 0.81, 0.80, 0.83, 0.79]),
}
VALUES = {"forest": 0.874, "svm": 0.869, "other": 0.99}


def compared(tests=TESTS, seeds=None, repetitions=7, **changed):
    """Return the comparison of two models whose test values are known, and one elsewhere."""
    names = [*tests, "other"]
    trials, runs = made(
        lambda _s, p, _r, n: VALUES[p] - 0.1 * (n == 0),
        problems=tuple(names),
        repetitions=repetitions,
        budget=2,
        optimum=np.nan,
        test=lambda _s, p, r, _n: float(tests[p][r]) if p in tests else 0.5,
    )
    data = {name: json.dumps({"data": "mine.csv", "folds": 5} | changed) for name in tests}
    data["other"] = json.dumps({"data": "another.csv"})
    runs["problem_settings"] = runs["problem"].map(data)
    runs["problem_seed"] = runs["repetition"] + runs["problem"].map(
        seeds or dict.fromkeys(names, 0)
    )
    measured = {"metric": "accuracy", "direction": "maximize"}
    trials, runs = trials.assign(**measured), runs.assign(**measured)
    found = panels((trials, runs))
    return models(incumbents(trials, runs, found), runs, found)


def test_models_on_the_same_splits_are_compared_in_pairs():
    found = compared()
    assert found["problem"].tolist() == ["forest", "svm"]
    assert found["mean_value"].tolist() == pytest.approx([0.874, 0.869])
    assert found["mean_test"].tolist() == pytest.approx([t.mean() for t in TESTS.values()])
    difference, low, high, p = corrected_t(-TESTS["forest"], -TESTS["svm"], 1 / 3)
    row = found.iloc[1]
    assert (row["difference"], row["low"], row["high"]) == pytest.approx((difference, low, high))
    assert row["p"] == pytest.approx(max(p, 2**-6))
    assert found["verdict"].tolist() == ["", "significant"]
    assert row["paired"]


def test_models_on_other_splits_are_two_samples():
    found = compared(seeds={"forest": 0, "svm": 100, "other": 0})
    one, two = (-values for values in TESTS.values())
    row = found.iloc[1]
    assert not row["paired"]
    # Welch's test, its variance multiplied for the rows that training parts share.
    plain = stats.ttest_ind(one, two, equal_var=False)
    shrunk = plain.statistic * np.sqrt((1 / 7) / (1 / 7 + 1 / 3))
    assert row["p"] == pytest.approx(2 * stats.t.sf(abs(shrunk), plain.df))
    assert row["difference"] == pytest.approx(one.mean() - two.mean())
    half = stats.t.ppf(0.975, plain.df) * abs(row["difference"] / shrunk)
    assert (row["low"], row["high"]) == pytest.approx(
        (row["difference"] - half, row["difference"] + half)
    )


def test_three_repetitions_cannot_decide():
    found = compared({name: values[:3] for name, values in TESTS.items()}, repetitions=3)
    assert found["p"].tolist()[1] == pytest.approx(0.25)
    assert found["verdict"].tolist() == ["", "undecided"]


def test_the_test_value_neither_orders_the_models_nor_chooses_their_trials():
    worse = {"forest": TESTS["forest"] - 0.5, "svm": TESTS["svm"]}
    found = compared(worse)
    assert found["problem"].tolist() == ["forest", "svm"]
    assert found["difference"].tolist()[1] > 0


@pytest.mark.parametrize(("repetitions", "cv"), [(1, ""), (7, "time-series")])
def test_what_has_no_sample_of_test_parts_is_not_tested(repetitions, cv):
    found = compared(repetitions=repetitions, cv=cv)
    assert found["verdict"].tolist() == ["", "not tested"]
    assert np.isnan(found["p"].tolist()[1])


def test_equal_models_are_undecided():
    found = compared({"forest": TESTS["svm"], "svm": TESTS["svm"]})
    assert found["p"].tolist()[1] == 1
    assert found["verdict"].tolist() == ["", "undecided"]
