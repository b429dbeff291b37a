"""Optuna's Gaussian process."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Suggestion
from strategies._optuna import OptunaStrategy
from strategies._quiet import errors_only
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class OptunaGP(OptunaStrategy):
    """Bayesian optimisation with a Gaussian process: Optuna's GPSampler with its defaults.

    It models the parameters that are active in every trial. Conditional ones are random draws.

    Args:
        n_startup_trials: random trials before the model.
    """

    name = "optuna-gp"
    requires = ("optuna", "torch")

    n_startup_trials: int = 10

    def __post_init__(self) -> None:
        at_least(1, "n_startup_trials", self.n_startup_trials, "the model needs a trial")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.GPSampler(n_startup_trials=self.n_startup_trials, seed=seed)

    def ask(self) -> Suggestion:
        # It says at each suggestion that it has converged, or that a parameter is conditional.
        with errors_only("optuna"):
            return super().ask()
