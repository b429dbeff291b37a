"""Files of tables: what is read from them, whoever wrote them."""

from __future__ import annotations

import decimal
import itertools
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench import Categorical, Metric, Ordinal, SearchSpace, read_table
from bench.testing.tables import META, TREE, check_grid, grid, tree


def test_without_a_space_numbers_are_ordered_and_other_values_are_choices(save):
    rows = list(itertools.product((0.1, 10, 1), ("b", "a"), (True, False), (3, 2)))
    columns = dict(zip(("x", "text", "flag", "n"), map(list, zip(*rows, strict=True)), strict=True))
    default: dict[str, Any] = {"x": 1, "text": "b", "flag": True, "n": 2}
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


@pytest.mark.parametrize("how", ["null", "nan"])
def test_a_conditional_space_has_empty_cells(save, how):
    columns = tree()
    if how == "nan":  # what a plain data frame makes of integers with gaps
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
    with pytest.raises(
        ValueError, match="columns must hold numbers, strings or booleans, 'n' holds"
    ):
        read_table(save({"n": values, "value": [0.5, 0.25]}))
