"""Where the minima of the analytic problems are, and how they move with the seed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
from scipy.optimize import minimize

from bench import Categorical, Float, Int
from bench.registry import PROBLEMS
from problems._analytic import AnalyticProblem, centred
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

ALL = [cls() for cls in PROBLEMS.classes().values() if issubclass(cls, AnalyticProblem)]


CONTINUOUS = [
    problem
    for problem in ALL
    if all(isinstance(p, Float) and not p.log for p in problem.space.parameters.values())
]


every = pytest.mark.parametrize("problem", ALL, ids=lambda problem: problem.name)


every_continuous = pytest.mark.parametrize("problem", CONTINUOUS, ids=lambda problem: problem.name)


def at(problem, x, seed):
    return problem.evaluate(dict(zip(problem.space, map(float, x), strict=True)), seed=seed).value


def inside(problem, config):
    return problem.space.check(config) == config


@pytest.mark.parametrize(
    ("problem", "f_opt"),
    [
        (Branin(), 0.39788735772973816),
        (SixHumpCamel(), -1.0316284534898774),
        (GoldsteinPrice(), 3.0),
        (Hartmann3(), -3.862779787332663),
        (Hartmann6(), -3.322368011415515),
        (Ackley5(), 0.0),
        (StyblinskiTang(dimension=2), -39.16616570377142 * 2),
        (StyblinskiTang(dimension=5), -39.16616570377142 * 5),
        (Easom(), -1.0),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_optimum_is_the_published_one(problem, f_opt):
    assert problem.optimum == pytest.approx(f_opt, abs=1e-15)


@pytest.mark.slow
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


@pytest.mark.slow
@every_continuous
def test_a_local_search_from_the_moved_optimum_stays_there(problem):
    bounds = [(axis.low, axis.high) for axis in problem.space.parameters.values()]
    for seed in range(5):
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


@pytest.mark.slow
@every
def test_no_point_of_an_instance_is_below_the_optimum(problem):
    rng = np.random.default_rng(1)
    for seed in range(30):
        values = [problem.evaluate(problem.space.sample(rng), seed=seed).value for _ in range(100)]
        assert min(values) >= problem.optimum


@pytest.mark.slow
@every_continuous
def test_no_point_outside_the_box_is_below_the_optimum_either(problem):
    # What lets a translation keep the minimum. Points from a box three times as wide, and local
    # searches from the lowest of them that may go anywhere.
    bounds = np.array([(axis.low, axis.high) for axis in problem.space.parameters.values()]).T
    points = np.random.default_rng(2).uniform(2 * bounds[0] - bounds[1], 2 * bounds[1] - bounds[0],
        size=(3000, bounds.shape[1]))  # fmt: skip
    values = np.array([problem.formula(x) for x in points.tolist()])
    assert values.min() >= problem.optimum
    for start in points[values.argsort()[:3]]:
        found = minimize(lambda x: problem.formula(x.tolist()), start, method="Nelder-Mead")
        assert found.fun >= problem.optimum - 1e-12


@every
def test_the_seed_alone_selects_the_instance(problem):
    config = problem.space.from_unit([0.3] * len(problem.space))
    values = [problem.evaluate(config, seed=seed).value for seed in (1, 2, 1)]
    assert values[0] == values[2]
    assert values[0] == replace(problem).evaluate(config, seed=1).value
    assert problem.minimizers(1) == replace(problem).minimizers(1) != problem.minimizers(2)


@every
def test_unshifted_is_the_same_for_every_seed(problem):
    fixed = replace(problem, shifted=False)
    config = fixed.space.from_unit([0.3] * len(fixed.space))
    assert len({fixed.evaluate(config, seed=seed).value for seed in range(5)}) == 1
    assert fixed.minimizers(3) == fixed.minimizers(4)


@every_continuous
def test_unshifted_has_the_published_minimizers(problem):
    found = replace(problem, shifted=False).minimizers(3)
    assert [tuple(config.values()) for config in found] == list(problem.minima)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("problem", "low", "high"),
    [
        # Branin's third minimum, at 3π, may move right only to the edge at 10.
        (Branin(), [-1.5, -1.5], [10 - 3 * math.pi, 1.5]),
        (SixHumpCamel(), [-0.6, -0.4], [0.6, 0.4]),
        (GoldsteinPrice(), [-0.4] * 2, [0.4] * 2),
        (Hartmann3(), [-0.1] * 3, [0.1] * 3),
        (Hartmann6(), [-0.1] * 6, [0.1] * 6),
        (Ackley5(), [-0.8 * 32.768] * 5, [0.8 * 32.768] * 5),
        (Rastrigin(), [-0.8 * 5.12] * 3, [0.8 * 5.12] * 3),
        (Levy(), [-6.0] * 4, [6.0] * 4),
        (StyblinskiTang(), [-2.0] * 4, [2.0] * 4),
        (Sphere(), [-4.0] * 3, [4.0] * 3),
        (Ellipsoid(), [-4.0] * 4, [4.0] * 4),
        (EllipsoidRotated(), [-4.0] * 4, [4.0] * 4),
        (QuadraticLowEffective(), [-0.5] * 4, [0.5] * 4),
        (Rosenbrock(), [-1.5] * 3, [1.5] * 3),
        (Step(), [-4.0] * 3, [4.0] * 3),
        (Easom(), [-6.0] * 2, [6.0] * 2),
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


@dataclass
class Moved(AnalyticProblem):
    """A parameter of each kind whose coordinates are the value."""

    name = "moved"
    reach = 0.25
    space = centred(
        {
            "decades": Float(1e-2, 1e6, log=True),
            "whole": Int(0, 10),
            "edge": Int(0, 10),
            "kind": Categorical(("a", "b", "c")),
        }
    )
    minima = [(2.0, 5, 1, 0)]

    def formula(self, x):
        return x[3]


@pytest.mark.slow
def test_moves_on_a_log_scale_are_uniform_in_decades():
    n = 2000
    moved = [Moved().minimizers(seed)[0]["decades"] for seed in range(n)]
    unit = (np.log10(moved) - 2 + 2) / 4
    assert 0 <= unit.min() < unit.max() < 1
    assert abs(unit.mean() - 1 / 2) < 4.5 * math.sqrt(1 / 12 / n)
    assert abs((unit**2).mean() - 1 / 3) < 4.5 * math.sqrt(4 / 45 / n)


def assert_equally_often(found, values):
    n, p = len(found), 1 / len(values)
    assert set(found) == set(values)
    for value in values:
        assert abs(found.count(value) / n - p) < 4.5 * math.sqrt(p * (1 - p) / n)


@pytest.mark.slow
def test_an_integer_moves_by_whole_steps_that_keep_it_inside():
    moved = [Moved().minimizers(seed)[0] for seed in range(2000)]
    # A quarter of the width is 2.5.
    assert_equally_often([config["whole"] for config in moved], [3, 4, 5, 6, 7])
    assert_equally_often([config["edge"] for config in moved], [0, 1, 2, 3])


@pytest.mark.slow
def test_choices_are_in_every_order_equally_often():
    rest = {"decades": 1.0, "whole": 5, "edge": 1}
    orders = []
    for seed in range(2000):
        problem = Moved()
        at = {kind: problem.evaluate({**rest, "kind": kind}, seed=seed).value for kind in "abc"}
        orders.append("".join(sorted(at, key=at.__getitem__)))
    assert_equally_often(orders, ["abc", "acb", "bac", "bca", "cab", "cba"])


@every
def test_default_is_the_middle_of_the_box_and_the_first_choice(problem):
    for name, value in problem.space.default.items():
        axis = problem.space.parameters[name]
        if isinstance(axis, Categorical):
            assert value == axis.choices[0]
        elif axis.log:
            assert value == pytest.approx(math.sqrt(axis.low * axis.high))
        else:
            assert value == (axis.low + axis.high) / 2


@every
def test_tags_say_its_kind(problem):
    kinds = {"unimodal", "multimodal", "valley", "plateau", "mixed"}
    assert problem.tags[0] == "analytic"
    assert len(kinds & set(problem.tags)) == 1
    assert ("conditional" in problem.tags) == bool(problem.space.conditions)


@pytest.mark.slow
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
    points = rng.uniform(bounds[0], bounds[1], size=(repetitions * draws, bounds.shape[1])).tolist()
    names = tuple(problem.space)
    values = [problem.evaluate(dict(zip(names, x, strict=True)), seed=0).value for x in points]
    best = np.minimum.accumulate(np.reshape(values, (repetitions, draws)), axis=1)
    for n, (mean, sd) in expected.items():
        assert abs(best[:, n - 1].mean() - mean) < 4 * sd / math.sqrt(repetitions)
