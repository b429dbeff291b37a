from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import minimize

from problems.analytic import Ackley5, Branin, Hartmann6, QuadraticLowEffective

ALL = [Branin(), Hartmann6(), Ackley5(), QuadraticLowEffective(dimension=3, effective=2)]
every = pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.name)


def at(problem, x, seed):
    return problem.evaluate(dict(zip(problem.space, map(float, x), strict=True)), seed=seed).value


def inside(problem, config):
    return problem.space.check(config) == config


# The published formulas, written once more on whole arrays.


def branin(x):
    x1, x2 = x.T
    a, b, c, r, s, t = 1, 5.1 / (4 * np.pi**2), 5 / np.pi, 6, 10, 1 / (8 * np.pi)
    return a * (x2 - b * x1**2 + c * x1 - r) ** 2 + s * (1 - t) * np.cos(x1) + s


def hartmann6(x):
    alpha = np.array([1.0, 1.2, 3.0, 3.2])
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
    return -(alpha * np.exp(-(a * (x[:, None, :] - p) ** 2).sum(axis=2))).sum(axis=1)


def ackley(x):
    rms = np.sqrt((x**2).mean(axis=1))
    return -20 * np.exp(-0.2 * rms) - np.exp(np.cos(2 * np.pi * x).mean(axis=1)) + 20 + np.e


def quadratic(x):
    return ((x[:, :2] - 0.5) ** 2).sum(axis=1)


@pytest.mark.parametrize(
    ("problem", "formula"),
    [
        (Branin(shifted=False), branin),
        (Hartmann6(shifted=False), hartmann6),
        (Ackley5(shifted=False), ackley),
        (QuadraticLowEffective(shifted=False, dimension=3, effective=2), quadratic),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_values_are_those_of_the_published_formula(problem, formula):
    rng = np.random.default_rng(0)
    points = [problem.space.sample(rng) for _ in range(500)]
    ours = [problem.evaluate(point, seed=7).value for point in points]
    published = formula(np.array([list(point.values()) for point in points]))
    np.testing.assert_allclose(ours, published, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    ("problem", "f_opt"),
    [(Branin(), 0.39788735772973816), (Hartmann6(), -3.322368011415515), (Ackley5(), 0.0)],
    ids=lambda value: getattr(value, "name", ""),
)
def test_optimum_is_the_published_one(problem, f_opt):
    assert problem.optimum == pytest.approx(f_opt, abs=1e-15)


@every
def test_every_minimizer_of_every_instance_is_inside_and_has_the_optimum(problem):
    for seed in range(200):
        minimizers = problem.minimizers(seed)
        assert len(minimizers) == len(problem.minima)
        for config in minimizers:
            assert inside(problem, config)
            assert problem.evaluate(config, seed=seed).value == pytest.approx(
                problem.optimum, abs=1e-9
            )


@every
def test_a_local_search_from_the_moved_optimum_stays_there(problem):
    bounds = [(axis.low, axis.high) for axis in problem.space.parameters.values()]
    for seed in range(15):
        start = list(problem.minimizers(seed)[0].values())
        found = minimize(
            lambda x, seed=seed: at(problem, x, seed),
            start,
            method="Nelder-Mead",
            bounds=bounds,
            options={"xatol": 1e-9, "fatol": 1e-12},
        )
        assert found.fun == pytest.approx(problem.optimum, abs=1e-9)
        assert found.fun >= problem.optimum - 1e-12


@every
def test_no_point_of_an_instance_is_below_the_optimum(problem):
    rng = np.random.default_rng(1)
    for seed in range(30):
        values = [problem.evaluate(problem.space.sample(rng), seed=seed).value for _ in range(100)]
        assert min(values) >= problem.optimum


@every
def test_the_seed_alone_selects_the_instance(problem):
    config = problem.space.from_unit([0.3] * len(problem.space))
    values = [problem.evaluate(config, seed=seed).value for seed in (1, 2, 1)]
    assert values[0] == values[2]
    assert values[0] == replace(problem).evaluate(config, seed=1).value
    assert values[0] != values[1]


@every
def test_unshifted_is_the_same_for_every_seed(problem):
    fixed = replace(problem, shifted=False)
    config = fixed.space.from_unit([0.3] * len(fixed.space))
    assert len({fixed.evaluate(config, seed=seed).value for seed in range(5)}) == 1
    assert [tuple(config.values()) for config in fixed.minimizers(3)] == list(fixed.minima)


@pytest.mark.parametrize(
    ("problem", "low", "high"),
    [
        # Branin's third minimum, at 3π, may move right only to the edge at 10.
        (Branin(), [-1.5, -1.5], [10 - 3 * math.pi, 1.5]),
        (Hartmann6(), [-0.1] * 6, [0.1] * 6),
        (Ackley5(), [-0.8 * 32.768] * 5, [0.8 * 32.768] * 5),
        (QuadraticLowEffective(), [-0.5] * 4, [0.5] * 4),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_moves_are_uniform_over_the_stated_range(problem, low, high):
    n = 2000
    at_rest = np.array(problem.minima[0])
    moved = [list(problem.minimizers(seed)[0].values()) for seed in range(n)]
    unit = (np.array(moved) - at_rest - low) / (np.array(high) - low)
    assert unit.min() > -1e-9
    assert unit.max() < 1 + 1e-9
    # Mean ½ with variance 1/12, the mean of squares ⅓ with variance 4/45: 4.5 standard errors.
    assert np.abs(unit.mean(axis=0) - 1 / 2).max() < 4.5 * math.sqrt(1 / 12 / n)
    assert np.abs((unit**2).mean(axis=0) - 1 / 3).max() < 4.5 * math.sqrt(4 / 45 / n)


@pytest.mark.parametrize("shifted", [True, False])
def test_idle_axes_of_the_quadratic_do_nothing(shifted):
    problem = QuadraticLowEffective(shifted=shifted)
    here = problem.evaluate({"x1": 0.2, "x2": 0.1, "x3": 0.1, "x4": 0.1}, seed=4).value
    there = problem.evaluate({"x1": 0.2, "x2": 0.9, "x3": 0.0, "x4": 0.7}, seed=4).value
    elsewhere = problem.evaluate({"x1": 0.3, "x2": 0.1, "x3": 0.1, "x4": 0.1}, seed=4).value
    assert here == there != elsewhere


@pytest.mark.parametrize(
    "settings", [{"effective": 5}, {"effective": 0}, {"dimension": 0}, {"dimension": 2.0}]
)
def test_the_quadratic_refuses_settings_without_meaning(settings):
    with pytest.raises(ValueError, match="must be whole numbers, 1 ≤ effective ≤ dimension, got"):
        QuadraticLowEffective(**settings)


@every
def test_default_is_the_middle_of_the_box(problem):
    middle = [(axis.low + axis.high) / 2 for axis in problem.space.parameters.values()]
    assert list(problem.space.default.values()) == middle


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        (
            Branin(shifted=False),
            {10: (5.716, 5.267), 50: (1.427, 1.037), 100: (0.9127, 0.512), 200: (0.6563, 0.257)},
        ),
        (
            Hartmann6(shifted=False),
            {10: (-1.034, 0.565), 50: (-1.756, 0.502), 100: (-2.042, 0.440), 200: (-2.294, 0.368)},
        ),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_random_search_has_its_reference_expectation(problem, expected):
    # Reference (mean, sd) of the best after n draws. The tolerance is 4 standard errors of our
    # mean; half a unit of the last printed digit of the reference is below a tenth of one.
    repetitions, draws = 1500, 200
    rng = np.random.default_rng(0)
    bounds = np.array([(axis.low, axis.high) for axis in problem.space.parameters.values()]).T
    points = rng.uniform(*bounds, size=(repetitions * draws, bounds.shape[1])).tolist()
    names = tuple(problem.space)
    values = [problem.evaluate(dict(zip(names, x, strict=True)), seed=0).value for x in points]
    best = np.minimum.accumulate(np.reshape(values, (repetitions, draws)), axis=1)
    for n, (mean, sd) in expected.items():
        assert abs(best[:, n - 1].mean() - mean) < 4 * sd / math.sqrt(repetitions)
