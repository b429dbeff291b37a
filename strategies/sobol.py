"""Sobol sequence."""

from dataclasses import dataclass

from bench import Budget, SearchSpace, Strategy, Suggestion


@dataclass
class Sobol(Strategy):
    """A scrambled Sobol sequence (Owen, J. Complexity 1998; scipy.stats.qmc)."""

    name = "sobol"
    requires = ("scipy",)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        from scipy.stats import qmc

        sequence = qmc.Sobol(len(space), scramble=True, rng=seed)
        # A power of two at least as large as the budget: its balance holds for those only.
        points = sequence.random_base2((budget.trials - 1).bit_length())
        self._space, self._points = space, iter(points.tolist())

    def ask(self) -> Suggestion | None:
        point = next(self._points, None)
        return None if point is None else Suggestion(self._space.from_unit(point))
