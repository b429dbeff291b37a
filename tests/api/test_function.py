"""A function as a problem: its space, its values, what does not fit."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import tunebench as tb
from bench.core import Evaluation


def parabola(x, y):
    return x**2 + y**2


def test_three_lines_make_a_problem():
    problem = tb.problem(parabola, space={"x": (-5.0, 5.0), "y": (-5.0, 5.0)})
    assert problem.name == "parabola"
    assert problem.metric == tb.Metric("value", "minimize")
    assert problem.evaluate({"x": 3.0, "y": 4.0}, seed=0).value == 25.0


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ((-5.0, 5.0), tb.Float(-5.0, 5.0)),
        ((0, 1.5), tb.Float(0.0, 1.5)),
        ((1, 9), tb.Int(1, 9)),
        (["a", "b"], tb.Categorical(("a", "b"))),
        ([1, 2], tb.Categorical((1, 2))),
        (tb.Ordinal((1, 10, 100)), tb.Ordinal((1, 10, 100))),
        (tb.Float(1e-3, 1e3, log=True), tb.Float(1e-3, 1e3, log=True)),
    ],
)
def test_a_range_becomes_a_distribution(given, wanted):
    assert tb.problem(lambda x: 0, space={"x": given}).space.parameters == {"x": wanted}


def test_a_space_with_conditions_stays_as_it_is():
    space = tb.SearchSpace(
        {"kind": tb.Categorical(("a", "b")), "x": tb.Float(0, 1)}, conditions={"x": {"kind": ["b"]}}
    )
    problem = tb.problem(lambda kind, x=0.0: x, space=space, default={"kind": "a"})
    assert problem.space.conditions == space.conditions
    assert problem.space.default == {"kind": "a"}


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (parabola, "parabola"),
        (lambda x, y: 0, "function"),
        (partial(parabola), "partial"),
    ],
)
def test_a_function_has_a_name(function, name):
    space = {"x": (0.0, 1.0), "y": (0.0, 1.0)}
    assert tb.problem(function, space=space).name == name
    assert tb.problem(function, space=space, name="mine").name == "mine"


def test_a_function_may_take_the_seed_and_return_more():
    def noisy(x, seed):
        return Evaluation(x + seed, test_value=x)

    problem = tb.problem(noisy, space={"x": (0, 9)}, direction="maximize", optimum=9.0)
    found = problem.evaluate({"x": 2}, seed=5)
    assert (found.value, found.test_value) == (7, 2)
    assert problem.metric.direction == "maximize"
    assert problem.optimum_of(0) == 9.0


@pytest.mark.parametrize(
    ("function", "space", "words"),
    [
        (parabola, {"x": (0, 1)}, ["parabola", "x, y"]),
        (lambda x: x, {"x": (0, 1), "y": (0, 1)}, ["function", "x, y"]),
        (lambda x: x, {"x": (0, 1, 2)}, ["'x'", "(0, 1, 2)"]),
        (lambda x: x, {"x": (1, 0)}, ["'x'", "low"]),
        (lambda x: x, {"x": (True, False)}, ["'x'"]),
        (lambda x: x, {"x": []}, ["'x'", "choice"]),
        (lambda: 0, {}, ["at least one"]),
        (lambda x: x, [0, 1], ["map names"]),
        (3, {"x": (0, 1)}, ["function", "3"]),
    ],
)
def test_what_does_not_fit_is_refused(function, space, words):
    with pytest.raises(tb.UserError) as refused:
        tb.problem(function, space=space)
    assert all(word in str(refused.value) for word in words)


def test_bounds_may_be_the_ends_of_an_array():
    ends = np.array([0.5, 2.0]), np.array([3, 7]), np.array([0.5, 2.0], dtype=np.float32)
    names = ("x", "n", "z")
    space = {name: (end.min(), end.max()) for name, end in zip(names, ends, strict=True)}
    made = tb.problem(lambda x, n, z: x + n + z, space=space).space.parameters
    assert made == {"x": tb.Float(0.5, 2.0), "n": tb.Int(3, 7), "z": tb.Float(0.5, 2.0)}
    with pytest.raises(tb.UserError, match="'x'"):
        tb.problem(lambda x: x, space={"x": (np.False_, np.True_)})


@pytest.mark.parametrize(
    "options",
    [
        {"direction": "up"},
        {"scoring": "f1"},
        {"data": ([1], [2])},
        {"model": object()},
        {"default": {"x": 7}},
    ],
)
def test_options_that_do_not_fit_are_refused(options):
    with pytest.raises(tb.UserError):
        tb.problem(lambda x: x, space={"x": (0.0, 1.0)}, **options)
    with pytest.raises(tb.UserError):
        tb.problem(space={"x": (0.0, 1.0)})  # type: ignore[call-overload]


def test_two_functions_have_two_fingerprints():
    def code(function):
        problem = tb.problem(function, space={"x": (0.0, 1.0)}, name="f")
        result = tb.run(
            strategies="random", problems=problem, trials=1, repetitions=1, progress=False
        )
        return result.runs["run"].tolist()

    assert code(lambda x: x + 1) == code(lambda x: x + 1)
    assert code(lambda x: x + 1) != code(lambda x: x + 2)
