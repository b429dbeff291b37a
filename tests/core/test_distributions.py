from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import Categorical, Float, Int, Ordinal
from bench.core.distributions import values_of

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
