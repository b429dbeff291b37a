"""Decision trees and forests to tune."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Float, Int, SearchSpace
from problems._dataset import Facts
from problems._fidelity import Counted
from problems._live import LiveProblem
from problems._named import on


@dataclass
class Tree(LiveProblem):
    """A decision tree.

    The default is scikit-learn's, but for the depth, which is unlimited there.
    Reference: Breiman, Friedman, Olshen & Stone, "Classification and Regression Trees", 1984.
    """

    name = "tree"
    tags = ("live", "tree")
    scaled = False

    def space_for(self, facts: Facts) -> SearchSpace:
        criteria = ("gini", "entropy") if self.classifies else ("squared_error", "absolute_error")
        return SearchSpace(
            {
                "criterion": Categorical(criteria),
                "max_depth": Int(1, 10),
                "min_samples_split": Int(2, 20),
                "min_samples_leaf": Int(1, 20),
                "max_features": Float(0.1, 1.0),
            },
            default={
                "criterion": criteria[0],
                "max_depth": 10,
                "min_samples_split": 2,
                "min_samples_leaf": 1,
                "max_features": 1.0,
            },
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        model = DecisionTreeClassifier if self.classifies else DecisionTreeRegressor
        return model(**config, random_state=random_state)


@dataclass
class Forest(LiveProblem):
    """A random forest.

    The default is scikit-learn's, but for the depth, which is unlimited there; features tried at
    a split are a share of all, whose default is that of √p of p for classification.
    Reference: Breiman, "Random forests", Machine Learning 45, 2001.
    """

    name = "forest"
    tags = ("live", "forest")
    scaled = False
    counted = {"trees": Counted("n_estimators", continues=True)}

    def space_for(self, facts: Facts) -> SearchSpace:
        share = 1 / math.sqrt(facts.features) if self.classifies else 1.0
        return SearchSpace(
            {
                "n_estimators": Int(10, 100, log=True),
                "max_features": Float(0.05, 1.0),
                "max_depth": Int(2, 20, log=True),
                "min_samples_leaf": Int(1, 20, log=True),
            },
            default={
                "n_estimators": 100,
                "max_features": max(0.05, share),
                "max_depth": 20,
                "min_samples_leaf": 1,
            },
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor

        model = RandomForestClassifier if self.classifies else RandomForestRegressor
        return model(**config, random_state=random_state)


TreeWine = on(Tree, "tree-wine", "wine", "accuracy")
TreeBreastCancer = on(
    Tree,
    "tree-breast-cancer",
    "breast-cancer",
    "f1",
    # Not the rarer class: its values are those that were recorded before one could choose.
    positive="benign",
)
TreeNoisyLabels = on(Tree, "tree-noisy-labels", "noisy-labels", "accuracy")
TreeDiabetes = on(Tree, "tree-diabetes", "diabetes", "mae")

ForestBreastCancer = on(Forest, "forest-breast-cancer", "breast-cancer", "roc_auc", repeats=1)
ForestImbalanced = on(Forest, "forest-imbalanced", "imbalanced", "average_precision", repeats=1)
ForestWine = on(Forest, "forest-wine", "wine", "log_loss", repeats=1)
ForestDiabetes = on(Forest, "forest-diabetes", "diabetes", "rmse", repeats=1)
