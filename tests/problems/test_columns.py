from __future__ import annotations

import datetime as dt
import decimal
import uuid
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from problems._columns import MAX_ABS_NUMBER, to_dataset

N = 40
NUMBERS = [float(i) / 7 for i in range(N)]
HALVES = ["no", "yes"] * (N // 2)


def dataset(target="y", groups="", **columns):
    columns = {"x": NUMBERS, "y": HALVES} | columns
    return to_dataset(pa.table(columns), source="t.csv", target=target, groups=groups)


def refuses(message, **arguments):
    with pytest.raises(ValueError, match=message) as caught:
        dataset(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "codes", "labels"),
    [
        (["b", "a", "c", "a"] * 10, [1, 0, 2, 0], ("a", "b", "c")),
        ([True, False, False, True] * 10, [1, 0, 0, 1], ("False", "True")),
        ([10, 9, 9, 10] * 10, [1, 0, 0, 1], ("9", "10")),
        ([-1.0, 2.0, 2.0, -1.0] * 10, [0, 1, 1, 0], ("-1", "2")),
        (pa.array([10, 9, 9, 10] * 10).dictionary_encode(), [1, 0, 0, 1], ("9", "10")),
        (pa.array(["b", "a"] * 20).dictionary_encode(), [1, 0, 1, 0], ("a", "b")),
        (pa.array(["b", "a"] * 20, pa.large_string()), [1, 0, 1, 0], ("a", "b")),
        (pa.array(["b", "a"] * 20, pa.string_view()), [1, 0, 1, 0], ("a", "b")),
    ],
)
def test_a_target_of_classes_becomes_ranks_of_its_sorted_labels(values, codes, labels):
    data = dataset(y=values)
    assert data.y.tolist() == codes * 10
    assert data.y.dtype == np.int64
    assert data.labels == labels
    assert data.X[:, 0].tolist() == NUMBERS


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        (list(range(20)) * 10, 20),  # 20 values, 10 rows each
        (list(range(20)) * 9, 0),  # 9 rows each
        (list(range(21)) * 10, 0),  # 21 values
        ([0, 1] * 9 + [2] * 12, 3),  # 10 rows each on average only
        ([0.5, 1.0] * 50, 0),  # not whole
        (list(map(float, range(20))) * 10, 20),
    ],
)
def test_integers_are_classes_when_few_and_frequent(values, classes):
    data = dataset(x=[float(i) for i in range(len(values))], y=values)
    assert len(data.labels) == classes
    assert data.y.dtype == (np.int64 if classes else np.float64)
    truth = [float(data.labels[code]) for code in data.y] if classes else data.y.tolist()
    assert truth == values


def test_features_are_numbers_or_codes_and_missing_is_nan():
    data = dataset(
        x=[None, 1, *range(38)],
        text=["b", None, *["a", "c"] * 19],
        truth=[None, True, *[False] * 38],
        category=pa.array([None, "z", *["q"] * 38]).dictionary_encode(),
        exact=[decimal.Decimal("1.5"), None, *[decimal.Decimal(2)] * 38],
        single=pa.array([np.nan, 0.5, *[1] * 38], pa.float32()),
        half=pa.array(np.array([0.5, np.nan, *[1] * 38], np.float16)),
    )
    assert data.categorical == (1, 2, 3)
    nan = np.nan
    expected = [[nan, 1, nan, nan, 1.5, nan, 0.5], [1, nan, 1, 1, nan, 0.5, nan]]
    assert np.array_equal(data.X[:2], expected, equal_nan=True)
    assert data.X[2:5].tolist() == [
        [0, 0, 0, 0, 2, 1, 1],
        [1, 2, 0, 0, 2, 1, 1],
        [2, 0, 0, 0, 2, 1, 1],
    ]


def test_a_pandas_frame_gives_the_same_as_its_columns():
    frame = pd.DataFrame(
        {
            "x": pd.array([1, None, *range(38)], dtype="Int64"),
            "c": pd.Categorical([None, "high", *["low", "mid"] * 19], ["low", "mid", "high"]),
            "y": HALVES,
        }
    )
    data = to_dataset(pa.Table.from_pandas(frame), source="t", target="y")
    assert data.X[:4].tolist() == pytest.approx(
        np.array([[1, np.nan], [np.nan, 0], [0, 1], [1, 2]]), nan_ok=True
    )


def test_columns_may_come_in_several_pieces():
    half = pa.table({"x": NUMBERS[:20], "c": ["a", "b"] * 10, "y": ["u"] * 20})
    other = pa.table({"x": NUMBERS[20:], "c": ["c", "b"] * 10, "y": ["v"] * 20})
    data = to_dataset(pa.concat_tables([half, other]), source="t", target="y")
    assert data.X[:, 0].tolist() == NUMBERS
    assert data.X[:, 1].tolist() == [0, 1] * 10 + [2, 1] * 10
    assert data.y.tolist() == [0] * 20 + [1] * 20


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        (["b", "a"] * 20, [1, 0]),
        ([7, 3] * 20, [1, 0]),
        ([0.5, 0.25] * 20, [1, 0]),
        ([dt.date(2020, 2, 1), dt.date(2020, 1, 1)] * 20, [1, 0]),
    ],
)
def test_groups_are_codes_and_no_feature(values, codes):
    data = dataset(g=values, groups="g")
    assert data.groups.tolist() == codes * 20
    assert data.X.shape == (N, 1)


def test_a_group_may_be_one_row():
    groups = [f"person {i:02}" for i in range(60)]
    data = dataset(x=list(range(60)), y=["u", "v"] * 30, g=groups, groups="g")
    assert data.groups.tolist() == list(range(60))


def test_the_arrays_are_read_only():
    data = dataset(g=HALVES, groups="g")
    for array in (data.X, data.y, data.groups):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("target", "groups", "message"),
    [
        ("Y", "", r"target must be a column of t.csv, got 'Y'; the columns are 'x', 'y'$"),
        ("", "", r"a target must be named, got none for t.csv; the columns are 'x', 'y'$"),
        ("y", "g", "groups must be a column of t.csv, got 'g'"),
        ("y", "y", "groups must be another column than the target, got 'y' for both"),
    ],
)
def test_columns_must_be_there(target, groups, message):
    refuses(message, target=target, groups=groups)


def test_near_names_are_offered():
    refuses("got 'colour'; did you mean 'color'", target="colour", color=HALVES)


def test_many_columns_are_not_all_listed():
    refuses("'x9' and 8 more$", target="nothing", **{f"x{i}": NUMBERS for i in range(18)})


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"y": [None, "a", *HALVES[2:-1], None]}, r"2 of 40 have none in 'y' of t.csv; drop them"),
        ({"y": [np.nan, *NUMBERS[1:]]}, "every row must have a target, 1 of 40"),
        ({"y": pa.nulls(N)}, "every row must have a target, 40 of 40"),
        ({"y": ["a"] * N}, "a target must vary, 'y' of t.csv is 'a' in every row"),
        ({"y": [3] * N}, "a target must vary, 'y' of t.csv is '3' in every row"),
        ({"y": [0.5] * N}, "a target must vary, 'y' of t.csv is 0.5 in every row"),
        ({"y": ["odd\none", *HALVES[1:]]}, r"every class must have 2 rows or more, 'odd\\none'"),
        ({"y": [np.inf, *NUMBERS[1:]]}, "numbers must be finite, 'y' of t.csv is infinite in 1"),
        ({"y": [dt.date(2020, 1, 1)] * N}, "'y' of t.csv holds dates or times"),
        ({"x": [np.inf, -np.inf, *NUMBERS[2:]]}, "'x' of t.csv is infinite in 2 of 40 rows"),
        ({"x": pa.nulls(N)}, "every column must have a value somewhere, 'x' of t.csv has none"),
        ({"x": [np.nan] * N}, "every column must have a value somewhere"),
        ({"x": pa.nulls(N, pa.string())}, "every column must have a value somewhere"),
        ({"x": [dt.datetime(2020, 1, 1)] * N}, r"'x' of t.csv holds dates or times \(timestamp"),
        ({"x": [dt.time(12)] * N}, "holds dates or times"),
        ({"x": [b"a"] * N}, "holds values of type binary"),
        ({"x": [[1, 2]] * N}, "holds values of type list"),
        ({" ": NUMBERS}, "every column must have a name, column 3 of t.csv has none"),
    ],
)
def test_what_cannot_be_measured_on_is_named(columns, message):
    refuses(message, **columns)


def test_missing_groups_are_counted():
    refuses(
        "every row must have a group, 2 of 40 have none in 'g' of t.csv",
        g=[None, None, *HALVES[2:]],
        groups="g",
    )


@pytest.mark.parametrize("values", [[[1], [2]], [{"a": 1}, {"a": 2}]])
def test_groups_of_nested_values_are_refused(values):
    with pytest.raises(ValueError, match=r"groups must be numbers, strings or dates, 'g' of t.csv"):
        dataset(x=[1, 2] * 20, y=["u", "v"] * 20, g=values * 20, groups="g")


def test_column_names_must_differ():
    table = pa.table([NUMBERS, NUMBERS, HALVES], names=["x", "x", "y"])
    with pytest.raises(ValueError, match=r"names must differ, t.csv has 'x' more than once"):
        to_dataset(table, source="t.csv", target="y")


def test_a_target_alone_is_no_data_set():
    with pytest.raises(ValueError, match="a feature besides target and groups"):
        to_dataset(pa.table({"y": HALVES}), source="t.csv", target="y")


@pytest.mark.parametrize(("rows", "said"), [(0, "none"), (19, "19")])
def test_twenty_rows_are_needed(rows, said):
    refuses(f"20 rows or more, t.csv has {said};", x=NUMBERS[:rows], y=HALVES[:rows])
    assert dataset(x=NUMBERS[:20], y=HALVES[:20]).X.shape == (20, 1)


@pytest.mark.parametrize(("texts", "rows", "fine"), [(51, 101, False), (51, 102, True)])
def test_an_identifier_is_recognised_by_its_different_texts(texts, rows, fine):
    columns = {
        "x": list(range(rows)),
        "id": [f"id {min(i, texts - 1)}" for i in range(rows)],
        "y": [i % 2 for i in range(rows)],
    }
    if fine:
        assert dataset(**columns).categorical == (1,)
    else:
        refuses(
            "must not name single rows, 'id' of t.csv has 51 different strings in 101", **columns
        )


def test_fifty_texts_are_categories_however_few_the_rows():
    columns = {"id": [f"id {i}" for i in range(50)], "y": [i % 2 for i in range(50)]}
    assert dataset(x=list(range(50)), **columns).categorical == (1,)


def test_numbers_with_a_stray_text_are_not_taken_for_categories():
    strays = [str(i) for i in range(38)] + ["?", "?"]
    for role in ({"x": strays}, {"y": strays}):
        refuses(r"must hold nothing else, '[xy]' of t.csv also holds '\?' \(2 of 40 rows", **role)
    # Few different ones are categories: "3+" is a usual top class.
    assert dataset(x=["0", "1", "2", "3+"] * 10).categorical == (0,)
    assert dataset(x=["a", "b", *map(str, range(5))] * 5 + ["a"] * 5).categorical == (0,)


def test_the_faults_of_all_columns_are_reported_together():
    refuses(
        r"^t.csv has 4 faults to be put right: \(1\) every row must have a target, 1 of 40 .* "
        r"\(2\) every row must have a group, .* \(3\) .*'a' of t.csv holds dates .* "
        r"\(4\) numbers must be finite, 'b' of t.csv is infinite",
        y=[None, *HALVES[1:]],
        g=[None, *HALVES[1:]],
        a=["31.12.2024", "1.1.2025"] * 20,
        b=[np.inf, *NUMBERS[1:]],
        groups="g",
    )
    refuses(
        r"has 2 faults .*target must be a column .*groups must be a column", target="z", groups="g"
    )


@pytest.mark.parametrize("number", [1.1e38, 1e155, -1.7e308, 10**39])
@pytest.mark.parametrize("role", ["x", "y"])
def test_numbers_that_overflow_in_models_are_refused_as_infinite_ones_are(number, role):
    refuses(
        rf"numbers must be within ±1e\+38, .*'{role}' of t.csv has .*in 1 of 40 rows",
        **{role: [float(number), *NUMBERS[1:]]},
    )


def test_the_largest_number_is_one_of_single_precision():
    assert np.isfinite(np.float32(MAX_ABS_NUMBER))
    data = dataset(x=[MAX_ABS_NUMBER, -MAX_ABS_NUMBER, None, *NUMBERS[3:]])
    assert data.X[:2, 0].tolist() == [MAX_ABS_NUMBER, -MAX_ABS_NUMBER]


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        ([12345678901234567890 + i for i in range(20)], 20),  # uint64, one float
        ([decimal.Decimal(12345678901234567890 + i) for i in range(20)], 20),
        ([f"1234567890123456789{i}" for i in range(10)] * 2, 10),
        (["007", "7", "7.0", "1e5", "100000"] * 4, 5),
        (["True", "true", "1", "yes"] * 5, 4),
        ([float(i) for i in range(10)] * 2, 10),
        ([uuid.UUID(int=i // 4).bytes for i in range(20)], 5),
        ([b"\xff", b"\xfe"] * 10, 2),
        ([dt.timedelta(i // 4) for i in range(20)], 5),
        ([dt.time(i // 4) for i in range(20)], 5),
        ([True, False] * 10, 2),
        (pa.array(["a", "b"] * 10).dictionary_encode(), 2),
        (pa.array([b"a", b"b"] * 10).dictionary_encode(), 2),
        (pa.array([(1, 2, 3), (1, 2, 4)] * 10, pa.month_day_nano_interval()), 2),
        (pa.array(np.array([0.5, 1] * 10, np.float16)), 2),
        (pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1] * 10, pa.int8())), 2),
        (pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", "[]"] * 10)), 2),
        (pa.array([uuid.UUID(int=i // 4).bytes for i in range(20)], pa.uuid()), 5),
    ],
)
def test_groups_are_texts_whatever_they_look_like(values, groups):
    kind = pa.uint64() if isinstance(values, list) and isinstance(values[0], int) else None
    column = pa.array(values, kind if type(values[0]) is int else None)
    data = dataset(x=NUMBERS[:20], y=HALVES[:20], g=column, groups="g")
    assert len(set(data.groups.tolist())) == groups
    assert len({*zip(map(str, column.to_pylist()), data.groups.tolist(), strict=True)}) == groups


def test_groups_of_numbers_keep_their_order():
    data = dataset(g=[str(i) for i in (10, 9, 100, 9)] * 10, groups="g")
    assert data.groups[:4].tolist() == [1, 0, 2, 0]


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
def test_groups_that_are_equal_as_floats_are_refused(kind):
    exact = 2.0 ** (np.finfo(kind).nmant + 1)
    dataset(g=pa.array(np.array([exact - 1, 1] * 20, kind)), groups="g")
    refuses(
        f"groups must be distinct values, 'g' of t.csv holds floats of {int(exact):,} or more",
        g=pa.array(np.array([exact, 1] * 20, kind)),
        groups="g",
    )


@pytest.mark.parametrize(
    "values",
    [
        pa.array([uuid.UUID(int=i // 4).bytes for i in range(N)], pa.uuid()),
        pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1] * 20, pa.int8())),
        pa.ExtensionArray.from_storage(pa.json_(), pa.array(["{}", "[]"] * 20)),
        pa.array([dt.date(2020, 1, 1), dt.date(2021, 1, 1)] * 20).dictionary_encode(),
        pa.array([b"b", b"a"] * 20).dictionary_encode(),
        pa.array([1, 0] * 20).dictionary_encode(),
        pa.array([decimal.Decimal(1), None] * 20).dictionary_encode(),
    ],
)
def test_features_and_targets_of_any_type_with_a_plain_value_are_read(values):
    data = dataset(x=values)
    assert data.categorical == (0,)
    if not values.null_count and values.type != pa.uuid():
        assert len(dataset(x=NUMBERS, y=values).labels) == 2


@pytest.mark.parametrize("role", ["x", "y"])
@pytest.mark.parametrize(
    ("values", "held"),
    [
        ([{"a": 1}] * N, "values of type struct"),
        ([[["a"]]] * N, "values of type list"),
        ([b"a"] * N, "values of type binary"),
        ([dt.timedelta(1)] * N, "dates or times .duration"),
    ],
)
def test_other_types_are_named(values, held, role):
    refuses(f"'{role}' of t.csv holds {held}", **{role: values})


def test_decimals_are_rounded_once():
    exact = [decimal.Decimal(i) / 1000 for i in range(400)]
    column = pa.array(exact, pa.decimal128(12, 3))
    data = dataset(x=column, y=HALVES * 10)
    assert data.X[:, 0].tolist() == [i / 1000 for i in range(400)]


def test_a_column_that_may_name_rows_is_warned_of():
    table: dict[str, Any] = {
        "number": range(100, 100 + N),
        "shuffled": [float(i * 7 % 41) for i in range(N)],
        "text": [f"id {i}" for i in range(N)],
        "measured": NUMBERS,
        "some": [*range(N - 1), 0],
        "gaps": [None, *range(N - 1)],
    }
    del table["gaps"][0]
    table["gaps"].append(None)
    data = dataset(**table)
    named = [warning.split()[0] for warning in data.warnings]
    assert named == ["'number'", "'shuffled'", "'text'", "'gaps'"]
    assert data.warnings[0] == (
        "'number' of t.csv has a different integer in every row, as an identifier has: leave "
        "it out with --drop, or the setting drop, unless it measures something"
    )
    assert "a different text in every row" in data.warnings[2]


def test_groups_that_keep_nothing_together_are_warned_of():
    data = dataset(g=[f"person {i}" for i in range(N)], groups="g")
    assert "no rows belong together" in data.warnings[0]
    data = dataset(g=["a", "a "] * 20, groups="g")
    assert "differ in blanks around them only" in data.warnings[0]
    assert dataset(g=HALVES, groups="g").warnings == ()
