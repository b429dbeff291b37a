"""Numbers that theory gives exactly, against the harness as it runs: seeds, loop, strategy.

Every test draws a fixed number of runs with fixed seeds and asks that a mean lies within 4 of its
own exact standard errors; a right harness misses that once in 16,000 times, and with fixed seeds
either always or never.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from bench import Budget, Categorical, Evaluation, Float, Metric, Problem, SearchSpace, seeds
from bench.registry import STRATEGIES
from bench.run import Run

Z = 4


class OnSpace(Problem):
    """A function on a space."""

    name = "on-space"

    def __init__(self, space, function, direction="minimize"):
        self.space, self.function = space, function
        self.metric = Metric("value", direction)

    def evaluate(self, config, *, seed, fidelity=1.0):
        return Evaluation(self.function(config))


def losses(cls, problem, trials, repetitions):
    """Return the losses, a row a run; seeds are those a sweep would use."""
    rows = []
    for repetition in range(repetitions):
        run = Run(
            cls(),
            problem,
            budget=Budget(trials),
            strategy_seed=seeds.strategy_seed(1, "oracle", problem.name, repetition),
            problem_seed=seeds.problem_seed(1, problem.name, repetition),
        )
        rows.append([trial.loss for trial in run])
    return np.array(rows)


@pytest.fixture(scope="module")
def random_search():
    return STRATEGIES.get("random")


@pytest.fixture
def permutation(part):
    return type(part("Permutation"))


def assert_mean(sample, expected, variance):
    z = (np.mean(sample) - expected) / math.sqrt(variance / len(sample))
    assert abs(z) < Z


def moments(values, probabilities):
    values, probabilities = np.array(values, float), np.array(probabilities, float)
    assert probabilities.sum() == pytest.approx(1)
    mean = (values * probabilities).sum()
    return mean, ((values - mean) ** 2 * probabilities).sum()


def best_with_replacement(values, n):
    """Return mean and variance of the least of n draws; `values` sorted."""
    size = len(values)
    return moments(values, [((size - k) ** n - (size - k - 1) ** n) / size**n for k in range(size)])


def best_without_replacement(values, n):
    size = len(values)
    return moments(
        values, [math.comb(size - k - 1, n - 1) / math.comb(size, n) for k in range(size)]
    )


@pytest.mark.slow
@pytest.mark.parametrize("direction", ["minimize", "maximize"])
def test_random_search_on_a_table_draws_with_replacement(random_search, direction):
    mean, variance = best_with_replacement(range(1, 101), 10)
    assert (
        mean
        == pytest.approx(sum((j / 100) ** 10 for j in range(1, 101)))
        == (pytest.approx(9.5992, abs=5e-5))
    )
    sign = 1 if direction == "minimize" else -1
    table = OnSpace(
        SearchSpace({"i": Categorical(tuple(range(1, 101)))}), lambda c: sign * c["i"], direction
    )
    best = losses(random_search, table, 10, 3000).min(axis=1)
    assert_mean(best, mean, variance)


@pytest.mark.slow
def test_draws_without_replacement_from_a_table(permutation, part):
    mean, variance = best_without_replacement(range(1, 101), 10)
    assert mean == pytest.approx(101 / 11) == pytest.approx(9.1818, abs=5e-5)
    assert math.sqrt(variance) == pytest.approx(7.9122, abs=5e-5)
    best = losses(permutation, part("Table", size=100), 10, 3000).min(axis=1)
    assert_mean(best, mean, variance)
    # The variance too: the mean square has an exact variance of its own.
    square, spread = moments(
        [k**2 for k in range(1, 101)],
        [math.comb(100 - k, 9) / math.comb(100, 10) for k in range(1, 101)],
    )
    assert_mean(best**2, square, spread)


SQUARES = (1, 4, 9, 16, 25, 36, 49, 64)


@pytest.mark.slow
def test_best_so_far_of_random_draws(random_search):
    problem = OnSpace(SearchSpace({"v": Categorical(SQUARES)}), lambda c: c["v"])
    found = losses(random_search, problem, 8, 2000)
    for n, expected in ((1, 25.5), (2, 13.6875), (3, 8.7656), (4, 6.2432), (8, 2.7340)):
        mean, variance = best_with_replacement(SQUARES, n)
        assert mean == pytest.approx(expected, abs=5e-5)
        assert_mean(found[:, :n].min(axis=1), mean, variance)


@pytest.mark.slow
def test_best_so_far_of_a_shuffled_set(permutation):
    problem = OnSpace(SearchSpace({"v": Categorical(SQUARES)}), lambda c: c["v"])
    found = losses(permutation, problem, 8, 2000)
    for n, expected in ((1, 25.5), (2, 12), (3, 6.75), (4, 4.2)):
        mean, variance = best_without_replacement(SQUARES, n)
        assert mean == pytest.approx(expected)
        assert_mean(found[:, :n].min(axis=1), mean, variance)
    assert set(found.min(axis=1)) == {1}


@pytest.mark.slow
def test_60_draws_hit_the_top_5_percent(random_search):
    share = 1 - 0.95**60
    assert share == pytest.approx(0.95393, abs=5e-6)
    problem = OnSpace(SearchSpace({"x": Float(0, 1)}), lambda c: c["x"])
    hit = losses(random_search, problem, 60, 1000).min(axis=1) < 0.05
    assert_mean(hit, share, share * (1 - share))


@pytest.fixture(scope="module")
def independent(random_search):
    """1,500 runs of 50 independent continuous losses."""
    problem = OnSpace(SearchSpace({"x": Float(1e-3, 1e3, log=True)}), lambda c: c["x"])
    return losses(random_search, problem, 50, 1500)


@pytest.mark.slow
def test_the_best_trial_is_anywhere(independent):
    mean, variance = moments(range(1, 51), [1 / 50] * 50)
    assert (mean, math.sqrt(variance)) == (25.5, pytest.approx(14.43, abs=5e-3))
    position = independent.argmin(axis=1) + 1
    assert_mean(position, mean, variance)
    square, spread = moments([k**2 for k in range(1, 51)], [1 / 50] * 50)
    assert_mean(position**2, square, spread)


@pytest.mark.slow
def test_the_incumbent_changes_as_often_as_the_harmonic_number_says(independent):
    # Trial i is a record with probability 1/i, independently of the others.
    mean = sum(1 / i for i in range(1, 51))
    assert mean == pytest.approx(4.499, abs=5e-4)
    variance = sum(1 / i - 1 / i**2 for i in range(1, 51))
    records = np.minimum.accumulate(independent, axis=1) == independent
    assert_mean(records.sum(axis=1), mean, variance)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("dimension", "n", "expected"), [(1, 10, 1 / 22), (2, 100, 0.044146), (5, 100, 0.182546)]
)
def test_random_search_nears_the_centre_of_a_cube(random_search, dimension, n, expected):
    def moment(k):
        # The k-th moment of the least of n draws of max |x_i - 1/2|; a product, n!/Γ is too big.
        power = k / dimension
        return 0.5**k * math.exp(
            math.lgamma(1 + power) + math.lgamma(n + 1) - math.lgamma(n + 1 + power)
        )

    assert moment(1) == pytest.approx(expected, abs=5e-7)
    space = SearchSpace({f"x{i}": Float(0, 1) for i in range(dimension)})
    problem = OnSpace(space, lambda c: max(abs(x - 0.5) for x in c.values()))
    best = losses(random_search, problem, n, 400).min(axis=1)
    assert_mean(best, moment(1), moment(2) - moment(1) ** 2)
