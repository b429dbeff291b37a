"""Optuna's TPE."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bench import Capability
from strategies._optuna import OptunaStrategy
from strategies._settings import LATER, at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class TPE(OptunaStrategy):
    """Optuna's TPE with its defaults, multivariate (Bergstra et al., NeurIPS 2011; Falkner 2018).

    Args:
        n_startup_trials: random trials before the model.
        constant_liar: whether configurations that are being evaluated count as bad ones, so that
            several workers do not get nearly the same. With one worker it changes nothing.
    """

    name = "tpe"
    supports = frozenset({Capability.CONDITIONAL, Capability.PENDING})

    n_startup_trials: int = 10
    constant_liar: bool = field(default=True, metadata=LATER)

    def __post_init__(self) -> None:
        at_least(0, "n_startup_trials", self.n_startup_trials, "0 models from the start")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.TPESampler(
            n_startup_trials=self.n_startup_trials, constant_liar=self.constant_liar, seed=seed
        )
