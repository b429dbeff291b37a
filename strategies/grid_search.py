"""Grid search."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench import Budget, Capability, SearchSpace, Strategy, Suggestion
from strategies._axis import Placement
from strategies._grid import grid


@dataclass
class GridSearch(Strategy):
    """The full product of evenly spaced grid points on each axis' own scale.

    The grid is the largest its rule finds within the budget, never a truncated one: categorical
    axes get all their choices where that fits; then the axes that are active grow by one level in
    turn, in declared order, until one more level would not fit on any. Configurations that differ
    in inactive parameters only count once. A numeric axis with one level sits in the middle.

    Args:
        placement: "endpoints" puts the first and last level on the bounds, "centres" puts each
            level in the middle of its share of the axis.
        order: "shuffled", since a grid is a set, or "lexicographic" with the last declared
            parameter varying fastest, as scikit-learn's GridSearchCV runs it.
    """

    name = "grid"
    supports = frozenset({Capability.CONDITIONAL})

    placement: Placement = "endpoints"
    order: Literal["shuffled", "lexicographic"] = "shuffled"

    def __post_init__(self) -> None:
        for field, allowed in (
            ("placement", ("endpoints", "centres")),
            ("order", ("shuffled", "lexicographic")),
        ):
            if getattr(self, field) not in allowed:
                raise ValueError(
                    f"{field} must be one of {', '.join(allowed)}, got {getattr(self, field)!r}"
                )

    @property
    def unordered(self) -> bool:
        return self.order == "shuffled"

    @property
    def ignores_seed(self) -> bool:
        return self.order == "lexicographic"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        points = grid(space, budget.trials, self.placement)
        if self.order == "shuffled":
            order = np.random.default_rng(seed).permutation(len(points))
            points = [points[i] for i in order]
        self._left = iter(points)

    def ask(self) -> Suggestion | None:
        config = next(self._left, None)
        return None if config is None else Suggestion(config)
