"""Latin hypercube sampling."""

from dataclasses import dataclass

from strategies._design import Design


@dataclass
class LatinHypercube(Design):
    """Latin hypercube sampling of the whole budget (McKay et al., 1979; scipy.stats.qmc).

    Each axis is cut into as many equal shares as there are trials, and each share has one trial.
    Which shares meet, and in which order the trials come, is random.
    """

    name = "latin-hypercube"

    @property
    def unordered(self) -> bool:
        return True

    def points(self, dimensions: int, trials: int, seed: int) -> list[list[float]]:
        from scipy.stats import qmc

        points: list[list[float]] = qmc.LatinHypercube(dimensions, rng=seed).random(trials).tolist()
        return points
