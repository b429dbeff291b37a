"""Linear models to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Float, SearchSpace
from problems._dataset import Facts
from problems._live import LiveProblem
from problems._metrics import CLASSIFICATION, REGRESSION
from problems._named import on


@dataclass
class Logistic(LiveProblem):
    """Logistic regression.

    The default is scikit-learn's.
    Reference: Cox, "The regression analysis of binary sequences", JRSS B 20, 1958.
    """

    name = "logistic"
    tags = ("live", "linear")
    tasks = CLASSIFICATION

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {
                "C": Float(1e-4, 1e4, log=True),
                "class_weight": Categorical((None, "balanced")),
            },
            default={"C": 1.0, "class_weight": None},
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(**config, random_state=random_state)


@dataclass
class ElasticNet(LiveProblem):
    """An elastic net.

    The default is scikit-learn's.
    Reference: Zou & Hastie, "Regularization and variable selection via the elastic net", JRSS B
    67, 2005.
    """

    name = "elastic-net"
    tags = ("live", "linear")
    tasks = REGRESSION
    data: str = "diabetes"

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {"alpha": Float(1e-4, 1e2, log=True), "l1_ratio": Float(0.0, 1.0)},
            default={"alpha": 1.0, "l1_ratio": 0.5},
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.linear_model import ElasticNet

        return ElasticNet(**config, random_state=random_state)


LogisticBreastCancer = on(Logistic, "logistic-breast-cancer", "breast-cancer", "log_loss")
LogisticDigits = on(Logistic, "logistic-digits", "digits", "accuracy", repeats=1)
LogisticImbalanced = on(Logistic, "logistic-imbalanced", "imbalanced", "average_precision")
LogisticManyFeatures = on(Logistic, "logistic-many-features", "many-features", "accuracy")

ElasticNetDiabetes = on(ElasticNet, "elastic-net-diabetes", "diabetes", "rmse")
ElasticNetSparseLinear = on(ElasticNet, "elastic-net-sparse-linear", "sparse-linear", "r2")
