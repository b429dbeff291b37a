"""Cheaper evaluations of another problem: biased, noisy, of a known rank correlation."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import ks_2samp, spearmanr

from bench import (
    Evaluation,
    EvaluationError,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Suggestion,
    checks,
    settings,
)
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.testing.script import CHEAPER, Script, new_run, trials_of
from problems.analytic import Branin, Hartmann6
from problems.fidelity import REFERENCE_DRAWS, Cheaper
from problems.outcomes import Costly, Noisy


@dataclass
class Line(Problem):
    """The position on a line as value, a test value, folds and a cost; counts its evaluations."""

    name = "line"
    space = SearchSpace({"x": Float(0, 1)}, default={"x": 0.5})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    evaluations = 0

    def evaluate(self, config, *, seed, fidelity=1.0):
        self.evaluations += 1
        value = self.value(config["x"])
        return Evaluation(value, value + 1, (value - 1, value + 1), 8.1)

    def value(self, x):
        return x


@dataclass
class Gain(Line):
    """The same, the more the better."""

    metric = Metric("gain", "maximize")
    optimum = 1.0


@dataclass
class Coin(Line):
    """One of two values, each on half of the line."""

    def value(self, x):
        return float(x > 0.5)


@dataclass
class Brittle(Line):
    """Fails on most of the line, in all the ways there are."""

    def value(self, x):
        if x < 0.3:
            raise EvaluationError("recorded as failed", 8.1)
        if x < 0.6:
            raise RuntimeError("too small")
        return math.nan if x < 0.9 else x


def pairs(problem, count, seed, step=1):
    """Return the values of full evaluations and of cheaper ones at random draws, a row each."""
    rng = np.random.default_rng([seed, 99])
    configs = [problem.space.sample(rng) for _ in range(count)]
    shares = 1.0, problem.fidelity.share(step)
    return np.array(
        [[problem.evaluate(c, seed=seed, fidelity=f).value for c in configs] for f in shares]
    )


def mean_correlation(problem, count, seeds, step=1):
    return np.mean([spearmanr(*pairs(problem, count, s, step)).statistic for s in range(seeds)])


def allowed(correlation, count, seeds):
    """Return 4 standard deviations of `mean_correlation`, and what the draws' number changes.

    Of n pairs of a normal distribution the variance is (1 − ρ²)²·(1 + ρ²/2)/n (Bonett & Wright,
    Psychometrika 65, 2000). The draws add less than as many pairs would.
    """
    one = (1 - correlation**2) ** 2 * (1 + correlation**2 / 2) * (1 / count + 1 / REFERENCE_DRAWS)
    return 4 * math.sqrt(one / seeds) + 0.002


# Correlation.


@pytest.mark.parametrize(
    ("inner", "correlation"),
    [(Line(), 0.0), (Line(), 0.3), (Line(), 0.6), (Line(), 0.9), (Gain(), 0.6), (Branin(), 0.6)],
)
def test_the_correlation_at_step_1_is_the_setting(inner, correlation):
    found = mean_correlation(Cheaper(inner, correlation), 500, 8)
    assert abs(found - correlation) < allowed(correlation, 500, 8)


@pytest.mark.slow
def test_the_correlation_is_of_ranks():
    # 0.6 as that of scores would be (6/π)·asin(0.3) = 0.582 of ranks.
    assert allowed(0.6, 2000, 80) < 0.6 - 6 / math.pi * math.asin(0.3)
    assert abs(mean_correlation(Cheaper(Line(), 0.6), 2000, 80) - 0.6) < allowed(0.6, 2000, 80)


@pytest.mark.parametrize(
    ("correlation", "step", "expected"),
    [
        # Half of the angle 90° is left: (6/π)·asin(cos 45° / 2).
        (0.0, 9, 0.69016),
        # A quarter: (6/π)·asin(cos 22.5° / 2).
        (0.0, 27, 0.91708),
        # 2 sin 18° = 0.61803 is cos 51.827°: (6/π)·asin(cos 25.914° / 2).
        (0.6, 9, 0.89087),
    ],
)
def test_the_angle_falls_in_proportion_to_the_logarithm_of_the_step(correlation, step, expected):
    found = mean_correlation(Cheaper(Line(), correlation), 500, 8, step)
    assert abs(found - expected) < allowed(expected, 500, 8)


def test_a_correlation_of_0_is_independence():
    full, cheap = pairs(Cheaper(Line(), 0.0), 4000, 1)
    halves = cheap[full < 0.5], cheap[full >= 0.5]
    assert ks_2samp(*halves).pvalue > 5e-5


@pytest.mark.parametrize("inner", [Gain(), Coin(), Branin()], ids=["gain", "coin", "branin"])
def test_a_correlation_of_1_keeps_every_value(inner):
    problem = Cheaper(inner, correlation=1)
    for step in (1, 2, 27, 80):
        full, cheap = pairs(problem, 50, 3, step)
        assert (full == cheap).all()


def test_a_cheaper_value_is_distributed_as_a_full_one():
    for inner in (Line(), Gain(), Branin(), Hartmann6()):
        full, cheap = pairs(Cheaper(inner, 0.3), 1500, 5)
        assert ks_2samp(full, cheap).pvalue > 5e-5


def test_equal_losses_are_ordered_by_a_draw():
    # Two normal scores agree in sign with the probability 1/2 + asin(r)/π, and so do the two
    # values that share the line; r = 2 sin 18° at a correlation of 0.6.
    agree = 0.5 + math.asin(2 * math.sin(math.pi / 10)) / math.pi
    assert agree == pytest.approx(0.7121, abs=1e-4)
    found = np.hstack([pairs(Cheaper(Coin(), 0.6), 500, seed) for seed in range(8)])
    assert set(found[0]) == {0.0, 1.0}
    # What is between the two values has one of the 1,000 ranks.
    assert np.isin(found[1], [0.0, 1.0]).mean() > 1 - 5 / REFERENCE_DRAWS
    share = np.mean(found[0] == (found[1] > 0.5))
    assert abs(share - agree) < 4 * math.sqrt(0.25 * (1 / 4000 + 1 / (8 * REFERENCE_DRAWS)))


@pytest.mark.parametrize("step", [1, 9])
def test_losses_beyond_all_draws_keep_their_order(step):
    # With a correlation near 1 the noise is below the differences.
    inner, seed = Branin(), 2
    found, at = Cheaper(inner, correlation=1 - 1e-12), inner.minimizers(seed)[0]
    xs = [{**at, "x1": at["x1"] + shift} for shift in (0.0, 0.02, 0.04, 0.08, 0.16, 1.0)]
    share = found.fidelity.share(step)
    cheap = [found.evaluate(x, seed=seed, fidelity=share).value for x in xs]
    full = [found.evaluate(x, seed=seed).value for x in xs]
    assert all(a < b for a, b in itertools.pairwise(cheap))
    assert cheap == pytest.approx(full, abs=1e-3)


# Bias.


def test_the_bias_makes_a_value_worse_and_falls_to_0():
    for inner, sign in ((Line(), 1), (Gain(), -1)):
        plain, biased = Cheaper(inner, 0.6), Cheaper(inner, 0.6, bias=0.5)
        for step, bias in ((1, 0.5), (9, 0.25), (27, 0.125), (81, 0.0)):
            share = plain.fidelity.share(step)
            found, moved = (
                p.evaluate({"x": 0.4}, seed=1, fidelity=share).value for p in (plain, biased)
            )
            assert moved - found == pytest.approx(sign * bias)


# What decides a value.


def test_a_full_evaluation_is_that_of_the_inner_problem():
    configs = [{"x": x} for x in (0.0, 0.3, 1 / 3, 1.0)]
    for inner in (Line(), Gain()):
        problem = Cheaper(inner, 0.0, bias=3.0)
        for config in configs:
            full = inner.evaluate(config, seed=4)
            assert problem.evaluate(config, seed=4) == full
            assert problem.evaluate(config, seed=4, fidelity=81 / 81) == full
        assert (problem.metric, problem.space) == (inner.metric, inner.space)
        assert (problem.optimum, problem.optimum_of(4)) == (inner.optimum, inner.optimum)


def test_a_value_depends_on_seed_configuration_and_step_only():
    rng = np.random.default_rng(0)
    configs = [Branin.space.sample(rng) for _ in range(20)]
    asked = list(itertools.product(configs, (1, 2), (1 / 81, 2 / 81)))

    def values(problem, order):
        return [problem.evaluate(c, seed=s, fidelity=f).value for c, s, f in order]

    problem = Cheaper(Branin(), 0.5)
    by_seed = sorted(asked, key=lambda one: one[1])
    found = values(problem, by_seed)
    assert values(Cheaper(Branin(), 0.5), by_seed[::-1]) == found[::-1]
    assert values(problem, by_seed) == found
    assert len(set(found)) == len(found)
    # The order of keys is no part of a configuration.
    turned = [(dict(reversed(c.items())), s, f) for c, s, f in by_seed]
    assert values(problem, turned) == found


def test_cheaper_values_stay_what_they_are():
    # Where they change, the version of the problem must: results of two versions never mix.
    default = Branin.space.default
    found = [Cheaper().evaluate(default, seed=1, fidelity=n / 81).value for n in (1, 9)]
    assert found == pytest.approx([8.481698446142872, 14.656769414392123], rel=1e-9)
    assert Cheaper.version == 1


def test_the_noise_of_two_steps_is_independent():
    problem = Cheaper(Line(), 0.0)
    (_, one), (_, two) = (pairs(problem, 2000, 1, step) for step in (1, 2))
    # At step 1 the value is noise alone, so only the noise of step 2 could depend on it.
    assert abs(spearmanr(one, two).statistic) < 4.5 / math.sqrt(2000)


def test_noise_inside_and_outside_is_independent():
    full, cheap = pairs(Cheaper(Noisy(of=Line(), sigma=100.0), 0.0), 2000, 1)
    assert abs(spearmanr(full, cheap).statistic) < 4.5 / math.sqrt(2000)
    outside = Noisy(of=Cheaper(Line(), 0.5), sigma=1e-3)
    found = outside.evaluate({"x": 0.5}, seed=1, fidelity=1 / 81)
    assert found.value == pytest.approx(found.test_value, abs=0.01)


def test_the_draws_are_evaluated_once_a_seed_and_only_when_needed():
    inner = Line()
    problem = Cheaper(inner, 0.5)
    problem.evaluate({"x": 0.5}, seed=1)
    assert inner.evaluations == 1
    for _ in range(3):
        problem.evaluate({"x": 0.5}, seed=1, fidelity=1 / 81)
    assert inner.evaluations == 4 + REFERENCE_DRAWS


# Costs, failures, other parts of an evaluation.


def test_a_step_costs_its_share_and_has_the_value_only():
    found = Cheaper(Line()).evaluate({"x": 0.5}, seed=1, fidelity=9 / 81)
    assert (found.test_value, found.fold_values) == (None, None)
    assert found.cost == pytest.approx(0.9)
    assert Cheaper(Branin()).evaluate(Branin.space.default, seed=1, fidelity=1 / 81).cost is None
    axis = Costly(of=Branin(), seconds=810.0, spread=1)
    for problem in (Cheaper(axis), Costly(of=Cheaper(Branin()), seconds=810.0, spread=1)):
        for share in (1 / 81, 27 / 81, 1.0):
            cost = problem.evaluate(Branin.space.default, seed=1, fidelity=share).cost
            assert cost == pytest.approx(810 * share)


def test_failures_of_the_inner_problem_stay_failures():
    problem = Cheaper(Brittle(), 0.5)
    with pytest.raises(EvaluationError, match=r"^recorded as failed$") as error:
        problem.evaluate({"x": 0.1}, seed=1, fidelity=9 / 81)
    assert error.value.cost == pytest.approx(0.9)
    with pytest.raises(RuntimeError, match=r"^too small$"):
        problem.evaluate({"x": 0.4}, seed=1, fidelity=9 / 81)
    assert math.isnan(problem.evaluate({"x": 0.7}, seed=1, fidelity=9 / 81).value)
    # The draws that complete say how losses are distributed: between 0.9 and 1.
    found = [problem.evaluate({"x": 0.95}, seed=s, fidelity=1 / 81).value for s in range(20)]
    assert all(0.88 < value < 1.02 for value in found)


def test_draws_that_all_fail_are_an_error():
    @dataclass
    class Point(Line):
        def value(self, x):
            return x if x == 0.5 else math.nan

    assert Cheaper(Point()).evaluate({"x": 0.5}, seed=1).value == 0.5
    with pytest.raises(
        RuntimeError, match=r"2 of 1,000 random draws of line must complete .*, 0 d"
    ):
        Cheaper(Point()).evaluate({"x": 0.5}, seed=1, fidelity=1 / 81)


# In the harness.


@pytest.mark.parametrize("name", ["branin", "table-elastic-net-sparse-linear"])
def test_full_evaluations_of_a_run_are_those_of_the_inner_problem(name):
    inner, problem = (PROBLEMS.create(Entry(n)) for n in (name, f"cheaper:{name}"))
    found, expected = (trials_of("random", p, 20) for p in (problem, inner))
    assert [(t.suggestion, t.loss, t.status) for t in found] == [
        (t.suggestion, t.loss, t.status) for t in expected
    ]
    if name.startswith("table"):
        assert [t.evaluation for t in found] == [t.evaluation for t in expected]


def test_a_table_as_inner_problem_has_cheaper_evaluations_of_its_values():
    problem = PROBLEMS.create(Entry("cheaper:table-elastic-net-sparse-linear"))
    full, cheap = pairs(problem, 300, 1)
    assert spearmanr(full, cheap).statistic > 0.8
    assert ks_2samp(full, cheap).pvalue > 5e-5


def test_where_steps_go_on_a_run_pays_for_the_difference():
    problem = Cheaper(Line(), 0.9, steps=9, continues=True)
    share = problem.fidelity.share
    asked = [Suggestion({"x": x}, share(step)) for x in (0.25, 0.75) for step in (1, 3, 9)]
    strategy = Script(*asked, supports=CHEAPER)
    assert [trial.continued_from for trial in new_run(strategy, problem, 2)] == pytest.approx(
        [0, 1 / 9, 3 / 9] * 2
    )
    assert "continues" not in settings.values(Cheaper(Line(), 0.9))


def test_a_run_spends_steps():
    problem = Cheaper(Line(), 0.9)
    share = problem.fidelity.share
    asked = [Suggestion({"x": k / 80}, fidelity=share(1)) for k in range(81)]
    strategy = Script(*asked, *(Suggestion({"x": k / 5}) for k in range(5)), supports=CHEAPER)
    trials = list(new_run(strategy, problem, 3))
    assert len(trials) == 81 + 2
    assert sum(t.suggestion.fidelity for t in trials) == pytest.approx(3)
    assert [t.cost for t in trials] == pytest.approx([0.1] * 81 + [8.1] * 2)


@pytest.mark.parametrize(
    ("name", "settings", "message"),
    [
        ("cheaper", {"correlation": 1.1}, r"correlation must be in \[0, 1\], got 1.1; for example"),
        ("cheaper", {"correlation": -0.1}, r"correlation must be in \[0, 1\], got -0.1"),
        ("cheaper", {"correlation": float("nan")}, r"must be in \[0, 1\], got nan"),
        ("cheaper", {"steps": 1}, "steps must be 2 or more, got 1; for example 81"),
        ("cheaper", {"steps": 10**12}, "integer from 1 to 100000000000, got 1000000000000"),
        ("cheaper", {"bias": float("inf")}, "bias must be a finite number, got inf; for example"),
        ("cheaper:cheaper:branin", {}, r"full evaluations only, got cheaper:branin, .* 1 to 81"),
        ("cheaper:bench.testing.toys:Cheap", {}, r"got test-cheap, .* 10 \(rows\); use test-ch"),
        ("cheaper:noisy:svm-wine", {}, r"a function or a table, .* got noisy:svm-wine, which fits"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_in_one_line(name, settings, message):
    with pytest.raises(LookupError, match=message) as error:
        PROBLEMS.create(Entry(name, "", settings))
    assert "\n" not in str(error.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    ["cheaper:branin", "cheaper:hartmann6", "cheaper:table-elastic-net-sparse-linear",
     "noisy:cheaper:failing:shifted:branin"],
)  # fmt: skip
def test_the_checks_pass_by_name(name):
    verdicts = checks.run_checks(PROBLEMS.get(name), checks.PROBLEM_CHECKS)
    assert [verdict for verdict in verdicts if verdict.reason] == []
