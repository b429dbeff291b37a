"""A Parquet file of measurements: its metadata, and its columns as numpy arrays."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Scalar
from bench.tabular.write import KEY

MAX_TABLE_BYTES = 2**30
"""Bytes of a file, and of its cells as numbers: every worker holds the table in memory."""

_DIGITS = 18
"""Of integers that all fit into 64 bits."""

Codes = NDArray[np.intp]


class TableFile:
    """An open file; columns are read one after the other, which keeps memory low.

    Args:
        path: of the file.

    Raises:
        ValueError: not a Parquet file, or one that is too large or empty.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            kind = "is a folder" if path.is_dir() else "does not exist"
            raise ValueError(f"must be a Parquet file, it {kind}; `tunebench tabulate` makes one")
        size = path.stat().st_size
        if not 0 < size <= MAX_TABLE_BYTES:
            raise ValueError(
                f"must have 1 to {MAX_TABLE_BYTES:,} bytes, it has {size:,}; "
                + ("take fewer configurations" if size else "make it again")
            )
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._errors = (pa.ArrowException, OSError)
        try:
            self._file = pq.ParquetFile(pa.OSFile(os.fsencode(path)))  # a path need not be UTF-8
        except self._errors as error:
            raise ValueError(
                f"must be a Parquet file, it cannot be read as one ({error}); make it again"
            ) from None
        # pandas writes an index that is no range as a column of this name; it is no data.
        names = self._file.schema_arrow.names
        self.columns = [name for name in names if not name.startswith("__index_level_")]
        if len(set(self.columns)) < len(self.columns):
            raise ValueError(f"columns must have different names, they are {self.columns}")
        self.rows: int = self._file.metadata.num_rows
        if not 0 < self.rows <= MAX_TABLE_BYTES // (8 * max(1, len(self.columns))):
            raise ValueError(
                f"must have rows, and in all no more than {MAX_TABLE_BYTES // 8:,} cells, it has "
                f"{self.rows:,} rows; measure fewer configurations, or some"
            )
        self.meta = self._read_meta()

    def _read_meta(self) -> dict[str, Any]:
        try:
            meta = json.loads((self._file.schema_arrow.metadata or {}).get(KEY, b"{}"))
        except (ValueError, RecursionError) as error:
            raise ValueError(
                f"the metadata under 'tunebench' must be JSON, they are not ({error})"
            ) from None
        if not isinstance(meta, dict):
            raise ValueError(f"the metadata under 'tunebench' must be a JSON object, got {meta!r}")
        return meta

    def coded(self, name: str) -> tuple[list[Scalar], Codes]:
        """Return the distinct values of a column, sorted, and each row's place among them.

        An empty cell (null or NaN) has the place -1.
        """
        return _coded(self._read(name), name)

    def numbers(self, name: str) -> NDArray[np.float64]:
        """Return the numbers of a column, NaN for an empty cell."""
        column = self._read(name)
        if column.type == "null":
            return np.full(self.rows, np.nan)
        cells, empty = _cells(column, name)
        return np.where(empty, np.nan, cells.astype(np.float64))

    def _read(self, name: str) -> Any:
        import pyarrow as pa

        try:
            # One thread: a table is small, and each thread takes memory of its own.
            column = self._file.read([name], use_threads=False).column(0).combine_chunks()
        except self._errors as error:
            raise ValueError(f"column {name!r} cannot be read ({error}); make it again") from None
        return _stored(column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column)


def _stored(column: Any) -> Any:
    """Return an array as numbers, texts or booleans where it is one of these under another type."""
    import pyarrow as pa
    from pyarrow import types

    if isinstance(column.type, pa.BaseExtensionType):
        is_boolean = column.type.extension_name == "arrow.bool8"
        return column.storage.cast(pa.bool_()) if is_boolean else column.storage
    if types.is_dictionary(column.type):
        return pa.DictionaryArray.from_arrays(column.indices, _stored(column.dictionary))
    if types.is_decimal(column.type):
        kind = column.type
        if kind.scale <= 0 and kind.precision - kind.scale <= _DIGITS:
            return column.cast(pa.int64())
        # By way of text, which is rounded once; Arrow's own way is off in the last bit.
        return column.cast(pa.string()).cast(pa.float64())
    return column


def _coded(column: Any, name: str) -> tuple[list[Scalar], Codes]:
    from pyarrow import types

    kind = column.type
    if types.is_null(kind):
        return [], np.full(len(column), -1)
    if types.is_dictionary(kind):
        # An empty cell has the last place, which is that of no entry.
        values, of_entry = _coded(column.dictionary, name)
        entries, empty = _cells(column.indices, name)
        codes = np.append(of_entry, -1)[np.where(empty, -1, entries.astype(np.intp))]
        used = np.unique(codes[codes >= 0])
        return [values[i] for i in used], np.where(codes < 0, -1, np.searchsorted(used, codes))
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        texts = column.to_pylist()
        values = sorted(set(texts) - {None})
        places = {value: place for place, value in enumerate(values)}
        return values, np.array([places.get(text, -1) for text in texts], dtype=np.intp)
    cells, empty = _cells(column, name)
    codes = np.full(len(cells), -1)
    distinct, codes[~empty] = np.unique(cells[~empty], return_inverse=True)
    return distinct.tolist(), codes


def _cells(column: Any, name: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the numbers or booleans of an Arrow array and which cells are empty.

    Its own conversion imports pandas, at 0.3 s and 45 MB.
    """
    from pyarrow import types

    kind, start, stop = column.type, column.offset, column.offset + len(column)
    whole = types.is_boolean(kind) or types.is_integer(kind)
    if not (whole or types.is_floating(kind)):
        raise ValueError(f"columns must hold numbers, strings or booleans, {name!r} holds {kind}")
    valid, data = column.buffers()
    cells: NDArray[Any]
    if types.is_boolean(kind):
        cells = _bits(data)[start:stop]
    else:
        cells = np.frombuffer(data, dtype=kind.to_pandas_dtype())[start:stop]
    empty = np.zeros(len(cells), dtype=bool) if valid is None else ~_bits(valid)[start:stop]
    return cells, empty if whole else empty | np.isnan(cells)


def _bits(buffer: Any) -> NDArray[np.bool_]:
    return np.unpackbits(np.frombuffer(buffer, dtype=np.uint8), bitorder="little").astype(bool)
