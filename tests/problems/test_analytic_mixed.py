from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from problems.analytic_mixed import ConditionalModels, IntegerValley, LogValley, MixedQuadratic


def evaluate(problem, seed, **config):
    return problem.evaluate(problem.space.check(config), seed=seed).value


def grid_of(axis, levels):
    return [axis.from_unit(u) for u in np.linspace(0, 1, levels).tolist()]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_log_valley_runs_along_a_constant_product(seed):
    problem = LogValley(shifted=False)
    moved = LogValley().minimizers(seed)[0]
    assert problem.minimizers(seed) == [{"C": 1.0, "gamma": pytest.approx(0.01)}]
    # (a + b)² + (a − b)²/100, at one decade from the optimum along the valley and across it.
    for decades, expected in [((1, -1), 4 / 100), ((1, 1), 4), ((1, 0), 1.01), ((0, 0), 0)]:
        c, gamma = (10.0**d for d in decades)
        here = evaluate(problem, seed, C=c, gamma=0.01 * gamma)
        assert here == pytest.approx(expected, abs=1e-12)
        # An instance is the same around its own optimum.
        config = {"C": c * moved["C"], "gamma": gamma * moved["gamma"]}
        assert LogValley().evaluate(config, seed=seed).value == pytest.approx(expected, abs=1e-12)


def test_values_of_the_integer_valley_are_those_by_hand():
    problem = IntegerValley(shifted=False)
    for point, expected in [((0, 0, 0), 0), ((4, 4, 4), 48), ((1, 0, 0), 51), ((1, 2, 4), 271)]:
        config = dict(zip(problem.space, point, strict=True))
        assert evaluate(problem, 0, **config) == expected


def test_on_the_diagonal_of_the_integer_valley_no_single_change_goes_down():
    # An instance reaches 8 further than the box.
    for t, axis, value in itertools.product(range(-18, 19), range(3), range(-18, 19)):
        point = [t, t, t]
        here = IntegerValley().formula(point)
        point[axis] = value
        assert IntegerValley().formula(point) > here or value == t


@pytest.mark.parametrize("seed", [0, 1])
def test_the_integer_valley_has_one_minimizer(seed):
    problem = IntegerValley()
    points = itertools.product(range(-10, 11), repeat=3)
    configs = [dict(zip(problem.space, point, strict=True)) for point in points]
    values = [problem.evaluate(config, seed=seed).value for config in configs]
    assert min(values) == 0
    assert [c for c, v in zip(configs, values, strict=True) if v == 0] == problem.minimizers(seed)


def test_values_of_the_mixed_quadratic_are_those_by_hand():
    problem = MixedQuadratic(shifted=False)
    best = {"share": 0.5, "rate": 1e-3, "number": 8}
    assert problem.minimizers(0) == [{**best, "rate": pytest.approx(1e-3), "choice": "a"}]
    for choice, rate, expected in [("a", 1e-3, 0), ("b", 1e-3, 0.1 + 0.25 * 0.25),
        ("c", 1e-4, 0.2 + 2 * 0.25), ("d", 1e-2, 0.4)]:  # fmt: skip
        value = evaluate(problem, 0, **{**best, "rate": rate, "choice": choice})
        assert value == pytest.approx(expected, abs=1e-12)
    # Four more of the number: half a decade of the rate, and 16/16.
    there = {**best, "number": 12, "choice": "a"}
    assert evaluate(problem, 0, **there) == pytest.approx(0.25 + 1)
    assert evaluate(problem, 0, **{**there, "rate": 10**-3.5}) == pytest.approx(1)
    assert evaluate(problem, 0, **{**best, "share": 0.75, "choice": "a"}) == pytest.approx(0.25)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 1])
def test_a_dense_search_of_the_mixed_quadratic_ends_at_the_minimizer(seed):
    problem = MixedQuadratic()
    space, best = problem.space, problem.minimizers(seed)[0]
    axes = space.parameters
    dense = itertools.product(
        grid_of(axes["share"], 11),
        grid_of(axes["rate"], 33),
        range(1, 16),
        axes["choice"].choices,  # type: ignore[attr-defined]
    )
    configs = [dict(zip(space, point, strict=True)) for point in dense]
    values = [problem.evaluate(config, seed=seed).value for config in configs]
    found = configs[int(np.argmin(values))]
    assert (found["choice"], found["number"]) == (best["choice"], best["number"])
    # The optimum is at most half a spacing away: 0.1 of the share, 4/32 decades.
    assert 0 <= min(values) <= 4 * 0.05**2 + (1 / 16) ** 2


@pytest.mark.slow
@pytest.mark.parametrize("problem", [MixedQuadratic(), ConditionalModels()], ids=lambda p: p.name)
def test_every_choice_is_the_best_of_equally_many_instances(problem):
    name = {"mixed-quadratic": "choice", "conditional-models": "model"}[problem.name]
    choices = problem.space.parameters[name].choices
    n, p = 1500, 1 / len(choices)
    best = [problem.minimizers(seed)[0][name] for seed in range(n)]
    for choice in choices:
        assert abs(best.count(choice) / n - p) < 4.5 * math.sqrt(p * (1 - p) / n)


def test_values_of_the_conditional_models_are_those_by_hand():
    problem = ConditionalModels(shifted=False)
    linear = {"model": "linear"}
    kernel = {"model": "kernel", "C": 1.0}
    tree = {"model": "tree", "depth": 11}
    for config, expected in [
        ({**linear, "penalty": 0.1}, 0),
        ({**linear, "penalty": 10.0}, 0.4),
        ({**kernel, "gamma": 0.01}, 0.05),
        ({**kernel, "gamma": 0.1}, 0.05 + 0.101),
        ({**tree, "features": 0.5}, 0.2),
        ({**tree, "features": 1.0}, 0.2 + 1),
        ({"model": "tree", "depth": 16, "features": 0.5}, 0.2 + 0.25),
    ]:
        assert evaluate(problem, 0, **config) == pytest.approx(expected, abs=1e-12)
    assert problem.minimizers(0) == [{"model": "linear", "penalty": pytest.approx(0.1)}]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_the_models_of_an_instance_have_the_stated_least_values_in_some_order(seed):
    problem = ConditionalModels()
    axes = problem.space.parameters
    dense = {
        "linear": [{"penalty": p} for p in grid_of(axes["penalty"], 601)],
        "kernel": [
            {"C": c, "gamma": gamma}
            for c in grid_of(axes["C"], 61)
            for gamma in grid_of(axes["gamma"], 61)
        ],
        "tree": [
            {"depth": d, "features": f}
            for d in range(1, 22)
            for f in grid_of(axes["features"], 101)
        ],
    }
    least = {
        model: min(
            problem.evaluate({"model": model, **config}, seed=seed).value for config in configs
        )
        for model, configs in dense.items()
    }
    # Half a spacing from its best, a model is at most 0.001 above its least value.
    np.testing.assert_array_less(np.array([0, 0.05, 0.2]) - 1e-12, sorted(least.values()))
    np.testing.assert_allclose(sorted(least.values()), [0, 0.05, 0.2], rtol=0, atol=0.00101)
    assert min(least, key=least.__getitem__) == problem.minimizers(seed)[0]["model"]


def test_only_the_parameters_of_the_model_exist_at_the_minimizer():
    problem = ConditionalModels()
    own = {"linear": {"penalty"}, "kernel": {"C", "gamma"}, "tree": {"depth", "features"}}
    seen = set()
    for seed in range(30):
        (config,) = problem.minimizers(seed)
        seen.add(config["model"])
        assert set(config) == {"model"} | own[config["model"]]
    assert seen == set(own)
