"""CMA-ES."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategies._optuna import OptunaStrategy

if TYPE_CHECKING:
    import optuna


@dataclass
class CMAES(OptunaStrategy):
    """CMA-ES (Hansen & Ostermeier 2001): Optuna's CmaEsSampler with its defaults, on `cmaes`.

    It models the numeric parameters that are active in every trial. Categorical and conditional
    ones are independent random draws, and so is everything where fewer than two remain. Integers
    are rounded. A generation has 4 + ⌊3 ln n⌋ trials for n parameters.
    """

    name = "cmaes"
    requires = ("optuna", "cmaes")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.CmaEsSampler(seed=seed, warn_independent_sampling=False)
