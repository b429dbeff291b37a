"""Values of the analytic problems, by the published formulas written once more."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import rosen

from problems.analytic import (
    Ackley5,
    Branin,
    GoldsteinPrice,
    Hartmann3,
    Hartmann6,
    Levy,
    Rastrigin,
    SixHumpCamel,
    StyblinskiTang,
)
from problems.analytic_unimodal import (
    Easom,
    Ellipsoid,
    EllipsoidRotated,
    QuadraticLowEffective,
    Rosenbrock,
    Sphere,
    Step,
)

# The published formulas, written once more on whole arrays.


def branin(x):
    x1, x2 = x.T
    a, b, c, r, s, t = 1, 5.1 / (4 * np.pi**2), 5 / np.pi, 6, 10, 1 / (8 * np.pi)
    return a * (x2 - b * x1**2 + c * x1 - r) ** 2 + s * (1 - t) * np.cos(x1) + s


def six_hump_camel(x):
    x1, x2 = x.T
    return (4 - 2.1 * x1**2 + x1**4 / 3) * x1**2 + x1 * x2 + (-4 + 4 * x2**2) * x2**2


def goldstein_price(x):
    x, y = x.T
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def hartmann(x, a, p):
    alpha = np.array([1.0, 1.2, 3.0, 3.2])
    return -(alpha * np.exp(-(a * (x[:, None, :] - p) ** 2).sum(axis=2))).sum(axis=1)


def hartmann3(x):
    a = np.array([[3, 10, 30], [0.1, 10, 35], [3, 10, 30], [0.1, 10, 35]])
    p = 1e-4 * np.array(
        [[3689, 1170, 2673], [4699, 4387, 7470], [1091, 8732, 5547], [381, 5743, 8828]]
    )
    return hartmann(x, a, p)


def hartmann6(x):
    a = np.array(
        [
            [10, 3, 17, 3.5, 1.7, 8],
            [0.05, 10, 17, 0.1, 8, 14],
            [3, 3.5, 1.7, 10, 17, 8],
            [17, 8, 0.05, 10, 0.1, 14],
        ]
    )
    p = 1e-4 * np.array(
        [
            [1312, 1696, 5569, 124, 8283, 5886],
            [2329, 4135, 8307, 3736, 1004, 9991],
            [2348, 1451, 3522, 2883, 3047, 6650],
            [4047, 8828, 8732, 5743, 1091, 381],
        ]
    )
    return hartmann(x, a, p)


def ackley(x):
    rms = np.sqrt((x**2).mean(axis=1))
    return -20 * np.exp(-0.2 * rms) - np.exp(np.cos(2 * np.pi * x).mean(axis=1)) + 20 + np.e


def rastrigin(x):
    return 10 * x.shape[1] + (x**2 - 10 * np.cos(2 * np.pi * x)).sum(axis=1)


def levy(x):
    w = 1 + (x - 1) / 4
    most, last = w[:, :-1], w[:, -1]
    return (
        np.sin(np.pi * w[:, 0]) ** 2
        + ((most - 1) ** 2 * (1 + 10 * np.sin(np.pi * most + 1) ** 2)).sum(axis=1)
        + (last - 1) ** 2 * (1 + np.sin(2 * np.pi * last) ** 2)
    )


def styblinski_tang(x):
    return (x**4 - 16 * x**2 + 5 * x).sum(axis=1) / 2


def sphere(x):
    return (x**2).sum(axis=1)


def ellipsoid(x):
    return (np.logspace(0, 6, x.shape[1]) * x**2).sum(axis=1)


def ellipsoid_rotated(x):
    normal = np.arange(1, x.shape[1] + 1)
    return ellipsoid(x @ (np.eye(len(normal)) - 2 * np.outer(normal, normal) / (normal @ normal)))


def quadratic(x):
    return ((x[:, :2] - 0.5) ** 2).sum(axis=1)


def rosenbrock(x):
    return rosen(x.T)


def step(x):
    return (np.floor(x + 0.5) ** 2).sum(axis=1)


def easom(x):
    x1, x2 = x.T
    return -np.cos(x1) * np.cos(x2) * np.exp(-((x1 - np.pi) ** 2) - (x2 - np.pi) ** 2)


@pytest.mark.parametrize(
    ("problem", "formula"),
    [
        (Branin(shifted=False), branin),
        (SixHumpCamel(shifted=False), six_hump_camel),
        (GoldsteinPrice(shifted=False), goldstein_price),
        (Hartmann3(shifted=False), hartmann3),
        (Hartmann6(shifted=False), hartmann6),
        (Ackley5(shifted=False), ackley),
        (Rastrigin(shifted=False), rastrigin),
        (Levy(shifted=False), levy),
        (StyblinskiTang(shifted=False), styblinski_tang),
        (Sphere(shifted=False), sphere),
        (Ellipsoid(shifted=False), ellipsoid),
        (EllipsoidRotated(shifted=False), ellipsoid_rotated),
        (QuadraticLowEffective(shifted=False, dimension=3, effective=2), quadratic),
        (Rosenbrock(shifted=False), rosenbrock),
        (Step(shifted=False), step),
        (Easom(shifted=False), easom),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_values_are_those_of_the_published_formula(problem, formula):
    rng = np.random.default_rng(0)
    points = [problem.space.sample(rng) for _ in range(500)]
    ours = [problem.evaluate(point, seed=7).value for point in points]
    published = formula(np.array([list(point.values()) for point in points]))
    np.testing.assert_allclose(ours, published, rtol=1e-12, atol=1e-12)
