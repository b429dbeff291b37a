"""Analytic problems: published test functions as shifted instances with an exact optimum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from problems._analytic import AnalyticProblem, box

_BRANIN_B = 5.1 / (4 * math.pi**2)
_BRANIN_C = 5 / math.pi
_BRANIN_S = 10 * (1 - 1 / (8 * math.pi))

# One row a well: its depth, six inverse widths, six coordinates of its centre.
_HARTMANN6 = (
    (1.0, *(10, 3, 17, 3.5, 1.7, 8), *(0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886)),
    (1.2, *(0.05, 10, 17, 0.1, 8, 14), *(0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991)),
    (3.0, *(3, 3.5, 1.7, 10, 17, 8), *(0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650)),
    (3.2, *(17, 8, 0.05, 10, 0.1, 14), *(0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381)),
)


@dataclass
class Branin(AnalyticProblem):
    """Branin's function on [−5, 10] × [0, 15]: three minima, all of them global.

    An instance is moved by up to a tenth of the width and keeps all three in the box.
    Reference: Dixon & Szegő, "The global optimization problem: an introduction", 1978.
    """

    # On all of R² the square is at least 0 and the cosine at least −1, so no point anywhere is
    # lower than 10/(8π), and a translation keeps the minimum.
    name = "branin"
    space = box((-5.0, 10.0), (0.0, 15.0))
    optimum = 10 / (8 * math.pi)
    reach = 0.1

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        # The cosine is −1 at odd multiples of π, and the square vanishes at these x2.
        return [(-math.pi, 12.275), (math.pi, 2.275), (3 * math.pi, 2.475)]

    def formula(self, x: list[float]) -> float:
        x1, x2 = x
        root = x2 - _BRANIN_B * x1 * x1 + _BRANIN_C * x1 - 6
        return root * root + _BRANIN_S * math.cos(x1) + 10


@dataclass
class Hartmann6(AnalyticProblem):
    """Hartmann's function on [0, 1]⁶: four Gaussian wells and one global minimum.

    An instance is moved by up to a tenth of the width.
    Reference: Dixon & Szegő, "The global optimization problem: an introduction", 1978.
    """

    # Every well's centre lies in the box and a well gets shallower with each coordinate's distance
    # from its centre, so clipping a point into the box never raises the function: no point
    # anywhere is lower than the minimum in the box, and a translation keeps it.
    name = "hartmann6"
    space = box(*[(0.0, 1.0)] * 6)
    optimum = -3.322368011415515
    reach = 0.1

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        # The root of the gradient next to the published (0.20169, 0.150011, 0.476874, …).
        return [
            (0.201689511007, 0.150010691823, 0.476873974222, 0.275332430494, 0.311651616600,
             0.657300534066),
        ]  # fmt: skip

    def formula(self, x: list[float]) -> float:
        x1, x2, x3, x4, x5, x6 = x
        total = 0.0
        # Written out: a loop over the coordinates takes more than twice the time.
        for depth, a1, a2, a3, a4, a5, a6, p1, p2, p3, p4, p5, p6 in _HARTMANN6:
            total -= depth * math.exp(
                -a1 * (x1 - p1) ** 2
                - a2 * (x2 - p2) ** 2
                - a3 * (x3 - p3) ** 2
                - a4 * (x4 - p4) ** 2
                - a5 * (x5 - p5) ** 2
                - a6 * (x6 - p6) ** 2
            )
        return total


@dataclass
class Ackley5(AnalyticProblem):
    """Ackley's function on [−32.768, 32.768]⁵: one global minimum in a lattice of local ones.

    An instance has its minimum anywhere in the middle 80 % of the box, as in BBOB (Hansen et al.,
    "COCO", Optimization Methods and Software 36, 2021). Unshifted, the minimum is the middle of
    the box, which is the default and a point of many grids.
    Reference: Ackley, "A Connectionist Machine for Genetic Hillclimbing", 1987.
    """

    # Both terms are at least 0 on all of R⁵ and both are 0 only at the origin.
    name = "ackley5"
    space = box(*[(-32.768, 32.768)] * 5)
    optimum = 0.0
    reach = 0.4

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0.0,) * 5]

    def formula(self, x: list[float]) -> float:
        squares = waves = 0.0
        for value in x:
            squares += value * value
            waves += math.cos(2 * math.pi * value)
        # In this order of terms rounding cannot make the value negative.
        distance = -20 * math.expm1(-0.2 * math.sqrt(squares / 5))
        return distance + (math.e - math.exp(waves / 5))


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
    optimum = 0.0
    reach = 0.5

    dimension: int = 4
    effective: int = 1

    def __post_init__(self) -> None:
        whole = isinstance(self.dimension, int) and isinstance(self.effective, int)
        if not (whole and 1 <= self.effective <= self.dimension):
            raise ValueError(
                "dimension and effective must be whole numbers, 1 ≤ effective ≤ dimension, got "
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
