"""Files of tables: what is refused, in one clear line."""

from __future__ import annotations

import os

import numpy as np
import pyarrow as pa
import pytest

from bench import Categorical, Float, Int, Ordinal, read_table
from bench.testing.tables import META, TREE, grid, tree, with_space


def without(columns, name):
    return {key: cells for key, cells in columns.items() if key != name}


def changed(name, row, cell):
    columns = grid()
    cells = list(columns[name])
    cells[row] = cell
    return columns | {name: cells}


def rows_of(columns, rows):
    return pa.table(columns).take(list(rows))


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
        with_space(n=Float(1, 3), kind=KIND),
        "the space of the metadata must be finite, 'n' is a continuum",
    ),
    "a large space": (
        grid(),
        with_space(n=Int(0, 10**15), kind=KIND),
        "must be present, it has 2,000,000,000,000,002, the file has 12 rows",
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
        "1 occur again, the first in split 1: {'n': 1, 'kind': 'b'}; repeats of",
    ),
    "a row missing": (
        rows_of(grid(), [0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11]),
        META,
        "split 1 has 5 of 6; the first that is missing is {'n': 2, 'kind': 'b'}",
    ),
    "a split twice": (
        changed("split", slice(None), [0] * 12),
        META,
        "6 occur again, the first in split 0: {'n': 1, 'kind': 'a'}",
    ),
    "a parameter without a column": (
        grid(),
        with_space(n=Ordinal((1, 2, 3)), kind=KIND, m=Int(1, 1)),
        "each parameter a column, 'm' is in the space only",
    ),
    "a column without a parameter": (
        grid(),
        with_space(n=Ordinal((1, 2, 3))),
        "'kind' is in the file only; the measurements are",
    ),
    "a value outside": (
        grid(),
        with_space(n=Ordinal((1, 2, 4)), kind=KIND),
        "column 'n' must hold values of the space, [1, 2, 4], got 3 in row 4",
    ),
    "a value of another kind": (
        grid(),
        with_space(n=Categorical(("1", "2", "3")), kind=KIND),
        "column 'n' must hold values of the space, ['1', '2', '3'], got 1 in row 0",
    ),
    "choices that are no JSON": (
        grid(),
        with_space(n=Ordinal((1, 2, 3)), kind=Categorical(("a", 1))),
        "choices of several kinds must be written as JSON",
    ),
    "an empty parameter": (
        changed("n", 3, None),
        META,
        "'n' has none in row 3; one that is active only sometimes needs a `space` with conditions",
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
        "columns must hold numbers, strings or booleans, 'value' holds string",
    ),
    "no values at all": (grid() | {"value": pa.nulls(12)}, META, "12 are not, the first in row 0"),
    "a list for a parameter": (
        changed("n", slice(None), [[1]] * 12),
        META,
        "columns must hold numbers, strings or booleans, 'n' holds list",
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
        "column 'reason' must hold strings or nothing, got 1",
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
        "every configuration of the space must be present, it has more, the file has 4 rows",
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
def test_a_truncated_file_is_reported(save, kept):
    path = save(grid())
    os.truncate(path, int(path.stat().st_size * kept))
    assert "must be a Parquet file, it cannot be read as one" in refusal(path)


def test_a_file_with_damaged_pages_is_reported(save):
    path = save({"n": list(range(1000)), "value": np.random.default_rng(0).random(1000)})
    data = bytearray(path.read_bytes())
    data[4:2000] = bytes(1996)
    path.write_bytes(data)
    assert "cannot be read" in refusal(path)


def test_more_cells_than_memory_has_are_refused_before_they_are_read(save, monkeypatch):
    path = save(grid())
    monkeypatch.setattr("bench.tabular.file.MAX_TABLE_BYTES", path.stat().st_size)
    monkeypatch.setattr("bench.tabular.file.TableFile._read", None)
    columns = {"n": np.arange(100_000) % 2, "value": np.zeros(100_000)}
    large = save(columns, name="large.parquet")
    assert large.stat().st_size < 2 * path.stat().st_size
    monkeypatch.setattr("bench.tabular.file.MAX_TABLE_BYTES", large.stat().st_size)
    assert "it has 100,000 rows; measure fewer configurations" in refusal(large)
