"""Grid search."""

import itertools
import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench import Budget, Capability, Categorical, Config, Scalar, SearchSpace, Strategy, Suggestion


@dataclass
class GridSearch(Strategy):
    """The full product of evenly spaced levels on each axis' own scale.

    The grid is the largest its rule finds within the budget, never a truncated one: categorical
    axes get all their choices where that fits; then the numeric axes grow by one level in turn,
    in declared order, each until one more level would not fit. Configurations that differ in
    inactive parameters only count once. A numeric axis with one level sits in the middle.

    Args:
        placement: "endpoints" puts the first and last level on the bounds, "centres" puts each
            level in the middle of its share of the axis.
        order: "shuffled", since a grid is a set, or "lexicographic" with the last declared
            parameter varying fastest, as scikit-learn's GridSearchCV runs it.
    """

    name = "grid"
    supports = frozenset({Capability.CONDITIONAL})

    placement: Literal["endpoints", "centres"] = "endpoints"
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
    def is_set(self) -> bool:
        return self.order == "shuffled"

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self._space = space
        points = self._points(self._levels(budget.trials))
        if self.order == "shuffled":
            order = np.random.default_rng(seed).permutation(len(points))
            points = [points[i] for i in order]
        self._left = iter(points)

    def ask(self) -> Suggestion | None:
        config = next(self._left, None)
        return None if config is None else Suggestion(config)

    def _levels(self, limit: int) -> list[int]:
        """Return the number of levels of each axis."""
        distributions = list(self._space.parameters.values())
        levels = [1] * len(distributions)

        def fits(axis: int, count: int) -> bool:
            return self._count([*levels[:axis], count, *levels[axis + 1 :]]) <= limit

        growing = []
        for axis, distribution in enumerate(distributions):
            if not isinstance(distribution, Categorical):
                growing.append(axis)
            elif fits(axis, len(distribution.choices)):
                levels[axis] = len(distribution.choices)
        while growing:
            for axis in list(growing):
                size = distributions[axis].size
                if (size is None or levels[axis] < size) and fits(axis, levels[axis] + 1):
                    levels[axis] += 1
                else:
                    growing.remove(axis)
        return levels

    def _count(self, levels: list[int]) -> int:
        product = math.prod(levels)
        if not self._space.conditions:
            return product
        return len(self._points(levels))

    def _points(self, levels: list[int]) -> list[Config]:
        axes = [self._axis(i, count) for i, count in enumerate(levels)]
        names = list(self._space.parameters)
        distinct: dict[tuple[tuple[str, Scalar], ...], Config] = {}
        for values in itertools.product(*axes):
            config = self._space.active(dict(zip(names, values, strict=True)))
            distinct.setdefault(tuple(config.items()), config)
        return list(distinct.values())

    def _axis(self, axis: int, count: int) -> list[Scalar]:
        distribution = list(self._space.parameters.values())[axis]
        if isinstance(distribution, Categorical):
            return list(distribution.choices[:count])
        if count == 1:
            quantiles = [0.5]
        elif self.placement == "endpoints":
            quantiles = [k / (count - 1) for k in range(count)]
        else:
            quantiles = [(k + 0.5) / count for k in range(count)]
        return list(dict.fromkeys(map(distribution.from_unit, quantiles)))
