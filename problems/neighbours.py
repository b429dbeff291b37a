"""Nearest neighbours to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Int, SearchSpace
from problems._dataset import Facts
from problems._live import LiveProblem
from problems._named import on


@dataclass
class KNN(LiveProblem):
    """k nearest neighbours.

    The default is scikit-learn's, but for fewer rows to fit than its 5 neighbours.
    Reference: Cover & Hart, "Nearest neighbor pattern classification", IEEE Transactions on
    Information Theory 13, 1967.
    """

    name = "knn"
    tags = ("live", "neighbours")

    @property
    def least_rows(self) -> int:
        return min(50, self.fewest_rows)

    def space_for(self, facts: Facts) -> SearchSpace:
        most = self.least_rows
        return SearchSpace(
            {
                "n_neighbors": Int(1, most, log=True),
                "weights": Categorical(("uniform", "distance")),
                "metric": Categorical(("euclidean", "manhattan", "chebyshev")),
            },
            default={"n_neighbors": min(5, most), "weights": "uniform", "metric": "euclidean"},
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

        return (KNeighborsClassifier if self.classifies else KNeighborsRegressor)(**config)


KNNIris = on(KNN, "knn-iris", "iris", "accuracy")
KNNWine = on(KNN, "knn-wine", "wine", "log_loss")
KNNDigits = on(KNN, "knn-digits", "digits", "accuracy")
KNNDiabetes = on(KNN, "knn-diabetes", "diabetes", "mae")
