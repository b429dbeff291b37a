"""The base of analytic problems: a formula, its minimisers, and how an instance moves them."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations
from typing import Any, ClassVar

import numpy as np

from bench import Categorical, Config, Evaluation, Float, Int, Metric, Problem, SearchSpace


def centred(
    parameters: Mapping[str, Float | Int | Categorical],
    conditions: Mapping[str, Mapping[str, Sequence[str]]] | None = None,
) -> SearchSpace:
    """Return a space whose default is the middle of each range and each first choice."""
    default = {
        name: axis.choices[0] if isinstance(axis, Categorical) else axis.from_unit(0.5)
        for name, axis in parameters.items()
    }
    return SearchSpace(parameters, conditions=conditions, default=default)


def box(*bounds: tuple[float, float]) -> SearchSpace:
    """Return the space x1, x2, … with these bounds; its default is the middle of the box."""
    return centred({f"x{i}": Float(low, high) for i, (low, high) in enumerate(bounds, start=1)})


@dataclass
class AnalyticProblem(Problem):
    """A closed formula on a box whose optimum another seed moves elsewhere.

    The formula has one coordinate a parameter: the value, its common logarithm on a log scale,
    and the position of a choice. An instance is the formula translated along each axis, uniformly
    over the moves (whole ones for an Int) that are at most `reach` of the box's width and leave
    every listed minimiser inside the box; the choices of a Categorical are put in random order.
    A translation keeps the minimum only if no lower point waits outside the box, so a formula
    must have the same minimum for all real (for an Int all whole) coordinates.

    Args:
        shifted: False gives the formula where its publication puts it, whatever the seed.
    """

    shifted: bool = True

    metric = Metric("loss", "minimize")
    reach: ClassVar[float]

    def __post_init__(self) -> None:
        # One entry: a run has one seed.
        self._axes = lru_cache(maxsize=1)(self._draw_axes)

    @property
    @abstractmethod
    def minima(self) -> Sequence[Sequence[float]]:
        """The coordinates of the global minimisers inside the box, before any shift.

        Parameters that do not exist at a minimiser have one as well: their best, where they do.
        """

    @abstractmethod
    def formula(self, x: list[Any]) -> float:
        """Return the published, unshifted function at `x`.

        Args:
            x: a coordinate for each parameter, in declared order; None for one that does not
                exist.
        """

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(
            self.formula(
                [
                    axis.coordinate(config[axis.name]) if axis.name in config else None
                    for axis in self._axes(seed)
                ]
            )
        )

    def minimizers(self, seed: int) -> list[Config]:
        """Return the global minimisers of the instance that `seed` selects."""
        axes = self._axes(seed)
        return [
            self.space.active(
                {axis.name: axis.value(x) for axis, x in zip(axes, point, strict=True)}
            )
            for point in self.minima
        ]

    def _draw_axes(self, seed: int) -> tuple[_Axis, ...]:
        unit = np.random.default_rng(seed).random(len(self.space)).tolist()
        reach = self.reach if self.shifted else 0.0
        return tuple(
            _moved(name, self.space.parameters[name], at, reach, u)
            for name, u, at in zip(self.space, unit, zip(*self.minima, strict=True), strict=True)
        )


@dataclass
class ScalableProblem(AnalyticProblem):
    """A formula for any number of axes, with one minimiser that is the same on each of them.

    Args:
        dimension: the number of axes.

    Raises:
        ValueError: unless it is whole and at least `fewest`.
    """

    bounds: ClassVar[tuple[float, float]]
    best: ClassVar[float] = 0.0
    fewest: ClassVar[int] = 1

    dimension: int = 3

    def __post_init__(self) -> None:
        if not isinstance(self.dimension, int) or self.dimension < self.fewest:
            raise ValueError(
                f"dimension must be an integer, {self.fewest} or more, got "
                f"{self.dimension!r}; for example 3"
            )
        self.space = box(*[self.bounds] * self.dimension)
        super().__post_init__()

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(self.best,) * self.dimension]


@dataclass(frozen=True, slots=True)
class _Axis:
    """A parameter of an instance: its coordinate in the formula at a value, and the way back."""

    name: str
    coordinate: Callable[[Any], float]
    value: Callable[[Any], Any]


def _moved(name: str, parameter: object, at: Sequence[float], reach: float, u: float) -> _Axis:
    """Return the axis at quantile `u` of all that `AnalyticProblem` allows; reach 0 moves nothing.

    Args:
        name: of the parameter.
        parameter: its distribution.
        at: its coordinate at every minimiser.
        reach: the largest move as a share of the width.
        u: in [0, 1).
    """
    match parameter:
        case Float(low, high, log=False):
            down, up = _reachable(low, high, at, reach)
            move = down + u * (up - down)
            return _Axis(name, lambda value: value - move, lambda x: x + move)
        case Float(low, high, log=True):
            down, up = _reachable(math.log10(low), math.log10(high), at, reach)
            decades = down + u * (up - down)
            return _Axis(
                name, lambda value: math.log10(value) - decades, lambda x: 10 ** (x + decades)
            )
        case Int(low, high):
            down, up = _reachable(low, high, at, reach)
            first, last = math.ceil(down), math.floor(up)
            steps = first + int(u * (last - first + 1))
            return _Axis(name, lambda value: value - steps, lambda x: x + steps)
        case Categorical(choices):
            orders = list(permutations(choices))
            order = orders[int(u * len(orders)) if reach else 0]
            positions = {choice: position for position, choice in enumerate(order)}
            return _Axis(name, positions.__getitem__, order.__getitem__)
    raise TypeError(f"a parameter must be a Float, an Int or a Categorical, got {parameter!r}")


def _reachable(low: float, high: float, at: Sequence[float], reach: float) -> tuple[float, float]:
    """Return the furthest moves down and up."""
    furthest = reach * (high - low)
    return max(-furthest, low - min(at)), min(furthest, high - max(at))
