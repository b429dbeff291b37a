"""Anybody's table as a file: what is one, and how its texts and numbers are read."""

from __future__ import annotations

import os

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.sources.tidy import from_tidy
from bench.sources.tidy_columns import TidyError
from bench.sources.tidy_file import is_table

NO_TABLES = {
    "a file of another kind": ("a.txt", b"a,b\n", "a table must end in .csv or .parquet, "),
    "an empty file": ("a.csv", b"", "must be CSV with a header and rows, it has one line"),
    "a header without an end": ("a.csv", b"strategy,problem,repetition,trial_number,value",
                                "must be CSV with a header and rows, it has one line"),
    "a header alone": ("a.csv", b"strategy,problem,repetition,trial_number,value\n",
                       "must have rows"),
    "no CSV": ("a.csv", b"\xff\xfe\x00\x01" * 9, r"a.csv: must (be CSV|have the columns)"),
    "rows of other lengths": ("a.csv", b"strategy,problem,repetition,trial_number,value\na,b\n",
                              "must be CSV in UTF-8 with a header, it cannot be read"),
    "no UTF-8": ("a.csv", b"strategy,problem,repetition,trial_number,value\n\xe4,b,0,0,1\n",
                 "must be CSV in UTF-8 with a header, it cannot be read"),
    "semicolons": ("a.csv", b"strategy;problem;repetition;trial_number;value\na;b;0;0;1\n",
                   "columns must be separated by commas"),
    "a column twice": ("a.csv", b"strategy,problem,repetition,trial_number,"
                                b"value,value\na,b,0,0,1,1\n",
                       "each column must occur once, 'value' occurs 2 times; drop"),
    "no Parquet": ("a.parquet", b"PAR1 and nothing more", "must be Parquet, it cannot be read"),
    "an empty Parquet": ("a.parquet", b"", "must be Parquet, it cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "message"), NO_TABLES.values(), ids=NO_TABLES)
def test_what_is_no_table_is_one_clear_line(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(TidyError, match=message) as told:
        from_tidy(path, command="")
    assert "\n" not in str(told.value)


NO_NUMBERS = {
    "lists": (pa.array([[1.0]] * 6), "list<"),
    "structs": (pa.array([{"a": 1.0}] * 6), "struct<"),
    "bytes": (pa.array([b"\xff"] * 6), "binary"),
    "truth": (pa.array([True] * 6), "bool"),
    "truth of a dictionary": (pa.array([True] * 6).dictionary_encode(), "bool"),
}


@pytest.fixture
def with_column(tmp_path, table):
    def make(name, values):
        arrow = pa.Table.from_pandas(table.drop(columns=[name], errors="ignore"))
        path = tmp_path / "t.parquet"
        pq.write_table(arrow.append_column(name, values), path)
        return path

    return make


@pytest.mark.parametrize(("values", "kind"), NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize("name", ["value", "trial_number", "evaluation_s"])
def test_a_column_of_parquet_that_holds_no_numbers(with_column, name, values, kind):
    with pytest.raises(TidyError, match=f"column '{name}' must hold numbers, it holds {kind}"):
        from_tidy(with_column(name, values), command="")


@pytest.mark.parametrize("name", ["strategy", "reason"])
def test_a_column_of_parquet_that_holds_no_texts(with_column, name):
    for kind in ("lists", "structs"):
        with pytest.raises(TidyError, match=f"column '{name}' must hold strings, it holds "):
            from_tidy(with_column(name, NO_NUMBERS[kind][0]), command="")
    with pytest.raises(TidyError, match=r"must be Parquet, it cannot be read \(Invalid UTF8"):
        from_tidy(with_column(name, NO_NUMBERS["bytes"][0]), command="")


def test_a_path_means_a_table_by_its_ending_or_since_it_is_a_file(tmp_path):
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / "file").touch()
    for name in ("gone.csv", "gone.PARQUET", "file", "x" * 300 + ".csv"):
        assert is_table(tmp_path / name)
    for name in ("gone", "folder.csv", "x" * 300):
        assert not is_table(tmp_path / name)


def test_a_file_that_is_not_there_is_said_to_be_none(tmp_path):
    for name in ("gone.csv", "gone.parquet"):
        message = rf"{name}: must be a file that can be read, it cannot \(No such file"
        with pytest.raises(TidyError, match=message):
            from_tidy(tmp_path / name, command="")


def test_the_name_of_a_file_need_not_be_utf_8(tmp_path, table):
    table.to_csv(tmp_path / "a.csv", index=False)
    table.to_parquet(tmp_path / "a.parquet")
    for suffix in (".csv", ".parquet"):
        path = tmp_path / os.fsdecode(b"\xff" + suffix.encode())
        (tmp_path / f"a{suffix}").rename(path)
        assert from_tidy(path, command="").strategies == ("random", "tpe")


def test_a_pack_is_no_table(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "done")
    store.pack()
    with pytest.raises(TidyError, match="it is the pack of a results folder; name the folder, "):
        from_tidy(store.pack_path, command="")


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path):
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbfstrategy,problem,repetition,trial_number,value\na,b,0,0,1\n")
    assert from_tidy(path, command="").strategies == ("a",)


def test_numbers_of_parquet_may_be_of_any_kind(tmp_path, table):
    path = tmp_path / "kinds.parquet"
    kinds = {"strategy": "category", "repetition": np.int8, "trial_number": np.uint16}
    table.assign(problem=7).astype(kinds | {"value": "float32"}).drop(index=5).to_parquet(path)
    source = from_tidy(path, command="")
    assert source.problems == ("7",)
    assert source.trials["value"].tolist()[:2] == [3.0, 1.0]


LONG = "Traceback:\n" + "a line\n" * 20


@pytest.mark.slow
@pytest.mark.parametrize("rows", [3, 12_000])
def test_texts_with_line_breaks_are_read_however_large_the_file_is(tmp_path, rows):
    table = pd.DataFrame(
        {
            "strategy": np.where(np.arange(rows) % 3 == 0, "a", "b"),
            "problem": "p",
            "repetition": np.arange(rows),
            "trial_number": 0,
            "value": [None if k % 2 else 0.5 for k in range(rows)],
            "reason": [f"{LONG}{k}" if k % 2 else "" for k in range(rows)],
            "note, with a comma": 'and a "quote"\n',
        }
    )
    path = tmp_path / "t.csv"
    table.to_csv(path, index=False)
    assert (path.stat().st_size > 2**20) == (rows == 12_000)
    source = from_tidy(path, command="")
    assert len(source.trials) == rows
    assert {str(r) for r in source.trials["reason"]} == {"", *table["reason"]}


@pytest.mark.slow
def test_a_row_of_megabytes_is_read(tmp_path, table):
    path = tmp_path / "t.csv"
    table.assign(value=None, reason="x\n" * 2_000_000).to_csv(path, index=False)
    reasons = from_tidy(path, command="").trials["reason"]
    assert {len(str(reason)) for reason in reasons} == {4_000_000}


@pytest.mark.slow
def test_more_rows_than_memory_holds_are_refused_before_they_are_read(tmp_path):
    path = tmp_path / "t.parquet"
    names = ("strategy", "problem", "repetition", "trial_number", "value")
    constant = pa.array(np.zeros(5_000_001, np.int8))
    table = pa.table(dict.fromkeys(names, constant))
    with pq.ParquetWriter(path, table.schema, compression="zstd") as writer:
        for _ in range(10):
            writer.write_table(table)
    assert path.stat().st_size < 2**20
    with pytest.raises(TidyError, match=r"must have 50,000,000 rows or fewer, it has 50,000,010;"):
        from_tidy(path, command="")


def test_a_pipe_is_no_table_and_not_waited_for(tmp_path):
    path = tmp_path / "t.csv"
    os.mkfifo(path)
    with pytest.raises(TidyError, match=r"it cannot \(it is a pipe or a device\); check its name"):
        from_tidy(path, command="")
