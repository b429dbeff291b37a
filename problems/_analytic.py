"""The base of analytic problems: a formula, its minimisers, and how far an instance moves them."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

import numpy as np

from bench import Config, Evaluation, Float, Metric, Problem, SearchSpace


def box(*bounds: tuple[float, float]) -> SearchSpace:
    """Return the space x1, x2, … with these bounds; its default is the middle of the box."""
    axes = {f"x{i}": Float(low, high) for i, (low, high) in enumerate(bounds, start=1)}
    return SearchSpace(axes, default={name: axis.from_unit(0.5) for name, axis in axes.items()})


@dataclass
class AnalyticProblem(Problem):
    """A closed formula on a box whose optimum another seed moves elsewhere.

    An instance is the formula translated along each axis, uniformly over the moves that are at
    most `reach` of the box's width and leave every listed minimiser inside the box. A translation
    keeps the minimum only if no lower point waits outside the box, so a formula must have the
    same minimum on all of R^d.

    Args:
        shifted: False gives the formula where its publication puts it, whatever the seed.
    """

    shifted: bool = True

    metric = Metric("loss", "minimize")
    tags = ("analytic",)
    reach: ClassVar[float]

    def __post_init__(self) -> None:
        # One entry: a run has one seed.
        self._moves = lru_cache(maxsize=1)(self._draw_moves)

    @property
    @abstractmethod
    def minima(self) -> Sequence[Sequence[float]]:
        """The global minimisers inside the box, before any shift."""

    @abstractmethod
    def formula(self, x: list[float]) -> float:
        """Return the published, unshifted function at `x`."""

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(self.formula([config[name] - move for name, move in self._moves(seed)]))

    def minimizers(self, seed: int) -> list[Config]:
        """Return the global minimisers of the instance that `seed` selects."""
        return [
            {name: x + move for (name, move), x in zip(self._moves(seed), point, strict=True)}
            for point in self.minima
        ]

    def _draw_moves(self, seed: int) -> tuple[tuple[str, float], ...]:
        names = tuple(self.space)
        if not self.shifted:
            return tuple((name, 0.0) for name in names)
        unit = np.random.default_rng(seed).random(len(names)).tolist()
        moves = []
        for name, u, at in zip(names, unit, zip(*self.minima, strict=True), strict=True):
            axis = self.space.parameters[name]
            assert isinstance(axis, Float)
            furthest = self.reach * (axis.high - axis.low)
            down = max(-furthest, axis.low - min(at))
            up = min(furthest, axis.high - max(at))
            moves.append((name, down + u * (up - down)))
        return tuple(moves)
