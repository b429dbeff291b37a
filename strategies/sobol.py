"""Sobol sequence."""

from dataclasses import dataclass

from strategies._design import Design


@dataclass
class Sobol(Design):
    """A scrambled Sobol sequence (Owen, J. Complexity 1998; scipy.stats.qmc)."""

    name = "sobol"

    def points(self, dimensions: int, trials: int, seed: int) -> list[list[float]]:
        from scipy.stats import qmc

        sequence = qmc.Sobol(dimensions, scramble=True, rng=seed)
        # A power of two at least as large as the budget: its balance holds for those only.
        points: list[list[float]] = sequence.random_base2((trials - 1).bit_length()).tolist()
        return points
