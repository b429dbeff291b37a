from __future__ import annotations

import datetime as dt
import decimal
import uuid

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from problems._arrow import floats, occurrences, stored, texts


def column(values, kind=None):
    return pa.chunked_array([values if isinstance(values, pa.Array) else pa.array(values, kind)])


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (pa.array([uuid.UUID(int=1).bytes, None], pa.uuid()), pa.string(), [f"{1:032x}", None]),
        (
            pa.ExtensionArray.from_storage(pa.bool8(), pa.array([2, 0, None], pa.int8())),
            pa.bool_(),
            [True, False, None],
        ),
        (
            pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", None])),
            pa.string(),
            ["{}", None],
        ),
        (pc.run_end_encode(pa.array(["a", "a", None])), pa.string(), ["a", "a", None]),
        (pa.array(["a", None]).dictionary_encode(), pa.string(), ["a", None]),
        (pa.array(["a"], pa.large_string()), pa.string(), ["a"]),
        (pa.array(["a"], pa.string_view()), pa.string(), ["a"]),
        (pa.array([1.5, np.nan, None]), pa.float64(), [1.5, None, None]),
        (pa.array([1, None]), pa.int64(), [1, None]),
    ],
)
def test_every_type_is_stored_as_a_plain_one(values, kind, expected):
    found = stored(column(values))
    assert found.type == kind
    assert found.to_pylist() == expected


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", None], ["a", None]),
        ([1, None], ["1", None]),
        ([decimal.Decimal("12345678901234567890.5")], ["12345678901234567890.5"]),
        ([b"\xff\x01", None], ["ff01", None]),
        ([dt.date(2024, 12, 31)], ["2024-12-31"]),
        ([True, None], ["true", None]),
        (pa.array([(1, 2, 3)], pa.month_day_nano_interval()), None),
    ],
)
def test_every_value_has_a_text(values, expected):
    found = texts(column(values)).to_pylist()
    assert found == expected if expected else isinstance(found[0], str)


def test_decimals_become_the_nearest_floats():
    exact = [decimal.Decimal(i) / 1000 for i in range(2000)]
    for kind in (pa.decimal128(12, 3), pa.decimal256(60, 40)):
        assert floats(column(exact, kind)).tolist() == [i / 1000 for i in range(2000)]


def test_texts_are_counted_over_all_pieces():
    pieces = pa.chunked_array([pa.array(["b", None]), pa.array(["a", "b"])])
    counts, first = occurrences(pieces)
    assert counts == {"b": 2, "a": 1}
    assert first == {"b": 1, "a": 3}
