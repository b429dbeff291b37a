"""Support vector machines to tune."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from bench import Categorical, Config, Float, SearchSpace
from problems._dataset import Facts
from problems._live import LiveProblem
from problems._named import on
from problems._scaled_target import on_scaled_target

_C = Float(1e-3, 1e3, log=True)
_GAMMA = Float(1e-5, 1e1, log=True)


@dataclass
class SVM(LiveProblem):
    """A support vector machine, linear or RBF.

    gamma exists only with the RBF kernel. The default is scikit-learn's: after scaling,
    gamma='scale' is 1 / features. Libsvm stops after 100,000 iterations, which a poor
    configuration needs and a good one does not.
    Reference: Cortes & Vapnik, "Support-vector networks", Machine Learning 20, 1995.
    """

    name = "svm"
    tags = ("live", "svm", "conditional")
    probabilities = False

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {"kernel": Categorical(("linear", "rbf")), "C": _C, "gamma": _GAMMA},
            conditions={"gamma": {"kernel": ["rbf"]}},
            default={"kernel": "rbf", "C": 1.0, "gamma": max(1e-5, 1 / facts.features)},
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.svm import SVC

        if self.classifies:
            return SVC(**config, max_iter=100_000, random_state=random_state)
        return on_scaled_target(_regressor()(**config, max_iter=100_000))


@dataclass
class RBFSVM(LiveProblem):
    """An RBF support vector machine.

    The default is scikit-learn's: after scaling, gamma='scale' is 1 / features.
    Reference: Cortes & Vapnik, "Support-vector networks", Machine Learning 20, 1995.
    """

    name = "rbf-svm"
    tags = ("live", "svm")
    probabilities = False

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {"C": _C, "gamma": _GAMMA}, default={"C": 1.0, "gamma": max(1e-5, 1 / facts.features)}
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.svm import SVC

        if self.classifies:
            return SVC(**config, random_state=random_state)
        return on_scaled_target(_regressor()(**config))


@cache
def _regressor() -> Any:
    """Return the class of scikit-learn's regressor, kept away from global random state."""
    from sklearn.svm import SVR

    class Regressor(SVR):  # type: ignore[misc]
        def fit(self, X: Any, y: Any) -> Any:
            # It takes no seed and would draw one, from which nothing follows.
            self.random_state = 0
            return super().fit(X, y)

    return Regressor


SVMBreastCancer = on(SVM, "svm-breast-cancer", "breast-cancer", "accuracy")
SVMWine = on(SVM, "svm-wine", "wine", "balanced_accuracy")
SVMDigits = on(SVM, "svm-digits", "digits", "accuracy", repeats=1)
SVMNoisyLabels = on(SVM, "svm-noisy-labels", "noisy-labels", "accuracy")
SVMDiabetes = on(SVM, "svm-diabetes", "diabetes", "mae")

RBFSVMBreastCancer = on(RBFSVM, "rbf-svm-breast-cancer", "breast-cancer", "accuracy")
RBFSVMFriedman = on(RBFSVM, "rbf-svm-friedman", "friedman", "r2")
