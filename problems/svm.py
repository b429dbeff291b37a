"""Support vector machines to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, SearchSpace
from problems._live import LiveProblem
from problems._metrics import ACCURACY, Array


@dataclass
class SVMBreastCancer(LiveProblem):
    """Accuracy of an RBF support vector machine on breast_cancer (569 rows × 30 features).

    Data: Breast Cancer Wisconsin (Diagnostic), UCI, CC BY 4.0, bundled with scikit-learn.
    Reference: Street, Wolberg & Mangasarian, "Nuclear feature extraction for breast tumor
    diagnosis", 1993. The default is scikit-learn's: after scaling, gamma='scale' is 1/30.
    """

    name = "svm-breast-cancer"
    tags = ("live", "classification", "svm")
    score = ACCURACY
    space = SearchSpace(
        {"C": Float(1e-3, 1e3, log=True), "gamma": Float(1e-5, 1e1, log=True)},
        default={"C": 1.0, "gamma": 1 / 30},
    )

    def load(self) -> tuple[Array, Array]:
        from sklearn.datasets import load_breast_cancer

        X, y = load_breast_cancer(return_X_y=True)
        return X, y

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.svm import SVC

        return SVC(**config, random_state=random_state)

    def preprocess(self) -> Any:
        from sklearn.preprocessing import StandardScaler

        return StandardScaler()
