"""Whole pipelines to tune: scaling, reduction and classifier are choices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Float, Int, SearchSpace
from problems._dataset import Facts
from problems._live import LiveProblem
from problems._metrics import CLASSIFICATION
from problems._named import on


@dataclass
class Pipeline(LiveProblem):
    """A pipeline of scaler, reduction and classifier.

    A setting exists only with the step it belongs to, as in combined selection of algorithms and
    hyperparameters. The default is a scaled logistic regression, as scikit-learn sets it.
    Reference: Thornton, Hutter, Hoos & Leyton-Brown, "Auto-WEKA", KDD 2013.
    """

    name = "pipeline"
    tags = ("live", "pipeline", "conditional")
    tasks = CLASSIFICATION
    scaled = False
    probabilities = False
    # Of a feature that is constant in the rows to fit, or tells the classes apart by itself.
    silent = (
        "Features",
        "invalid value encountered in divide",
        "divide by zero encountered in divide",
    )

    @property
    def least_rows(self) -> int:
        return min(50, self.fewest_rows)

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {
                "scaler": Categorical(("none", "standard", "min-max")),
                "reduction": Categorical(("none", "select", "pca")),
                "selected": Float(0.05, 1.0),
                "variance": Float(0.5, 0.999),
                "classifier": Categorical(("logistic", "svm", "knn", "tree")),
                "logistic_C": Float(1e-4, 1e4, log=True),
                "svm_C": Float(1e-3, 1e3, log=True),
                "svm_gamma": Float(1e-5, 1e1, log=True),
                "n_neighbors": Int(1, self.least_rows, log=True),
                "max_depth": Int(1, 10),
                "min_samples_leaf": Int(1, 20),
            },
            conditions={
                "selected": {"reduction": ["select"]},
                "variance": {"reduction": ["pca"]},
                "logistic_C": {"classifier": ["logistic"]},
                "svm_C": {"classifier": ["svm"]},
                "svm_gamma": {"classifier": ["svm"]},
                "n_neighbors": {"classifier": ["knn"]},
                "max_depth": {"classifier": ["tree"]},
                "min_samples_leaf": {"classifier": ["tree"]},
            },
            default={
                "scaler": "standard",
                "reduction": "none",
                "classifier": "logistic",
                "logistic_C": 1.0,
            },
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.pipeline import Pipeline

        steps = [
            ("scaler", _scaler(config)),
            ("reduction", _reduction(config, random_state)),
            ("classifier", _classifier(config, random_state)),
        ]
        return Pipeline([(name, step) for name, step in steps if step is not None])


def _scaler(config: Config) -> Any:
    from sklearn.preprocessing import MinMaxScaler, StandardScaler

    makers = {"none": lambda: None, "standard": StandardScaler, "min-max": MinMaxScaler}
    return makers[config["scaler"]]()


def _reduction(config: Config, random_state: int) -> Any:
    from sklearn.decomposition import PCA
    from sklearn.feature_selection import SelectPercentile

    match config["reduction"]:
        case "select":
            return SelectPercentile(percentile=100 * config["selected"])
        case "pca":
            return PCA(config["variance"], svd_solver="full", random_state=random_state)
    return None


def _classifier(config: Config, random_state: int) -> Any:
    match config["classifier"]:
        case "logistic":
            from sklearn.linear_model import LogisticRegression

            return LogisticRegression(C=config["logistic_C"], random_state=random_state)
        case "svm":
            from sklearn.svm import SVC

            return SVC(
                C=config["svm_C"],
                gamma=config["svm_gamma"],
                max_iter=100_000,
                random_state=random_state,
            )
        case "knn":
            from sklearn.neighbors import KNeighborsClassifier

            return KNeighborsClassifier(config["n_neighbors"])
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(
        max_depth=config["max_depth"],
        min_samples_leaf=config["min_samples_leaf"],
        random_state=random_state,
    )


PipelineWine = on(Pipeline, "pipeline-wine", "wine", "accuracy")
PipelineBreastCancer = on(Pipeline, "pipeline-breast-cancer", "breast-cancer", "accuracy")
PipelineManyFeatures = on(Pipeline, "pipeline-many-features", "many-features", "accuracy")
PipelineImbalanced = on(Pipeline, "pipeline-imbalanced", "imbalanced", "balanced_accuracy")
