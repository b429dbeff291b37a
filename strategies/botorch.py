"""Optuna's sampler on BoTorch."""

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench import Suggestion
from strategies._optuna import OptunaStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class BoTorch(OptunaStrategy):
    """Gaussian process of BoTorch (Balandat et al., NeurIPS 2020): Optuna's BoTorchSampler.

    With the sampler's defaults: a SingleTaskGP on standardised losses, log expected improvement
    (Ament et al., NeurIPS 2023), on the CPU. It models the parameters that are active in every
    trial. Conditional ones are random draws. Categories are one-hot, integers are rounded. A failed
    trial is no data for the model and does not count among the random ones.

    Args:
        n_startup_trials: random trials that completed before the model.
    """

    name = "botorch"
    # BoTorch first, since its version decides what the model is.
    requires = ("botorch", "optuna_integration")

    n_startup_trials: int = 10

    def __post_init__(self) -> None:
        at_least(1, "n_startup_trials", self.n_startup_trials, "the model needs a trial")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        # The sampler is announced as experimental, here and when it first models.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            from optuna_integration import BoTorchSampler

            sampler: optuna.samplers.BaseSampler = BoTorchSampler(
                n_startup_trials=self.n_startup_trials, seed=seed
            )
        return sampler

    def ask(self) -> Suggestion:
        # BoTorch warns of losses that are all the same, and of each start of a fit that fails.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return super().ask()
