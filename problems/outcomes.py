"""Transforms of what is measured: another problem, noisy, on another scale, failing or costly."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from statistics import NormalDist
from typing import Literal

from bench import Categorical, Config, Distribution, Evaluation, Metric, SearchSpace
from problems._transforms import Transform, generator, keyed_uniform

_NORMAL = NormalDist().inv_cdf


@dataclass
class Noisy(Transform):
    """Another problem with Gaussian noise on its value.

    The noise depends on seed, configuration and fidelity alone, so all strategies meet the same,
    and asking again for a configuration does not average it out. The test value is the value
    without noise. Fold values are left out, and the optimum is unknown: noise may go beyond it.

    Args:
        sigma: the standard deviation of the noise, in units of the value, 0 or more.

    Raises:
        ValueError: a sigma below 0 or not finite.
    """

    name = "noisy"

    sigma: float = 0.1

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sigma) and self.sigma >= 0):
            raise ValueError(
                f"sigma must be a number, 0 or more, got {self.sigma}; for example 0.1"
            )
        super().__post_init__()
        self.metrics, self.tags = (), (*self.tags, "noisy")

    def best(self, inner: float | None) -> float | None:
        return None

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = self.of.evaluate(config, seed=seed, fidelity=fidelity)
        u = keyed_uniform(self._depth, seed, float(fidelity), config)
        # Without one of its own, what is true is the value without its noise.
        true = found.value if found.test_value is None else found.test_value
        return Evaluation(found.value + self.sigma * _NORMAL(u), true, None, found.cost)


@dataclass
class Monotone(Transform):
    """Another problem on another scale of values, with the same order.

    "log" gives sign(v)·scale·log(1 + |v|/scale), "exp" its inverse: both are strictly increasing
    on all numbers and leave values far below the scale as they are. With "exp" what is beyond some
    340 times the scale is too large to record and fails: choose the scale by the values. A strategy
    that looks at the order of losses only must go the same way. Test value and optimum change as
    the value does; fold values are left out, since the mean does not.

    Args:
        kind: "log" or "exp".
        scale: where the bend begins, in units of the value, above 0.

    Raises:
        ValueError: another kind, a scale that is not above 0.
    """

    name = "monotone"

    kind: Literal["log", "exp"] = "log"
    scale: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in ("log", "exp"):
            raise ValueError(f"kind must be log or exp, got {self.kind!r}")
        if not (math.isfinite(self.scale) and self.scale > 0):
            raise ValueError(f"scale must be a number above 0, got {self.scale}; for example 1")
        super().__post_init__()
        metric, self.metrics = self.metric, ()
        self.metric = Metric(f"{metric.name} ({self.kind} scale)", metric.direction)

    def best(self, inner: float | None) -> float | None:
        return None if inner is None else self._bent(inner)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = self.of.evaluate(config, seed=seed, fidelity=fidelity)
        test_value = None if found.test_value is None else self._bent(found.test_value)
        return Evaluation(self._bent(found.value), test_value, fold_values=None, cost=found.cost)

    def _bent(self, value: float) -> float:
        bend = math.log1p if self.kind == "log" else math.expm1
        return math.copysign(self.scale * bend(abs(value) / self.scale), value)


@dataclass
class Failing(Transform):
    """Another problem in which all evaluations of a region fail.

    The seed chooses one number of the space and an end of it: there a share of the axis fails.
    An end with the default configuration is not taken; where both ends would hold it, the region
    is split between them, around the default. On an axis with finitely many values those fail
    whose middle lies in the region. The optimum is unknown, since the region may hold it.

    Args:
        share: of the space, in (0, 1).

    Raises:
        ValueError: a share outside, or a space without a number that always exists and has
            values enough for this share.
    """

    name = "failing"

    share: float = 0.25

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"share must be in (0, 1), got {self.share}; for example 0.25")
        super().__post_init__()
        numbers = _numbers(self.space, self.share)
        if not numbers:
            raise ValueError(
                f"share must leave {self.of.name} a number that can fail at its ends, "
                f"got {self.share}, for which it has none; raise it, or take another problem"
            )
        draw = partial(_working, self.space, numbers, self.share, self._depth)
        self._working = lru_cache(maxsize=1)(draw)

    def best(self, inner: float | None) -> float | None:
        return None

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        name, low, high = self._working(seed)
        value = config[name]
        if not low <= self.space.parameters[name].to_unit(value) <= high:
            raise RuntimeError(f"this region fails on purpose, got {name} = {value}")
        return self.of.evaluate(config, seed=seed, fidelity=fidelity)


@dataclass
class Costly(Transform):
    """Another problem that reports a cost of evaluation, without taking that long.

    The cost is seconds · spread^(2u − 1), where u is the position on one axis in [0, 1]; less in
    proportion at a lower fidelity. Where the axis does not exist, u is 1/2.

    Args:
        seconds: the cost in the middle of the axis, above 0.
        spread: how many times that the upper end costs, and what the lower end costs less; 1 or
            more, 1: all cost the same.
        axis: the name of a parameter; empty: the first.

    Raises:
        ValueError: a number out of range, or a parameter that is not there.
    """

    name = "costly"

    seconds: float = 1.0
    spread: float = 10.0
    axis: str = ""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.seconds) and self.seconds > 0):
            raise ValueError(f"seconds must be a number above 0, got {self.seconds}; for example 1")
        if not (math.isfinite(self.spread) and self.spread >= 1):
            raise ValueError(
                f"spread must be a number, 1 or more, got {self.spread}; for example 10"
            )
        super().__post_init__()
        names = list(self.space)
        if self.axis and self.axis not in names:
            raise ValueError(f"axis must be one of {', '.join(names)}, got {self.axis!r}")
        self._axis = self.axis or names[0]

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = self.of.evaluate(config, seed=seed, fidelity=fidelity)
        u = 0.5
        if self._axis in config:
            u = self.space.parameters[self._axis].to_unit(config[self._axis])
        cost = self.seconds * fidelity * math.pow(self.spread, 2 * u - 1)
        return replace(found, cost=cost)


def _numbers(space: SearchSpace, share: float) -> list[str]:
    """Return the numbers that may fail: continua, which hold a share exactly, where there are."""

    def fits(axis: Distribution) -> bool:
        ends = axis.to_unit(axis.from_unit(0)), 1 - axis.to_unit(axis.from_unit(1))
        return axis.size != 1 and not isinstance(axis, Categorical) and max(ends) < share

    found = {
        name: axis
        for name, axis in space.parameters.items()
        if name not in space.conditions and fits(axis)
    }
    return [name for name, axis in found.items() if axis.size is None] or list(found)


def _working(
    space: SearchSpace, names: list[str], share: float, depth: int, seed: int
) -> tuple[str, float, float]:
    """Return the axis and the range of it, in quantiles, outside which everything fails."""
    rng = generator(seed, depth)
    name = names[int(rng.integers(len(names)))]
    starts, at = [0.0, share], None
    if space.default is not None:
        at = space.parameters[name].to_unit(space.default[name])
        # Split in proportion, the rest holds any point: share·at ≤ at ≤ 1 − share·(1 − at).
        starts = [s for s in starts if s <= at <= 1 - (share - s)] or [share * at]
    low = starts[int(rng.integers(len(starts)))]
    high = 1 - (share - low)
    # The default works, also where it lies on the edge up to rounding.
    return (name, low, high) if at is None else (name, min(low, at), max(high, at))
