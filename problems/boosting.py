"""Boosted trees to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Config, Float, Int, SearchSpace
from problems._dataset import Facts
from problems._fidelity import Counted
from problems._live import LiveProblem
from problems._named import on

_STOPS_EARLY = 10_000
"""Rows beyond which scikit-learn's default is to stop early."""


@dataclass
class Boosting(LiveProblem):
    """Histogram gradient boosting.

    The default is scikit-learn's; with groups it does not stop early, which would validate on rows
    of the groups that it fits.
    Reference: Friedman, "Greedy function approximation: a gradient boosting machine", Annals of
    Statistics 29, 2001; Ke et al., "LightGBM", NIPS 2017.
    """

    name = "boosting"
    tags = ("live", "boosting")
    scaled = False
    counted = {"trees": Counted("max_iter", continues=True)}

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.groups and self.facts.rows > _STOPS_EARLY:
            self.version += 1  # before, it stopped early there too
        if self.continues and not self.groups and self.facts.rows > _STOPS_EARLY:
            raise ValueError(
                "continues needs a model that is the same when it goes on, boosting stops early "
                f"beyond {_STOPS_EARLY:,} rows and then is another, {self.data} has "
                f"{self.facts.rows:,}; leave it out"
            )

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
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

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

        model = HistGradientBoostingClassifier if self.classifies else HistGradientBoostingRegressor
        # Early stopping validates on a tenth of the rows, drawn at random: across groups.
        stop = False if self.groups else "auto"
        return model(**config, early_stopping=stop, random_state=random_state)


@dataclass
class AdaBoost(LiveProblem):
    """AdaBoost over small trees.

    The default is scikit-learn's, whose trees are of depth 1 for classes and 3 for numbers.
    Reference: Freund & Schapire, "A decision-theoretic generalization of on-line learning and an
    application to boosting", JCSS 55, 1997; for regression Drucker, "Improving regressors using
    boosting techniques", ICML 1997.
    """

    name = "adaboost"
    tags = ("live", "boosting")
    scaled = False
    counted = {"trees": Counted("n_estimators")}

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {
                "n_estimators": Int(10, 200, log=True),
                "learning_rate": Float(0.01, 2.0, log=True),
                "max_depth": Int(1, 5),
            },
            default={
                "n_estimators": 50,
                "learning_rate": 1.0,
                "max_depth": 1 if self.classifies else 3,
            },
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        tree = DecisionTreeClassifier if self.classifies else DecisionTreeRegressor
        model = AdaBoostClassifier if self.classifies else AdaBoostRegressor
        return model(
            tree(max_depth=config["max_depth"]),
            n_estimators=config["n_estimators"],
            learning_rate=config["learning_rate"],
            random_state=random_state,
        )


BoostingBreastCancer = on(Boosting, "boosting-breast-cancer", "breast-cancer", "roc_auc")
BoostingImbalanced = on(Boosting, "boosting-imbalanced", "imbalanced", "f1", repeats=1)
BoostingFriedman = on(Boosting, "boosting-friedman", "friedman", "rmse", repeats=1)
BoostingDiabetes = on(Boosting, "boosting-diabetes", "diabetes", "mae", repeats=1)

AdaBoostBreastCancer = on(
    AdaBoost, "adaboost-breast-cancer", "breast-cancer", "accuracy", repeats=1
)
AdaBoostImbalanced = on(
    AdaBoost, "adaboost-imbalanced", "imbalanced", "balanced_accuracy", repeats=1
)
AdaBoostDiabetes = on(AdaBoost, "adaboost-diabetes", "diabetes", "rmse", repeats=1)
