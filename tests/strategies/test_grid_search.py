import math

import numpy as np
import pytest

from bench import Budget, Categorical, Float, Int, Ordinal, SearchSpace
from strategies.grid_search import GridSearch


def grid(space, trials, **settings):
    strategy = GridSearch(**settings)
    strategy.start(space, seed=1, budget=Budget(trials))
    return [suggestion.config for suggestion in iter(strategy.ask, None)]


def cube(dimensions):
    return SearchSpace({f"x{i}": Float(0, 1) for i in range(dimensions)})


def test_lexicographic_order_is_scikit_learns():
    from sklearn.model_selection import ParameterGrid

    space = SearchSpace({"a": Categorical(("p", "q")), "b": Int(1, 3), "c": Float(0, 1)})
    configs = grid(space, 12, order="lexicographic")
    expected = ParameterGrid({"a": ["p", "q"], "b": [1, 2, 3], "c": [0.0, 1.0]})
    assert configs == list(expected)


@pytest.mark.parametrize(
    ("dimensions", "trials", "size"),
    [(2, 49, 49), (2, 50, 49), (2, 42, 42), (2, 81, 81), (5, 31, 24), (5, 32, 32), (3, 1, 1)],
)
def test_the_grid_is_whole_and_within_the_budget(dimensions, trials, size):
    configs = grid(cube(dimensions), trials)
    assert len(configs) == size == len({tuple(config.values()) for config in configs})
    for name in configs[0]:
        levels = {config[name] for config in configs}
        assert math.isclose(size / len(levels), round(size / len(levels)))


def test_end_points_and_centres_lie_on_the_axis_own_scale():
    space = SearchSpace({"rate": Float(1e-4, 1, log=True)})
    ends = [config["rate"] for config in grid(space, 5, order="lexicographic")]
    assert ends == pytest.approx([1e-4, 1e-3, 1e-2, 1e-1, 1])
    centres = grid(space, 4, order="lexicographic", placement="centres")
    expected = [10**-3.5, 10**-2.5, 10**-1.5, 10**-0.5]
    assert [config["rate"] for config in centres] == pytest.approx(expected)


def test_an_axis_with_one_level_sits_in_the_middle():
    assert grid(cube(3), 1) == [{"x0": 0.5, "x1": 0.5, "x2": 0.5}]


def test_small_integers_are_not_repeated():
    space = SearchSpace({"k": Int(1, 3), "u": Int(1, 2, log=True)})
    configs = grid(space, 100, order="lexicographic")
    assert configs == [{"k": k, "u": u} for k in (1, 2, 3) for u in (1, 2)]


def test_an_ordinal_axis_is_complete_or_spread_over_its_positions():
    space = SearchSpace({"rate": Ordinal((1e-3, 1e-2, 1e-1, 1, 10))})
    assert grid(space, 9, order="lexicographic") == list(space.configs())
    assert [c["rate"] for c in grid(space, 3, order="lexicographic")] == [1e-3, 1e-1, 10]
    centres = grid(space, 3, order="lexicographic", placement="centres")
    assert [config["rate"] for config in centres] == [1e-3, 1e-1, 10]
    assert [config["rate"] for config in grid(space, 1)] == [1e-1]


def test_a_finite_space_within_the_budget_is_searched_whole():
    space = SearchSpace(
        {"layers": Int(1, 2), "units_2": Ordinal((8, 16, 32)), "kind": Categorical(("a", "b"))},
        conditions={"units_2": {"layers": (2,)}},
    )
    assert grid(space, 8, order="lexicographic") == list(space.configs())


def test_what_differs_in_inactive_parameters_only_counts_once():
    space = SearchSpace(
        {"layers": Categorical((1, 2)), "units_2": Categorical((8, 16, 32))},
        conditions={"units_2": {"layers": (2,)}},
    )
    configs = grid(space, 4, order="lexicographic")
    assert configs == [{"layers": 1}] + [{"layers": 2, "units_2": units} for units in (8, 16, 32)]


def test_shuffled_is_the_same_set_in_another_order():
    ordered = grid(cube(2), 49, order="lexicographic")
    shuffled = grid(cube(2), 49)
    assert shuffled != ordered
    assert sorted(map(tuple, map(dict.values, shuffled))) == sorted(
        map(tuple, map(dict.values, ordered))
    )
    assert GridSearch().is_set
    assert not GridSearch(order="lexicographic").is_set


@pytest.mark.parametrize("setting", ["placement", "order"])
def test_settings_are_checked(setting):
    with pytest.raises(ValueError, match=f"{setting} must be one of .*, got 'diagonal'"):
        GridSearch(**{setting: "diagonal"})


@pytest.mark.parametrize(
    ("placement", "dimensions", "effective", "expected"),
    [
        # METHOD: Σ(x_i − c_i)², c uniform, m levels an axis: d/(12 m²), d/(12 (m−1)²).
        ("centres", 2, 2, 2 / (12 * 9**2)),
        ("endpoints", 2, 2, 2 / (12 * 8**2)),
        # One of four axes matters: 1/(12 m²) with m = 3.
        ("centres", 4, 1, 1 / (12 * 3**2)),
    ],
)
def test_the_best_of_81_points_on_a_quadratic(placement, dimensions, effective, expected):
    points = np.array([list(c.values()) for c in grid(cube(dimensions), 81, placement=placement)])
    assert len(points) == 81
    centres = np.random.default_rng(0).random((20_000, effective))
    squares = (points[None, :, :effective] - centres[:, None, :]) ** 2
    best = squares.sum(axis=2).min(axis=1)
    z = (best.mean() - expected) / (best.std(ddof=1) / math.sqrt(len(best)))
    assert abs(z) < 4


def test_many_conditional_parameters_are_counted_without_making_their_product():
    children = {f"c{i}": Categorical(tuple(range(8))) for i in range(12)}
    space = SearchSpace(
        {"on": Categorical((True, False)), **children},
        conditions={name: {"on": (True,)} for name in children},
    )
    configs = grid(space, 100)
    assert len(configs) == 65 == len({tuple(config.items()) for config in configs})


def test_a_short_log_axis_of_whole_numbers_is_complete():
    configs = grid(SearchSpace({"k": Int(1, 4, log=True)}), 9, order="lexicographic")
    assert configs == [{"k": k} for k in (1, 2, 3, 4)]


def test_a_categorical_that_does_not_fit_grows_with_the_others():
    space = SearchSpace({"x": Float(0, 1), "kind": Categorical(tuple("abcdefgh"))})
    configs = grid(space, 6)
    assert len(configs) == 6
    assert {config["kind"] for config in configs} == {"a", "b"}
