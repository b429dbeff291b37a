"""Optuna's TPE."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategies._optuna import OptunaStrategy

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

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.TPESampler(n_startup_trials=self.n_startup_trials, seed=seed)
