"""What is measured beside the value: training value, and every metric of the task."""

import math

import numpy as np
import pytest

from problems._measuring import Measured, mean, over_parts
from problems._positive import positive_code
from problems.boosting import Boosting
from problems.linear import ElasticNet, Logistic
from problems.neighbours import KNN
from problems.svm import SVM
from problems.tree import Tree

METRICS = {
    "accuracy": "accuracy", "balanced accuracy": "balanced_accuracy", "F1": "f1",
    "ROC AUC": "roc_auc", "average precision": "average_precision", "log loss": "neg_log_loss",
    "RMSE": "neg_root_mean_squared_error", "MAE": "neg_mean_absolute_error", "R²": "r2",
}  # fmt: skip
"""Name of a metric -> scikit-learn's scorer."""


def theirs(name, problem):
    """Return scikit-learn's scorer for the labels and the positive class of a problem."""
    from sklearn.metrics import average_precision_score, f1_score, get_scorer, make_scorer

    if name == "F1":
        if len(problem.facts.labels) > 2:
            return make_scorer(f1_score, average="macro")
        return make_scorer(f1_score, pos_label=positive_code(problem.positive, problem.facts))
    if name == "average precision":
        code = positive_code(problem.positive, problem.facts)
        return make_scorer(average_precision_score, response_method="predict_proba", pos_label=code)
    return get_scorer(METRICS[name])


@pytest.mark.parametrize(
    ("cls", "data", "names"),
    [
        (Tree, "wine", ["accuracy", "balanced accuracy", "F1", "log loss"]),
        (Tree, "breast-cancer", ["accuracy", "balanced accuracy", "F1", "ROC AUC",
                                 "average precision", "log loss"]),
        (Logistic, "imbalanced", ["accuracy", "balanced accuracy", "F1", "ROC AUC",
                                  "average precision", "log loss"]),
        (SVM, "breast-cancer", ["accuracy", "balanced accuracy", "F1", "ROC AUC",
                                "average precision"]),
        (ElasticNet, "diabetes", ["RMSE", "MAE", "R²"]),
        (KNN, "wine", ["accuracy", "balanced accuracy", "F1", "log loss"]),
    ],
)  # fmt: skip
def test_scores_and_training_value_are_those_of_scikit_learn(few, cls, data, names):
    problem = few(cls, data=data)
    assert [metric.name for metric in problem.metrics] == names
    config = problem.space.default
    found = problem.evaluate(config, seed=5)
    loaded = problem.load()
    split = problem.split(loaded, 5)
    parts = [*split.folds, (split.train, split.test)]
    fitted = [problem.pipeline(config, 5).fit(loaded.X[fit], loaded.y[fit]) for fit, _ in parts]
    for name in names:
        if name == "average precision" and not problem.probabilities:
            continue
        sign = -1 if METRICS[name].startswith("neg_") else 1
        wanted = [
            sign * theirs(name, problem)(model, loaded.X[rows], loaded.y[rows])
            for model, (_, rows) in zip(fitted, parts, strict=True)
        ]
        validation, test = found.scores[name]
        assert validation == pytest.approx(np.mean(wanted[:-1]), rel=1e-9, abs=1e-12)
        assert test == pytest.approx(wanted[-1], rel=1e-9, abs=1e-12)
    assert found.scores[problem.metric.name] == (found.value, found.test_value)
    name = problem.metric.name
    sign = -1 if METRICS[name].startswith("neg_") else 1
    at_fit = [
        sign * theirs(name, problem)(model, loaded.X[fit], loaded.y[fit])
        for model, (fit, _) in zip(fitted[:-1], split.folds, strict=True)
    ]
    assert found.train_value == pytest.approx(np.mean(at_fit), rel=1e-9)


def test_a_deep_tree_learns_its_rows_by_heart(few):
    problem = few(Tree, data="wine")
    deep = problem.evaluate(problem.space.default, seed=1)
    assert deep.train_value == 1.0 > deep.value


def test_cheaper_evaluations_have_a_value_only(few):
    problem = few(Boosting, data="wine", fidelity="trees")
    config = problem.space.check(problem.space.default | {"max_iter": 10})
    cheap = problem.evaluate(config, seed=1, fidelity=27 / 81)
    assert (cheap.train_value, cheap.scores) == (None, None)
    assert problem.evaluate(config, seed=1).scores is not None


def test_what_is_measured_beside_takes_no_time_on_the_clock(few, monkeypatch):
    problem = few(Tree, data="wine")
    told = iter(range(1000))
    monkeypatch.setattr("problems._measuring.perf_counter", lambda: float(next(told)))
    # One second for each of two folds, however many metrics there are.
    assert problem.evaluate(problem.space.default, seed=1).cost == 2


def test_an_own_scorer_has_a_training_value_and_no_further_scores(few):
    class Own(Tree):
        """Trees by a metric of their own."""

        name = "own-tree"
        scorer = "neg_log_loss"

    problem = few(Own, data="wine")
    found = problem.evaluate(problem.space.default, seed=1)
    assert problem.metrics == ()
    assert found.scores is None
    assert found.train_value is not None


def test_a_metric_that_cannot_be_computed_is_unknown_and_no_failure(few):
    class Broken(Tree):
        """Trees that give no probabilities, though their class says so."""

        name = "broken-tree"

        def make(self, config, random_state):
            from sklearn.svm import LinearSVC

            return LinearSVC(random_state=random_state)

    problem = few(Broken, data="breast-cancer")
    found = problem.evaluate(problem.space.default, seed=1)
    assert math.isfinite(found.value)
    assert found.scores["log loss"] == (None, None)
    assert None not in found.scores["ROC AUC"]


def test_a_mean_with_an_unknown_part_is_unknown():
    assert mean([1.0, 2.0, 6.0]) == 3
    assert mean([1.0, None]) is None
    assert mean([1.0, math.nan]) is None
    parts = [Measured(0, 0, None, {"a": 1.0, "b": None}), Measured(0, 0, None, {"a": 2.0, "b": 1})]
    test = Measured(0, 0, None, {"a": 4.0, "b": None})
    assert over_parts(parts, test) == {"a": (1.5, 4.0), "b": (None, None)}
