"""Noise, bent scales and costs of one's own around a problem."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import kstest

from bench import (
    Categorical,
    Evaluation,
    Float,
    Int,
    Metric,
    SearchSpace,
    checks,
)
from bench.execution.plan import make_plan
from bench.registry import PROBLEMS
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.testing.script import trials_of
from bench.testing.toys import Probe
from problems.analytic import Branin, Hartmann6
from problems.outcomes import Costly, Failing, Monotone, Noisy


def measured(problem, configs, seed=1):
    return [problem.evaluate(config, seed=seed).value for config in configs]


def some(space, count, seed=0):
    rng = np.random.default_rng(seed)
    return [space.sample(rng) for _ in range(count)]


# Noise.


def test_noise_is_gaussian_with_mean_0_and_its_sigma():
    inner = Branin()
    problem = Noisy(of=inner, sigma=2.0)
    configs = some(inner.space, 4000)
    noise = (np.array(measured(problem, configs)) - measured(inner, configs)) / 2.0
    n = len(noise)
    assert abs(noise.mean()) < 4.5 / math.sqrt(n)
    assert abs((noise**2).mean() - 1) < 4.5 * math.sqrt(2 / n)
    assert kstest(noise, "norm").pvalue > 5e-5


def test_noise_depends_on_seed_configuration_and_fidelity_only():
    problem, fresh = Noisy(of=Branin()), Noisy(of=Branin())
    configs = some(problem.space, 30)
    forward = measured(problem, configs)
    assert measured(fresh, configs[::-1]) == forward[::-1]
    assert measured(problem, configs) == forward
    # The order of keys is no part of a configuration.
    assert measured(problem, [dict(reversed(config.items())) for config in configs]) == forward

    def noise(config, seed, fidelity=1.0):
        return problem.evaluate(config, seed=seed, fidelity=fidelity).value - Branin().evaluate(
            config, seed=seed
        ).value  # fmt: skip

    one, other = configs[:2]
    drawn = [noise(one, 1), noise(other, 1), noise(one, 2), noise(one, 1, 0.5)]
    assert len({round(value, 9) for value in drawn}) == 4
    assert noise(one, 1, 1) == noise(one, 1, 1.0)


@pytest.mark.slow
def test_noise_is_the_same_in_another_process():
    problem = Noisy(of=Branin())
    code = (
        "from problems.outcomes import Noisy\n"
        "print(repr(Noisy().evaluate({'x1': 1.5, 'x2': 2.5}, seed=9).value))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": "77", **python_path()},
    )  # fmt: skip
    assert float(done.stdout) == problem.evaluate({"x1": 1.5, "x2": 2.5}, seed=9).value


def python_path():
    return {"PYTHONPATH": ":".join(path for path in sys.path if path)}


def test_noise_in_noise_is_independent():
    inner = Branin()
    once, twice = Noisy(of=inner, sigma=1), Noisy(of=Noisy(of=inner, sigma=1), sigma=1)
    configs = some(inner.space, 2000)
    plain, first, both = (np.array(measured(p, configs)) for p in (inner, once, twice))
    correlation = np.corrcoef(first - plain, both - first)[0, 1]
    assert abs(correlation) < 4.5 / math.sqrt(len(configs))


def test_the_test_value_is_the_value_without_noise_where_there_is_no_other():
    found = Noisy(of=Branin(), sigma=3).evaluate({"x1": 1.0, "x2": 2.0}, seed=1)
    assert found.test_value == Branin().evaluate({"x1": 1.0, "x2": 2.0}, seed=1).value
    assert found.value != found.test_value


def test_a_test_value_of_its_own_stays_and_fold_values_go():
    inner = Probe()
    found = Noisy(of=inner, sigma=3).evaluate({"on": True, "x": 2.0}, seed=1)
    assert (found.test_value, found.fold_values, found.cost) == (1.0, None, 2.5)
    assert found.value != 2.0
    assert Noisy(of=inner).optimum is None
    assert Noisy(of=inner).optimum_of(1) is None


def test_no_noise_leaves_the_value_as_it_is():
    configs = some(Branin.space, 20)
    assert measured(Noisy(sigma=0), configs) == measured(Branin(), configs)


# Another scale.

NUMBERS = [-1e6, -3.5, -1, -1e-9, -0.0, 0.0, 1e-12, 0.3, 1, 2.5, 1e5]


@dataclass
class Constant(Probe):
    value: float = 0.0
    metric = Metric("loss", "minimize")

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(self.value, -self.value, (self.value,), 2.5)


@pytest.mark.parametrize("scale", [0.5, 1, 300.0])
def test_the_scale_is_the_stated_function(scale):
    for value in NUMBERS:
        found = Monotone(of=Constant(value=value), scale=scale).evaluate({}, seed=0)
        sign = -1 if value < 0 else 1
        expected = sign * scale * math.log(1 + abs(value) / scale)
        assert found.value == pytest.approx(expected, rel=1e-6, abs=1e-15)
        assert found.test_value == -found.value
        assert (found.fold_values, found.cost) == (None, 2.5)


@pytest.mark.parametrize("kinds", [("log", "exp"), ("exp", "log")])
def test_the_two_kinds_are_inverse(kinds):
    inner, outer = kinds
    for value in (-400.0, -3.5, -1e-9, 0.0, 0.3, 1.0, 250.0):
        bent = Monotone(of=Constant(value=value), kind=inner)
        back = Monotone(of=bent, kind=outer)
        assert back.evaluate({}, seed=0).value == pytest.approx(value, rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("kind", ["log", "exp"])
def test_it_increases_strictly(kind):
    numbers = np.linspace(-300, 300, 2001).tolist()
    bent = [Monotone(of=Constant(value=v), kind=kind).evaluate({}, seed=0).value for v in numbers]
    assert all(a < b for a, b in itertools.pairwise(bent))


def test_the_optimum_is_bent_as_values_are():
    problem = Monotone(of=Probe(), scale=2)
    assert problem.optimum == pytest.approx(2 * math.log(1 + 5 / 2))
    assert problem.optimum_of(3) == pytest.approx(2 * math.log(1 + 8 / 2))
    assert Monotone(of=Noisy()).optimum is None
    hartmann = Monotone(of=Hartmann6(), kind="exp")
    assert hartmann.optimum == pytest.approx(1 - math.exp(3.322368011415515))


def test_the_metric_says_that_it_is_on_another_scale():
    assert Monotone(of=Probe()).metric == Metric("accuracy (log scale)", "maximize")
    assert Monotone(of=Probe(), kind="exp").metric.name == "accuracy (exp scale)"


@pytest.mark.slow
@pytest.mark.parametrize("strategy", ["tpe", "tpe-independent", "hyperopt-tpe", "random"])
@pytest.mark.parametrize("kind", ["log", "exp"])
def test_strategies_that_look_at_the_order_only_go_the_same_way(strategy, kind):
    def trajectory(problem):
        return [trial.suggestion.config for trial in trials_of(strategy, problem, 30)]

    inner = Hartmann6()
    assert trajectory(Monotone(of=inner, kind=kind, scale=0.2)) == trajectory(inner)


# Costs.


def test_the_cost_is_the_stated_function_of_the_axis():
    problem = Costly(seconds=3.0, spread=10.0)
    costs = [
        problem.evaluate({"x1": x1, "x2": 1.0}, seed=1).cost for x1 in (-5.0, 2.5, 10.0)
    ]  # fmt: skip
    assert costs == pytest.approx([0.3, 3, 30])
    other = Costly(seconds=3.0, axis="x2", spread=1)
    assert other.evaluate({"x1": 0.0, "x2": 15.0}, seed=1).cost == 3.0
    found = Costly(of=Probe()).evaluate({"on": True, "x": 1.0}, seed=1)
    assert (found.value, found.test_value, found.fold_values) == (1.0, 0.0, (0.5, 1.5))


def test_the_cost_where_the_axis_does_not_exist_and_at_a_lower_fidelity():
    problem = Costly(of=Probe(), seconds=2.0, axis="x")
    assert problem.evaluate({"on": False}, seed=1).cost == 2.0
    assert problem.evaluate({"on": True, "x": 5.0}, seed=1, fidelity=0.25).cost == 5.0


def test_the_cost_is_what_a_run_records():
    trials = trials_of("random", Costly(of=Branin(), seconds=1000.0), 5)
    axis = Branin.space.parameters["x1"]
    for trial in trials:
        u = axis.to_unit(trial.suggestion.config["x1"])
        assert trial.cost == pytest.approx(1000 * 10 ** (2 * u - 1))
        assert trial.evaluation_wall_seconds < 10


# All of them.


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("noisy", {"sigma": -1}, "sigma must be a number, 0 or more, got -1; for example"),
        ("noisy", {"sigma": float("nan")}, "sigma must be a number, 0 or more, got nan"),
        ("monotone", {"scale": 0}, "scale must be a number above 0, got 0; for example"),
        ("monotone", {"kind": "cube"}, "'kind' to be one of log, exp, got 'cube'"),
        ("failing", {"share": 0}, r"share must be in \(0, 1\), got 0; for example"),
        ("failing", {"share": 1.0}, r"share must be in \(0, 1\), got 1.0"),
        ("costly", {"seconds": 0}, "seconds must be a number above 0, got 0"),
        ("costly", {"spread": 0.5}, "spread must be a number, 1 or more, got 0.5"),
        ("costly", {"axis": "z"}, "axis must be one of x1, x2, got 'z'"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line(name, settings, message):
    with pytest.raises(LookupError, match=message) as error:
        PROBLEMS.create(Entry(name, "", settings))
    assert "\n" not in str(error.value)


def test_kinds_are_checked_from_code_too():
    with pytest.raises(ValueError, match="kind must be log or exp, got 'cube'"):
        Monotone(kind="cube")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "space",
    [
        SearchSpace({"kind": Categorical(("a", "b"))}),
        SearchSpace({"one": Float(1, 1), "k": Int(1, 2)}),
    ],
)
def test_a_space_with_nothing_to_fail_on_is_refused(space):
    with pytest.raises(ValueError, match=r"a number that can fail at its ends, got 0\.25"):
        Failing(of=Probe(space))


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["noisy:hartmann6", "monotone:hartmann6", "failing:tree-wine", "costly:tree-wine",
     "noisy:failing:costly:monotone:shifted:branin"],
)  # fmt: skip
def test_the_checks_pass_by_name(name):
    verdicts = checks.run_checks(PROBLEMS.get(name), checks.PROBLEM_CHECKS)
    assert [verdict for verdict in verdicts if verdict.reason] == []


SWEEP = """
strategies = ["random", "tpe"]
trials = 14
repetitions = 2
problems = [
  "branin",
  "noisy:branin",
  { name = "noisy", label = "branin-noisy", settings = { of = "branin", sigma = 0.5 } },
  { name = "noisy", label = "x", settings = { of = { name = "permuted", settings = { of = "hartmann6" } }, sigma = 0.1 } },
  { name = "failing", settings = { of = { name = "discretised", settings = { grid_points = { "" = 9, x2 = 5 } } } } },
]
"""  # noqa: E501


@pytest.mark.slow
def test_transforms_compose_in_a_sweep_and_resume(run_here, values, tmp_path):
    toml = tmp_path / "mine.toml"
    toml.write_text(SWEEP, encoding="utf-8")
    whole = run_here(Sweep.from_toml(toml), tmp_path / "whole")
    expected = values(whole)
    assert set(expected["problem"]) == {"branin", "noisy:branin", "branin-noisy", "x", "failing"}
    assert set(expected.loc[expected["problem"] != "failing", "status"]) == {"completed"}

    begun = tmp_path / "begun"
    (begun / "runs").mkdir(parents=True)
    for path in (tmp_path / "whole" / "runs").glob("*.jsonl"):
        lines = path.read_bytes().splitlines(keepends=True)
        (begun / "runs" / f"{path.stem}.part").write_bytes(b"".join(lines[:9]))
    sweep = Sweep.from_toml(toml)
    assert make_plan(sweep, Store(begun)).resumed == 20
    again = run_here(sweep, begun)
    assert values(again).equals(expected)
