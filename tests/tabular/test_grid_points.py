from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Categorical, Float, Int, Ordinal, SearchSpace, discretise


def grid_points(distribution: Float | Int, count: int, default: Any = None) -> list[Any]:
    """Return the grid points of the only parameter of a space."""
    space = SearchSpace({"x": distribution}, default=None if default is None else {"x": default})
    found = discretise(space, count)
    made = found.parameters["x"]
    assert isinstance(made, Ordinal)
    assert found.default == space.default
    return list(made.values)


def test_grid_points_are_evenly_spaced_on_the_scale_of_their_parameter() -> None:
    assert grid_points(Float(0, 1), 5) == [0, 0.25, 0.5, 0.75, 1]
    assert grid_points(Float(1e-4, 1, log=True), 5) == [1e-4, 1e-3, 1e-2, 1e-1, 1]
    assert grid_points(Float(0, 1), 4) == [0, 0.333333, 0.666667, 1]
    assert grid_points(Int(1, 100), 3) == [1, 51, 100]


def test_the_default_takes_the_place_of_the_nearest_level_between_the_bounds() -> None:
    assert grid_points(Float(0, 1), 5, 0.3) == [0, 0.3, 0.5, 0.75, 1]
    assert grid_points(Float(0, 1), 5, 0.01) == [0, 0.01, 0.5, 0.75, 1]
    assert grid_points(Float(0, 1), 5, 0.99) == [0, 0.25, 0.5, 0.99, 1]
    assert grid_points(Float(0, 1), 2, 0.3) == [0, 0.3, 1]
    assert grid_points(Float(0, 1), 5, 1) == [0, 0.25, 0.5, 0.75, 1]


@st.composite
def axes(draw: st.DrawFn) -> tuple[Float | Int, Any]:
    log = draw(st.booleans())
    if draw(st.booleans()):
        bound = st.floats(1e-9, 1e9) if log else st.floats(-1e9, 1e9)
        low, high = sorted(draw(st.lists(bound, min_size=2, max_size=2, unique=True)))
        axis: Float | Int = Float(low, high, log=log)
    else:
        whole = st.integers(1 if log else -1000, 1000)
        low, high = sorted(draw(st.lists(whole, min_size=2, max_size=2, unique=True)))
        axis = Int(low, high, log=log)
    return axis, axis.from_unit(draw(st.floats(0, 1)))


@given(axes(), st.integers(2, 30))
def test_grid_points_hold_both_bounds_and_the_exact_default(axis: Any, count: int) -> None:
    distribution, default = axis
    space = SearchSpace({"x": distribution}, default={"x": default})
    found = discretise(space, count)
    made = found.parameters["x"]
    assert found.default == space.default
    assert {distribution.low, distribution.high, default} <= set(found_values(made))
    assert made.size is not None
    assert made.size <= max(count, 3)
    for value in found_values(made):
        assert distribution.check(value) == value


def found_values(distribution: Any) -> list[Any]:
    if isinstance(distribution, Int):
        return list(range(distribution.low, distribution.high + 1))
    return list(distribution.values)


@pytest.mark.parametrize(
    "distribution",
    [
        # Six digits would leave the bounds, or move the grid points together.
        Float(1.00000049, 1.0000009),
        Float(1e6, 1e6 + 45),
        Float(1e6, 1e6 * (1 + 1e-5), log=True),
    ],
)
def test_short_ranges_keep_evenly_spaced_grid_points(distribution: Float) -> None:
    units = list(map(distribution.to_unit, grid_points(distribution, 10)))
    assert units == pytest.approx([k / 9 for k in range(10)], abs=2e-4)


def test_neighbouring_floats_have_no_more_grid_points_than_values() -> None:
    assert grid_points(Float(1, 1 + 2**-52), 10) == [1, 1 + 2**-52]


@pytest.mark.parametrize("log", [False, True])
@pytest.mark.parametrize("size", [2, 5, 8])
def test_few_integers_keep_all_their_values_and_their_scale(size: int, log: bool) -> None:
    space = SearchSpace({"k": Int(1, size, log=log)}, default={"k": 2})
    assert discretise(space, 8) == space


def test_choices_single_values_and_parents_stay() -> None:
    space = SearchSpace(
        {
            "kind": Categorical(("a", "b")),
            "size": Ordinal((1, 2, 4, 8)),
            "fixed": Float(3, 3),
            "layers": Int(1, 50),
            "rate": Float(0, 1),
        },
        conditions={"rate": {"layers": (7, 49)}},
        default={"kind": "b", "size": 4, "fixed": 3, "layers": 2},
    )
    found = discretise(space, 3)
    assert found == SearchSpace(
        {**space.parameters, "rate": Ordinal((0.0, 0.5, 1.0))},
        conditions=space.conditions,
        default=space.default,
    )


def test_counts_by_name_with_one_for_the_others() -> None:
    space = SearchSpace({"x": Float(0, 1), "y": Float(0, 1), "z": Float(0, 1)})
    sizes = [d.size for d in discretise(space, {"": 4, "y": 2}).parameters.values()]
    assert sizes == [4, 2, 4]


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        (1, "grid points must be integers from 2 to 10,000, got 1"),
        (2.5, "grid points must be integers from 2 to 10,000, got 2.5"),
        (True, "grid points must be integers from 2 to 10,000, got True"),
        ("10", "grid points must be integers from 2 to 10,000, got '10'"),
        ({"x": 0}, "grid points must be integers from 2 to 10,000, got 0"),
        ({"z": 3}, r"grid points must name parameters of \['x', 'y'\], got 'z'"),
        ({"x": 3}, "a number needs grid points, 'y' has none; name it, or give a count"),
    ],
)
def test_impossible_grid_points_are_refused(counts: Any, message: str) -> None:
    with pytest.raises(ValueError, match="^" + message):
        discretise(SearchSpace({"x": Float(0, 1), "y": Float(0, 1)}), counts)


def test_a_discretised_space_is_finite() -> None:
    space = SearchSpace({"x": Float(0, 1), "k": Int(1, 1000, log=True)})
    found = discretise(space, {"": 3, "k": 4})
    assert len(list(found.configs())) == 12
    for config, (x, k) in zip(
        found.configs(),
        itertools.product((0, 0.5, 1), grid_points(Int(1, 1000, log=True), 4)),
        strict=True,
    ):
        assert (config["x"], config["k"]) == (x, k)
