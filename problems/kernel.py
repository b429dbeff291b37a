"""Kernel ridge regression to tune."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench import Categorical, Config, Float, SearchSpace
from problems._dataset import Facts
from problems._live import LiveProblem
from problems._metrics import REGRESSION
from problems._named import on
from problems._scaled_target import on_scaled_target


@dataclass
class KernelRidge(LiveProblem):
    """Kernel ridge regression.

    gamma exists only with a kernel that has one. The default is scikit-learn's, but for the
    target, which is scaled here since the model has no intercept.
    Reference: Saunders, Gammerman & Vovk, "Ridge regression learning algorithm in dual
    variables", ICML 1998.
    """

    name = "kernel-ridge"
    tags = ("live", "kernel", "conditional")
    tasks = REGRESSION
    data: str = "diabetes"

    def space_for(self, facts: Facts) -> SearchSpace:
        return SearchSpace(
            {
                "kernel": Categorical(("linear", "rbf", "laplacian")),
                "alpha": Float(1e-6, 1e2, log=True),
                "gamma": Float(1e-5, 1e1, log=True),
            },
            conditions={"gamma": {"kernel": ["rbf", "laplacian"]}},
            default={"kernel": "linear", "alpha": 1.0},
        )

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.kernel_ridge import KernelRidge

        return on_scaled_target(KernelRidge(**config))


KernelRidgeDiabetes = on(KernelRidge, "kernel-ridge-diabetes", "diabetes", "rmse")
KernelRidgeFriedman = on(KernelRidge, "kernel-ridge-friedman", "friedman", "r2")
