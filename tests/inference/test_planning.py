import itertools
import math

import numpy as np
import pytest
from scipy import stats

from bench.inference import bayes
from bench.inference.paired import pairs_of
from bench.inference.planning import prospect
from bench.inference.verdicts import verdicts_of


def planned(strategies, problems, repetitions, sets=None):
    """The prospect of a full sweep, its problems on so many data sets."""
    names = [f"p{k}" for k in range(problems)]
    datasets = {name: f"d{k % (sets or problems)}" for k, name in enumerate(names)}
    cells = set(itertools.product([f"s{i}" for i in range(strategies)], names))
    counts = {f"s{i}": repetitions for i in range(strategies)}
    return prospect(cells, datasets, counts, 0.1), datasets


def reported(strategies, repetitions, datasets, apart):
    """Verdicts on such a sweep: each strategy so far behind the one before it, without any noise.

    No effect is stronger, and none is surer.
    """
    first, second = np.triu_indices(strategies, k=1)
    regret = np.arange(strategies) * apart
    values = [
        (
            np.repeat(regret[first, None], repetitions, axis=1),
            np.repeat(regret[second, None], repetitions, axis=1),
        )
        for _ in datasets
    ]
    return verdicts_of(
        pairs_of(
            values,
            a=tuple(f"s{i}" for i in first),
            b=tuple(f"s{i}" for i in second),
            problems=tuple(datasets),
            datasets=tuple(datasets.values()),
        )
    )


@pytest.fixture(autouse=True)
def one_draw(monkeypatch):
    """The Bayesian test takes nearly all of the time, and is sure of such effects."""
    monkeypatch.setattr(bayes, "weights", lambda count: np.full((1, count + 1), 1 / (count + 1)))


@pytest.mark.slow
@pytest.mark.parametrize("apart", [0.2, 0.0], ids=["far apart", "the same"])
@pytest.mark.parametrize("strategies", [2, 3, 5])
def test_what_cannot_be_decided_is_not_and_what_can_be_is(strategies, apart):
    for problems, repetitions in itertools.product(range(1, 12), (1, 2, 3, 5, 6, 9)):
        found, datasets = planned(strategies, problems, repetitions)
        verdicts = reported(strategies, repetitions, datasets, apart)
        plan = strategies, problems, repetitions
        decided = set(verdicts["verdict"]) - {"undecided"}
        assert math.isinf(found.difference) == (not decided), plan
        new = set(verdicts["verdict_new"]) - {"undecided"}
        assert found.decides_new == bool(new), plan
        assert np.isfinite(verdicts["detectable"]).any() == math.isfinite(found.difference), plan


@pytest.mark.slow
@pytest.mark.parametrize("strategies", [2, 4])
@pytest.mark.parametrize("problems", [1, 2, 5])
def test_the_repetitions_that_are_named_would_do_and_no_fewer(strategies, problems):
    needed = planned(strategies, problems, 1)[0].repetitions
    for repetitions, enough in ((needed, True), (needed - 1, False)):
        found, datasets = planned(strategies, problems, repetitions)
        verdicts = reported(strategies, repetitions, datasets, 0.2)
        assert math.isfinite(found.difference) is enough
        assert ("better" in set(verdicts["verdict"])) is enough


def test_data_sets_count_not_problems():
    assert planned(2, 12, 3)[0].decides_new
    found = planned(2, 12, 3, sets=5)[0]
    assert (found.decides_new, found.datasets, found.datasets_needed) == (False, 5, 6)


def test_functions_are_counted_of_the_pair_with_the_most_data_sets():
    cells = {("a", name) for name in "pqrs"} | {("b", name) for name in "pqrs"} | {("c", "p")}
    datasets = {"p": "f", "q": "f", "r": "r", "s": "wine"}
    counts = {"a": 2, "b": 2, "c": 2}
    found = prospect(cells, datasets, counts, 0.1, functions=("p", "q", "r"))
    # p and q are one function.
    assert (found.problems, found.datasets, found.functions) == (4, 3, 2)
    assert prospect(cells, datasets, counts, 0.1).functions == 0


def test_the_difference_is_that_of_students_test():
    # 3 pairs on 4 problems with 5 repetitions: 16 degrees of freedom.
    size = stats.t.ppf([1 - 0.05 / 6, 0.8], 16).sum() * 0.1 / math.sqrt(20)
    assert planned(3, 4, 5)[0].difference == pytest.approx(size)


def test_a_pair_that_never_meets_is_no_pair():
    cells = {("a", "p"), ("b", "p"), ("c", "q")}
    found = prospect(cells, {"p": "p", "q": "q"}, {"a": 9, "b": 9, "c": 9}, 0.1)
    assert found.pairs == 1
    nothing = prospect({("a", "p")}, {"p": "p"}, {"a": 9}, 0.1)
    assert (nothing.pairs, nothing.difference) == (0, math.inf)


def test_a_pair_has_the_repetitions_of_the_strategy_with_fewer():
    cells = {(strategy, "p") for strategy in "abc"}
    # Of the three pairs that of a and b has the most paired runs: 20, so 19 degrees of freedom.
    found = prospect(cells, {"p": "p"}, {"a": 20, "b": 20, "c": 5}, 0.1)
    size = stats.t.ppf([1 - 0.05 / 6, 0.8], 19).sum() * 0.1 / math.sqrt(20)
    assert found.difference == pytest.approx(size)
