"""Searches of scikit-learn, as it writes them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_wine
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.model_selection import GridSearchCV, HalvingGridSearchCV, RandomizedSearchCV
from sklearn.tree import DecisionTreeClassifier

from bench.api.result import load
from bench.errors import UserError

GRID = {"max_depth": [1, 2, 3], "criterion": ["gini", "entropy"]}


def searched(kind, **settings):
    X, y = load_wine(return_X_y=True)
    return kind(DecisionTreeClassifier(random_state=0), GRID, cv=3, **settings).fit(X, y)


@pytest.fixture(scope="module")
def searches():
    return [
        searched(GridSearchCV),
        searched(RandomizedSearchCV, n_iter=6, random_state=0),
    ]


def test_searches_by_name_make_one_result(searches):
    names = ["grid/tree/0", "random/tree/0"]
    found = load({n: s.cv_results_ for n, s in zip(names, searches, strict=True)})
    assert found.strategies == ("grid", "random")
    assert found.problems == ("tree",)
    of_strategy = dict(list(found.trials.groupby("strategy", observed=True)))
    for label, search in zip(found.strategies, searches, strict=True):
        rows = of_strategy[label]
        assert rows["value"].tolist() == search.cv_results_["mean_test_score"].tolist()
        assert set(rows["direction"]) == {"maximize"}
        seconds = search.cv_results_["mean_fit_time"] + search.cv_results_["mean_score_time"]
        np.testing.assert_allclose(rows["evaluation_s"], 3 * seconds)


def test_a_csv_file_gives_what_the_search_gives(searches, tmp_path):
    path = tmp_path / "grid--tree--4.csv"
    pd.DataFrame(searches[0].cv_results_).to_csv(path)
    found = load(path)
    assert (found.strategies, found.problems) == (("grid",), ("tree",))
    assert set(found.trials["repetition"]) == {4}
    expected = searches[0].cv_results_["mean_test_score"]
    np.testing.assert_allclose(found.trials["value"], expected, rtol=1e-15)


def test_a_candidate_that_failed_is_a_failed_trial():
    scores = {"params": [{}, {}], "mean_test_score": [np.nan, 0.5]}
    assert load({"grid/p/0": scores}).trials["status"].tolist() == ["failed", "completed"]


def test_successive_halving_pays_for_shares_of_the_resources():
    search = searched(HalvingGridSearchCV, factor=3, random_state=0)
    resources = search.cv_results_["n_resources"]
    found = load({"halving/tree/0": search.cv_results_}).trials
    np.testing.assert_allclose(found["fidelity"], resources / max(resources))


@pytest.fixture(scope="module")
def two_scores():
    return searched(
        GridSearchCV, scoring=["accuracy", "f1_macro"], refit="f1_macro", return_train_score=True
    ).cv_results_


def test_of_several_scores_one_is_named(two_scores, tmp_path):
    path = tmp_path / "grid--tree--0.csv"
    pd.DataFrame(two_scores).to_csv(path)
    for found in (load({"grid/tree/0#f1_macro": two_scores}), load(f"{path}#f1_macro")):
        assert (found.strategies, found.problems) == (("grid",), ("tree",))
        assert set(found.trials["metric"]) == {"f1_macro"}
        np.testing.assert_allclose(found.trials["value"], two_scores["mean_test_f1_macro"])
        seconds = two_scores["mean_fit_time"] + two_scores["mean_score_time"]
        np.testing.assert_allclose(found.trials["evaluation_s"], 3 * seconds)
    with pytest.raises(UserError, match=r"it has accuracy, f1_macro; name one, as in .*#accuracy"):
        load(path)
    with pytest.raises(UserError, match=r"must have the mean of the score auc on the test folds"):
        load({"grid/tree/0#auc": two_scores})


def test_searches_on_one_problem_have_one_score(searches, two_scores):
    with pytest.raises(UserError, match="a problem must have one metric, tree has"):
        load({"a/tree/0#accuracy": two_scores, "b/tree/0#f1_macro": two_scores})


@pytest.mark.parametrize("gone", ["params", "mean_fit_time", "rank_test_score", "std_test_score"])
def test_some_columns_may_be_gone(searches, tmp_path, gone):
    path = tmp_path / "grid.csv"
    pd.DataFrame(searches[0].cv_results_).drop(columns=gone).to_csv(path, index=False)
    assert len(load(path).trials) == 6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"mean_test_score": "high"}, "mean_test_score must hold numbers"),
        ({"mean_fit_time": "fast"}, "mean_fit_time must hold numbers"),
        ({"n_resources": 0}, "n_resources must be above 0"),
        ({"n_resources": np.nan}, "n_resources must be above 0"),
    ],
)
def test_columns_that_are_damaged_are_refused(searches, tmp_path, change, said):
    path = tmp_path / "grid.csv"
    pd.DataFrame(searches[0].cv_results_).assign(**change).to_csv(path)
    with pytest.raises(UserError, match=said):
        load(path)


def test_ranks_alone_say_nothing():
    with pytest.raises(UserError, match=r"it has none; keep the column mean_test_score"):
        load({"grid/p/0": {"params": [{}], "rank_test_score": [1]}})


@pytest.mark.parametrize(
    ("results", "said"),
    [
        ({"params": [{}], "mean_test_score": [1, 2]}, "must have a row a candidate in each"),
        ({"params": [], "mean_test_score": []}, "must have rows"),
        ({}, "must have rows"),
        ({0: [1], "mean_test_score": [["a"]]}, "must hold numbers"),
    ],
)
def test_what_is_no_table_is_refused(results, said):
    with pytest.raises(UserError, match=said):
        load({"grid/p/0": results})


def test_what_is_no_search_is_refused():
    with pytest.raises(UserError, match=r"a: a search must be its cv_results_"):
        load({"a": 1})
