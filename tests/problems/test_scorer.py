"""A metric that a class brings along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import brier_score_loss, fbeta_score, get_scorer, make_scorer

from bench import Metric
from problems.linear import ElasticNet, Logistic
from problems.tree import Tree

FEW: dict[str, Any] = {"folds": 2, "repeats": 2}


def misses(y_true, y_pred):
    return float(np.mean(y_true > y_pred))


def folds(problem, score, seed=1, y=None):
    """Return what `score` gives for a model that is fitted by hand in each fold."""
    data = problem.load()
    y = data.y if y is None else y(data.y)
    found = []
    for fit, part in problem.split(data, seed).folds:
        model = problem.pipeline(problem.space.default, seed).fit(data.X[fit], y[fit])
        found.append(score(model, data.X[part], y[part]))
    return tuple(found)


def test_a_function_of_truth_and_prediction():
    @dataclass
    class Mine(Tree):
        metric = Metric("misses", "minimize")
        scorer = misses

    problem = Mine(data="imbalanced", **FEW)
    assert problem.metric == Metric("misses", "minimize")
    assert problem.positive_class == "1"
    evaluation = problem.evaluate(problem.space.default, seed=1)
    assert len(evaluation.fold_values) == 4
    assert evaluation.fold_values == folds(problem, lambda m, X, y: misses(y, m.predict(X)))


def test_a_metric_needs_a_scorer_and_a_function_a_metric():
    @dataclass
    class Unmeasured(Tree):
        metric = Metric("misses", "minimize")

    with pytest.raises(ValueError, match="needs a scorer that measures it, tree has 'misses' and"):
        Unmeasured(**FEW)

    @dataclass
    class Undirected(Tree):
        scorer = staticmethod(misses)

    with pytest.raises(ValueError, match="a function of truth and prediction needs a metric"):
        Undirected(**FEW)


def test_tasks_are_a_tuple():
    @dataclass
    class Mine(Tree):
        tasks = "binary"  # type: ignore[assignment]

    with pytest.raises(
        ValueError, match=r"must be a tuple such as \('regression',\), got 'binary'"
    ):
        Mine(**FEW)


def test_a_scorer_of_scikit_learn_takes_the_positive_class_for_one():
    f2 = make_scorer(fbeta_score, beta=2)

    @dataclass
    class Mine(Logistic):
        metric = Metric("F2", "maximize")
        scorer = f2

    # The rarer class, malignant, is the first.
    problem = Mine(**FEW)
    assert problem.positive_class == "malignant"
    ours = problem.evaluate(problem.space.default, seed=1)
    assert ours.fold_values == folds(problem, f2, y=lambda y: 1 - y)
    benign = Mine(**FEW, positive="benign")
    assert benign.evaluate(problem.space.default, seed=1).fold_values == folds(benign, f2)


def test_a_scorer_that_needs_probabilities_and_is_minimised():
    @dataclass
    class Mine(Logistic):
        metric = Metric("Brier score", "minimize")
        scorer = make_scorer(
            brier_score_loss, response_method="predict_proba", greater_is_better=False
        )

    problem = Mine(data="imbalanced", **FEW)
    value = problem.evaluate(problem.space.default, seed=1).fold_values
    expected = folds(problem, lambda m, X, y: brier_score_loss(y, m.predict_proba(X)[:, 1]))
    assert value == expected
    assert min(value) > 0


@pytest.mark.parametrize(
    ("cls", "name", "metric", "sign"),
    [
        (ElasticNet, "neg_max_error", Metric("max error", "minimize"), -1),
        (Logistic, "matthews_corrcoef", Metric("matthews corrcoef", "maximize"), 1),
    ],
)
def test_the_name_of_a_scorer(cls, name, metric, sign):
    @dataclass
    class Mine(cls):  # type: ignore[misc, valid-type]
        scorer = name

    problem = Mine(**FEW, **({} if cls is ElasticNet else {"positive": "benign"}))
    assert problem.metric == metric
    theirs = folds(problem, get_scorer(name))
    value = problem.evaluate(problem.space.default, seed=1).fold_values
    assert value == tuple(sign * each for each in theirs)


def with_self(self, y_true, y_pred):
    return 0.0


@pytest.mark.parametrize(
    ("own", "settings", "message"),
    [
        ("f2", {}, "got 'f2'; sklearn.metrics.get_scorer_names"),
        (fbeta_score, {}, r"got one that needs \(y_true, y_pred, beta\); write a function of two"),
        (with_self, {}, "without self"),
        (3, {}, "got 3; write a function around it"),
        (make_scorer(misses), {}, "a scorer without a name needs a metric, which says whether"),
        (
            misses,
            {"scoring": "f1"},
            "scoring must be empty for tree, which has a custom metric",
        ),
    ],
)
def test_what_is_no_metric_is_refused(own, settings, message):
    @dataclass
    class Mine(Tree):
        scorer = own

    with pytest.raises(ValueError, match=message) as caught:
        Mine(**settings)
    assert "\n" not in str(caught.value)
