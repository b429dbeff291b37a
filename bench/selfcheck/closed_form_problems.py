"""Problems whose random search has a closed form, and a strategy that knows the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np

from bench.core import (
    Budget,
    Config,
    Evaluation,
    Float,
    Int,
    Metric,
    Problem,
    SearchSpace,
    Strategy,
    Suggestion,
)
from bench.spec import Entry
from bench.tabular import Table

LOSS = Metric("loss", "minimize")


def entry(cls: type, label: str = "", **settings: object) -> Entry:
    """Return the entry that leads to a class of this module."""
    return Entry(f"{cls.__module__}:{cls.__name__}", label, settings)


def table(values: Sequence[float], metric: Metric = LOSS) -> Table:
    """Return the table of k = 1, 2, … with these values."""
    space = SearchSpace({"k": Int(1, len(values))})
    return Table(space, metric, np.array([values], dtype=float))


@dataclass
class Steps(Problem):
    """A table of the values 1, 2^p, 3^p, …, as they are or (to maximise) negative."""

    name = "steps"

    count: int = 100
    power: int = 1
    direction: Literal["minimize", "maximize"] = "minimize"

    def __post_init__(self) -> None:
        metric = Metric("value", self.direction)
        values = [metric.sign * k**self.power for k in range(1, self.count + 1)]
        self.table = table(values, metric)
        self.space, self.metric = self.table.space, metric
        self.optimum = self.table.optimum(0)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return self.table.evaluation(config, 0)


@dataclass
class Quantile(Problem):
    """The quantile of x in its distribution, calculated without the distribution's own code."""

    name = "quantile"
    metric = LOSS

    log: bool = False

    def __post_init__(self) -> None:
        self.space = SearchSpace({"x": Float(1e-3, 1e3, log=True) if self.log else Float(-1, 3)})

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        x = config["x"]
        return Evaluation(math.log10(x) / 6 + 0.5 if self.log else (x + 1) / 4)


@dataclass
class Centre(Problem):
    """The largest distance to ½ of a coordinate in [0, 1]^d."""

    name = "centre"
    metric = LOSS

    dimension: int = 2

    def __post_init__(self) -> None:
        self.space = SearchSpace({f"x{i}": Float(0, 1) for i in range(self.dimension)})

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(max(abs(x - 0.5) for x in config.values()))


@dataclass
class Sphere(Problem):
    """x² + y² on [−5, 5]²."""

    name = "sphere"
    metric = LOSS
    space = SearchSpace({"x": Float(-5, 5), "y": Float(-5, 5)})

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        return Evaluation(config["x"] ** 2 + config["y"] ** 2)


@dataclass
class Board(Problem):
    """Which of the 64 squares of a board on [0, 1]² a point lies in, from 0."""

    name = "board"
    metric = LOSS
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1)})

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        column, row = (min(int(8 * config[name]), 7) for name in ("x", "y"))
        return Evaluation(8 * row + column)


@dataclass
class NoisySelection(Problem):
    """A normal true value plus normal noise; the test value is the true one.

    Quantiles of both are the parameters, so that random search draws both.

    Args:
        spread: standard deviation of the true values.
        noise: of the noise.
    """

    name = "noisy-selection"
    metric = LOSS
    space = SearchSpace({"quality": Float(1e-12, 1 - 1e-12), "luck": Float(1e-12, 1 - 1e-12)})

    spread: float = 0.02
    noise: float = 0.01

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        normal = NormalDist().inv_cdf
        true = self.spread * normal(config["quality"])
        return Evaluation(true + self.noise * normal(config["luck"]), test_value=true)


@dataclass
class BestFirst(Strategy):
    """Every configuration of a finite problem that it has looked up beforehand, the best first."""

    name = "best-first"

    of: Problem

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        sign = self.of.metric.sign
        ordered = sorted(
            space.configs(), key=lambda config: sign * self.of.evaluate(config, seed=0).value
        )
        self._left = iter(ordered)

    def ask(self) -> Suggestion | None:
        config = next(self._left, None)
        return None if config is None else Suggestion(config)
