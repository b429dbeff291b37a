"""Optuna's NSGA-II."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from strategies._optuna import OptunaStrategy
from strategies._settings import at_least

if TYPE_CHECKING:
    import optuna


@dataclass
class NSGA2(OptunaStrategy):
    """Optuna's NSGA-II with its defaults, on one objective (Deb et al., IEEE TEVC 2002).

    So it is a genetic algorithm with elitism. Until the first population is evaluated,
    of 50 trials by default, it is random search. It crosses and mutates the parameters that every
    trial of the population has; conditional ones are drawn anew. If there is one such parameter it
    stays random search: a mutation, which is a new draw, hits 1 of n.

    Args:
        population_size: trials of a generation; the first one is random.
    """

    name = "nsga2"

    population_size: int = 50

    def __post_init__(self) -> None:
        at_least(2, "population_size", self.population_size, "a crossover needs two parents")

    def sampler(self, seed: int) -> "optuna.samplers.BaseSampler":
        import optuna

        return optuna.samplers.NSGAIISampler(population_size=self.population_size, seed=seed)
