"""Distributions: quantiles to values and back, what they check and refuse."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Categorical, Float, Int, Ordinal
from bench.core.distributions import values_of

FINITE = st.floats(-1e6, 1e6)


UNITS = st.floats(0, 1)


@st.composite
def floats(draw: st.DrawFn) -> Float:
    log = draw(st.booleans())
    bound = st.floats(1e-9, 1e9) if log else FINITE
    low, high = sorted((draw(bound), draw(bound)))
    return Float(low, high, log=log)


@st.composite
def ints(draw: st.DrawFn) -> Int:
    log = draw(st.booleans())
    bound = st.integers(1, 10**6) if log else st.integers(-(10**6), 10**6)
    low, high = sorted((draw(bound), draw(bound)))
    return Int(low, high, log=log)


@given(floats(), UNITS)
def test_a_float_stays_inside_and_comes_back(distribution: Float, u: float) -> None:
    value = distribution.from_unit(u)
    assert distribution.check(value) == value
    again = distribution.to_unit(value)
    assert 0 <= again <= 1
    assert distribution.from_unit(again) == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(floats())
def test_the_ends_of_a_float_are_its_bounds(distribution: Float) -> None:
    assert distribution.from_unit(0) == distribution.low
    assert distribution.from_unit(1) == distribution.high


@given(ints(), UNITS)
def test_an_int_stays_inside_and_comes_back_exactly(distribution: Int, u: float) -> None:
    value = distribution.from_unit(u)
    assert distribution.check(value) == value
    assert 0 <= distribution.to_unit(value) <= 1
    assert distribution.from_unit(distribution.to_unit(value)) == value


@given(ints())
def test_the_ends_of_an_int_are_its_bounds(distribution: Int) -> None:
    assert distribution.from_unit(0) == distribution.low
    assert distribution.from_unit(1) == distribution.high


@given(floats(), UNITS, UNITS)
def test_from_unit_is_monotone(distribution: Float, one: float, other: float) -> None:
    low, high = sorted((one, other))
    assert distribution.from_unit(low) <= distribution.from_unit(high)


@pytest.mark.parametrize("low", [-3, 0, 1])
def test_ints_own_cells_of_equal_width_the_ends_included(low: int) -> None:
    distribution = Int(low, low + 6)
    points = (np.arange(7 * 1000) + 0.5) / 7000
    counts = Counter(distribution.from_unit(u) for u in points.tolist())
    assert counts == dict.fromkeys(range(low, low + 7), 1000)


def test_log_ints_own_cells_as_wide_as_log_of_v_plus_half_over_v_minus_half() -> None:
    distribution = Int(1, 8, log=True)
    points = (np.arange(100_000) + 0.5) / 100_000
    counts = Counter(distribution.from_unit(u) for u in points.tolist())
    whole = math.log(8.5 / 0.5)
    for value in range(1, 9):
        width = math.log((value + 0.5) / (value - 0.5)) / whole
        assert counts[value] == pytest.approx(100_000 * width, abs=1)  # a point on each border


def test_choices_own_cells_of_equal_width() -> None:
    distribution = Categorical(("a", "b", None))
    counts = Counter(distribution.from_unit((k + 0.5) / 3000) for k in range(3000))
    assert counts == {"a": 1000, "b": 1000, None: 1000}
    for choice in distribution.choices:
        assert distribution.from_unit(distribution.to_unit(choice)) == choice
    assert distribution.from_unit(1.0) is None


def test_the_middle_of_a_log_float_is_its_geometric_mean() -> None:
    assert Float(1e-4, 1, log=True).from_unit(0.5) == pytest.approx(1e-2)


def test_one_value_is_enough() -> None:
    assert Float(2, 2).from_unit(0.7) == 2
    assert Float(2, 2).to_unit(2) == 0.5
    assert Int(3, 3).from_unit(0.7) == 3
    assert Int(3, 3, log=True).to_unit(3) == 0.5
    assert (Float(2, 2).size, Int(3, 3).size, Float(0, 1).size) == (1, 1, None)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Float(1, 0), "low must not exceed high, got low=1.0, high=0.0; swap"),
        (lambda: Float(0, math.inf), "must be finite"),
        (lambda: Float(0, 10**400), "must be finite"),
        (lambda: Float(math.nan, 1), "must be finite"),
        (lambda: Float(0, 1, log=True), "a log scale needs low > 0, got low=0.0"),
        (lambda: Int(0, 5, log=True), "a log scale needs low > 0"),
        (lambda: Int(0, 1.5), "must be whole, got 0 and 1.5"),  # type: ignore[arg-type]
        (lambda: Int(2, 1), "low must not exceed high"),
        (lambda: Categorical(()), "at least one choice"),
        (lambda: Categorical((1, True)), "choices must differ"),
        (lambda: Categorical(((1, 2),)), "name it with a string"),  # type: ignore[arg-type]
    ],
)
def test_a_distribution_that_cannot_be_is_refused(make: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace(".", r"\.")):
        make()


@pytest.mark.parametrize("arguments", [(-1e308, 1e308), (1e-200, 1e200, True)])
def test_a_range_is_within_what_a_float_can_span(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(ValueError, match="within what a float can span, got low="):
        Float(*arguments)


def test_int_bounds_fit_a_record() -> None:
    assert Int(-(2**63) + 1, 0).low == -(2**63) + 1
    with pytest.raises(ValueError, match="must fit 64 bits"):
        Int(0, 2**63)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_numbers_to_choose_from_are_finite(number: float) -> None:
    with pytest.raises(ValueError, match="must be finite, got"):
        Categorical((1.0, number))


NUMBERS = st.one_of(st.integers(-(10**9), 10**9), st.floats(-1e9, 1e9))
ASCENDING = st.lists(NUMBERS, min_size=1, max_size=12, unique=True).map(sorted)


@given(ASCENDING, st.floats(0, 1))
def test_an_ordinal_stays_inside_and_comes_back(values: list[float], u: float) -> None:
    distribution = Ordinal(tuple(values))
    value = distribution.from_unit(u)
    assert distribution.check(value) == value
    assert 0 < distribution.to_unit(value) < 1
    assert distribution.from_unit(distribution.to_unit(value)) == value
    assert (distribution.from_unit(0), distribution.from_unit(1)) == (values[0], values[-1])


@pytest.mark.parametrize("size", [1, 2, 3, 7, 10, 49])
def test_the_values_of_an_ordinal_own_cells_of_equal_width(size: int) -> None:
    distribution = Ordinal(tuple(k**2 for k in range(size)))
    points = [(k + 0.5) / (size * 100) for k in range(size * 100)]
    counts = Counter(map(distribution.from_unit, points))
    assert counts == dict.fromkeys(distribution.values, 100)
    # The quantile it gives back is the middle of the cell.
    assert list(map(distribution.to_unit, distribution.values)) == pytest.approx(
        [(k + 0.5) / size for k in range(size)]
    )


def test_an_ordinal_returns_its_own_value_as_plain_data() -> None:
    distribution = Ordinal((np.int64(1), np.float64(2.5), 4))  # type: ignore[arg-type]
    assert [type(value) for value in distribution.values] == [int, float, int]
    checked = [distribution.check(value) for value in (1.0, np.float32(2.5), np.int8(4))]
    assert checked == [1, 2.5, 4]
    assert [type(value) for value in checked] == [int, float, int]
    assert distribution.size == 3


@pytest.mark.parametrize("value", [True, np.True_, 2, "1", None, float("nan")])
def test_what_is_no_value_of_an_ordinal_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^must be one of \[1, 3\.5\], got "):
        Ordinal((1, 3.5)).check(value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ((), "an Ordinal needs at least one value, got none"),
        ((1, 1.0), "must ascend, got 1 before 1.0"),
        ((2, 1), "must ascend, got 2 before 1"),
        ((0, float("nan")), "must be finite, got nan"),
        ((0, float("inf")), "must be finite, got inf"),
        ((0, 2**63), "must fit 64 bits, got 9223372036854775808"),
        ((0, 10**400), "must fit 64 bits, got 1000"),
        ((0, True), "must be numbers, got True; Categorical takes other values"),
        (("a", "b"), "must be numbers, got 'a'"),
        ((None,), "must be numbers, got None"),
    ],
)
def test_an_ordinal_that_cannot_be_is_refused(values: tuple[Any, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Ordinal(values)


def test_finitely_many_values_are_enumerated_in_order() -> None:
    assert list(values_of("k", Int(-1, 2))) == [-1, 0, 1, 2]
    assert list(values_of("k", Int(1, 3, log=True))) == [1, 2, 3]
    assert values_of("o", Ordinal((0.1, 1, 10))) == [0.1, 1, 10]
    assert values_of("c", Categorical(("b", None, "a"))) == ["b", None, "a"]
    assert values_of("f", Float(2, 2)) == [2.0]
    with pytest.raises(ValueError, match=r"only finitely many values .* 'rate' has a continuum"):
        values_of("rate", Float(0, 1))
