"""What a metric says of a model that knows the truth, and of one that was told it in disorder."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from problems._metrics import Array

if TYPE_CHECKING:
    from problems._live import LiveProblem


def of_truth_and_disorder(problem: LiveProblem) -> tuple[float, float] | None:
    """Return the metric of a perfect prediction and of the same one with its rows shuffled.

    Args:
        problem: with a metric of its own or one of scikit-learn's.

    Returns:
        None where the metric does not take the predictions of such a model.
    """
    y = problem.load().y
    labels = np.unique(y)
    shuffled = np.random.default_rng(0).permutation(y)
    score, estimator = problem.score, _oracle(labels if problem.classifies else None)
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
