"""Analytic problems with one basin: bowls, a valley, plateaus, with an exact optimum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from problems._analytic import AnalyticProblem, ScalableProblem, box


@dataclass
class Sphere(ScalableProblem):
    """Σxᵢ² on [−5, 5]^d, the simplest bowl.

    An instance has its minimum anywhere in the middle 80 % of the box, as in BBOB.
    Reference: f1 of Hansen, Finck, Ros & Auger, "Real-parameter black-box optimization
    benchmarking 2009: noiseless functions definitions", INRIA RR-6829, 2009.
    """

    name = "sphere"
    tags = ("analytic", "unimodal", "separable")
    optimum = 0.0
    reach = 0.4
    bounds = (-5.0, 5.0)

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for value in x:
            total += value * value
        return total


@dataclass
class Ellipsoid(ScalableProblem):
    """Σ10^(6(i−1)/(d−1))·xᵢ² on [−5, 5]^d: a bowl a thousand times longer than wide.

    An instance has its minimum anywhere in the middle 80 % of the box.
    Reference: f2, without its oscillation, of Hansen, Finck, Ros & Auger, "Real-parameter
    black-box optimization benchmarking 2009: noiseless functions definitions", INRIA RR-6829,
    2009.
    """

    name = "ellipsoid"
    tags = ("analytic", "unimodal", "ill-conditioned", "separable")
    optimum = 0.0
    reach = 0.4
    bounds = (-5.0, 5.0)
    fewest = 2

    dimension: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        self._weights = [10 ** (6 * i / (self.dimension - 1)) for i in range(self.dimension)]

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for weight, value in zip(self._weights, x, strict=True):
            total += weight * value * value
        return total


@dataclass
class EllipsoidRotated(Ellipsoid):
    """The ellipsoid with its axes oblique to those of the box: no coordinate is good by itself.

    The point is reflected at the hyperplane normal to (1, 2, …, d), which turns the ellipsoid and
    leaves its shape. An instance has its minimum anywhere in the middle 80 % of the box.
    Reference: f10, with that reflection as its rotation and without its oscillation, of Hansen,
    Finck, Ros & Auger, "Real-parameter black-box optimization benchmarking 2009: noiseless
    functions definitions", INRIA RR-6829, 2009.
    """

    name = "ellipsoid-rotated"
    tags = ("analytic", "unimodal", "ill-conditioned", "interacting")

    def formula(self, x: list[float]) -> float:
        along = norm = 0.0
        for i, value in enumerate(x, start=1):
            along += i * value
            norm += i * i
        twice = 2 * along / norm
        return super().formula([value - i * twice for i, value in enumerate(x, start=1)])


@dataclass
class QuadraticLowEffective(AnalyticProblem):
    """Σ(xᵢ − cᵢ)² over the first few axes of [0, 1]^d; the other axes do nothing.

    An instance has c uniform in the box; unshifted, c is its middle, which is the default.
    Reference: Bergstra & Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 13, 2012.

    Args:
        dimension: the number d of axes.
        effective: how many of them matter.

    Raises:
        ValueError: unless both are whole and 1 ≤ effective ≤ dimension.
    """

    name = "quadratic-low-effective"
    tags = ("analytic", "unimodal", "low-effective-dimension")
    optimum = 0.0
    reach = 0.5

    dimension: int = 4
    effective: int = 1

    def __post_init__(self) -> None:
        whole = isinstance(self.dimension, int) and isinstance(self.effective, int)
        if not (whole and 1 <= self.effective <= self.dimension):
            raise ValueError(
                "dimension and effective must be integers, 1 ≤ effective ≤ dimension, got "
                f"dimension={self.dimension!r}, effective={self.effective!r}; for example 4 and 1"
            )
        self.space = box(*[(0.0, 1.0)] * self.dimension)
        super().__post_init__()

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0.5,) * self.dimension]

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for value in x[: self.effective]:
            distance = value - 0.5
            total += distance * distance
        return total


@dataclass
class Rosenbrock(ScalableProblem):
    """Rosenbrock's function on [−5, 10]^d: a bent valley with a nearly flat floor.

    An instance has its minimum, at 1 on every axis, moved by up to a tenth of the width.
    Reference: Rosenbrock, "An automatic method for finding the greatest or least value of a
    function", The Computer Journal 3, 1960.
    """

    # A sum of squares on all of R^d, 0 only where every coordinate is 1.
    name = "rosenbrock"
    tags = ("analytic", "valley", "interacting")
    optimum = 0.0
    reach = 0.1
    bounds = (-5.0, 10.0)
    best = 1.0
    fewest = 2

    def formula(self, x: list[float]) -> float:
        total = 0.0
        here = x[0]
        for following in x[1:]:
            off, ahead = following - here * here, 1 - here
            total += 100 * off * off + ahead * ahead
            here = following
        return total


@dataclass
class Step(ScalableProblem):
    """Σ⌊xᵢ + ½⌋² on [−5, 5]^d: a bowl of plateaus, each a unit cube.

    The minimum is a whole cube, of which the centre is listed. An instance has the centre anywhere
    in the middle 80 % of the box.
    Reference: f6 of Yao, Liu & Lin, "Evolutionary programming made faster", IEEE Transactions on
    Evolutionary Computation 3, 1999, on a smaller box.
    """

    # With 0.4 of the width the cube, half a unit to each side of its centre, stays inside.
    name = "step"
    tags = ("analytic", "plateau", "separable")
    optimum = 0.0
    reach = 0.4
    bounds = (-5.0, 5.0)

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for value in x:
            total += math.floor(value + 0.5) ** 2
        return total


@dataclass
class Easom(AnalyticProblem):
    """Easom's function on [−10, 10]²: flat, but for one narrow hole.

    An instance is moved by up to three tenths of the width.
    Reference: Easom, "A survey of global optimization techniques", University of Louisville, 1990,
    on a hundredth of the published area, so that the hole can be found.
    """

    # On all of R² neither the cosines nor the exponential exceed 1, and all are 1 in size only
    # at (π, π).
    name = "easom"
    tags = ("analytic", "plateau")
    space = box((-10.0, 10.0), (-10.0, 10.0))
    optimum = -1.0
    reach = 0.3

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(math.pi, math.pi)]

    def formula(self, x: list[float]) -> float:
        x1, x2 = x
        hole = math.exp(-((x1 - math.pi) ** 2) - (x2 - math.pi) ** 2)
        return -math.cos(x1) * math.cos(x2) * hole
