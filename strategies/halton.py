"""Halton sequence."""

from dataclasses import dataclass

from strategies._design import Design


@dataclass
class Halton(Design):
    """A scrambled Halton sequence (Owen, arXiv:1706.02808, 2017; scipy.stats.qmc).

    The point n does not depend on the budget. Without scrambling neighbouring axes of high
    dimensions would be correlated.
    """

    name = "halton"

    def points(self, dimensions: int, trials: int, seed: int) -> list[list[float]]:
        from scipy.stats import qmc

        points: list[list[float]] = qmc.Halton(dimensions, rng=seed).random(trials).tolist()
        return points
