"""Boosted trees to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, Int, SearchSpace
from problems._live import LiveProblem
from problems._metrics import ROC_AUC, Array


@dataclass
class BoostingBreastCancer(LiveProblem):
    """ROC AUC of histogram gradient boosting on breast_cancer (569 rows × 30 features).

    Data: Breast Cancer Wisconsin (Diagnostic), UCI, CC BY 4.0, bundled with scikit-learn.
    Reference: Street, Wolberg & Mangasarian, "Nuclear feature extraction for breast tumor
    diagnosis", 1993. The default is scikit-learn's.
    """

    name = "boosting-breast-cancer"
    tags = ("live", "classification", "boosting")
    score = ROC_AUC
    space = SearchSpace(
        {
            "learning_rate": Float(0.01, 1.0, log=True),
            "max_iter": Int(10, 100, log=True),
            "max_leaf_nodes": Int(2, 32, log=True),
            "min_samples_leaf": Int(1, 50, log=True),
            "l2_regularization": Float(0.0, 10.0),
        },
        default={
            "learning_rate": 0.1,
            "max_iter": 100,
            "max_leaf_nodes": 31,
            "min_samples_leaf": 20,
            "l2_regularization": 0.0,
        },
    )

    def load(self) -> tuple[Array, Array]:
        from sklearn.datasets import load_breast_cancer

        X, y = load_breast_cancer(return_X_y=True)
        return X, y

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier

        return HistGradientBoostingClassifier(**config, random_state=random_state)
