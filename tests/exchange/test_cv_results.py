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


def test_several_scores_are_refused():
    scores = {"params": [{}], "mean_test_accuracy": [0.5], "mean_test_auc": [0.6]}
    with pytest.raises(UserError, match=r"it has mean_test_accuracy, mean_test_auc; drop"):
        load({"grid/p/0": scores})


def test_what_is_no_search_is_refused():
    with pytest.raises(UserError, match=r"a: a search must be its cv_results_"):
        load({"a": 1})
