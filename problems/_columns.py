"""A table with named columns, checked and made into the arrays of a data set."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._arrow import PADDED, codes, floats, occurrences, stored, texts
from problems._dataset import DataSet, hint
from problems._dialect import Dialect
from problems._faults import Faults
from problems._texts import check_texts

MIN_ROWS = 20
MAX_CLASSES = 20
"""A target of integers is classes when it has so many values at most …"""
MIN_ROWS_PER_CLASS = 10
"""… and so many rows for each on average; otherwise it is regression."""
MAX_ABS_NUMBER = 1e38
"""Trees compute in single precision, which ends at 3.4e38; squares, in double, at 1e154."""

_IDENTIFIER = 50
_EXACT = {16: 2**11, 32: 2**24, 64: 2**53}
"""Bits of a float -> the number beyond which whole ones are rounded."""


def to_dataset(
    table: Any,
    *,
    source: str,
    target: str,
    groups: str = "",
    drop: Sequence[str] = (),
    dialect: Dialect | None = None,
) -> DataSet:
    """Return the arrays of a table.

    Text, booleans and categories become codes in the order of the sorted values. The target
    is classes when it is one of these, or integers with at most 20 values that have 10 rows
    each on average; any other target is regression. Groups are texts, whatever they look like.
    Numbers that were not read as such are refused, see `problems._texts.check_texts`.

    Args:
        table: a pyarrow table.
        source: its name in errors.
        target: the column to predict.
        groups: the column that says which rows belong together, "" for none; no feature.
        drop: the columns to leave out.
        dialect: of the text file that the table was read from, or None.

    Raises:
        ValueError: the table cannot be measured on as it is; the message says what to change, in
            all columns at once.
    """
    _check_dropped(table.column_names, source, target, groups, drop)
    table = table.select([i for i, name in enumerate(table.column_names) if name not in drop])
    _check_names(table.column_names, source, target, groups)
    if table.num_rows < MIN_ROWS:
        raise ValueError(
            f"a data set must have {MIN_ROWS} rows or more, {source} has "
            f"{table.num_rows or 'none'}; collect more"
        )
    columns = dict(zip(table.column_names, table.columns, strict=True))
    padded = {f.name: f.metadata[PADDED].decode() for f in table.schema if _is_padded(f)}
    faults, notes = Faults(source), list[str]()
    with faults:
        y, labels = _target(columns.pop(target), f"{target!r} of {source}", dialect)
    grouped = None
    if groups:
        with faults:
            grouped = _groups(columns.pop(groups), f"{groups!r} of {source}", notes)
    if not columns:
        raise ValueError(
            f"a data set must have a feature besides target and groups, {source} has only the "
            f"columns {_listed(table.column_names)}; name more, or the setting sep if they are "
            "there"
        )
    X = np.empty((table.num_rows, len(columns)))
    categorical = []
    for number, (name, column) in enumerate(columns.items()):
        with faults:
            X[:, number], is_categorical = _feature(column, f"{name!r} of {source}", dialect)
            if is_categorical:
                categorical.append(number)
            notes += _identifier(X[:, number], f"{name!r} of {source}", is_categorical)
            if name in padded:
                notes.append(
                    f"{name!r} of {source} has numbers with zeros in front, as identifiers have, "
                    f"such as {padded[name]}, and is taken as numbers; leave it out, or name it as "
                    "groups if it says which rows belong together"
                )
    faults.check()
    names = tuple(columns)
    return DataSet(X, y, labels, tuple(categorical), grouped, tuple(notes), names, target)


def _check_dropped(
    names: Sequence[str], source: str, target: str, groups: str, drop: Sequence[str]
) -> None:
    faults = Faults(source)
    for name in drop:
        if name not in names:
            faults.add(
                f"drop must name columns of {source}, got {name!r}; {hint(name, names, 'columns')}"
            )
        elif name in (target, groups):
            role = "target" if name == target else "groups"
            faults.add(f"drop must not name the {role}, got {name!r}; leave it out of drop")
    faults.check()


def _check_names(names: Sequence[str], source: str, target: str, groups: str) -> None:
    faults = Faults(source)
    for number, name in enumerate(names, start=1):
        if not name.strip():
            faults.add(
                f"every column must have a name, column {number} of {source} has none; name it, "
                "or leave it out (pandas: to_csv(index=False))"
            )
    twice = sorted(name for name, times in Counter(names).items() if times > 1 and name.strip())
    if twice:
        faults.add(
            f"column names must differ, {source} has {_listed(twice)} more than once; rename them"
        )
    if not target:
        faults.add(f"a target must be named, got none for {source}; {hint('', names, 'columns')}")
    for role, name in (("target", target), ("groups", groups)):
        if name and name not in names:
            faults.add(
                f"{role} must be a column of {source}, got {name!r}; {hint(name, names, 'columns')}"
            )
    if target and target == groups:
        faults.add(
            f"groups must be another column than the target, got {target!r} for both; "
            "name the column that says which rows belong together"
        )
    faults.check()


def _target(
    column: Any, where: str, dialect: Dialect | None
) -> tuple[NDArray[Any], tuple[str, ...]]:
    column, is_categorical = _plain(column, where, dialect)
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
        ranks, labels = codes(column)
        y = ranks.astype(np.int64)
    else:
        values, y = np.unique(numbers, return_inverse=True)
        labels = tuple(str(int(value)) for value in values)
    check_classes(y, labels, where)
    return y, labels


def check_classes(y: NDArray[np.int64], labels: Sequence[str], where: str) -> None:
    """Refuse classes that cannot be learned.

    Args:
        y: the class of each row, a place in `labels`.
        labels: the names of the classes.
        where: the column, as errors name it.

    Raises:
        ValueError: there is one class only, or one that has one row.
    """
    if len(labels) == 1:
        raise _constant(where, repr(labels[0]))
    counts = np.bincount(y)
    if counts.min() < 2:
        raise ValueError(
            f"every class must have 2 rows or more, {labels[int(counts.argmin())]!r} in {where} "
            "has 1; merge it with another class or drop the row"
        )


def _are_classes(numbers: NDArray[np.float64]) -> bool:
    if not np.array_equal(numbers, np.floor(numbers)):
        return False
    values = len(np.unique(numbers))
    return values <= MAX_CLASSES and len(numbers) >= MIN_ROWS_PER_CLASS * values


def _constant(where: str, value: str) -> ValueError:
    return ValueError(
        f"a target must vary, {where} is {value} in every row; name another column as target"
    )


def _feature(column: Any, where: str, dialect: Dialect | None) -> tuple[NDArray[np.float64], bool]:
    column, is_categorical = _plain(column, where, dialect)
    if column.null_count == len(column):
        raise ValueError(
            f"every column must have a value somewhere, {where} has none; leave it out"
        )
    if not is_categorical:
        return _numbers(column, where), False
    ranks, labels = codes(column)
    if len(labels) > _IDENTIFIER and len(labels) > len(column) / 2:
        raise ValueError(
            f"a text column must not name single rows, {where} has {len(labels)} different strings "
            f"in {len(column)} rows; leave it out, or name it as groups if it says which belong "
            "together"
        )
    return ranks, True


def _identifier(values: NDArray[np.float64], where: str, is_categorical: bool) -> list[str]:
    """Return the warning that a feature may name rows, if it may."""
    there = values[~np.isnan(values)]
    # Measurements differ in every row as well, but hardly ever as integers.
    if len(there) < MIN_ROWS or len(np.unique(there)) < len(there):
        return []
    if not np.array_equal(there, np.floor(there)):
        return []
    what = "text" if is_categorical else "integer"
    return [
        f"{where} has a different {what} in every row, as an identifier has: leave it out with "
        "--drop, or the setting drop, unless it measures something"
    ]


def _is_padded(field: Any) -> bool:
    return field.metadata is not None and PADDED in field.metadata


def _groups(column: Any, where: str, notes: list[str]) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.types as kinds

    column = stored(column)
    if kinds.is_nested(column.type):
        raise ValueError(
            f"groups must be numbers, strings or dates, {where} holds values of type "
            f"{column.type}; "
            "name another column"
        )
    if column.null_count:
        raise ValueError(
            f"every row must have a group, {column.null_count} of {len(column)} have none in "
            f"{where}; drop them or fill them"
        )
    if kinds.is_floating(column.type):
        exact = _EXACT[column.type.bit_width]
        if np.abs(floats(column)).max(initial=0) >= exact:
            raise ValueError(
                f"groups must be distinct values, {where} holds floats of {exact:,} or more, where "
                "integers are rounded; write them as strings or integers"
            )
    # As texts, whatever they look like: 007 is not 7, and 20 digits are no float.
    column = texts(column)
    names = pc.unique(column).to_pylist()
    if len(names) == len(column):
        notes.append(
            f"groups {where} has a different value in every row: no rows belong together, so "
            "leave groups out or name another column"
        )
    elif len({name.strip() for name in names}) < len(names):
        notes.append(
            f"groups {where} has values that differ in blanks around them only, which count as "
            "different groups: remove the blanks if they are one"
        )
    places = pc.index_in(column, value_set=pa.array(sorted(names, key=_order(names))))
    return floats(places).astype(np.int64)


def _order(names: Sequence[str]) -> Any:
    """Return the key by which groups are sorted: as numbers where all are some."""
    try:
        numbers = {name: float(name) for name in names}
    except ValueError:
        return str
    return lambda name: (numbers[name], name)


def _plain(column: Any, where: str, dialect: Dialect | None) -> tuple[Any, bool]:
    """Return a column whose missing values are nulls, and whether it holds categories."""
    import pyarrow.types as kinds

    is_dictionary = kinds.is_dictionary(column.type)
    column = stored(column)
    kind = column.type
    if kinds.is_string(kind):
        check_texts(*occurrences(column), where, dialect=dialect, categories=is_dictionary)
        return column, True
    if kinds.is_boolean(kind):
        return column, True
    if (
        kinds.is_integer(kind)
        or kinds.is_floating(kind)
        or kinds.is_decimal(kind)
        or kinds.is_null(kind)
    ):
        return column, is_dictionary
    if is_dictionary and not kinds.is_nested(kind):
        return texts(column), True
    if kinds.is_temporal(kind):
        held, way_out = f"dates or times ({kind})", "numbers, such as days since the first"
    else:
        held, way_out = f"values of type {kind}", "columns of numbers or text"
    raise ValueError(
        f"a column must hold numbers, booleans or strings, {where} holds {held}; turn it into "
        f"{way_out}, or leave it out"
    )


def _numbers(column: Any, where: str) -> NDArray[np.float64]:
    numbers = floats(column)
    infinite = int(np.isinf(numbers).sum())
    if infinite:
        raise ValueError(
            f"numbers must be finite, {where} is infinite in {infinite} of {len(numbers)} rows; "
            "replace them or drop the rows"
        )
    # NaN is missing, and not beyond.
    beyond = np.abs(numbers) > MAX_ABS_NUMBER
    if beyond.any():
        raise ValueError(
            f"numbers must be within ±{MAX_ABS_NUMBER:g}, beyond which models overflow, {where} "
            f"has {numbers[beyond.argmax()]:g} and is beyond in {beyond.sum()} of {len(numbers)} "
            "rows; take another unit, or their logarithm"
        )
    return numbers


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names))
