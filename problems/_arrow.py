"""Arrow columns of any type as numbers, texts and codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

PADDED = b"padded"
"""Key of the metadata of a field whose integers have zeros in front, to one of them."""


def stored(column: Any) -> Any:
    """Return a column of one of Arrow's plain types, with one type for all text.

    Extension types become what they stand for (a UUID is text, bool8 booleans, JSON text),
    dictionaries and runs are unfolded, and numbers that are none (NaN) are nulls.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    if isinstance(column.type, pa.BaseExtensionType):
        kind = column.type
        chunks = [chunk.storage for chunk in column.chunks]
        column = pa.chunked_array(chunks, kind.storage_type)
        match kind.extension_name:
            case "arrow.uuid":
                column = texts(column)
            case "arrow.bool8":
                column = column.cast(pa.bool_())
    if kinds.is_run_end_encoded(column.type):
        chunks = [pc.run_end_decode(chunk) for chunk in column.chunks]
        column = pa.chunked_array(chunks, column.type.value_type)
    if kinds.is_dictionary(column.type):
        return stored(column.cast(column.type.value_type))
    kind = column.type
    if kinds.is_large_string(kind) or kinds.is_string_view(kind):
        return column.cast(pa.string())
    if kinds.is_floating(kind):
        return pc.if_else(pc.is_nan(column), pa.nulls(len(column), kind), column)
    return column


def texts(column: Any) -> Any:
    """Return each value of a column, none of whose types is nested, as text."""
    import pyarrow as pa
    import pyarrow.types as kinds

    kind = column.type
    if kinds.is_string(kind):
        return column
    if kinds.is_fixed_size_binary(kind) or kinds.is_binary(kind) or kinds.is_large_binary(kind):
        values = [None if value is None else value.hex() for value in column.to_pylist()]
    else:
        try:
            return column.cast(pa.string())
        except pa.ArrowException:
            values = [None if value is None else str(value) for value in column.to_pylist()]
    return pa.chunked_array([pa.array(values, pa.string())])


def floats(column: Any) -> NDArray[np.float64]:
    """Return a column of numbers with NaN for its nulls.

    Not by the column's own `to_numpy`, which imports pandas: half a second in every process.
    """
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    if kinds.is_decimal(column.type):
        # By way of text, which is rounded once; Arrow's own way is off in the last bit.
        column = column.cast(pa.string())
    # Not safe: beyond 2^53 integers are rounded, as in any table of floats.
    numbers = column.cast(pa.float64(), safe=False).combine_chunks()
    nan = pa.py_buffer(np.full(len(numbers), np.nan))
    filled = pc.coalesce(numbers, pa.Array.from_buffers(pa.float64(), len(numbers), [None, nan]))
    return np.from_dlpack(filled).astype(np.float64, copy=False)


def of_numbers(values: NDArray[Any]) -> Any:
    """Return an array of numbers or booleans as Arrow's, without `pyarrow.array`.

    That one imports pandas: half a second in every process.
    """
    import pyarrow as pa

    if values.dtype == bool:
        return of_numbers(values.astype(np.int8)).cast(pa.bool_())
    values = np.ascontiguousarray(values)
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])


def of_texts(values: Sequence[str | None]) -> Any:
    """Return texts, of which None is missing, as Arrow's, without `pyarrow.array`."""
    import pyarrow as pa

    coded = [(value or "").encode() for value in values]
    ends = np.cumsum([0, *map(len, coded)], dtype=np.int32)
    there = np.packbits([value is not None for value in values], bitorder="little")
    buffers = [pa.py_buffer(there), pa.py_buffer(ends), pa.py_buffer(b"".join(coded))]
    return pa.Array.from_buffers(pa.string(), len(coded), buffers)


def codes(column: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the rank of each value among the sorted ones, NaN where missing, and their names."""
    import pyarrow.compute as pc

    values = pc.unique(column).drop_null()
    values = values.take(pc.sort_indices(values))
    ranks = pc.index_in(column, value_set=values)
    return floats(ranks), tuple(map(str, values.to_pylist()))


def occurrences(column: Any) -> tuple[dict[str, int], dict[str, int]]:
    """Return how many rows each text of a column is in, and the first of them, from 1."""
    import pyarrow.compute as pc

    names = pc.unique(column).drop_null()
    places = floats(pc.index_in(column, value_set=names))
    there = np.flatnonzero(~np.isnan(places))
    _, first, counts = np.unique(places[there], return_index=True, return_counts=True)
    known = names.to_pylist()
    rows = there[first] + 1
    return dict(zip(known, counts.tolist(), strict=True)), dict(
        zip(known, rows.tolist(), strict=True)
    )
