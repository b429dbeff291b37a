from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    f1_score,
    get_scorer,
    log_loss,
    mean_absolute_error,
    r2_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

from problems._metrics import (
    ACCURACY,
    AVERAGE_PRECISION,
    BALANCED_ACCURACY,
    F1,
    LOG_LOSS,
    MAE,
    R2,
    RMSE,
    ROC_AUC,
    SCORES,
    score_for,
)

LABELS = {
    "integers": np.array([0, 1, 2]),
    "gaps": np.array([-3, 5, 40]),
    "floats": np.array([1.0, 2.0, 3.0]),
    "texts": np.array(["a", "bb", "ccc"]),
    "objects": np.array(["a", "bb", "ccc"], dtype=object),
}
NONE = np.array([])


def as_scikit_learn(metric, *arguments, **settings):
    """Return scikit-learn's value; that it warns of a class a part lacks is known."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        return metric(*arguments, **settings)


@pytest.mark.slow
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
@pytest.mark.parametrize("count", [2, 3])
def test_class_metrics_equal_scikit_learn_to_the_last_bit(labels, count):
    labels = labels[:count]
    rng = np.random.default_rng(0)
    # Small parts lack classes, large ones have odd shares.
    for rows in (1, 2, 3, 5, *rng.integers(6, 400, 25)):
        truth, predicted = labels[rng.integers(0, count, size=(2, rows))]
        binary = {"average": "binary", "pos_label": labels[1]}
        f1 = binary if count == 2 else {"average": "macro"}
        assert ACCURACY.function(truth, predicted, labels) == accuracy_score(truth, predicted)
        assert BALANCED_ACCURACY.function(truth, predicted, labels) == as_scikit_learn(
            balanced_accuracy_score, truth, predicted
        )
        assert F1.function(truth, predicted, labels) == as_scikit_learn(
            f1_score, truth, predicted, **f1
        )


@pytest.mark.parametrize("dtypes", ["dd", "ff", "df", "fd", "id", "ii", "BB"])
def test_regression_metrics_equal_scikit_learn_to_the_last_bit(dtypes):
    rng = np.random.default_rng(0)
    for rows in (2, 3, *rng.integers(4, 2000, 25)):
        truth, predicted = rng.normal(120, 30, size=(2, rows)).clip(0, 255)
        truth, predicted = truth.astype(dtypes[0]), predicted.astype(dtypes[1])
        # scikit-learn takes small integers in double precision, we in single.
        exact = 1e-5 if dtypes == "BB" else 0
        for score, theirs in (
            (RMSE, root_mean_squared_error),
            (MAE, mean_absolute_error),
            (R2, r2_score),
        ):
            ours = score.function(truth, predicted, NONE)
            assert type(ours) is float
            assert ours == pytest.approx(theirs(truth, predicted), rel=exact, abs=0)


@pytest.mark.slow
@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_rankings_equal_scikit_learn_to_the_last_bit(labels):
    labels = labels[:2]
    rng = np.random.default_rng(0)
    for rows in (2, 3, *rng.integers(4, 400, 10)):
        # Rounded: ties matter.
        codes, scores = np.arange(rows) % 2, rng.normal(size=rows).round(1)
        truth = labels[codes]
        assert ROC_AUC.function(truth, scores, labels) == roc_auc_score(codes, scores)
        ours = AVERAGE_PRECISION.function(truth, scores, labels)
        assert ours == average_precision_score(codes, scores)


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_log_loss_uses_all_labels_when_a_part_lacks_one(labels):
    probabilities = np.array([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3]])
    value = LOG_LOSS.function(labels[:2], probabilities, labels)
    assert value == log_loss(labels[:2], probabilities, labels=labels)
    assert value == pytest.approx(-(math.log(0.7) + math.log(0.6)) / 2, rel=1e-14)


BINARY = load_breast_cancer(return_X_y=True)
MULTICLASS = load_wine(return_X_y=True)
REGRESSION = load_diabetes(return_X_y=True)
TREE = {"max_depth": 2, "random_state": 0}
MODELS = [
    ("binary", BINARY, DecisionTreeClassifier(**TREE)),
    ("binary", BINARY, KNeighborsClassifier()),
    ("binary", BINARY, make_pipeline(StandardScaler(), LogisticRegression())),
    ("binary", BINARY, HistGradientBoostingClassifier(max_iter=3)),
    ("multiclass", MULTICLASS, DecisionTreeClassifier(**TREE)),
    ("multiclass", MULTICLASS, make_pipeline(StandardScaler(), LogisticRegression())),
    ("regression", REGRESSION, DecisionTreeRegressor(**TREE)),
    ("regression", REGRESSION, Ridge()),
]
# Id -> scikit-learn's name, where it is another.
SCORERS = {
    "log_loss": "neg_log_loss",
    "rmse": "neg_root_mean_squared_error",
    "mae": "neg_mean_absolute_error",
}


@pytest.mark.parametrize(("task", "data", "model"), MODELS)
def test_models_are_scored_as_by_scikit_learn_to_the_last_bit(task, data, model):
    X, y = data
    model = model.fit(X[::2], y[::2])
    labels = np.unique(y)
    for name, score in SCORES.items():
        if task in score.tasks:
            theirs = "f1_macro" if (name, task) == ("f1", "multiclass") else SCORERS.get(name, name)
            # What is minimised has its sign turned there.
            sign = -1 if theirs.startswith("neg_") else 1
            value = score(model, X[1::2], y[1::2], labels)
            assert value == sign * get_scorer(theirs)(model, X[1::2], y[1::2]), name


def test_each_reads_the_response_it_names():
    X, y, labels = np.zeros((4, 1)), np.array([0, 0, 0, 1]), np.array([0, 1])
    constant = DummyClassifier(strategy="prior").fit(X, y)
    assert ACCURACY(constant, X, y, labels) == 0.75
    entropy = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25))
    assert LOG_LOSS(constant, X, y, labels) == pytest.approx(entropy, rel=1e-14)
    assert AVERAGE_PRECISION(constant, X, y, labels) == 0.25


def test_scores_are_decisions_before_probabilities():
    class Both:
        def decision_function(self, X):
            return np.array([0.0, 1.0])

        def predict_proba(self, X):
            return np.array([[0.0, 1.0], [1.0, 0.0]])

    y = labels = np.array([0, 1])
    assert ROC_AUC(Both(), np.zeros((2, 1)), y, labels) == 1
    del Both.decision_function
    assert ROC_AUC(Both(), np.zeros((2, 1)), y, labels) == 0


def test_by_hand():
    labels = np.array(["no", "yes"])
    truth = np.array(["yes", "yes", "yes", "no", "no", "no", "no", "no"])
    predicted = np.array(["yes", "yes", "no", "yes", "no", "no", "no", "no"])
    # Of three "yes" two are found, of five "no" four; three are said to be "yes".
    assert ACCURACY.function(truth, predicted, labels) == 6 / 8
    assert BALANCED_ACCURACY.function(truth, predicted, labels) == (2 / 3 + 4 / 5) / 2
    assert F1.function(truth, predicted, labels) == 2 * 2 / (3 + 3)
    truth, predicted = np.array([1.0, 2.0, 6.0]), np.array([2.0, 2.0, 4.0])
    assert MAE.function(truth, predicted, NONE) == 1
    assert RMSE.function(truth, predicted, NONE) == math.sqrt(5 / 3)
    assert R2.function(truth, predicted, NONE) == 1 - 5 / 14


def test_nothing_found_is_an_f1_of_zero():
    labels, zeros = np.array([0, 1]), np.zeros(5, dtype=int)
    assert F1.function(zeros, zeros, labels) == 0
    assert F1.function(zeros, zeros + 1, labels) == 0


def test_a_constant_truth_has_an_r2_of_one_or_zero():
    truth = np.full(4, 3.0)
    assert R2.function(truth, truth, NONE) == r2_score(truth, truth) == 1
    assert R2.function(truth, truth + 1, NONE) == r2_score(truth, truth + 1) == 0


@pytest.mark.parametrize(
    ("score", "truth", "match"),
    [
        (ROC_AUC, ["a", "a"], "ROC AUC needs rows of both classes"),
        (ROC_AUC, ["b", "b"], "ROC AUC needs rows of both classes"),
        (AVERAGE_PRECISION, ["a", "a"], "average precision needs rows of class 'b'"),
        (R2, [1.0], "R² needs 2 rows or more"),
    ],
)
def test_what_is_undefined_raises(score, truth, match):
    with pytest.raises(ValueError, match=match):
        score.function(np.array(truth), np.arange(len(truth)), np.array(["a", "b"]))


@pytest.mark.parametrize(
    ("metric", "name", "direction", "tasks"),
    [
        ("accuracy", "accuracy", "maximize", "binary multiclass"),
        ("balanced_accuracy", "balanced accuracy", "maximize", "binary multiclass"),
        ("f1", "F1", "maximize", "binary multiclass"),
        ("roc_auc", "ROC AUC", "maximize", "binary"),
        ("average_precision", "average precision", "maximize", "binary"),
        ("log_loss", "log loss", "minimize", "binary multiclass"),
        ("rmse", "RMSE", "minimize", "regression"),
        ("mae", "MAE", "minimize", "regression"),
        ("r2", "R²", "maximize", "regression"),
    ],
)
def test_each_is_offered_where_it_is_defined(metric, name, direction, tasks):
    assert (SCORES[metric].metric.name, SCORES[metric].metric.direction) == (name, direction)
    for task in ("binary", "multiclass", "regression"):
        if task in tasks.split():
            assert score_for(task, metric) is SCORES[metric]
        else:
            with pytest.raises(ValueError, match=f"'{metric}' is not defined for a {task} task;"):
                score_for(task, metric)


@pytest.mark.parametrize(
    ("task", "share", "score"),
    [
        ("regression", 0.0, RMSE),
        ("binary", 0.5, ACCURACY),
        ("binary", 2 / 3, ACCURACY),
        ("binary", 0.67, BALANCED_ACCURACY),
        ("multiclass", 0.4, ACCURACY),
        ("multiclass", 0.9, BALANCED_ACCURACY),
    ],
)
def test_the_default_depends_on_the_task_and_the_largest_class(task, share, score):
    assert score_for(task, largest_share=share) is score


def test_a_metric_named_is_the_metric_whatever_the_shares():
    assert score_for("binary", "accuracy", largest_share=0.99) is ACCURACY


@pytest.mark.parametrize(
    ("typed", "near"),
    [("acuracy", "accuracy"), ("ROC AUC", "roc_auc"), ("log-loss", "log_loss"), ("F1", "f1")],
)
def test_an_unknown_metric_names_near_ones(typed, near):
    with pytest.raises(ValueError, match=rf"got '{typed}'; did you mean .*\b{near}\b"):
        score_for("binary", typed)


@pytest.mark.parametrize("typed", ["xyzzy", "recall", get_scorer("r2")], ids=str)
def test_an_unknown_metric_far_from_all_lists_them(typed):
    with pytest.raises(ValueError, match="of your own can have another metric") as refused:
        score_for("regression", typed)
    rule = f"scoring (the metric) must be one of rmse, mae, r2, got {typed!r}; "
    assert str(refused.value).startswith(rule)


@pytest.mark.parametrize(
    ("task", "theirs", "ours"),
    [
        ("binary", "neg_log_loss", "log_loss"),
        ("multiclass", "neg_log_loss", "log_loss"),
        ("multiclass", "f1_macro", "f1"),
        ("regression", "neg_mean_absolute_error", "mae"),
        ("regression", "neg_root_mean_squared_error", "rmse"),
        ("regression", "neg_mean_squared_error", "rmse"),
    ],
)
def test_a_scorer_of_scikit_learn_names_the_metric_of_its_values(task, theirs, ours):
    with pytest.raises(ValueError, match=rf"got '{theirs}'; use '{ours}', which is "):
        score_for(task, theirs)
    X, y = {"binary": BINARY, "multiclass": MULTICLASS, "regression": REGRESSION}[task]
    kind = DecisionTreeRegressor if task == "regression" else DecisionTreeClassifier
    model = kind(**TREE).fit(X[::2], y[::2])
    value = score_for(task, ours)(model, X[1::2], y[1::2], np.unique(y))
    expected = abs(get_scorer(theirs)(model, X[1::2], y[1::2]))
    assert value == (math.sqrt(expected) if theirs == "neg_mean_squared_error" else expected)


def test_the_mean_of_f1_over_two_classes_is_none_of_ours():
    with pytest.raises(ValueError, match="got 'f1_macro'; a class of your own"):
        score_for("binary", "f1_macro")
