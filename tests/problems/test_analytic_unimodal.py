from __future__ import annotations

import math

import numpy as np
import pytest

from problems.analytic import StyblinskiTang
from problems.analytic_unimodal import (
    EllipsoidRotated,
    QuadraticLowEffective,
    Rosenbrock,
    Sphere,
    Step,
)


def share_of_draws(problem, within, seed, n):
    rng = np.random.default_rng(seed)
    values = [problem.evaluate(problem.space.sample(rng), seed=seed).value for _ in range(n)]
    return np.mean(np.array(values) <= problem.optimum + within)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize(
    ("problem", "within", "chance"),
    [
        # The ball of volume V_D ε^(D/2) lies inside every instance's box.
        (Sphere(dimension=2), 1.0, math.pi / 10**2),
        (Sphere(dimension=3), 1.0, 4 / 3 * math.pi / 10**3),
        # So does the lowest cube.
        (Step(dimension=1), 0.0, 1 / 10),
        (Step(dimension=2), 0.0, 1 / 10**2),
        # One axis of four matters, within 0.1 of the middle.
        (QuadraticLowEffective(shifted=False), 0.01, 0.2),
    ],
)
def test_random_draws_hit_as_often_as_volume_says(problem, within, chance, seed):
    n = 4000
    spread = math.sqrt(chance * (1 - chance) / n)
    assert abs(share_of_draws(problem, within, seed, n) - chance) < 4.5 * spread


def test_every_point_of_the_lowest_cube_is_a_minimizer():
    problem = Step()
    centre = problem.minimizers(5)[0]
    for offset in (-0.499, 0.0, 0.499):
        near = {name: value + offset for name, value in centre.items()}
        assert problem.evaluate(near, seed=5).value == 0
    for name in centre:
        beside = {**centre, name: centre[name] + 0.501}
        assert problem.evaluate(beside, seed=5).value == 1


@pytest.mark.parametrize("dimension", [2, 3, 5])
def test_the_rotated_ellipsoid_keeps_its_shape_and_couples_every_pair_of_axes(dimension):
    # The quadratic form from its values on the unit vectors and their sums.
    f = EllipsoidRotated(dimension=dimension).formula
    unit = np.eye(dimension)
    form = np.array([[f((a + b).tolist()) - f((a - b).tolist()) for a in unit] for b in unit]) / 4
    assert np.linalg.eigvalsh(form) == pytest.approx(np.logspace(0, 6, dimension), rel=1e-6)
    assert np.abs(form).min() > 1000


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
    with pytest.raises(ValueError, match="must be integers, 1 ≤ effective ≤ dimension, got"):
        QuadraticLowEffective(**settings)


@pytest.mark.parametrize(
    ("cls", "dimension", "fewest"),
    [(Sphere, 0, 1), (Sphere, 2.0, 1), (StyblinskiTang, -1, 1), (Rosenbrock, 1, 2)],
)
def test_a_dimension_without_meaning_is_refused(cls, dimension, fewest):
    with pytest.raises(ValueError, match=f"must be an integer, {fewest} or more, got"):
        cls(dimension=dimension)
