from __future__ import annotations

import decimal
import itertools
import json
import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import Categorical, Float, Int, Metric, Ordinal, SearchSpace, read_table

ACCURACY = {"name": "accuracy", "direction": "maximize"}
META = {"metric": ACCURACY}
TREE = SearchSpace(
    {
        "kind": Categorical(("linear", "net")),
        "depth": Int(1, 3),
        "width": Ordinal((0.25, 1, 64)),
    },
    conditions={"depth": {"kind": ("net",)}, "width": {"depth": (2, 3)}},
)


@pytest.fixture
def save(tmp_path):
    """Write a table with pyarrow alone, as anyone would."""

    def write(columns, meta=META, name="t.parquet", **options):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        if meta is not None:
            text = meta if isinstance(meta, bytes) else json.dumps(meta).encode()
            table = table.replace_schema_metadata(
                {**(table.schema.metadata or {}), b"tunebench": text}
            )
        pq.write_table(table, tmp_path / name, **options)
        return tmp_path / name

    return write


def grid(splits=2):
    """A plain table: 3 × 2 configurations, all that is optional left out but the splits."""
    rows = list(itertools.product(range(splits), (1, 2, 3), ("a", "b")))
    columns = dict(zip(("split", "n", "kind"), map(list, zip(*rows, strict=True)), strict=True))
    return columns | {"value": [100.0 * s + 10 * n + (k == "b") for s, n, k in rows]}


def check_grid(table, splits=2):
    assert table.splits == splits
    assert len(table.row_of) == 6
    for s, n, k in itertools.product(range(splits), (1, 2, 3), ("a", "b")):
        value = table.evaluation({"n": n, "kind": k}, s).value
        assert value == 100.0 * s + 10 * n + (k == "b")


def test_without_a_space_numbers_are_levels_and_other_values_choices(save):
    rows = list(itertools.product((0.1, 10, 1), ("b", "a"), (True, False), (3, 2)))
    columns = dict(zip(("x", "text", "flag", "n"), map(list, zip(*rows, strict=True)), strict=True))
    default = {"x": 1, "text": "b", "flag": True, "n": 2}
    path = save(columns | {"value": range(24)}, META | {"default": default})
    space = SearchSpace(
        {
            "x": Ordinal((0.1, 1, 10)),
            "text": Categorical(("a", "b")),
            "flag": Categorical((False, True)),
            "n": Ordinal((2, 3)),
        },
        default=default,
    )
    table = read_table(path)
    assert table.space == space
    assert table.metric == Metric("accuracy", "maximize")
    for number, row in enumerate(rows):
        config = dict(zip(columns, row, strict=True))
        assert table.evaluation(config, 0).value == number


CODED = pa.dictionary(pa.int32(), pa.int64())
KINDS = {
    "int8": {"n": pa.int8()},
    "uint64": {"n": pa.uint64()},
    "float16": {"n": pa.float16(), "value": pa.float32()},
    "float32": {"n": pa.float32(), "value": pa.float32()},
    "double": {"n": pa.float64()},
    "whole values": {"value": pa.int16()},
    "large texts": {"kind": pa.large_string()},
    "text views": {"kind": pa.string_view()},
    "a dictionary of texts": {"kind": pa.dictionary(pa.int8(), pa.string())},
    "a dictionary of large texts": {"kind": pa.dictionary(pa.int32(), pa.large_string())},
    "a dictionary of numbers": {"n": CODED},
    "texts for splits": {"split": pa.string()},
    "doubles for splits": {"split": pa.float64()},
}


@pytest.mark.parametrize("kinds", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize("row_group_size", [None, 5])
@pytest.mark.parametrize("shuffled", [False, True])
def test_columns_of_every_kind(save, kinds, row_group_size, shuffled):
    table = pa.table(grid())
    if shuffled:
        table = table.take(np.random.default_rng(3).permutation(table.num_rows))
    for name, kind in kinds.items():
        column = table[name]
        if kind == pa.string() and name == "split":
            column = pa.chunked_array([[f"repeat {s}" for s in column.to_pylist()]])
        column = column.dictionary_encode() if name == "n" and kind == CODED else column.cast(kind)
        table = table.set_column(table.column_names.index(name), name, column)
    found = read_table(save(table, row_group_size=row_group_size))
    check_grid(found)
    assert found.space.parameters["n"] == Ordinal((1, 2, 3))


def test_what_pandas_writes(tmp_path, save):
    frame = pd.DataFrame(grid())
    frame["kind"] = pd.Categorical(frame["kind"], categories=["z", "b", "a"])
    frame["n"] = frame["n"].astype("Int64")
    frame.to_parquet(tmp_path / "p.parquet")
    check_grid(read_table(save(pq.read_table(tmp_path / "p.parquet"))))
    pd.DataFrame(grid()).sample(frac=1, random_state=1).to_parquet(tmp_path / "p.parquet")
    assert "__index_level_0__" in pq.read_schema(tmp_path / "p.parquet").names
    check_grid(read_table(save(pq.read_table(tmp_path / "p.parquet"))))


def test_splits_are_sorted_by_name_whatever_the_order_of_rows(save):
    columns = grid()
    columns["split"] = [{0: "first", 1: "second"}[s] for s in columns["split"]]
    backwards = {name: list(cells)[::-1] for name, cells in columns.items()}
    check_grid(read_table(save(backwards)))


def test_without_splits_there_is_one(save):
    columns = grid(splits=1)
    del columns["split"]
    check_grid(read_table(save(columns)), splits=1)


def test_columns_may_have_other_names(save):
    columns = grid()
    columns["score"] = columns.pop("value")
    columns["repeat"] = columns.pop("split")
    columns["seconds"] = np.arange(12) + 0.5
    columns["held out"] = np.arange(12) - 0.5
    columns["left"] = np.array(columns["score"]) - 1
    columns["right"] = np.array(columns["score"]) + 1
    names = {
        "value": "score",
        "split": "repeat",
        "cost": "seconds",
        "test_value": "held out",
        "fold_values": ["right", "left"],
    }
    table = read_table(save(columns, META | {"columns": names}))
    check_grid(table)
    assert set(table.space) == {"n", "kind"}
    found = table.evaluation({"n": 3, "kind": "b"}, 1)
    assert (found.cost, found.test_value, found.fold_values) == (11.5, 10.5, (132, 130))


def test_fold_columns_are_in_the_order_of_their_numbers(save):
    columns = grid() | {f"fold_{i}": np.full(12, float(i)) for i in (10, 2, 1)}
    table = read_table(save(columns))
    assert table.evaluation({"n": 1, "kind": "a"}, 0).fold_values == (1, 2, 10)


def tree(splits=2, empty=None):
    """A conditional table as columns."""
    configs = list(TREE.configs()) * splits
    columns = {name: [config.get(name, empty) for config in configs] for name in TREE}
    columns["split"] = [i * splits // len(configs) for i in range(len(configs))]
    return columns | {"value": np.arange(len(configs), dtype=float)}


@pytest.mark.parametrize("how", ["null", "nan"])
def test_a_conditional_space_has_empty_cells(save, how):
    columns = tree()
    if how == "nan":  # what a plain data frame makes of whole numbers with gaps
        columns["depth"] = np.array(columns["depth"], dtype=float)
        columns["width"] = np.array(columns["width"], dtype=float)
    table = read_table(save(columns, META | {"space": TREE.to_dict()}))
    assert table.space == TREE
    for split in (0, 1):
        for row, config in enumerate(TREE.configs()):
            assert table.evaluation(config, split).value == split * 8 + row


def test_a_reason_marks_a_failure(save):
    columns = grid()
    columns["value"][3] = None
    columns["cost"] = [1.0] * 12
    columns["reason"] = ["", None, " ", "out of memory"] + [None] * 8
    table = read_table(save(columns))
    assert table.reasons == {(0, 3): "out of memory"}
    assert np.isnan(table.value).sum() == 1
    assert table.cost[0, 3] == 1
    columns["reason"] = pa.nulls(12)
    columns["value"][3] = 21.0
    assert read_table(save(columns)).reasons == {}


def without(columns, name):
    return {key: cells for key, cells in columns.items() if key != name}


def changed(name, row, cell):
    columns = grid()
    cells = list(columns[name])
    cells[row] = cell
    return columns | {name: cells}


def rows_of(columns, rows):
    return pa.table(columns).take(list(rows))


def space(**parameters):
    return META | {"space": SearchSpace(parameters).to_dict()}


KIND = Categorical(("a", "b"))
BAD = {
    "no metadata": (grid(), None, "the metadata must give the metric, got None; for example"),
    "no JSON": (grid(), b"{metric", "the metadata under 'tunebench' must be JSON, they are not"),
    "no text": (grid(), b"\xff", "the metadata under 'tunebench' must be JSON"),
    "no object": (grid(), [1], "must be a JSON object, got [1]"),
    "no metric": (grid(), {"space": {}}, "the metadata must give the metric, got None"),
    "half a metric": (grid(), {"metric": {"name": "m"}}, "must give the metric, got {'name': 'm'}"),
    "a metric's name": (grid(), {"metric": "accuracy"}, "must give the metric, got 'accuracy'"),
    "no direction": (
        grid(),
        {"metric": {"name": "m", "direction": "up"}},
        "direction must be 'maximize' or 'minimize', got 'up'",
    ),
    "a name of two lines": (
        grid(),
        {"metric": {"name": "a\nb", "direction": "minimize"}},
        "the metric's name must be printable and have 1 to 100 characters, got 'a\\nb'",
    ),
    "half a character": (
        grid(),
        {"metric": {"name": "\ud800", "direction": "minimize"}},
        "the metric's name must be printable",
    ),
    "JSON too deep": (grid(), b"[" * 100_000, "the metadata under 'tunebench' must be JSON"),
    "no space": (grid(), META | {"space": {"n": [1, 2]}}, "a space must have a table 'parameters'"),
    "a space of nothing": (grid(), META | {"space": None}, "must be what `SearchSpace.to_dict`"),
    "an unknown kind": (
        grid(),
        META | {"space": {"parameters": {"n": {"kind": "Set"}}}},
        "parameter 'n' must have a kind, one of",
    ),
    "an endless space": (
        grid(),
        space(n=Float(1, 3), kind=KIND),
        "the space of the metadata must be finite, 'n' is a continuum",
    ),
    "a large space": (
        grid(),
        space(n=Int(0, 10**15), kind=KIND),
        "must be there, it has 2,000,000,000,000,002, the file has 12 rows",
    ),
    "a wrong default": (grid(), META | {"default": {"n": 1}}, "must set 'kind'"),
    "no default": (grid(), META | {"default": 1}, "must be a configuration, got 1"),
    "columns in a list": (grid(), META | {"columns": ["n"]}, "`columns` in the metadata may name"),
    "an unknown column's name": (
        grid(),
        META | {"columns": {"score": "value"}},
        "`columns` in the metadata may name ['value', 'test_value',",
    ),
    "a named column that is not there": (
        grid(),
        META | {"columns": {"cost": "seconds"}},
        "cost is to be 'seconds', there are ['split', 'n', 'kind', 'value']",
    ),
    "a named fold that is not there": (
        grid(),
        META | {"columns": {"fold_values": ["value", 3]}},
        "fold_values is to be 3",
    ),
    "a list where one column is named": (
        grid(),
        META | {"columns": {"value": ["value"]}},
        "must give a name for value, got ['value']",
    ),
    "a name where columns are listed": (
        grid(),
        META | {"columns": {"fold_values": "value"}},
        "must give a list of names for fold_values, got 'value'",
    ),
    "no value": (without(grid(), "value"), META, "must have a column 'value' that is no parameter"),
    "no rows": (pa.table(grid()).slice(0, 0), META, "must have rows"),
    "no parameter": ({"value": [1.0]}, META, "a search space needs at least one parameter"),
    "a row twice": (
        rows_of(grid(), [*range(12), 7]),
        META,
        "1 are there again, the first in split 1: {'n': 1, 'kind': 'b'}; repeats of",
    ),
    "a row missing": (
        rows_of(grid(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11]),
        META,
        "split 1 has 5 of 6; the first that is missing is {'n': 2, 'kind': 'b'}",
    ),
    "a split twice": (
        changed("split", slice(None), [0] * 12),
        META,
        "6 are there again, the first in split 0: {'n': 1, 'kind': 'a'}",
    ),
    "a parameter without a column": (
        grid(),
        space(n=Ordinal((1, 2, 3)), kind=KIND, m=Int(1, 1)),
        "each parameter a column, 'm' is in the space only",
    ),
    "a column without a parameter": (
        grid(),
        space(n=Ordinal((1, 2, 3))),
        "'kind' is in the file only; the measurements are",
    ),
    "a value outside": (
        grid(),
        space(n=Ordinal((1, 2, 4)), kind=KIND),
        "column 'n' must hold values of the space, [1, 2, 4], got 3 in row 4",
    ),
    "a value of another kind": (
        grid(),
        space(n=Categorical(("1", "2", "3")), kind=KIND),
        "column 'n' must hold values of the space, ['1', '2', '3'], got 1 in row 0",
    ),
    "choices that are no JSON": (
        grid(),
        space(n=Ordinal((1, 2, 3)), kind=Categorical(("a", 1))),
        "choices of several kinds must be written as JSON",
    ),
    "an empty parameter": (
        changed("n", 3, None),
        META,
        "'n' has none in row 3; one that exists only sometimes needs a `space` with conditions",
    ),
    "an infinite parameter": (
        changed("n", 3, float("inf")),
        META,
        "the values of an Ordinal must be finite, got inf",
    ),
    "an empty value": (
        changed("value", 5, None),
        META,
        "column 'value' must hold finite numbers, 1 are not, the first in row 5; a failed",
    ),
    "a NaN": (changed("value", 4, float("nan")), META, "1 are not, the first in row 4"),
    "an infinite value": (changed("value", 6, float("inf")), META, "the first in row 6"),
    "a text for a value": (
        changed("value", slice(None), ["high"] * 12),
        META,
        "columns must hold numbers, texts or booleans, 'value' holds string",
    ),
    "no values at all": (grid() | {"value": pa.nulls(12)}, META, "12 are not, the first in row 0"),
    "a list for a parameter": (
        changed("n", slice(None), [[1]] * 12),
        META,
        "columns must hold numbers, texts or booleans, 'n' holds list",
    ),
    "an empty split": (changed("split", 8, None), META, "name the split of each row, row 8"),
    "a negative cost": (
        grid() | {"cost": [1.0] * 11 + [-1]},
        META,
        "column 'cost' must hold seconds, 0 or more, got -1.0",
    ),
    "an infinite test value": (
        grid() | {"test_value": [float("inf")] * 12},
        META,
        "column 'test_value' must hold finite numbers, 12 are not, the first in row 0",
    ),
    "a number for a reason": (
        grid() | {"reason": [1] * 12},
        META,
        "column 'reason' must hold texts or nothing, got 1",
    ),
    "a split of failures": (
        grid() | {"reason": [None] * 6 + ["no"] * 6},
        META,
        "each split must have a completed evaluation, 1 has none",
    ),
    "a value where the parameter does not exist": (
        tree(empty=1),
        META | {"space": TREE.to_dict()},
        "column 'depth' must hold nothing where its conditions are not met, got 1 in row 0",
    ),
    "nothing where the parameter exists": (
        tree() | {"width": pa.nulls(16)},
        META | {"space": TREE.to_dict()},
        "column 'width' must hold values of the space, [0.25, 1, 64], got None in row 2",
    ),
    "a conditional row missing": (
        rows_of(tree(), range(15)),
        META | {"space": TREE.to_dict()},
        "split 1 has 7 of 8; the first that is missing is {'kind': 'net', 'depth': 3, 'width': 64}",
    ),
    "too few rows for a conditional space": (
        rows_of(tree(), range(4)),
        META | {"space": TREE.to_dict()},
        "every configuration of the space must be there, it has more, the file has 4 rows",
    ),
}


def refusal(path):
    with pytest.raises(ValueError, match=r"^table ") as caught:
        read_table(path)
    message = str(caught.value)
    assert message.startswith(f"table {path}: ")
    assert "\n" not in message
    return message


@pytest.mark.parametrize(("columns", "meta", "message"), BAD.values(), ids=BAD)
def test_a_bad_table_gets_one_clear_line(save, columns, meta, message):
    assert message in refusal(save(columns, meta))


def test_columns_of_one_name_are_refused(tmp_path, save):
    table = pa.table([[1, 2], [1, 2], [0.5, 1.5]], names=["n", "n", "value"])
    assert "columns must have different names" in refusal(save(table))


def test_files_that_are_no_table(tmp_path, save):
    path = tmp_path / "none.parquet"
    assert "must be a Parquet file, it does not exist" in refusal(path)
    path.mkdir()
    assert "must be a Parquet file, it is a folder" in refusal(path)
    path = tmp_path / "empty.parquet"
    path.touch()
    assert "must have 1 to 1,073,741,824 bytes, it has 0; make it again" in refusal(path)
    path.write_text("n,value\n1,2\n")
    assert "must be a Parquet file, it cannot be read as one" in refusal(path)
    os.truncate(path, 10 * 2**30)  # sparse: it takes no room
    assert "it has 10,737,418,240; take fewer configurations" in refusal(path)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_told(save, kept):
    path = save(grid())
    os.truncate(path, int(path.stat().st_size * kept))
    assert "must be a Parquet file, it cannot be read as one" in refusal(path)


def test_a_file_with_damaged_pages_is_told(save):
    path = save({"n": list(range(1000)), "value": np.random.default_rng(0).random(1000)})
    data = bytearray(path.read_bytes())
    data[4:2000] = bytes(1996)
    path.write_bytes(data)
    assert "cannot be read" in refusal(path)


def test_more_cells_than_memory_has_are_refused_before_they_are_read(save, monkeypatch):
    path = save(grid())
    monkeypatch.setattr("bench.tabular.file.LARGEST", path.stat().st_size)
    monkeypatch.setattr("bench.tabular.file.TableFile._read", None)
    columns = {"n": np.arange(100_000) % 2, "value": np.zeros(100_000)}
    large = save(columns, name="large.parquet")
    assert large.stat().st_size < 2 * path.stat().st_size
    monkeypatch.setattr("bench.tabular.file.LARGEST", large.stat().st_size)
    assert "it has 100,000 rows; measure fewer configurations" in refusal(large)


def test_a_path_may_hold_anything(save):
    for name in ("a b.parquet", "C:x.parquet", "größe=1.parquet", "%s.parquet"):
        check_grid(read_table(save(grid(), name=name)))


def test_numbers_of_a_decimal_type_are_numbers(save):
    # As SQL writes 0.1, …; in half of all decimals Arrow's own cast is off in the last bit.
    rates = [decimal.Decimal(i) / 1000 for i in range(1, 401)]
    values = [decimal.Decimal(1) - rate for rate in rates]
    table = read_table(
        save(
            {
                "rate": pa.array(rates * 2, pa.decimal128(9, 3)).dictionary_encode(),
                "count": pa.array([decimal.Decimal(i // 400) for i in range(800)]).cast(
                    pa.decimal128(5, 0)
                ),
                "value": pa.array(values * 2, pa.decimal256(50, 40)),
                "cost": pa.array([decimal.Decimal("0.3")] * 800, pa.decimal128(3, 2)),
            }
        )
    )
    plain = [i / 1000 for i in range(1, 401)]
    assert table.space.parameters["rate"] == Ordinal(tuple(plain))
    assert table.space.parameters["count"] == Ordinal((0, 1))
    assert all(type(value) is int for value in table.space.parameters["count"].values)
    row = [table.row({"rate": rate, "count": 1}) for rate in plain]
    assert table.value[0, row].tolist() == [float(value) for value in values]
    assert table.cost[0].tolist() == [0.3] * 800


def test_what_an_extension_type_stands_for_is_read(save):
    truth = pa.ExtensionArray.from_storage(pa.bool8(), pa.array([0, 1], pa.int8()))
    texts = pa.ExtensionArray.from_storage(pa.json_(), pa.array(['"a"', '"b"']))
    table = read_table(save({"flag": truth, "value": [0.5, 0.25]}))
    assert table.space.parameters["flag"] == Categorical((False, True))
    table = read_table(save({"kind": texts, "value": [0.5, 0.25]}))
    assert table.space.parameters["kind"] == Categorical(('"a"', '"b"'))


@pytest.mark.parametrize(
    "values",
    [
        pa.array([b"a" * 16, b"b" * 16], pa.uuid()),
        pa.array([[1], [2]]),
        pa.array([b"a", b"b"]),
        pa.array([1, 2], pa.timestamp("s")),
        pa.array([1, 2], pa.duration("s")),
    ],
)
def test_other_types_of_a_parameter_are_named(save, values):
    with pytest.raises(ValueError, match="columns must hold numbers, texts or booleans, 'n' holds"):
        read_table(save({"n": values, "value": [0.5, 0.25]}))
