"""Analytic problems with many minima: published functions, shifted, with an exact optimum."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from problems._analytic import AnalyticProblem, ScalableProblem, box

_BRANIN_B = 5.1 / (4 * math.pi**2)
_BRANIN_C = 5 / math.pi
_BRANIN_S = 10 * (1 - 1 / (8 * math.pi))

# One row a well: its depth, its inverse widths, the coordinates of its centre.
_HARTMANN3 = (
    (1.0, *(3, 10, 30), *(0.3689, 0.1170, 0.2673)),
    (1.2, *(0.1, 10, 35), *(0.4699, 0.4387, 0.7470)),
    (3.0, *(3, 10, 30), *(0.1091, 0.8732, 0.5547)),
    (3.2, *(0.1, 10, 35), *(0.0381, 0.5743, 0.8828)),
)
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
    tags = ("analytic", "multimodal")
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
class SixHumpCamel(AnalyticProblem):
    """The six-hump camel function on [−3, 3] × [−2, 2]: six minima, two of them global.

    An instance is moved by up to a tenth of the width.
    Reference: Dixon & Szegő, "The global optimization problem: an introduction", 1978.
    """

    # With x1·x2 ≥ −(x1² + x2²)/2 the function is at least g(x1) + h(x2), where
    # g(x) = 3.5x² − 2.1x⁴ + x⁶/3 ≥ 0 and h(x) = 4x⁴ − 4.5x² ≥ −1.27. From |x1| = 2 on, g grows and
    # is above 1.7; from |x2| = 1.2 on, h is positive. So the function is positive wherever
    # |x1| ≥ 2 or |x2| ≥ 1.2, the lowest points anywhere are inside the box, and a translation
    # keeps the minimum.
    name = "six-hump-camel"
    tags = ("analytic", "multimodal")
    space = box((-3.0, 3.0), (-2.0, 2.0))
    optimum = -1.0316284534898774
    reach = 0.1

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        # The root of the gradient next to the published (0.0898, −0.7126), and its mirror image.
        x1, x2 = 0.08984201310031807, -0.7126564030207396
        return [(x1, x2), (-x1, -x2)]

    def formula(self, x: list[float]) -> float:
        x1, x2 = x
        a, b = x1 * x1, x2 * x2
        return (4 - 2.1 * a + a * a / 3) * a + x1 * x2 + (4 * b - 4) * b


@dataclass
class GoldsteinPrice(AnalyticProblem):
    """Goldstein and Price's function on [−2, 2]²: four minima, and values from 3 to a million.

    An instance is moved by up to a tenth of the width.
    Reference: Goldstein & Price, "On descent from local minima", Math. of Computation 25, 1971.
    """

    # With u = x1 + x2 and v = 2·x1 − 3·x2 the published polynomial is the product below. Neither
    # quadratic in it has a real root, so on all of R² the first factor is at least 1, the second
    # at least 3, and both are so only at u = −1, v = 3.
    name = "goldstein-price"
    tags = ("analytic", "multimodal")
    space = box((-2.0, 2.0), (-2.0, 2.0))
    optimum = 3.0
    reach = 0.1

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        return [(0.0, -1.0)]

    def formula(self, x: list[float]) -> float:
        u, v = x[0] + x[1], 2 * x[0] - 3 * x[1]
        first = 1 + (u + 1) ** 2 * (3 * u * u - 14 * u + 19)
        second = 3 + (v - 3) ** 2 * (3 * v * v + 2 * v + 3)
        return first * second


@dataclass
class Hartmann3(AnalyticProblem):
    """Hartmann's function on [0, 1]³: four Gaussian wells and one global minimum.

    An instance is moved by up to a tenth of the width.
    Reference: Dixon & Szegő, "The global optimization problem: an introduction", 1978.
    """

    # A translation keeps the minimum, for the reason given at Hartmann6.
    name = "hartmann3"
    tags = ("analytic", "multimodal")
    space = box(*[(0.0, 1.0)] * 3)
    optimum = -3.862779787332663
    reach = 0.1

    @property
    def minima(self) -> Sequence[Sequence[float]]:
        # The root of the gradient next to the published (0.114614, 0.555649, 0.852547).
        return [(0.11458887665506896, 0.5556488946169301, 0.8525469846866774)]

    def formula(self, x: list[float]) -> float:
        x1, x2, x3 = x
        total = 0.0
        for depth, a1, a2, a3, p1, p2, p3 in _HARTMANN3:
            off = a1 * (x1 - p1) ** 2 + a2 * (x2 - p2) ** 2 + a3 * (x3 - p3) ** 2
            total -= depth * math.exp(-off)
        return total


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
    tags = ("analytic", "multimodal")
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
    tags = ("analytic", "multimodal")
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
class Rastrigin(ScalableProblem):
    """Rastrigin's function on [−5.12, 5.12]^d: a bowl with a minimum in every unit cell.

    An instance has its minimum anywhere in the middle 80 % of the box.
    Reference: Mühlenbein, Schomisch & Born, "The parallel genetic algorithm as function
    optimizer", Parallel Computing 17, 1991.
    """

    # Written as x² + 20 sin²(πx) a term is seen to be 0 at 0 and positive elsewhere on R.
    name = "rastrigin"
    tags = ("analytic", "multimodal", "separable")
    optimum = 0.0
    reach = 0.4
    bounds = (-5.12, 5.12)

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for value in x:
            wave = math.sin(math.pi * value)
            total += value * value + 20 * wave * wave
        return total


@dataclass
class Levy(ScalableProblem):
    """Levy's function on [−10, 10]^d: a bowl with waves along every axis.

    An instance has its minimum, at 1 on every axis, moved by up to three tenths of the width.
    Reference: Laguna & Martí, "Experimental testing of advanced scatter search designs for global
    optimization of multimodal functions", Journal of Global Optimization 33, 2005.
    """

    # With s = w − 1 = (x − 1)/4, the published sines of πw, πw + 1 and 2πw have the squares below.
    # A sum of squares on all of R^d; every s² has a factor of at least 1, so it is 0 only where
    # every s is.
    name = "levy"
    tags = ("analytic", "multimodal")
    optimum = 0.0
    reach = 0.3
    bounds = (-10.0, 10.0)
    best = 1.0

    dimension: int = 4

    def formula(self, x: list[float]) -> float:
        *most, last = steps = [(value - 1) / 4 for value in x]
        first_wave, last_wave = math.sin(math.pi * steps[0]), math.sin(2 * math.pi * last)
        total = first_wave * first_wave + last * last * (1 + last_wave * last_wave)
        for step in most:
            wave = math.sin(math.pi * step + 1)
            total += step * step * (1 + 10 * wave * wave)
        return total


@dataclass
class StyblinskiTang(ScalableProblem):
    """Styblinski and Tang's function on [−5, 5]^d: two minima an axis, 2^d in all.

    An instance is moved by up to a fifth of the width.
    Reference: Styblinski & Tang, "Experiments in nonconvex optimization: stochastic approximation
    with function smoothing and simulated annealing", Neural Networks 3, 1990.
    """

    # A sum of one quartic an axis, which grows to both sides; its least value on R is at the
    # lowest of the three roots of its derivative 2x³ − 16x + 5/2.
    name = "styblinski-tang"
    tags = ("analytic", "multimodal", "separable")
    reach = 0.2
    bounds = (-5.0, 5.0)
    best = -2.903534027771177

    dimension: int = 4

    def __post_init__(self) -> None:
        super().__post_init__()
        self.optimum = -39.16616570377142 * self.dimension

    def formula(self, x: list[float]) -> float:
        total = 0.0
        for value in x:
            square = value * value
            total += square * square - 16 * square + 5 * value
        return total / 2
