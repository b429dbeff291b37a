"""Linear models to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, SearchSpace
from problems._live import LiveProblem
from problems._metrics import RMSE, Array


@dataclass
class ElasticNetDiabetes(LiveProblem):
    """Root mean squared error of an elastic net on diabetes (442 rows × 10 features).

    The features are the raw ones, scaled inside the folds: the scaled set that scikit-learn
    offers as well has seen every row.
    Data: bundled with scikit-learn; its source states no licence.
    Reference: Efron, Hastie, Johnstone & Tibshirani, "Least angle regression", Annals of
    Statistics 32, 2004. The default is scikit-learn's.
    """

    name = "elastic-net-diabetes"
    tags = ("live", "regression", "linear")
    score = RMSE
    stratified = False
    space = SearchSpace(
        {"alpha": Float(1e-4, 1e2, log=True), "l1_ratio": Float(0.0, 1.0)},
        default={"alpha": 1.0, "l1_ratio": 0.5},
    )

    def load(self) -> tuple[Array, Array]:
        from sklearn.datasets import load_diabetes

        X, y = load_diabetes(return_X_y=True, scaled=False)
        return X, y

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.linear_model import ElasticNet

        return ElasticNet(**config, random_state=random_state)

    def preprocess(self) -> Any:
        from sklearn.preprocessing import StandardScaler

        return StandardScaler()
