"""A tidy table of another tool as a file: CSV or Parquet."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.files import check_plain
from bench.sources.tidy_columns import TEXTS, TidyError, TidyTable, known_columns, take_columns

SUFFIXES = (".csv", ".parquet")
BLOCK = 2**26
"""Bytes that are parsed at a time; a row may be so long."""
MAX_TABLE_ROWS = 50_000_000
"""Of a table: each takes a hundred bytes of memory and more, however small the file is."""


def is_table(path: Path) -> bool:
    """Say whether a path means a table, there or not: by its ending, or since it is a file."""
    if os.path.isdir(path):
        return False
    return path.suffix.lower() in SUFFIXES or os.path.isfile(path)


def read_tidy(path: Path) -> TidyTable:
    """Read the columns of a table that a report takes.

    Raises:
        TidyError: it cannot be read, lacks a column, or has an entry of another kind.
    """
    names, column = _opened(path)
    return take_columns(f"table {path}", names, column, lambda: _named(path))


def _opened(path: Path) -> tuple[list[str], Callable[[str], Any]]:
    """Return the names of the columns, and what gives one of them."""
    if path.suffix.lower() not in SUFFIXES:
        raise TidyError(
            f"a results folder must hold sweep.json, a table must end in {' or '.join(SUFFIXES)}, "
            f"{path} does neither; give it its ending, or name a folder"
        )
    with _named(path):
        return _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)


@contextmanager
def _named(path: Path) -> Iterator[None]:
    """Turn what cannot be read into an error that says so."""
    try:
        yield
    except OSError as error:
        text = " ".join(str(error.strerror or error).split())[:200]
        raise TidyError(
            f"table {path}: must be a file that can be read, it cannot ({text}); "
            "check its name and its permissions, or write it again"
        ) from None
    except ValueError as error:  # Arrow's own errors among them
        text = " ".join(str(error).split())[:200]
        kind = "Parquet" if path.suffix.lower() == ".parquet" else "CSV in UTF-8 with a header"
        raise TidyError(
            f"table {path}: must be {kind}, it cannot be read ({text}); write it again"
        ) from None


def _file(path: Path) -> Any:
    """Return a file open for Arrow, which takes names that are no UTF-8 as bytes only."""
    import pyarrow as pa

    # Arrow's own errors are longer than those of the system, and it would wait for a pipe.
    check_plain(path)
    return pa.OSFile(os.fsencode(path))


def _parquet(path: Path) -> tuple[list[str], Callable[[str], Any]]:
    import pyarrow.parquet as pq

    # Of a pack the metadata may be longer than Arrow's limit.
    file = pq.ParquetFile(_file(path), thrift_string_size_limit=2**31 - 1)
    if b"tunebench" in (file.schema_arrow.metadata or {}):
        # A pack says in its metadata, not in columns, which way is better.
        raise TidyError(
            f"table {path}: must be a tidy table, it is the pack of a results folder; "
            f"name the folder, {path.parent}"
        )
    if file.metadata.num_rows > MAX_TABLE_ROWS:
        raise TidyError(
            f"table {path}: must have {MAX_TABLE_ROWS:,} rows or fewer, it has "
            f"{file.metadata.num_rows:,}; report parts of it one by one"
        )
    return list(file.schema_arrow.names), lambda name: file.read(columns=[name]).column(0)


def _csv(path: Path) -> tuple[list[str], Callable[[str], Any]]:
    import pyarrow as pa
    from pyarrow import csv

    # A text may have line breaks; a row, one reason with it, must fit into a block.
    blocks = csv.ReadOptions(block_size=BLOCK)
    parsing = csv.ParseOptions(newlines_in_values=True)
    try:
        with csv.open_csv(_file(path), blocks, parsing) as reader:
            names = list(reader.schema.names)
    except pa.ArrowInvalid as error:
        if "Empty CSV file" not in str(error):
            raise
        raise TidyError(
            f"table {path}: must be CSV with a header and rows, it has one line or none; "
            "write a row a trial"
        ) from None
    known = known_columns(f"table {path}", names)
    # Numbers that are none are looked for by ourselves, to say where they are.
    kinds = {
        stands_as: pa.dictionary(pa.int32(), pa.string()) if name in TEXTS else pa.float64()
        for name, stands_as in known.items()
    }

    def read(kinds: dict[str, Any]) -> Any:
        # An empty entry is no text and no number; a strategy may be called "NA".
        options = csv.ConvertOptions(
            column_types=kinds, include_columns=list(kinds), strings_can_be_null=False
        )
        return csv.read_csv(_file(path), blocks, parsing, options)

    try:
        table = read(kinds)
    except pa.ArrowInvalid as error:
        if "conversion error" not in str(error):
            raise
        table = read(dict.fromkeys(kinds, pa.string()))
    return names, table.column
