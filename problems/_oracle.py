"""What a metric says of a model that knows the truth, and of one that was given it in disorder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from problems._metrics import Array


def of_truth_and_disorder(
    y: Array, score: Callable[..., float], *, classifies: bool
) -> tuple[float, float] | None:
    """Return the metric of a perfect prediction and of the same one with its rows shuffled.

    Args:
        y: the target.
        score: of a metric of one's own or one of scikit-learn's.
        classifies: whether the target is a class.

    Returns:
        None where the metric does not take the predictions of such a model.
    """
    labels = np.unique(y)
    shuffled = np.random.default_rng(0).permutation(y)
    estimator = _oracle(labels if classifies else None)
    try:
        best, worse = (float(score(estimator, told[:, None], y, labels)) for told in (y, shuffled))
    except Exception:  # whatever a metric of one's own raises
        return None
    return best, worse


def _oracle(labels: Array | None) -> Any:
    """Return a fitted estimator whose only feature is what it predicts."""
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin

    class Classifier(ClassifierMixin, BaseEstimator):  # type: ignore[misc]
        classes_ = labels

        def predict(self, X: Array) -> Array:
            return np.asarray(X[:, 0])

        def predict_proba(self, X: Array) -> Array:
            return np.asarray(labels == X, dtype=float)

    class Regressor(RegressorMixin, BaseEstimator):  # type: ignore[misc]
        is_fitted_ = True

        def predict(self, X: Array) -> Array:
            return np.asarray(X[:, 0])

    return Regressor() if labels is None else Classifier()
