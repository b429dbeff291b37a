import itertools

import numpy as np
import pandas as pd
import pytest

from bench.analysis.landscape.importance import best_subsets, better_half, shares, weighted_quantile


@pytest.fixture
def full():
    """Every combination of levels, equally likely, with a response in one split."""

    def make(response, **levels):
        rows = list(itertools.product(*levels.values()))
        configs = pd.DataFrame(rows, columns=list(levels))
        losses = np.array([[float(response(*row)) for row in rows]])
        return configs, losses, np.full(len(rows), 1 / len(rows))

    return make


def by_effect(frame):
    return dict(zip(frame["effect"], frame["share"], strict=True))


def test_an_additive_response_has_main_effects_only(full):
    # Var a = 1 for ±1, Var 2b = 4 for ±1: 1/5 and 4/5.
    found = by_effect(shares(*full(lambda a, b: a + 2 * b, a=(-1, 1), b=(-1, 1))))
    assert found == pytest.approx({("a",): 0.2, ("b",): 0.8, ("a", "b"): 0.0}, abs=1e-12)


def test_a_pure_interaction_has_no_main_effect(full):
    found = by_effect(shares(*full(lambda a, b: a * b, a=(-1, 1), b=(-1, 1))))
    assert found == pytest.approx({("a",): 0.0, ("b",): 0.0, ("a", "b"): 1.0}, abs=1e-12)


def test_what_three_parameters_do_together_is_left_over(full):
    axes = {"a": (-1, 1), "b": (-1, 1), "c": (-1, 1)}
    found = by_effect(shares(*full(lambda a, b, c: 3 * a + 4 * a * b * c, **axes)))
    assert found.pop(()) == pytest.approx(16 / 25)
    assert found.pop(("a",)) == pytest.approx(9 / 25)
    assert list(found.values()) == pytest.approx([0.0] * 5, abs=1e-12)


def test_a_parameter_that_does_nothing_has_no_share(full):
    found = shares(*full(lambda a, b: a**2, a=(1, 2, 3), b=("x", "y", "z")))
    assert by_effect(found) == pytest.approx({("a",): 1, ("b",): 0, ("a", "b"): 0}, abs=1e-12)
    subsets = best_subsets(*full(lambda a, b: a**2, a=(1, 2, 3), b=("x", "y", "z")))
    assert subsets["parameters"].tolist() == [("a",)]


def test_shares_add_up_to_one_on_a_product_space(full):
    rng = np.random.default_rng(4)
    axes = {"a": range(3), "b": range(4), "c": range(2), "d": range(3)}
    found = shares(*full(lambda *_: rng.normal(), **axes))
    assert found["share"].sum() == pytest.approx(1.0)


def test_weights_count():
    # Var of a Bernoulli with ¼: 3/16; the same levels, equally likely, would give other shares.
    configs = pd.DataFrame({"a": [0, 0, 1, 1], "b": [0, 1, 0, 1]})
    weights = np.array([3, 3, 1, 1]) / 8
    losses = np.array([[0.0, 1.0, 1.0, 2.0]])
    found = by_effect(shares(configs, losses, weights))
    total = 3 / 16 + 1 / 4
    expected = {("a",): 3 / 16 / total, ("b",): 1 / 4 / total, ("a", "b"): 0.0}
    assert found == pytest.approx(expected, abs=1e-12)


def test_mean_lowest_and_highest_over_splits(full):
    configs, first, weights = full(lambda a, b: a, a=(-1, 1), b=(-1, 1))
    second = full(lambda a, b: a + b, a=(-1, 1), b=(-1, 1))[1]
    found = shares(configs, np.vstack([first, second]), weights)
    assert found["effect"].iloc[0] == ("a",)
    assert found.iloc[0][["share", "low", "high"]].tolist() == pytest.approx([0.75, 0.5, 1.0])


def test_a_space_with_conditions_has_main_effects_only_and_absence_is_a_level():
    # k = 0 leaves g out; each branch is drawn half of the time.
    configs = pd.DataFrame({"k": [0, 1, 1], "g": [None, "x", "y"]})
    weights = np.array([0.5, 0.25, 0.25])
    losses = np.array([[0.0, 1.0, 3.0]])
    found = by_effect(shares(configs, losses, weights))
    # Mean 1; Var = ½·1 + ¼·0 + ¼·4 = 3/2; E[loss | k] is 0 or 2: Var 1. g tells all.
    assert found == pytest.approx({("k",): 2 / 3, ("g",): 1.0})
    assert best_subsets(configs, losses, weights)["parameters"].tolist() == [("g",)]


def test_the_effective_dimension_counts_interactions_within_the_set(full):
    axes = {"a": (-1, 1), "b": (-1, 1), "c": (-1, 1)}
    subsets = best_subsets(*full(lambda a, b, c: 3 * a * b + c, **axes))
    assert subsets["size"].tolist() == [1, 2]
    assert subsets["parameters"].tolist() == [("c",), ("a", "b")]
    assert subsets["share"].tolist() == pytest.approx([0.1, 0.9])


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6])
def test_a_constant_has_no_shares_and_no_effective_dimension(full, value):
    configs = full(lambda a, b: value, a=(1, 2, 3), b=(1, 2, 3, 4, 5, 6, 7))
    assert shares(*configs)["share"].isna().all()
    assert best_subsets(*configs).empty


def test_many_grid_points_are_no_large_array(full):
    # 60³ numbers for 3,600 rows: groups are counted again instead.
    rng = np.random.default_rng(0)
    levels = rng.integers(60, size=(3600, 3))
    configs = pd.DataFrame(levels, columns=list("abc"))
    losses = levels[None, :, 0].astype(float) + levels[None, :, 2] ** 2
    subsets = best_subsets(configs, losses, np.full(3600, 1 / 3600))  # type: ignore[arg-type]
    assert subsets["parameters"].iloc[0] == ("c",)
    grouped = pd.Series(losses[0]).groupby(configs["c"]).transform("mean")
    assert subsets["share"].iloc[0] == pytest.approx(grouped.var() / losses[0].var(ddof=1))


def test_the_better_half_ends_at_the_median_of_one_draw():
    losses = np.array([[1.0, 2.0, 3.0, 1000.0]])
    assert better_half(losses, np.full(4, 0.25)).tolist() == [[1, 2, 2, 2]]
    assert better_half(losses, np.array([0.1, 0.1, 0.4, 0.4])).tolist() == [[1, 2, 3, 3]]


@pytest.mark.parametrize(("q", "value"), [(0.0, 1), (0.25, 1), (0.26, 2), (0.5, 2), (1.0, 4)])
def test_a_quantile_is_a_value_that_is_there(q, value):
    assert weighted_quantile(np.array([4.0, 2, 3, 1]), np.full(4, 0.25), q) == value
