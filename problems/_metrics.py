"""The metrics of live problems: what each reads from a fitted estimator and how it is computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bench import Metric

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Score:
    """A metric together with the way to measure it.

    Args:
        metric: its name and direction.
        response: the method of the estimator whose output is compared with the truth.
        function: (truth, response, all class labels) -> value.
    """

    metric: Metric
    response: Literal["predict", "predict_proba", "decision_function"]
    function: Callable[[Array, Array, Array], float]

    def __call__(self, estimator: Any, X: Array, y: Array, labels: Array) -> float:
        """Return the value of a fitted `estimator` on the rows `X` whose truth is `y`."""
        return self.function(y, getattr(estimator, self.response)(X), labels)


def _accuracy(truth: Array, predicted: Array, labels: Array) -> float:
    return float(np.mean(truth == predicted))


def _rmse(truth: Array, predicted: Array, labels: Array) -> float:
    return math.sqrt(np.mean((truth - predicted) ** 2))


def _roc_auc(truth: Array, decision: Array, labels: Array) -> float:
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(truth, decision))


def _log_loss(truth: Array, probabilities: Array, labels: Array) -> float:
    from sklearn.metrics import log_loss

    # All labels of the data: a small part need not contain every class.
    return float(log_loss(truth, probabilities, labels=labels))


# The first two are written out: scikit-learn's checks cost more than a small tree's prediction.
ACCURACY = Score(Metric("accuracy", "maximize"), "predict", _accuracy)
RMSE = Score(Metric("RMSE", "minimize"), "predict", _rmse)
ROC_AUC = Score(Metric("ROC AUC", "maximize"), "decision_function", _roc_auc)
LOG_LOSS = Score(Metric("log loss", "minimize"), "predict_proba", _log_loss)
