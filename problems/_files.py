"""Data sets in the user's own files."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import stat
import zlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from problems._columns import to_dataset
from problems._dataset import DataSet, Facts, measured
from problems._dialect import USUAL, Dialect
from problems._text_file import read_text

SUFFIXES = (".csv", ".csv.gz", ".tsv", ".tsv.gz", ".parquet")
_TEXT = SUFFIXES[:-1]
_FOREIGN = {
    "an Excel workbook": "xlsx xls xlsm xlsb",
    "a spreadsheet": "ods numbers",
    "JSON": "json jsonl ndjson",
    "ARFF": "arff",
    "a pickle": "pkl pickle joblib",
    "arrays of numpy": "npy npz",
    "an Arrow file": "feather arrow ipc",
    "ORC": "orc",
    "an HDF5 file": "h5 hdf5 hdf",
    "of a statistics package": "sav dta sas7bdat xpt rds rdata mat",
    "a database": "db sqlite sqlite3 duckdb",
    "a text file of some form": "txt data dat psv tab",
    "a web page": "html htm xml",
    "compressed": "zip gz bz2 xz zst 7z tar",
    "a Parquet file under another ending": "pq parq",
}
MAX_FILE_BYTES = 10**9
"""Bytes."""


def is_file_name(name: str) -> bool:
    """Return whether a text ends as a data file does."""
    return name.lower().endswith(SUFFIXES)


def check_is_no_file(name: str) -> None:
    """Refuse the name of a file that cannot be read, so that it is not taken for something else.

    Raises:
        ValueError: it ends as a file of another form does, or there is such a file.
    """
    ending = name.lower().rpartition(".")[2] if "." in name else ""
    what = next((what for what, endings in _FOREIGN.items() if ending in endings.split()), "")
    is_there = os.path.exists(os.path.expanduser(name))
    if what or is_there or "/" in name or os.sep in name:
        known = f"{', '.join(SUFFIXES[:-1])} or {SUFFIXES[-1]}"
        got = f"{name} is {what}" if what else f"got {name!r}"
        raise ValueError(
            f"a data file must end in {known}, {got}; save it as CSV or Parquet, for example with "
            "pandas: to_csv('table.csv', index=False)"
        )


def load_file(
    name: str,
    target: str,
    groups: str,
    dialect: Dialect = USUAL,
    drop: tuple[str, ...] = (),
) -> tuple[Facts, DataSet]:
    """Return the facts and the arrays of a file, which is read again only when it has changed.

    Args:
        name: its path, as the user typed it.
        target: the column to predict.
        groups: the column that says which rows belong together, "" for none.
        dialect: how a text file is written; the separator of a .tsv file is a tab unless the
            dialect names another one than a comma.
        drop: the columns to leave out.

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
    stamp = status.st_size, status.st_mtime_ns
    return _load(name, path.absolute(), stamp, target, groups, drop, dialect)


@lru_cache(maxsize=4)
def _load(
    name: str,
    path: Path,
    stamp: tuple[int, int],
    target: str,
    groups: str,
    drop: tuple[str, ...],
    dialect: Dialect,
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
    is_text = path.name.lower().endswith(_TEXT)
    if is_text:
        if dialect.sep == USUAL.sep and ".tsv" in path.suffixes[-2:]:
            dialect = replace(dialect, sep="\t")
        content = _unpacked(path, name)
        if not content:
            raise _empty(name)
        table = read_text(
            content, name, dialect, target=target, as_text=(groups,) if groups else ()
        )
    elif dialect != USUAL:
        raise ValueError(
            f"sep, decimal and thousands are settings of text files, {name} is not one; "
            "leave them out"
        )
    else:
        table = _read_parquet(path, name, (target, groups))
    data = to_dataset(
        table,
        source=name,
        target=target,
        groups=groups,
        drop=drop,
        dialect=dialect if is_text else None,
    )
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
    if size > MAX_FILE_BYTES:
        raise ValueError(
            f"a data file must be {MAX_FILE_BYTES / 1e9:g} GB or less, {what} {size / 1e9:.2f} GB; "
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
            content = file.read(MAX_FILE_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise _unreadable(name, "compressed by gzip", error) from error
    _check_size(len(content), f"{name} unpacks to more than")
    return content


def _read_parquet(path: Path, name: str, wanted: tuple[str, ...]) -> Any:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        with parquet.ParquetFile(pa.OSFile(os.fsencode(path))) as file:
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
