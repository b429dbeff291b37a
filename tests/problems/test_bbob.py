from __future__ import annotations

import importlib.util
import math
import subprocess
import sys

import ioh
import numpy as np
import pytest

from bench import checks, registry
from bench.registry import PROBLEMS, RegistryError
from bench.spec import Entry
from problems.bbob import BBOB, INSTANCES
from problems.outcomes import Noisy


def theirs(number, dimension, instance):
    return ioh.get_problem(number, instance, dimension, ioh.ProblemClass.BBOB)


def at(problem, x, seed):
    return problem.evaluate(dict(zip(problem.space, map(float, x), strict=True)), seed=seed).value


@pytest.mark.parametrize("number", range(1, 25))
@pytest.mark.parametrize("dimension", [2, 5])
def test_the_optimum_is_reached_where_the_package_says_and_nowhere_undercut(number, dimension):
    problem = BBOB(f"f{number}-d{dimension}")
    rng = np.random.default_rng(number)
    for seed in (0, 99_999, 4_000_000_000):
        optimum = problem.optimum_of(seed)
        x = theirs(number, dimension, 1 + seed % INSTANCES).optimum.x
        assert problem.space.check(dict(zip(problem.space, x.tolist(), strict=True)))
        assert at(problem, x, seed) == pytest.approx(optimum, abs=1e-8)
        values = [at(problem, rng.uniform(-5, 5, dimension), seed) for _ in range(50)]
        # Near the optimum is where something lower would be, if anywhere.
        near = np.clip(x + rng.normal(0, 1e-3, (50, dimension)), -5, 5)
        values += [at(problem, point, seed) for point in near]
        assert min(values) >= optimum - 1e-8


@pytest.mark.parametrize("function", ["f1-d2", "f8-d5", "f15-d3", "f24-d40"])
def test_values_are_those_of_a_direct_call(function):
    number, dimension = map(int, function.removeprefix("f").split("-d"))
    problem = BBOB(function)
    assert len(problem.space) == dimension
    rng = np.random.default_rng(0)
    for seed in (0, 5, 123_456):
        direct = theirs(number, dimension, 1 + seed % INSTANCES)
        for x in rng.uniform(-5, 5, (20, dimension)):
            assert at(problem, x, seed) == direct(x.tolist())


def test_the_sphere_is_the_published_formula():
    problem = BBOB("f1-d4")
    rng = np.random.default_rng(1)
    for seed in range(5):
        centre = theirs(1, 4, 1 + seed).optimum.x
        for x in rng.uniform(-5, 5, (20, 4)):
            expected = ((x - centre) ** 2).sum() + problem.optimum_of(seed)
            assert at(problem, x, seed) == pytest.approx(expected, rel=1e-12)


def test_the_first_seed_is_the_first_instance_of_coco():
    # The optimum of f1 in instance 1, as COCO's data files state it.
    assert BBOB("f1-d2").optimum_of(0) == pytest.approx(79.48)


def test_a_repetition_is_another_instance():
    problem = BBOB("f8-d3")
    seen = {(problem.optimum_of(seed), at(problem, [0, 0, 0], seed)) for seed in range(30)}
    assert len(seen) == 30
    assert problem.optimum_of(7) == problem.optimum_of(7 + INSTANCES)
    # Going back and forth between seeds changes nothing.
    assert at(problem, [1, 2, 3], 4) == at(BBOB("f8-d3"), [1, 2, 3], 4)


def test_the_box_and_its_middle():
    problem = BBOB("f2-d3")
    assert [(axis.low, axis.high) for axis in problem.space.parameters.values()] == [(-5, 5)] * 3  # type: ignore[attr-defined]
    assert problem.space.default == {"x1": 0, "x2": 0, "x3": 0}
    assert problem.optimum is None


@pytest.mark.parametrize(
    "function",
    ["", "f0-d2", "f25-d2", "f1-d1", "f1-d41", "f1", "8-5", "f8-d5 ", "F8-D5", "f8_d5", "f٣-d5"],
)
def test_a_function_that_is_not_there_is_refused_in_one_line(function):
    rule = "function must be f<number>-d<dimension> with number 1 to 24 and dimension 2 to 40, got "
    with pytest.raises(RegistryError) as error:
        PROBLEMS.create(Entry(f"bbob:{function}"))
    assert str(error.value).endswith(f"{rule}{function!r}; for example f8-d5")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("name", ["bbob:f8-d5", "bbob:f24-d2", "shifted:bbob:f21-d2"])
def test_the_checks_pass_by_name(name):
    verdicts = checks.run_checks(PROBLEMS.get(name), checks.PROBLEM_CHECKS)
    assert [verdict for verdict in verdicts if verdict.reason] == []


def test_an_inner_bbob_function_needs_the_package_too(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    reason = "needs ioh; pip install ioh"
    assert registry.unavailable(PROBLEMS.get("bbob:f1-d2")) == reason
    assert registry.unavailable(PROBLEMS.get("noisy:bbob:f1-d2")) == reason
    assert registry.unavailable(Noisy(of=BBOB())) == reason


def test_its_value_is_plain():
    value = BBOB("f3-d2").evaluate({"x1": 0.5, "x2": -1.0}, seed=3).value
    assert type(value) is float
    assert math.isfinite(value)
    assert type(BBOB().optimum_of(3)) is float


@pytest.mark.slow
def test_its_module_and_its_space_do_not_import_the_package():
    code = "import sys\nfrom problems.bbob import BBOB\nBBOB().space\nprint('ioh' in sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "False"
