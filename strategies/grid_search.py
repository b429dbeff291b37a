"""Grid search."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from bench import (
    Budget,
    Capability,
    Categorical,
    Config,
    Distribution,
    Int,
    Ordinal,
    Scalar,
    SearchSpace,
    Strategy,
    Suggestion,
)


@dataclass
class GridSearch(Strategy):
    """The full product of evenly spaced levels on each axis' own scale.

    The grid is the largest its rule finds within the budget, never a truncated one: categorical
    axes get all their choices where that fits; then the other axes grow by one level in turn, in
    declared order, each until one more level would not fit. Configurations that differ in
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
        points = self._points(self._levels(budget.trials), budget.trials) or []
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
            return self._points([*levels[:axis], count, *levels[axis + 1 :]], limit) is not None

        for axis, distribution in enumerate(distributions):
            if isinstance(distribution, Categorical) and fits(axis, len(distribution.choices)):
                levels[axis] = len(distribution.choices)
        growing = list(range(len(levels)))
        while growing:
            for axis in list(growing):
                size = distributions[axis].size
                if (size is None or levels[axis] < size) and fits(axis, levels[axis] + 1):
                    levels[axis] += 1
                else:
                    growing.remove(axis)
        return levels

    def _points(self, levels: list[int], limit: int) -> list[Config] | None:
        """Return the distinct active configurations in lexicographic order; None: over the limit.

        An inactive parameter does not multiply, so nothing is made that would be dropped again.
        """
        configs: list[Config] = [{}]
        for (name, distribution), count in zip(self._space.parameters.items(), levels, strict=True):
            values = self._axis(distribution, count)
            grown: list[Config] = []
            for config in configs:
                if self._space.exists(name, config):
                    grown.extend({**config, name: value} for value in values)
                else:
                    grown.append(config)
                if len(grown) > limit:
                    return None
            configs = grown
        return configs

    def _axis(self, distribution: Distribution, count: int) -> list[Scalar]:
        if isinstance(distribution, Categorical):
            return list(distribution.choices[:count])
        if isinstance(distribution, Int) and count == distribution.size:
            return list(range(distribution.low, distribution.high + 1))
        if isinstance(distribution, Ordinal) and count == distribution.size:
            return list(distribution.values)
        if count == 1:
            quantiles = [0.5]
        elif self.placement == "endpoints":
            quantiles = [k / (count - 1) for k in range(count)]
        else:
            quantiles = [(k + 0.5) / count for k in range(count)]
        # Neighbouring levels of a short axis of whole numbers may round to the same one.
        return list(dict.fromkeys(map(distribution.from_unit, quantiles)))
