from __future__ import annotations

import gc
import weakref
from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.stats import ks_1samp, ks_2samp

from bench import (
    Categorical,
    Evaluation,
    Fidelity,
    Float,
    Int,
    Metric,
    Ordinal,
    Problem,
    SearchSpace,
    checks,
)
from bench.registry import PROBLEMS
from bench.spec import Entry
from problems.analytic import Ackley5, Branin, Hartmann6
from problems.analytic_unimodal import QuadraticLowEffective
from problems.svm import SVMBreastCancer
from problems.transforms import Discretised, Embedded, Permuted, Shifted

FINITE = SearchSpace(
    {
        "model": Categorical(("linear", "net")),
        "penalty": Ordinal((0.1, 1, 10)),
        "layers": Int(1, 3),
        "width": Int(4, 6),
        "steps": Int(2, 4),
        "size": Ordinal((1, 5)),
        "batch": Ordinal((8, 16)),
        "kernel": Categorical(("a", "b")),
        "flag": Categorical((True, None)),
        "units": Int(1, 3, log=True),
        "more": Int(1, 3, log=True),
    },
    conditions={
        "penalty": {"model": ("linear",)},
        "layers": {"model": ("net",)},
        "width": {"layers": (2, 3)},
    },
    default={
        "model": "linear", "penalty": 1, "steps": 2, "size": 1, "batch": 16, "kernel": "b",
        "flag": True, "units": 1, "more": 2,
    },
)  # fmt: skip
MIXED = SearchSpace(
    {
        "x": Float(-3, 4),
        "rate": Float(1e-4, 1, log=True),
        "fixed": Float(2, 2),
        "on": Categorical((True, False)),
        "depth": Int(1, 9),
        "momentum": Float(0, 1),
    },
    conditions={"momentum": {"on": (True,)}},
)


@dataclass
class Probe(Problem):
    """Remembers what it was asked; a different value for each configuration."""

    name = "probe"
    space: SearchSpace = field(default_factory=lambda: FINITE)
    metric = Metric("accuracy", "maximize")
    tags = ("probe",)
    requires = ("numpy",)
    fidelity = Fidelity("rows", 20, lowest=2)
    optimum = 7.0

    @property
    def about(self):
        return {"data": "none"}

    def optimum_of(self, seed):
        return 7.0 + seed

    def evaluate(self, config, *, seed, fidelity=1.0):
        self.asked = config, seed, fidelity
        value = sum(u * 3.0**k for k, u in enumerate(self.space.to_unit(config)))
        return Evaluation(value, value + 1, (value - 1, value + 1), 2.5)


def met(problem, configs, seed):
    """Return what the inner problem is asked for when the outer one is."""
    found = []
    for config in configs:
        problem.evaluate(dict(config), seed=seed)
        found.append(problem.of.asked[0])
    return found


def texts(configs):
    """Return configurations as sorted texts: None does not compare."""
    return sorted(repr(sorted(config.items())) for config in configs)


both = pytest.mark.parametrize("cls", [Shifted, Permuted])
every = pytest.mark.parametrize(
    "problem", [Shifted(of=Probe()), Permuted(of=Probe()), Embedded(of=Probe(), dimension=13)],
    ids=lambda problem: problem.name,
)  # fmt: skip


@pytest.mark.slow
@both
@pytest.mark.parametrize("seed", [1, 4_000_000_000])
def test_it_is_a_bijection_of_a_finite_space(cls, seed):
    configs = list(FINITE.configs())
    inner = met(cls(of=Probe()), configs, seed)
    assert inner != configs
    assert texts(inner) == texts(configs)
    for config in inner:
        assert FINITE.check(config) == config


@both
def test_all_configurations_have_the_values_of_the_inner_problem(cls):
    # So the optimum, and the distribution of the best of n random draws, are the same.
    inner = Discretised(of=Ackley5(), grid_points=3)
    outer = cls(of=inner)
    configs = list(inner.space.configs())
    assert outer.space == inner.space
    values = [[p.evaluate(c, seed=3).value for c in configs] for p in (outer, inner)]
    assert values[0] != values[1]
    assert sorted(values[0]) == sorted(values[1])


@both
def test_a_random_draw_is_uniform_for_the_inner_problem(cls):
    rng = np.random.default_rng(0)
    problem = cls(of=Probe(MIXED))
    configs = met(problem, (MIXED.sample(rng) for _ in range(4000)), seed=5)
    for name in ("x", "rate", "momentum"):
        axis = MIXED.parameters[name]
        units = [axis.to_unit(config[name]) for config in configs if name in config]
        # A right transform is refused once in 20,000 times, and with fixed seeds always or never.
        assert ks_1samp(units, lambda u: u).pvalue > 5e-5
    counts = np.bincount([config["depth"] for config in configs], minlength=10)[1:]
    # Each count is binomial.
    assert np.abs(counts - 4000 / 9).max() < 4.5 * np.sqrt(4000 * 1 / 9 * 8 / 9)
    assert {config["fixed"] for config in configs} == {2.0}


@pytest.mark.slow
@both
@pytest.mark.parametrize("inner", [Branin(), Hartmann6()], ids=["branin", "hartmann6"])
def test_the_curve_of_random_search_is_that_of_the_inner_problem(cls, inner):
    def best(problem, rng):
        draws = (problem.space.sample(rng) for _ in range(20))
        return min(problem.evaluate(draw, seed=11).value for draw in draws)

    rng = np.random.default_rng(1)
    curves = [[best(problem, rng) for _ in range(400)] for problem in (cls(of=inner), inner)]
    assert ks_2samp(*curves).pvalue > 5e-5


def test_the_optimum_of_a_shifted_problem_is_reached():
    inner = Branin()
    outer = Shifted(of=inner)
    for seed in range(20):
        # Moving the minimiser once more by the same move leads back after moving it the other way.
        (point, *_) = inner.minimizers(seed)
        grid = np.linspace(0, 1, 50, endpoint=False).tolist()
        config = dict(point)
        for name, axis in inner.space.parameters.items():
            at = axis.to_unit(point[name])
            # The inner position is (u + δ) mod 1; δ is read off at u = 0.
            low = {**point, name: axis.from_unit(0.0)}
            delta = axis.to_unit(outer.inner(low, seed)[name])
            config[name] = axis.from_unit((at - delta) % 1.0)
        assert outer.optimum_of(seed) == inner.optimum
        assert outer.evaluate(config, seed=seed).value == pytest.approx(inner.optimum, abs=1e-12)
        values = [
            outer.evaluate(
                {n: a.from_unit(u) for n, a in inner.space.parameters.items()}, seed=seed
            )
            for u in grid
        ]
        assert min(value.value for value in values) >= inner.optimum


def test_a_shift_is_cyclic():
    space = SearchSpace(
        {"k": Int(-2, 4), "o": Ordinal((1, 10, 100)), "c": Categorical(tuple("abcde"))}
    )
    problem = Shifted(of=Probe(space))
    for name, values in (("k", [*range(-2, 5)]), ("o", [1, 10, 100]), ("c", [*"abcde"])):
        steps = set()
        rest = {other: space.parameters[other].from_unit(0) for other in space}
        for seed in range(60):
            moved = [problem.inner({**rest, name: value}, seed)[name] for value in values]
            step = values.index(moved[0])
            assert moved == values[step:] + values[:step]
            steps.add(step)
        # Every move there is, none among them, is drawn.
        assert steps == set(range(len(values)))


def test_a_float_is_shifted_on_its_own_scale():
    space = SearchSpace({"rate": Float(1e-4, 1, log=True)})
    problem = Shifted(of=Probe(space))
    (axis,) = space.parameters.values()
    moves = []
    for seed in range(500):
        inner = [axis.to_unit(problem.inner({"rate": axis.from_unit(u)}, seed)["rate"])
                 for u in (0.1, 0.4)]  # fmt: skip
        assert (inner[1] - inner[0]) % 1 == pytest.approx(0.3)
        moves.append((inner[0] - 0.1) % 1)
    assert ks_1samp(moves, lambda u: u).pvalue > 5e-5


def test_a_shift_moves_the_axes_independently_of_each_other_and_of_the_inner_problem():
    inner = QuadraticLowEffective(dimension=2, effective=2)
    problem, twice = Shifted(of=inner), Shifted(of=Shifted(of=inner))
    draws = []
    for seed in range(400):
        corner = {"x1": 0.0, "x2": 0.0}
        (own,) = inner.minimizers(seed)
        outermost = twice.inner(corner, seed)
        draws.append([*own.values(), *problem.inner(corner, seed).values(), *outermost.values()])
    correlation = np.corrcoef(np.array(draws).T) - np.eye(6)
    # Each is 0 ± 1/√400.
    assert np.abs(correlation).max() < 4.5 / np.sqrt(400)


def test_parents_and_integers_on_a_log_scale_stay():
    problem = Shifted(of=Probe())
    for seed in range(20):
        for config in (FINITE.default, {**FINITE.default, "model": "net", "layers": 3, "width": 5}):
            inner = problem.inner(config, seed)
            for name in {"model", "layers", "units", "more"} & set(config):
                assert inner[name] == config[name]


def test_axes_of_one_kind_and_size_change_roles():
    problem = Permuted(of=Probe())
    alike = [("steps",), ("size", "batch"), ("kernel", "flag"), ("units", "more")]
    alone = {"model", "penalty", "layers", "width", "steps"}
    base = {**FINITE.default, "model": "net", "layers": 2, "width": 5}
    del base["penalty"]
    seen = {names: set() for names in alike}
    for seed in range(30):
        inner = problem.inner(base, seed)
        assert {name: inner[name] for name in inner if name in alone} == {
            name: base[name] for name in base if name in alone
        }
        for names in alike:
            units = {n: FINITE.parameters[n].to_unit(inner[n]) for n in names}
            given = {n: FINITE.parameters[n].to_unit(base[n]) for n in names}
            assert sorted(units.values()) == pytest.approx(sorted(given.values()))
            seen[names].add(tuple(units.values()))
    assert {names: len(orders) for names, orders in seen.items()} == {
        ("steps",): 1, ("size", "batch"): 2, ("kernel", "flag"): 2, ("units", "more"): 2,
    }  # fmt: skip


def test_floats_change_roles_by_quantile_and_every_permutation_occurs():
    space = SearchSpace({"a": Float(0, 1), "b": Float(-5, 5), "c": Float(1e-4, 1, log=True)})
    problem = Permuted(of=Probe(space))
    config = {"a": 0.25, "b": 0.0, "c": 1e-1}
    orders = set()
    for seed in range(100):
        units = space.to_unit(problem.inner(config, seed))
        assert sorted(units) == pytest.approx([0.25, 0.5, 0.75])
        orders.add(tuple(round(u, 2) for u in units))
    assert len(orders) == 6


def test_equal_axes_change_values_to_the_last_bit():
    problem = Permuted(of=Hartmann6())
    config = {name: 0.1 + k / 7 for k, name in enumerate(problem.space)}
    inner = problem.inner(config, seed=2)
    assert inner != config
    assert sorted(inner.values()) == sorted(config.values())


def test_discretised_is_the_inner_problem_on_its_grid_points():
    inner = Branin()
    problem = Discretised(of=inner, grid_points={"": 4, "x2": 3})
    assert [axis.size for axis in problem.space.parameters.values()] == [4, 3]
    assert problem.space.default == inner.space.default
    for config in problem.space.configs():
        assert problem.evaluate(config, seed=8) == inner.evaluate(config, seed=8)
    assert problem.optimum is None
    assert problem.optimum_of(8) is None


def test_a_discretised_tree_keeps_its_conditions():
    problem = Discretised(of=Probe(MIXED), grid_points=3)
    assert dict(problem.space.conditions) == dict(MIXED.conditions)
    configs = list(problem.space.configs())
    assert len(configs) == 3 * 3 * 3 * (3 + 1)
    assert met(problem, configs, seed=0) == configs


def test_embedded_adds_axes_that_do_nothing():
    inner = Branin()
    problem = Embedded(of=inner, dimension=5)
    assert list(problem.space) == ["x1", "x2", "idle1", "idle2", "idle3"]
    assert problem.space.default == inner.space.default | dict.fromkeys(
        ("idle1", "idle2", "idle3"), 0.5
    )
    rng = np.random.default_rng(0)
    for _ in range(10):
        config = problem.space.sample(rng)
        expected = inner.evaluate({"x1": config["x1"], "x2": config["x2"]}, seed=4)
        assert problem.evaluate(config, seed=4) == expected
    assert problem.optimum_of(4) == inner.optimum
    assert Embedded(of=inner, dimension=2).space == inner.space


def test_names_of_added_axes_never_collide():
    twice = Embedded(of=Embedded(of=Branin(), dimension=4), dimension=6)
    assert list(twice.space) == ["x1", "x2", "idle1", "idle2", "idle3", "idle4"]
    config = dict(twice.space.default)
    assert twice.evaluate(config, seed=1) == Branin().evaluate(Branin().space.default, seed=1)


@every
def test_what_it_does_not_change_is_that_of_the_inner_problem(problem):
    inner = problem.of
    assert (problem.metric, problem.fidelity) == (inner.metric, inner.fidelity)
    assert (problem.tags, problem.requires, problem.about) == (
        inner.tags, inner.requires, inner.about,
    )  # fmt: skip
    assert (problem.optimum, problem.optimum_of(3)) == (7.0, 10.0)
    found = problem.evaluate(problem.space.default, seed=3, fidelity=0.5)
    config, seed, fidelity = inner.asked
    assert inner.space.check(config) == config
    assert (seed, fidelity) == (3, 0.5)
    assert found == inner.evaluate(config, seed=3, fidelity=0.5)


@both
def test_a_conditional_parameter_stays_where_it_is_or_is_not(cls):
    problem = cls(of=Probe(MIXED))
    rng = np.random.default_rng(0)
    for seed in range(30):
        config = MIXED.sample(rng)
        inner = problem.inner(config, seed)
        assert list(inner) == list(config)
        assert MIXED.check(inner) == inner


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("embedded", {"dimension": 1}, "no less than the 2 parameters of branin and no"),
        ("embedded", {"dimension": 10**9}, "no more than 100,000, got 1000000000; for example 10"),
        ("embedded", {"dimension": True}, "'dimension' to be an integer, got True"),
        ("discretised", {"grid_points": 1}, "must be integers from 2 to 10,000, got 1"),
        ("discretised", {"grid_points": 2.5}, "must be integers from 2 to 10,000, got 2.5"),
        ("discretised", {"grid_points": {"x3": 2}}, "must name parameters of .*, got 'x3'"),
        ("shifted", {"of": 3}, "expects its setting 'of' to be a problem, its name or"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line(name, settings, message):
    with pytest.raises(LookupError, match=message) as error:
        PROBLEMS.create(Entry(name, "", settings))
    assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["shifted:hartmann6", "permuted:hartmann6", "discretised:tree-wine", "embedded:hartmann6",
     "shifted:permuted:discretised:embedded:branin"],
)  # fmt: skip
def test_the_checks_pass_by_name(name):
    verdicts = checks.run_checks(PROBLEMS.get(name), checks.PROBLEM_CHECKS)
    assert [verdict for verdict in verdicts if verdict.reason] == []


def test_data_inside_go_with_the_problem():
    gc.disable()
    try:
        inner = SVMBreastCancer(folds=2, repeats=1)
        problem = Shifted(of=Permuted(of=inner))
        problem.evaluate(problem.space.default, seed=0)
        gone = weakref.ref(inner)
        del inner, problem
        assert gone() is None
    finally:
        gc.enable()
