import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose
from scipy import stats

from bench.analysis import rungs
from bench.registry import PROBLEMS
from bench.spec import Entry
from bench.testing.panels import panels

NAN, INF = math.nan, math.inf
THIRD, NINTH = 1 / 3, 1 / 9


@pytest.fixture
def run_of(make_run):
    """Frames of a run from its trials: (configuration, share, value), None: it failed."""

    def run_of(trials, **given):
        values = [value for _, _, value in trials]
        frame, runs = make_run(values, fidelities=[share for _, share, _ in trials], budget=6,
                               **given)  # fmt: skip
        return frame.assign(config=[config for config, _, _ in trials]), runs

    return run_of


def rows(frames):
    """By repetition: (repetition, share to two digits) -> row."""
    found = panels(frames)
    frame = rungs.by_repetition(frames[0], found)
    return {(row.repetition, round(row.share, 2)): row for row in frame.itertuples()}


# Six configurations at three steps. At a ninth the order is that of a third, but for f and e.
SIX = [
    *[
        (name, NINTH, value)
        for name, value in zip("abcdef", (1.0, 2.0, 3.0, 4.0, 6.0, 5.0), strict=True)
    ],
    *[(name, THIRD, value) for name, value in zip("abcd", (2.0, 1.0, 3.0, 4.0), strict=True)],
    *[(name, 1.0, value) for name, value in zip("abc", (2.0, 1.0, 3.0), strict=True)],
]


@pytest.mark.parametrize(
    ("cheaper", "full", "tau", "concordance", "pairs"),
    [
        ([1, 2, 3], [4, 5, 6], 1, 1, 3),
        ([1, 2, 3], [6, 5, 4], -1, 0, 3),
        # Of 6 pairs one is the other way round.
        ([1, 2, 3, 4], [1, 2, 4, 3], 4 / 6, 5 / 6, 6),
        # 5 pairs are ordered by both, one is tied at the step: 5 / √(5 · 6) and 5.5 of 6.
        ([1, 2, 3, 3], [1, 2, 3, 4], 5 / math.sqrt(30), 5.5 / 6, 6),
        # A pair that is tied in the full evaluations has no order to keep.
        ([1, 2, 3, 4], [1, 2, 3, 3], 5 / math.sqrt(30), 1, 5),
        # A step at which all are equal orders nothing.
        ([1, 1, 1], [1, 2, 3], NAN, 0.5, 3),
        ([1, 2, 3], [1, 1, 1], NAN, NAN, 0),
        # Failures are worse than all values, and as bad as each other.
        ([1, INF, INF], [1, 2, INF], 2 / math.sqrt(6), 2.5 / 3, 3),
        ([1], [1], NAN, NAN, 0),
        ([], [], NAN, NAN, 0),
    ],
)
def test_agreement_by_hand(cheaper, full, tau, concordance, pairs):
    found = rungs.agreement(np.array(cheaper, dtype=float), np.array(full, dtype=float))
    assert_allclose([found.tau, found.concordance], [tau, concordance], atol=1e-12)
    assert found.n_pairs == pairs


@pytest.mark.parametrize("seed", range(5))
def test_agreement_is_that_of_scipy_with_ties_and_without(seed):
    rng = np.random.default_rng(seed)
    for most in (4, 1000):
        cheaper, full = rng.integers(0, most, (2, 40)).astype(float)
        found = rungs.agreement(cheaper, full)
        assert found.tau == pytest.approx(stats.kendalltau(cheaper, full).statistic)
        assert 2 * found.concordance - 1 == pytest.approx(stats.somersd(full, cheaper).statistic)


def test_six_configurations_at_three_steps_by_hand(run_of):
    found = rows(run_of(SIX))
    assert list(found) == [(0, 0.11), (0, 0.33)]
    low, high = found[0, 0.11], found[0, 0.33]
    assert (low.n_configs, low.n_promoted, low.n_both, low.n_pairs) == (6, 4, 3, 3)
    assert (high.n_configs, high.n_promoted, high.n_both, high.n_pairs) == (4, 3, 3, 3)
    # a, b, c: 1 2 3 at a ninth, 2 1 3 at a third and fully.
    assert_allclose([low.tau, low.concordance], [1 / 3, 2 / 3])
    assert_allclose([high.tau, high.concordance], [1, 1])


def test_a_metric_that_is_maximised_has_the_same_agreement(run_of):
    turned = [(name, share, -value) for name, share, value in SIX]
    one, other = rows(run_of(SIX)), rows(run_of(turned, direction="maximize"))
    assert [row.tau for row in one.values()] == [row.tau for row in other.values()]


def test_configurations_of_all_strategies_of_a_repetition_are_compared_with_each_other(
    run_of, join
):
    # Neither strategy alone has two configurations with both; random has none at the step.
    asha = run_of([("a", NINTH, 1.0), ("b", NINTH, 2.0), ("a", 1.0, 5.0)], strategy="asha")
    random = run_of([("b", 1.0, 7.0), ("c", 1.0, 1.0)], strategy="random")
    found = rows(join(asha, random))
    row = found[0, 0.11]
    assert (row.n_configs, row.n_promoted, row.n_both, row.n_pairs) == (2, 1, 2, 1)
    assert_allclose([row.tau, row.concordance], [1, 1])


def test_repetitions_have_other_data_so_they_are_not_compared_with_each_other(run_of, join):
    found = rows(
        join(
            run_of([("a", NINTH, 1.0), ("a", 1.0, 5.0)]),
            run_of([("b", NINTH, 2.0), ("b", 1.0, 4.0)], repetition=1),
        )
    )
    assert [row.n_pairs for row in found.values()] == [0, 0]
    assert all(math.isnan(row.tau) for row in found.values())


def test_a_configuration_that_two_brackets_evaluate_at_a_step_counts_once(run_of):
    twice = [*SIX, ("a", NINTH, 1.0), ("a", THIRD, 2.0), ("a", 1.0, 2.0)]
    one, other = rows(run_of(SIX)), rows(run_of(twice))
    assert one == other


def test_each_strategy_that_evaluates_a_configuration_counts_it_and_its_promotion(run_of, join):
    found = rows(
        join(
            run_of([("a", NINTH, 1.0), ("b", NINTH, 2.0), ("a", 1.0, 5.0)], strategy="asha"),
            run_of([("a", NINTH, 1.0), ("b", NINTH, 2.0), ("b", 1.0, 4.0)], strategy="hyperband"),
        )
    )
    row = found[0, 0.11]
    assert (row.n_configs, row.n_promoted, row.n_both, row.n_pairs) == (4, 2, 2, 1)
    assert_allclose([row.tau, row.concordance], [-1, 0])


def test_a_failed_evaluation_is_the_worst(run_of):
    trials = [
        ("a", NINTH, None), ("b", NINTH, 9.0), ("c", NINTH, 1.0),
        ("a", 1.0, 1.0), ("b", 1.0, 2.0), ("c", 1.0, None),
    ]  # fmt: skip
    row = rows(run_of(trials))[0, 0.11]
    # c b a at the step, a b c fully.
    assert_allclose([row.tau, row.concordance], [-1, 0])


def test_values_that_are_equal_up_to_rounding_are_tied(run_of):
    trials = [("a", NINTH, 0.1 + 0.2), ("b", NINTH, 0.3), ("a", 1.0, 0.2), ("b", 1.0, 0.1)]
    row = rows(run_of(trials))[0, 0.11]
    assert math.isnan(row.tau)
    assert row.concordance == 0.5


def test_shares_that_are_equal_up_to_rounding_are_one_step(run_of):
    trials = [("a", 3.0**-4, 1.0), ("b", 1 / 81, 2.0), ("a", 1.0, 5.0), ("b", 1.0, 6.0)]
    found = rows(run_of(trials))
    assert [(row.n_configs, row.tau) for row in found.values()] == [(2, pytest.approx(1))]


def test_runs_that_do_not_count_are_left_out(run_of, join):
    unfinished = run_of(SIX, strategy="asha", status="unfinished")
    assert rows(join(unfinished, run_of([("a", 1.0, 1.0)]))) == {}


def test_without_cheaper_evaluations_or_configurations_there_are_no_rungs(run_of, make_run):
    assert rows(run_of([("a", 1.0, 1.0), ("b", 1.0, 2.0)])) == {}
    assert rows(make_run([1.0, 2.0], fidelities=[NINTH, 1.0], budget=2)) == {}
    empty = rungs.by_repetition(pd.DataFrame(), [])
    assert empty.empty
    assert rungs.by_problem(empty, []).empty
    assert rungs.over_problems(empty, []).empty


@pytest.mark.parametrize("correlation", [0.0, 0.6, 1.0])
def test_the_rank_correlation_of_a_problem_whose_correlation_is_known(run_of, correlation):
    problem = PROBLEMS.create(
        Entry("cheaper", settings={"of": "branin", "correlation": correlation, "steps": 9})
    )
    rng = np.random.default_rng(2)
    configs = [problem.space.sample(rng) for _ in range(400)]
    trials = [
        (str(config), share, problem.evaluate(config, seed=1, fidelity=share).value)
        for config in configs
        for share in (NINTH, THIRD, 1.0)
    ]
    found = rows(run_of(trials))
    # A Spearman correlation of normal scores is (6 / π) asin(r / 2), Kendall's (2 / π) asin(r).
    # The angle falls to a half on the way to a full evaluation, so step 3 is correlated anyhow.
    angle = math.acos(min(2 * math.sin(math.pi * correlation / 6), 1))
    for share, part in ((0.11, 1.0), (0.33, 0.5)):
        tau = 2 / math.pi * math.asin(math.cos(part * angle))
        assert found[0, share].tau == pytest.approx(tau, abs=0.07)
        assert found[0, share].concordance == pytest.approx((1 + tau) / 2, abs=0.035)


@pytest.fixture
def two_problems(run_of, join):
    """Rank correlations 1 and 0.5 of p, −1 and −1 of q, and a third step of q alone."""
    full = [("a", 1.0, 1.0), ("b", 1.0, 2.0), ("c", 1.0, 3.0), ("d", 1.0, 4.0)]

    def at(share, values):
        return [(name, share, value) for name, value in zip("abcd", values, strict=True)]

    def of(problem, repetition, *trials):
        given = {"problem": problem, "repetition": repetition}
        return run_of([*(t for part in trials for t in part), *full], **given)

    turned = at(0.11, (4.0, 3.0, 2.0, 1.0))
    return join(
        of("p", 0, at(1 / 9, (1.0, 2.0, 3.0, 4.0))),
        # Of six pairs two are the other way round: (4 − 2) / 6.
        of("p", 1, at(1 / 9, (2.0, 3.0, 1.0, 4.0))),
        of("q", 0, turned, at(0.5, (1.0, 2.0, 3.0, 4.0))),
        of("q", 1, turned, at(0.5, (1.0, 2.0, 3.0, 4.0))),
    )


def test_a_problem_has_the_mean_over_its_repetitions(two_problems):
    found = panels(two_problems)
    frame = rungs.by_problem(
        rungs.by_repetition(two_problems[0], found), found, {"p": {rungs.steps([1 / 9])[0]: 0.4}}
    )
    p, low, high = (row for row in frame.itertuples())
    assert [(row.problem, row.n_configs, row.n_pairs) for row in (p, low, high)] == [
        ("p", 8, 12), ("q", 8, 12), ("q", 8, 12),
    ]  # fmt: skip
    assert_allclose([p.tau, low.tau, high.tau], [(1 + 1 / 3) / 2, -1, 1])
    assert_allclose([p.concordance, low.concordance, high.concordance], [5 / 6, 0, 1])
    assert -1 <= p.tau_low < p.tau < p.tau_high <= 1
    assert [p.tau_all, low.tau_all] == [0.4, pytest.approx(NAN, nan_ok=True)]
    assert p.n_repetitions == 2


def test_the_summary_has_the_mean_over_problems_of_about_the_same_step(two_problems):
    found = panels(two_problems)
    frame = rungs.over_problems(rungs.by_repetition(two_problems[0], found), found)
    low, high = (row for row in frame.itertuples())
    assert [(row.share, row.n_problems, row.n_configs) for row in (low, high)] == [
        (0.11, 2, 16), (0.5, 1, 8),
    ]  # fmt: skip
    assert_allclose([low.tau, high.tau], [(2 / 3 - 1) / 2, 1])
    assert_allclose([low.concordance, high.concordance], [(5 / 6 + 0) / 2, 1])
    assert low.tau_low < low.tau < low.tau_high
    assert low.tau_new_low < low.tau < low.tau_new_high
    assert math.isnan(high.tau_new_low)


def test_the_summary_has_the_exact_correlation_where_it_is_known_of_all_problems(two_problems):
    found = panels(two_problems)
    frame = rungs.by_repetition(two_problems[0], found)
    ninth, half = rungs.steps([1 / 9, 0.5])
    exact = {"p": {ninth: 0.2}, "q": {half: 0.9}}
    assert_allclose(rungs.over_problems(frame, found, exact)["tau_all"], [NAN, 0.9])
    exact["q"][rungs.steps([0.11])[0]] = 0.4
    assert_allclose(rungs.over_problems(frame, found, exact)["tau_all"], [0.3, 0.9])
