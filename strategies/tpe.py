"""Optuna's TPE."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategies._optuna import OptunaStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class TPE(OptunaStrategy):
    """Optuna's TPE with its defaults, multivariate (Bergstra et al., NeurIPS 2011; Falkner 2018).

    Args:
        n_startup_trials: random trials before the model.
    """

    name = "tpe"

    n_startup_trials: int = 10

    def __post_init__(self) -> None:
        at_least(0, "n_startup_trials", self.n_startup_trials, "0 models from the start")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.TPESampler(n_startup_trials=self.n_startup_trials, seed=seed)
