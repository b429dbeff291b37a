"""Optuna's TPE, each parameter on its own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategies._optuna import OptunaStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class IndependentTPE(OptunaStrategy):
    """Optuna's TPE as it was before version 5: each parameter modelled on its own.

    Args:
        n_startup_trials: random trials before the model.
    """

    name = "tpe-independent"

    n_startup_trials: int = 10

    def __post_init__(self) -> None:
        at_least(0, "n_startup_trials", self.n_startup_trials, "0 models from the start")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.TPESampler(
            n_startup_trials=self.n_startup_trials,
            multivariate=False,
            constant_liar=False,
            seed=seed,
        )
