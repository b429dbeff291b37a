"""A table with named columns, checked and made into the arrays of a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._dataset import DataSet, hint

FEWEST_ROWS = 20
MOST_CLASSES = 20
"""A target of whole numbers is classes when it has so many values at most …"""
ROWS_A_CLASS = 10
"""… and so many rows for each on average; otherwise it is regression."""

_IDENTIFIER = 50
_STRAYS = 20


def to_dataset(table: Any, *, source: str, target: str, groups: str = "") -> DataSet:
    """Return the arrays of a table.

    Text, truth values and categories become codes in the order of the sorted values. The target
    is classes when it is one of these, or whole numbers with at most 20 values that have 10 rows
    each on average; any other target is regression.

    Args:
        table: a pyarrow table.
        source: its name in errors.
        target: the column to predict.
        groups: the column that says which rows belong together, "" for none; no feature.

    Raises:
        ValueError: the table cannot be measured on as it is; the message says what to change.
    """
    _check_names(table.column_names, source, target, groups)
    if table.num_rows < FEWEST_ROWS:
        raise ValueError(
            f"a data set must have {FEWEST_ROWS} rows or more, {source} has "
            f"{table.num_rows or 'none'}; collect more"
        )
    columns = dict(zip(table.column_names, table.columns, strict=True))
    y, labels = _target(columns.pop(target), f"{target!r} of {source}")
    grouped = _groups(columns.pop(groups), f"{groups!r} of {source}") if groups else None
    if not columns:
        raise ValueError(
            f"a data set must have a feature besides target and groups, {source} has only the "
            f"columns {_listed(table.column_names)}; values are separated by commas in a .csv and "
            "by tabs in a .tsv"
        )
    X = np.empty((table.num_rows, len(columns)))
    categorical = []
    for number, (name, column) in enumerate(columns.items()):
        X[:, number], is_categorical = _feature(column, f"{name!r} of {source}")
        if is_categorical:
            categorical.append(number)
    return DataSet(X, y, labels, tuple(categorical), grouped)


def _check_names(names: Sequence[str], source: str, target: str, groups: str) -> None:
    for number, name in enumerate(names, start=1):
        if not name.strip():
            raise ValueError(
                f"every column must have a name, column {number} of {source} has none; name it, "
                "or leave it out (pandas: to_csv(index=False))"
            )
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise ValueError(
            f"column names must differ, {source} has {_listed(twice)} more than once; rename them"
        )
    if not target:
        raise ValueError(
            f"a target must be named, got none for {source}; {hint('', names, 'columns')}"
        )
    for role, name in (("target", target), ("groups", groups)):
        if name and name not in names:
            raise ValueError(
                f"{role} must be a column of {source}, got {name!r}; {hint(name, names, 'columns')}"
            )
    if target == groups:
        raise ValueError(
            f"groups must be another column than the target, got {target!r} for both; "
            "name the column that says which rows belong together"
        )


def _target(column: Any, where: str) -> tuple[NDArray[Any], tuple[str, ...]]:
    column, is_categorical = _plain(column, where)
    rows = len(column)
    if column.null_count:
        raise ValueError(
            f"every row must have a target, {column.null_count} of {rows} have none in {where}; "
            "drop them or fill them"
        )
    numbers = None if is_categorical else _numbers(column, where)
    if numbers is not None and not _are_classes(numbers):
        if np.ptp(numbers) == 0:
            raise _constant(where, f"{numbers[0]:g}")
        return numbers, ()
    if numbers is None:
        codes, labels = _codes(column)
        y = codes.astype(np.int64)
    else:
        values, y = np.unique(numbers, return_inverse=True)
        labels = tuple(str(int(value)) for value in values)
    if len(labels) == 1:
        raise _constant(where, repr(labels[0]))
    counts = np.bincount(y)
    if counts.min() < 2:
        raise ValueError(
            f"every class must have 2 rows or more, {labels[counts.argmin()]!r} in {where} has 1; "
            "merge it with another class or drop the row"
        )
    return y, labels


def _are_classes(numbers: NDArray[np.float64]) -> bool:
    if not np.array_equal(numbers, np.floor(numbers)):
        return False
    values = len(np.unique(numbers))
    return values <= MOST_CLASSES and len(numbers) >= ROWS_A_CLASS * values


def _constant(where: str, value: str) -> ValueError:
    return ValueError(
        f"a target must vary, {where} is {value} in every row; name another column as target"
    )


def _feature(column: Any, where: str) -> tuple[NDArray[np.float64], bool]:
    column, is_categorical = _plain(column, where)
    if column.null_count == len(column):
        raise ValueError(
            f"every column must have a value somewhere, {where} has none; leave it out"
        )
    if not is_categorical:
        return _numbers(column, where), False
    codes, labels = _codes(column)
    _check_text(labels, len(column), where)
    return codes, True


def _check_text(labels: Sequence[str], rows: int, where: str) -> None:
    strays = [label for label in labels if not _is_number(label)]
    if len(labels) > _STRAYS and 0 < len(strays) <= len(labels) / 10:
        raise ValueError(
            f"a column of numbers must hold nothing else, {where} also holds "
            f"{_listed(strays[:3])}; write a missing value as NA or leave it empty"
        )
    if len(labels) > _IDENTIFIER and len(labels) > rows / 2:
        raise ValueError(
            f"a text column must not name single rows, {where} has {len(labels)} different texts "
            f"in {rows} rows; leave it out, or name it as groups if it says which belong together"
        )


def _groups(column: Any, where: str) -> NDArray[np.int64]:
    import pyarrow.types as kinds

    # Not by its kind: rows may belong together by date as well.
    column = _without_nan(_decoded(column))
    if kinds.is_nested(column.type) or kinds.is_float16(column.type):
        raise ValueError(
            f"groups must be numbers, texts or dates, {where} holds values of type {column.type}; "
            "name another column"
        )
    if column.null_count:
        raise ValueError(
            f"every row must have a group, {column.null_count} of {len(column)} have none in "
            f"{where}; drop them or fill them"
        )
    return _codes(column)[0].astype(np.int64)


def _plain(column: Any, where: str) -> tuple[Any, bool]:
    """Return a column whose missing values are nulls, and whether it holds categories."""
    import pyarrow.types as kinds

    is_dictionary = kinds.is_dictionary(column.type)
    column = _without_nan(_decoded(column))
    kind = column.type
    if is_dictionary or kinds.is_boolean(kind) or kinds.is_string(kind):
        return column, True
    if (
        kinds.is_integer(kind)
        or kinds.is_floating(kind)
        or kinds.is_decimal(kind)
        or kinds.is_null(kind)
    ):
        return column, False
    held = f"dates or times ({kind})" if kinds.is_temporal(kind) else f"values of type {kind}"
    raise ValueError(
        f"a column must hold numbers, truth values or text, {where} holds {held}; turn it into "
        "numbers, such as days since the first, or leave it out"
    )


def _decoded(column: Any) -> Any:
    """Return a column with the values themselves, and with one type for all text."""
    import pyarrow as pa
    import pyarrow.types as kinds

    if kinds.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if kinds.is_large_string(column.type) or kinds.is_string_view(column.type):
        column = column.cast(pa.string())
    return column


def _without_nan(column: Any) -> Any:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    if not kinds.is_floating(column.type):
        return column
    return pc.if_else(pc.is_nan(column), pa.nulls(len(column), column.type), column)


def _numbers(column: Any, where: str) -> NDArray[np.float64]:
    numbers = _floats(column)
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise ValueError(
            f"numbers must be finite, {where} is infinite in {infinite} of {len(numbers)} rows; "
            "replace them or drop the rows"
        )
    return numbers


def _floats(column: Any) -> NDArray[np.float64]:
    """Return a column of numbers with NaN for its nulls.

    Not by the column's own `to_numpy`, which imports pandas: half a second in every process.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    # Not safe: beyond 2^53 whole numbers are rounded, as in any table of floats.
    floats = column.cast(pa.float64(), safe=False).combine_chunks()
    nan = pa.py_buffer(np.full(len(floats), np.nan))
    filled = pc.coalesce(floats, pa.Array.from_buffers(pa.float64(), len(floats), [None, nan]))
    return np.from_dlpack(filled).astype(np.float64, copy=False)


def _codes(column: Any) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Return the rank of each value among the sorted ones, NaN where missing, and their names."""
    import pyarrow.compute as pc

    values = pc.unique(column).drop_null()
    values = values.take(pc.sort_indices(values))
    ranks = pc.index_in(column, value_set=values)
    return _floats(ranks), tuple(map(str, values.to_pylist()))


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
