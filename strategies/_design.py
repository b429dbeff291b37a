"""What designs share: all their points are known before the first trial."""

from abc import abstractmethod
from collections.abc import Sequence

from bench import Budget, SearchSpace, Strategy, Suggestion


class Design(Strategy):
    """Points of the unit cube, one after the other; it does not learn."""

    requires = ("scipy",)

    @abstractmethod
    def points(self, dimensions: int, trials: int, seed: int) -> Sequence[Sequence[float]]:
        """Return at least so many points, one quantile in [0, 1] a parameter."""

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._space = space
        self._points = iter(self.points(len(space), budget.trials, seed))

    def ask(self) -> Suggestion | None:
        point = next(self._points, None)
        return None if point is None else Suggestion(self._space.from_unit(point))
