from __future__ import annotations

import itertools

import numpy as np
import pytest

from bench import Categorical, EvaluationError, Float, Int, Metric, Ordinal, SearchSpace, Table
from bench.tabular.table import config_keys, key_weights

TREE = SearchSpace(
    {
        "kind": Categorical(("linear", "net")),
        "depth": Int(1, 4, log=True),
        "width": Ordinal((0.1, 1, 10)),
        "norm": Categorical((None, "batch")),
    },
    conditions={
        "depth": {"kind": ("net",)},
        "width": {"depth": (2, 3, 4)},
        "norm": {"kind": ("net",)},
    },
)
FLAT = SearchSpace(
    {"a": Int(0, 2), "b": Categorical(("x", None, True)), "c": Float(0.5, 0.5), "d": Int(1, 2)}
)


def of_numbers(values, direction="minimize"):
    """A table of one parameter; a row of values a split."""
    values = np.array(values, dtype=float)
    space = SearchSpace({"i": Int(1, values.shape[1])})
    return Table(space, Metric("m", direction), values)


def of_space(space, splits=1, seed=0):
    values = np.random.default_rng(seed).normal(size=(splits, sum(1 for _ in space.configs())))
    return Table(space, Metric("m", "minimize"), values)


def brute_force(values, shares, n):
    """The expected least of n draws, over all sequences of draws."""
    return sum(
        np.prod([shares[i] for i in draws]) * min(values[i] for i in draws)
        for draws in itertools.product(range(len(values)), repeat=n)
    )


@pytest.mark.parametrize("space", [FLAT, TREE], ids=["flat", "conditional"])
def test_rows_are_in_the_order_of_the_configurations(space):
    table = of_space(space)
    configs = list(space.configs())
    assert [table.row(config) for config in configs] == list(range(len(configs)))
    # Whatever the order in which a configuration names its parameters.
    backwards = [dict(reversed(config.items())) for config in configs]
    assert [table.row(config) for config in backwards] == list(range(len(configs)))


@pytest.mark.parametrize("space", [FLAT, TREE], ids=["flat", "conditional"])
def test_keys_are_sums_of_weights_and_ascend(space):
    weights = key_weights(space)
    keys = [sum(weights[n][v] for n, v in config.items()) for config in space.configs()]
    assert config_keys(space).tolist() == keys == sorted(set(keys))


def test_numbers_equal_to_a_level_find_its_row():
    table = of_space(TREE)
    config = {"kind": "net", "depth": np.int64(2), "width": 1.0, "norm": None}
    assert table.row(config) == list(TREE.configs()).index({**config, "depth": 2, "width": 1})


def test_an_evaluation_holds_all_that_was_measured():
    value = np.array([[1.0, 2.0], [3.0, 4.0]])
    table = Table(
        SearchSpace({"i": Int(1, 2)}),
        Metric("m", "minimize"),
        value,
        test_value=value + 10,
        cost=value + 20,
        fold_values=np.stack([value - 0.5, value + 0.5], axis=2),
    )
    found = table.evaluation({"i": 2}, 1)
    assert (found.value, found.test_value, found.fold_values, found.cost) == (4, 14, (3.5, 4.5), 24)
    assert {type(v) for v in (found.value, found.test_value, found.cost)} == {float}
    plain = of_numbers(value).evaluation({"i": 1}, 0)
    assert (plain.value, plain.test_value, plain.fold_values, plain.cost) == (1, None, None, None)
    assert table.splits == 2


@pytest.mark.parametrize(("cost", "charged"), [([[1.0, 7.0]], 7.0), ([[1.0, np.nan]], None)])
def test_a_failed_evaluation_says_why_and_what_it_took(cost, charged):
    table = Table(
        SearchSpace({"i": Int(1, 2)}),
        Metric("m", "minimize"),
        np.array([[1.0, np.nan]]),
        cost=np.array(cost),
        reasons={(0, 1): "ValueError: no"},
    )
    with pytest.raises(EvaluationError, match=r"^ValueError: no$") as caught:
        table.evaluation({"i": 2}, 0)
    assert caught.value.cost == charged


@pytest.mark.parametrize(("direction", "best"), [("minimize", [1, 2]), ("maximize", [5, 9])])
def test_the_optimum_is_that_of_the_split(direction, best):
    table = of_numbers([[3, 1, 5], [2, 9, np.nan]], direction)
    assert [table.optimum(0), table.optimum(1)] == best


def test_every_draw_of_a_flat_space_is_as_likely():
    assert of_space(FLAT).draw_probability() == pytest.approx(np.full(18, 1 / 18))


def test_draws_of_a_conditional_space_by_hand():
    table = of_space(SearchSpace({"on": Categorical((0, 1)), "x": Int(1, 3)}))
    conditional = of_space(
        SearchSpace({"on": Categorical((0, 1)), "x": Int(1, 3)}, conditions={"x": {"on": (1,)}})
    )
    assert table.draw_probability() == pytest.approx(np.full(6, 1 / 6))
    assert conditional.draw_probability() == pytest.approx([1 / 2, 1 / 6, 1 / 6, 1 / 6])


@pytest.mark.slow
@pytest.mark.parametrize("space", [TREE, SearchSpace({"k": Int(1, 8, log=True)})])
def test_probabilities_are_those_of_the_draws(space):
    table = of_space(space)
    probability = table.draw_probability()
    assert probability.sum() == pytest.approx(1)
    rng, draws = np.random.default_rng(1), 40_000
    counts = np.bincount(
        [table.row(space.sample(rng)) for _ in range(draws)], minlength=len(probability)
    )
    z = (counts / draws - probability) / np.sqrt(probability * (1 - probability) / draws)
    assert np.abs(z).max() < 4


def test_random_search_on_the_squares_to_64():
    # METHOD.md: values {1, 4, …, 64} with replacement.
    values = np.array([[1, 4, 9, 16, 25, 36, 49, 64]])
    trials = [1, 2, 3, 4, 8]
    curve = of_numbers(values).random_search(0, trials)
    assert curve == pytest.approx([25.5, 13.6875, 8.7656, 6.2432, 2.7340], abs=5e-5)
    assert of_numbers(-values, "maximize").random_search(0, trials) == pytest.approx(-curve)


def test_random_search_on_a_hundred_ranks():
    order = np.random.default_rng(0).permutation(100) + 1
    table = of_numbers([np.arange(100, 0, -1), order])
    for split in (0, 1):
        (found,) = table.random_search(split, [10])
        assert found == pytest.approx(sum((j / 100) ** 10 for j in range(1, 101)))
        assert found == pytest.approx(9.5992, abs=5e-5)


def test_random_search_on_a_conditional_space_is_that_of_all_sequences_of_draws():
    space = SearchSpace(
        {"on": Categorical((0, 1)), "k": Int(1, 3, log=True)}, conditions={"k": {"on": (1,)}}
    )
    table = of_space(space, splits=2)
    shares = table.draw_probability()
    for split, n in itertools.product((0, 1), (1, 2, 3, 4)):
        (found,) = table.random_search(split, [n])
        assert found == pytest.approx(brute_force(table.value[split], shares, n))


def test_random_search_counts_a_failure_as_the_worst_and_ends_at_the_optimum():
    failing, whole = of_numbers([[2, 1, np.nan, 3]]), of_numbers([[2, 1, 3, 3]])
    trials = [1, 2, 5, 50]
    assert failing.random_search(0, trials) == pytest.approx(whole.random_search(0, trials))
    assert failing.random_search(0, [10_000]) == pytest.approx([1])
    equal = of_numbers([[7, 7, 7]])
    assert equal.random_search(0, [1, 3]) == pytest.approx([7, 7])


def test_the_median_of_one_random_draw_is_the_better_of_two_middles():
    values = [[0.1, 0.4, 0.2, 0.9], [0.5, 0.6, float("nan"), 0.7]]
    # A failure is the worst of its split.
    assert of_numbers(values, "maximize").median_draws() == [0.4, 0.6]
    assert of_numbers(values).median_draws() == [0.2, 0.6]
    assert of_numbers(values).losses(1).tolist() == [0.5, 0.6, 0.7, 0.7]
