import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Budget, Categorical, Float, Int, Ordinal, SearchSpace
from strategies import _axis as axis
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


def test_a_shuffled_grid_has_the_configurations_of_scikit_learns():
    from sklearn.model_selection import ParameterGrid

    space = SearchSpace(
        {"a": Categorical(("p", "q")), "b": Int(1, 3), "c": Float(0, 1), "d": Ordinal((0.1, 7))}
    )
    expected = ParameterGrid({"a": ["p", "q"], "b": [1, 2, 3], "c": [0.0, 1.0], "d": [0.1, 7]})
    configs = grid(space, len(expected))
    assert configs != list(expected)
    assert sorted(map(str, configs)) == sorted(map(str, expected))


@pytest.mark.parametrize(
    ("dimensions", "trials", "size"),
    [(2, 49, 49), (2, 50, 49), (2, 42, 42), (2, 81, 81), (5, 31, 24), (5, 32, 32), (3, 1, 1)],
)
def test_the_grid_is_whole_and_within_the_budget(dimensions, trials, size):
    configs = grid(cube(dimensions), trials)
    assert len(configs) == size == len({tuple(config.values()) for config in configs})
    for name in configs[0]:
        grid_points = {config[name] for config in configs}
        assert math.isclose(size / len(grid_points), round(size / len(grid_points)))


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
    assert GridSearch().unordered
    assert not GridSearch(order="lexicographic").unordered


@pytest.mark.parametrize("setting", ["placement", "order"])
def test_settings_are_checked(setting):
    with pytest.raises(ValueError, match=f"{setting} must be one of .*, got 'diagonal'"):
        GridSearch(**{setting: "diagonal"})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("placement", "dimensions", "effective", "expected"),
    [
        # METHOD: Σ(x_i − c_i)², c uniform, m grid points an axis: d/(12 m²), d/(12 (m−1)²).
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


def test_a_short_log_axis_of_integers_is_complete():
    configs = grid(SearchSpace({"k": Int(1, 4, log=True)}), 9, order="lexicographic")
    assert configs == [{"k": k} for k in (1, 2, 3, 4)]


def test_a_categorical_that_does_not_fit_grows_with_the_others():
    space = SearchSpace({"x": Float(0, 1), "kind": Categorical(tuple("abcdefgh"))})
    configs = grid(space, 6)
    assert len(configs) == 6
    assert {config["kind"] for config in configs} == {"a", "b"}


def hanging():
    """Return spaces with an axis that adds no point however many grid points it gets."""
    letters = Categorical(tuple("abcdefgh"))
    one_of_eight = SearchSpace(
        {"model": letters, "C": Float(1e-3, 1e3, log=True)}, conditions={"C": {"model": ["h"]}}
    )
    return {
        "a child of a late choice": (one_of_eight, {1: 1, 5: 5, 7: 7, 8: 8, 20: 20}),
        "a condition that never holds": (
            SearchSpace({"m": letters, "x": Float(0, 1)}, conditions={"x": {"m": ()}}),
            {3: 3, 50: 8},
        ),
        "nested conditions of which one excludes the other": (
            SearchSpace(
                {"m": Categorical(("a", "b")), "n": Categorical((1, 2)), "x": Float(0, 1)},
                conditions={"n": {"m": ("a",)}, "x": {"m": ("b",), "n": (1,)}},
            ),
            {1: 1, 2: 2, 50: 3},
        ),
        "two floats": (
            SearchSpace({"x": Float(1, math.nextafter(1, 2)), "y": Float(0, 1)}),
            {1: 1, 2: 2, 50: 50},
        ),
        "few floats around zero": (SearchSpace({"x": Float(-5e-324, 1e-323)}), {3: 3, 50: 4}),
        "few floats on a log scale": (SearchSpace({"x": Float(5e-324, 2e-323, log=True)}), {50: 4}),
        "all parameters fixed": (
            SearchSpace({"x": Float(2, 2), "k": Int(3, 3), "c": Categorical(("a",))}),
            {1: 1, 50: 1},
        ),
        "a value in the middle of a long parent": (
            SearchSpace(
                {"n": Int(1, 10**6), "x": Float(0, 1)}, conditions={"x": {"n": (500_001,)}}
            ),
            {1: 1, 2: 2, 10_000: 10_000},
        ),
        "integers on a long log scale": (
            SearchSpace({"n": Int(1, 2**62, log=True)}),
            {7: 7, 100_000: 100_000},
        ),
        "a thousand axes": (cube(1000), {1: 1, 100: 96}),
    }


@pytest.mark.slow
@pytest.mark.parametrize("placement", ["endpoints", "centres"])
@pytest.mark.parametrize("kind", hanging())
def test_growth_ends_where_an_axis_adds_no_point(kind, placement):
    space, sizes = hanging()[kind]
    assert {trials: len(grid(space, trials, placement=placement)) for trials in sizes} == sizes


def test_an_axis_that_waited_takes_part_once_it_is_active():
    space = SearchSpace(
        {"model": Categorical(tuple("abcdefgh")), "C": Float(0, 1)},
        conditions={"C": {"model": ("c",)}},
    )
    configs = grid(space, 7, order="lexicographic")
    assert [config["model"] for config in configs] == ["a", "b", "c", "c", "c", "d", "e"]


@st.composite
def axes(draw):
    kind = draw(st.sampled_from(["choice", "ordinal", "int", "log int", "float", "few floats"]))
    few = draw(st.integers(1, 5))
    low = draw(st.integers(1, 50))
    match kind:
        case "choice":
            return Categorical(tuple("abcde"[:few]))
        case "ordinal":
            return Ordinal(tuple(range(few)))
        case "int" | "log int":
            return Int(low, low + draw(st.sampled_from([0, 1, 2, 7, 10**6])), log=kind[0] == "l")
        case "float":
            return Float(low, low + draw(st.integers(0, 9)), log=draw(st.booleans()))
    high = float(low)
    for _ in range(few):
        high = math.nextafter(high, math.inf)
    return Float(low, high, log=draw(st.booleans()))


@st.composite
def spaces(draw):
    parameters = {f"p{i}": axis for i, axis in enumerate(draw(st.lists(axes(), max_size=6)))}
    parameters = {"first": Categorical((True, False)), **parameters}
    names = list(parameters)
    conditions = {}
    for position, name in enumerate(names[1:], start=1):
        parents = draw(st.lists(st.sampled_from(names[:position]), max_size=2, unique=True))
        quantiles = st.lists(st.floats(0, 1), max_size=3)
        conditions[name] = {
            parent: [parameters[parent].from_unit(u) for u in draw(quantiles)] for parent in parents
        }
    return SearchSpace(parameters, conditions=conditions)


@pytest.mark.slow
@given(spaces(), st.integers(1, 60), st.sampled_from(["endpoints", "centres"]))
def test_a_grid_is_whole_and_nothing_more_fits(space, limit, placement):
    configs = grid(space, limit, placement=placement, order="lexicographic")
    assert 1 <= len(configs) <= limit
    assert len({tuple(config.items()) for config in configs}) == len(configs)
    assert all(space.check(config) == config == space.active(config) for config in configs)
    found = {n: list(dict.fromkeys(c[n] for c in configs if n in c)) for n in space}
    assert configs == product(space, found)
    for name, grid_points in found.items():
        size = axis.size(space.parameters[name])
        if not grid_points or len(grid_points) == size:
            continue
        # The next number of grid points that gives more values, or other ones.
        count = next(
            n for n in range(1, size + 1) if values(space, name, n, placement) == grid_points
        )
        further = (values(space, name, n, placement) for n in range(count + 1, size + 1))
        more = next(found for found in further if found != grid_points)
        assert len(product(space, found | {name: more}, limit)) > limit


def values(space, name, count, placement):
    return axis.values(space.parameters[name], count, placement)


def product(space, grid_points, limit=10**6):
    """Return the whole product of grid points without what differs in inactive parameters only."""
    configs = [{}]
    for name in space:
        grown = []
        for config in configs:
            there = space.exists(name, config)
            # A parameter that was active nowhere has one level, whichever it is.
            some = grid_points[name] or [space.parameters[name].from_unit(0.5)]
            grown += [{**config, name: v} for v in some] if there else [config]
        configs = grown[: limit + 1]
    return configs


@given(axes(), st.integers(1, 400), st.sampled_from(["endpoints", "centres"]))
def test_the_values_of_an_axis_are_counted_without_being_made(distribution, count, placement):
    count = min(count, axis.size(distribution))
    made = axis.values(distribution, count, placement)
    assert axis.width(distribution, count, placement) == len(made) == len(set(made))
