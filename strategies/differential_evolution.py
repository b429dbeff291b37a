"""Differential evolution."""

from dataclasses import dataclass
from math import inf
from typing import Any

from bench import Budget, Capability, Distribution, Int, SearchSpace, Strategy, Suggestion, Trial
from strategies._settings import at_least


@dataclass
class DifferentialEvolution(Strategy):
    """Differential evolution (Storn et al., J. Global Optimization 1997): scipy, its defaults.

    Float and logarithmic Int -> quantiles; other parameters -> integer positions, also of choices
    that have no order. The first population is a Latin hypercube of `popsize` trials a parameter,
    75 for 5 parameters: with a smaller budget it learns nothing. A failed trial has an infinite
    loss; scipy evaluates a first population again in which all trials fail. A population that has
    converged is polished by L-BFGS-B, then the run stops early. One trial is evaluated at a time.

    The library keeps its loop to itself. So each `ask` runs `scipy.optimize.differential_evolution`
    from its beginning on the recorded losses, up to the first point that has none: about 15 µs for
    each earlier trial.

    Args:
        popsize: members of the population for each parameter that is not fixed.
    """

    name = "differential-evolution"
    requires = ("scipy",)
    supports = frozenset({Capability.PENDING})

    popsize: int = 15

    def __post_init__(self) -> None:
        at_least(1, "popsize", self.popsize, "it counts members for each parameter")

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        import scipy.optimize  # noqa: F401  # here, or the first `ask` would be timed with it

        self._space, self._seed = space, seed
        self._losses: list[float] = []
        self._is_waiting = False

    def ask(self) -> Suggestion | None:
        point = None if self._is_waiting else self._next_point()
        if point is None:
            return None
        self._is_waiting = True
        kinds = self._space.parameters.values()
        quantiles = [
            (x + 0.5) / (kind.size or 1) if _is_integer(kind) else x
            for kind, x in zip(kinds, point, strict=True)
        ]
        return Suggestion(self._space.from_unit(quantiles))

    def tell(self, trial: Trial) -> None:
        self._losses.append(inf if trial.loss is None else trial.loss)
        self._is_waiting = False

    def _next_point(self) -> list[float] | None:
        """Return the first point that is not evaluated, or None after the last."""
        from scipy.optimize import differential_evolution

        known = iter(self._losses)

        def loss(point: Any) -> float:
            found = next(known, None)
            if found is None:
                raise _UnknownError(point.tolist())
            return found

        kinds = self._space.parameters.values()
        try:
            differential_evolution(
                loss,
                [_bounds(kind) for kind in kinds],
                integrality=[_is_integer(kind) for kind in kinds],
                popsize=self.popsize,
                rng=self._seed,
            )
        except _UnknownError as error:
            point: list[float] = error.args[0]
            return point
        return None


class _UnknownError(Exception):
    """The loss of a point is not known yet."""


def _is_integer(kind: Distribution) -> bool:
    return kind.size not in (None, 1) and not (isinstance(kind, Int) and kind.log)


def _bounds(kind: Distribution) -> tuple[float, float]:
    if _is_integer(kind):
        return 0, (kind.size or 1) - 1
    return (0.5, 0.5) if kind.size == 1 else (0, 1)
