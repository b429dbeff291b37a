"""Decision trees to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Float, Int, SearchSpace
from problems._live import LiveProblem
from problems._metrics import ACCURACY, Array


@dataclass
class TreeWine(LiveProblem):
    """Accuracy of a decision tree on wine (178 rows × 13 features, 3 classes).

    Data: Wine, UCI, CC BY 4.0, bundled with scikit-learn.
    Reference: Aeberhard, Coomans & de Vel, "Comparative analysis of statistical pattern
    recognition methods in high dimensional settings", Pattern Recognition 27, 1994. The default
    is scikit-learn's, whose unlimited depth stays below 10 on these data.
    """

    name = "tree-wine"
    tags = ("live", "classification", "tree")
    score = ACCURACY
    space = SearchSpace(
        {
            "criterion": Categorical(("gini", "entropy")),
            "max_depth": Int(1, 10),
            "min_samples_split": Int(2, 20),
            "min_samples_leaf": Int(1, 20),
            "max_features": Float(0.1, 1.0),
        },
        default={
            "criterion": "gini",
            "max_depth": 10,
            "min_samples_split": 2,
            "min_samples_leaf": 1,
            "max_features": 1.0,
        },
    )

    def load(self) -> tuple[Array, Array]:
        from sklearn.datasets import load_wine

        X, y = load_wine(return_X_y=True)
        return X, y

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.tree import DecisionTreeClassifier

        return DecisionTreeClassifier(**config, random_state=random_state)
