"""Data sets in the user's own files."""

from __future__ import annotations

import gzip
import hashlib
import json
import stat
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from problems._columns import to_dataset
from problems._dataset import DataSet, Facts, measured

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".parquet")
LARGEST = 10**9
"""Bytes."""
_BLOCK = 2**26
"""Bytes; a row may be so long."""
MISSING = ("", "NA", "N/A", "n/a", "<NA>", "#N/A", "NaN", "nan", "null", "NULL")
"""What stands for a missing value in a text file."""


def is_file_name(name: str) -> bool:
    """Return whether a text ends as a data file does."""
    return name.lower().endswith(SUFFIXES)


def load_file(name: str, target: str, groups: str) -> tuple[Facts, DataSet]:
    """Return the facts and the arrays of a file, which is read again only when it has changed.

    Args:
        name: its path, as the user typed it.
        target: the column to predict.
        groups: the column that says which rows belong together, "" for none.

    Raises:
        ValueError: there is no such file, it is too large or not readable, or its table cannot
            be measured on.
    """
    path = Path(name).expanduser()
    try:
        status = path.stat()
    except OSError as error:
        raise ValueError(
            f"a data file must exist, {name} does not ({error.strerror}); check the path, which "
            f"starts from {Path.cwd()}"
        ) from error
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if path.is_dir() else "not a regular file"
        raise ValueError(f"a data file must be a file, {name} is {what}; name a file")
    _check_size(status.st_size, f"{name} has")
    if not status.st_size:
        raise _empty(name)
    return _load(name, path.absolute(), status.st_size, status.st_mtime_ns, target, groups)


@lru_cache(maxsize=4)
def _load(
    name: str, path: Path, size: int, modified: int, target: str, groups: str
) -> tuple[Facts, DataSet]:
    # Size and time are there for the cache: a file that has changed is another entry.
    try:
        with path.open("rb") as file:
            fingerprint = hashlib.file_digest(file, "sha256").hexdigest()[:16]
    except OSError as error:
        raise ValueError(
            f"a data file must be readable, {name} is not ({error.strerror}); "
            "change its permissions"
        ) from error
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        table = _read_parquet(path, name, (target, groups))
    else:
        table = _read_text(_unpacked(path, name), name, "\t" if suffix == ".tsv" else ",")
    data = to_dataset(table, source=name, target=target, groups=groups)
    facts = measured(
        data,
        name=name,
        title=path.name,
        licence="not stated",
        reference="",
        fingerprint=fingerprint,
    )
    return facts, data


def _check_size(size: int, what: str) -> None:
    if size > LARGEST:
        raise ValueError(
            f"a data file must be {LARGEST / 1e9:g} GB or less, {what} {size / 1e9:.2f} GB; "
            "take a sample of its rows"
        )


def _empty(name: str) -> ValueError:
    return ValueError(
        f"a data file must have a line of column names and a line for each row, {name} is empty; "
        "write it again"
    )


def _unpacked(path: Path, name: str) -> bytes:
    if path.suffix.lower() != ".gz":
        return path.read_bytes()
    try:
        with gzip.open(path) as file:
            content = file.read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(name, "compressed by gzip", error) from error
    _check_size(len(content), f"{name} unpacks to more than")
    return content


def _read_text(content: bytes, name: str, delimiter: str) -> Any:
    import pyarrow as pa
    from pyarrow import csv

    if not content:
        raise _empty(name)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ValueError(
            f"a data file must be UTF-8 text, line {line} of {name} is not; save it as UTF-8"
        ) from error
    try:
        return csv.read_csv(
            pa.BufferReader(content),
            # With more threads than one, errors do not name the row.
            csv.ReadOptions(block_size=_BLOCK, use_threads=False),
            csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            csv.ConvertOptions(null_values=MISSING, strings_can_be_null=True),
        )
    except pa.ArrowInvalid as error:
        separated = "tabs" if delimiter == "\t" else "commas"
        raise _unreadable(
            name, f"a table separated by {separated} (row 1 is the header)", error
        ) from error


def _read_parquet(path: Path, name: str, wanted: tuple[str, ...]) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(path) as file:
            shape = file.metadata.num_rows, file.metadata.num_columns
            _check_size(shape[0] * shape[1] * 8, f"{name} unpacks to")
            table = file.read(use_threads=False)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable(name, "a Parquet file", error) from error
    # What pandas wrote as the index is no feature, but it may be what rows are grouped by.
    index = _index(table).difference(wanted)
    return table.drop_columns(sorted(index))


def _index(table: Any) -> set[str]:
    """Return the columns that pandas' metadata call its index; none where nothing can be read."""
    try:
        named = json.loads(table.schema.metadata[b"pandas"])["index_columns"]
        return {name for name in table.column_names if name in list(named)}
    except (KeyError, TypeError, ValueError, RecursionError):
        return set()


def _unreadable(name: str, what: str, error: Exception) -> ValueError:
    reason = " ".join(str(error).split())[:200]
    return ValueError(f"{name} must be {what}, it is not: {reason}; correct it or write it again")
