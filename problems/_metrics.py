"""The metrics of live problems: what each reads from a fitted estimator and how it is computed."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench import Metric

Array = NDArray[Any]
Task = Literal["binary", "multiclass", "regression"]

CLASSIFICATION: tuple[Task, ...] = ("binary", "multiclass")
BINARY: tuple[Task, ...] = ("binary",)
REGRESSION: tuple[Task, ...] = ("regression",)

IMBALANCED = 2 / 3
"""The share of the largest class above which accuracy says little."""


@dataclass(frozen=True, slots=True)
class Score:
    """A metric together with the way to measure it; the values are those of scikit-learn's scorers.

    Args:
        metric: its name and direction.
        response: what of the estimator is compared with the truth: the output of the method of
            that name; for "scores" that of `decision_function`, or, of an estimator without
            one, the probability of the second class.
        tasks: where it is defined.
        function: (truth, response, all class labels in sorted order) -> value; of two labels the
            second is the positive class.
        looks_for_a_class: whether another positive class gives another value.
        positive: the code of the positive class, 0 or 1.
    """

    metric: Metric
    response: Literal["predict", "predict_proba", "scores"]
    tasks: tuple[Task, ...]
    function: Callable[[Array, Array, Array], float]
    looks_for_a_class: bool = False
    positive: int = 1

    def __call__(self, estimator: Any, X: Array, y: Array, labels: Array) -> float:
        """Return the value of a fitted `estimator` on the rows `X` whose truth is `y`."""
        if self.response != "scores":
            response = getattr(estimator, self.response)(X)
        elif hasattr(estimator, "decision_function"):
            response = estimator.decision_function(X)
            response = response if self.positive else -response
        else:
            response = estimator.predict_proba(X)[:, self.positive]
        return self.function(y, response, labels if self.positive else labels[::-1])


def score_for(task: Task, metric: str = "", *, largest_share: float = 0.0) -> Score:
    """Return the score that a metric's id names, or the default of the task.

    The default is RMSE for regression and accuracy for classification, but balanced accuracy
    where the largest class has more than two thirds of the rows.

    Args:
        task: what is learned.
        metric: a key of `SCORES`; empty for the default.
        largest_share: the share of the rows that are in the largest class, in [0, 1].

    Raises:
        ValueError: no such metric, or one that is not defined for the task.
    """
    if not metric:
        if task == "regression":
            return RMSE
        return BALANCED_ACCURACY if largest_share > IMBALANCED else ACCURACY
    defined = [name for name, score in SCORES.items() if task in score.tasks]
    if metric in defined:
        return SCORES[metric]
    if metric in SCORES:
        raise ValueError(
            f"metric {metric!r} is not defined for a {task} task; use one of {', '.join(defined)}"
        )
    typed = str(metric).lower().replace(" ", "_").replace("-", "_")
    near = difflib.get_close_matches(typed, defined, n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ValueError(f"metric must be one of {', '.join(defined)}, got {metric!r}{hint}")


def kind_of(metric: str) -> str:
    """Return "classification" or "regression" by a metric's name; "" for a metric of other kind."""
    kinds = {
        "regression" if score.tasks == REGRESSION else "classification"
        for score in SCORES.values()
        if score.metric.name == metric
    }
    return kinds.pop() if kinds else ""


# Written out where that is short: scikit-learn's checks cost more than a small tree's prediction.


def _accuracy(truth: Array, predicted: Array, labels: Array) -> float:
    return float(np.mean(truth == predicted))


def _balanced_accuracy(truth: Array, predicted: Array, labels: Array) -> float:
    codes = np.searchsorted(labels, truth)
    members = np.bincount(codes, minlength=len(labels))
    hits = np.bincount(codes[truth == predicted], minlength=len(labels))
    present = members > 0
    return float(np.mean(hits[present] / members[present]))


def _f1(truth: Array, predicted: Array, labels: Array) -> float:
    if len(labels) == 2:
        is_second, predicted_second = truth == labels[1], predicted == labels[1]
        total = np.count_nonzero(is_second) + np.count_nonzero(predicted_second)
        return 2 * np.count_nonzero(is_second & predicted_second) / total if total else 0.0
    codes, others = np.searchsorted(labels, truth), np.searchsorted(labels, predicted)
    hits = np.bincount(codes[truth == predicted], minlength=len(labels))
    totals = np.bincount(np.concatenate([codes, others]), minlength=len(labels))
    # As in scikit-learn, a class that is neither in the truth nor predicted does not count.
    met = totals > 0
    return float(np.mean(2 * hits[met] / totals[met]))


def _roc_auc(truth: Array, scores: Array, labels: Array) -> float:
    from sklearn.metrics import roc_auc_score

    is_second = truth == labels[1]
    if is_second.all() or not is_second.any():
        raise ValueError(
            "ROC AUC needs rows of both classes in every part, got a part with one; "
            "use cv 'stratified', fewer folds or another metric"
        )
    return float(roc_auc_score(is_second, scores))


def _average_precision(truth: Array, scores: Array, labels: Array) -> float:
    from sklearn.metrics import average_precision_score

    is_second = truth == labels[1]
    if not is_second.any():
        raise ValueError(
            f"average precision needs rows of class {labels.tolist()[1]!r} in every part, "
            "got a part with none; use cv 'stratified', fewer folds or another metric"
        )
    return float(average_precision_score(is_second, scores))


def _log_loss(truth: Array, probabilities: Array, labels: Array) -> float:
    from sklearn.metrics import log_loss

    # All labels of the data: a small part need not contain every class.
    return float(log_loss(truth, probabilities, labels=labels))


def _floats(truth: Array, predicted: Array) -> tuple[Array, Array]:
    # Never integers, whose differences wrap round; two of float32 stay so, as in scikit-learn.
    dtype = np.result_type(truth, predicted, np.float32)
    return truth.astype(dtype, copy=False), predicted.astype(dtype, copy=False)


def _rmse(truth: Array, predicted: Array, labels: Array) -> float:
    truth, predicted = _floats(truth, predicted)
    return float(np.sqrt(np.mean((truth - predicted) ** 2)))


def _mae(truth: Array, predicted: Array, labels: Array) -> float:
    truth, predicted = _floats(truth, predicted)
    return float(np.mean(np.abs(truth - predicted)))


def _r2(truth: Array, predicted: Array, labels: Array) -> float:
    if len(truth) < 2:
        raise ValueError(
            f"R² needs 2 rows or more in every part, got {len(truth)}; "
            "use fewer folds or another metric"
        )
    truth, predicted = _floats(truth, predicted)
    unexplained = np.sum((truth - predicted) ** 2)
    total = np.sum((truth - np.mean(truth)) ** 2)
    if total == 0:
        # As in scikit-learn: a constant is predicted perfectly or not at all.
        return float(unexplained == 0)
    return float(1 - unexplained / total)


ACCURACY = Score(Metric("accuracy", "maximize"), "predict", CLASSIFICATION, _accuracy)
BALANCED_ACCURACY = Score(
    Metric("balanced accuracy", "maximize"), "predict", CLASSIFICATION, _balanced_accuracy
)
F1 = Score(Metric("F1", "maximize"), "predict", CLASSIFICATION, _f1, looks_for_a_class=True)
ROC_AUC = Score(Metric("ROC AUC", "maximize"), "scores", BINARY, _roc_auc)
AVERAGE_PRECISION = Score(
    Metric("average precision", "maximize"),
    "scores",
    BINARY,
    _average_precision,
    looks_for_a_class=True,
)
LOG_LOSS = Score(Metric("log loss", "minimize"), "predict_proba", CLASSIFICATION, _log_loss)
RMSE = Score(Metric("RMSE", "minimize"), "predict", REGRESSION, _rmse)
MAE = Score(Metric("MAE", "minimize"), "predict", REGRESSION, _mae)
R2 = Score(Metric("R²", "maximize"), "predict", REGRESSION, _r2)

SCORES: dict[str, Score] = {
    "accuracy": ACCURACY,
    "balanced_accuracy": BALANCED_ACCURACY,
    "f1": F1,
    "roc_auc": ROC_AUC,
    "average_precision": AVERAGE_PRECISION,
    "log_loss": LOG_LOSS,
    "rmse": RMSE,
    "mae": MAE,
    "r2": R2,
}
"""Id as users type it -> score."""
