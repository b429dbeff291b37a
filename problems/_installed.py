"""Data sets in the files of installed distributions, which are read and never imported."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._arrow import of_numbers
from problems._catalogue import Choice, choices
from problems._columns import to_dataset
from problems._dataset import DataSet, Facts, hint, measured

MAX_ROWS = 5_000
"""A data set with more rows is cut to so many."""

CUT_SEED = 0
"""Of the numbers that decide which rows those are."""


@dataclass(frozen=True)
class Shelf:
    """The data sets of one distribution.

    Args:
        prefix: of their names.
        distribution: its name, as pip knows it.
        install: the command that installs it.
        title: its name for people.
        folders: that hold the files; of two files of one name the one in the first folder counts.
        ending: of the files; the path between folder and ending is the name behind the prefix.
        read: bytes of a file -> its table, with names of columns, as pyarrow has it.
        target: the column to predict unless something else is said, "" for none.
        row_names: the column that names rows and is never a feature, "" for none.
    """

    prefix: str
    distribution: str
    install: str
    title: str
    folders: tuple[str, ...]
    ending: str
    read: Callable[[bytes], Any]
    target: str = ""
    row_names: str = ""

    def unavailable(self) -> str | None:
        """Return why its data sets cannot be read here, or None."""
        try:
            metadata.distribution(self.distribution)
        except metadata.PackageNotFoundError:
            return f"needs {self.distribution}; {self.install}"
        return None

    def names(self) -> list[str]:
        """Return what can stand behind the prefix, sorted.

        Raises:
            ValueError: the distribution is not installed.
        """
        found = [file.as_posix() for file in self._found().files or ()]
        return sorted(
            {
                file.removeprefix(f"{folder}/").removesuffix(self.ending)
                for folder in self.folders
                for file in found
                if file.startswith(f"{folder}/") and file.endswith(self.ending)
            }
        )

    def load(
        self, name: str, target: str, groups: str, drop: tuple[str, ...] = ()
    ) -> tuple[Facts, DataSet]:
        """Return the facts and the arrays of a data set.

        Of a chosen one (`problems._catalogue`) the target and the columns to leave out are known.
        Rows without a target are left out. Of more than `MAX_ROWS` rows `cut` leaves so many.

        Args:
            name: with the prefix.
            target: the column to predict, "" for the one that is known.
            groups: the column that says which rows belong together, "" for none.
            drop: columns to leave out besides the known ones.

        Raises:
            ValueError: the distribution is not installed, there is no such data set, or its table
                cannot be measured on; the message says what to do.
        """
        return _load(self, self._path(name), name, target, groups, drop)

    def table(self, name: str) -> Any:
        """Return a data set as its file has it: all rows, all columns.

        Args:
            name: with the prefix.

        Raises:
            ValueError: as `load`.
        """
        return _table(self, self._path(name).read_bytes(), name)

    def file(self, name: str) -> str:
        """Return the place of a data set's file in the distribution.

        Args:
            name: with the prefix.

        Raises:
            ValueError: the distribution is not installed, or there is no such data set.
        """
        short, found = name.removeprefix(self.prefix), self._found()
        # Only names: none leads out of the folder.
        if short and ".." not in short:
            for folder in self.folders:
                file = f"{folder}/{short}{self.ending}"
                if Path(str(found.locate_file(file))).is_file():
                    return file
        raise ValueError(
            f"no data set of {self.title} is called {name!r}; "
            f"{hint(short, self.names(), f'names after {self.prefix}')}"
        )

    def _path(self, name: str) -> Path:
        return Path(str(self._found().locate_file(self.file(name))))

    def _found(self) -> metadata.Distribution:
        try:
            return metadata.distribution(self.distribution)
        except metadata.PackageNotFoundError as error:
            raise ValueError(
                f"data sets of {self.title} need the package {self.distribution}, which is not "
                f"installed; {self.install}"
            ) from error


def cut(rows: int) -> NDArray[np.int64] | None:
    """Return which rows are used of so many, in their order; None for all of them.

    The `MAX_ROWS` that come first when each row gets one of the numbers of a generator with a
    fixed seed. Only the number of rows decides, not their classes: no stratification. The raw
    numbers of PCG64 are the same on every machine and in every version of NumPy.
    """
    if rows <= MAX_ROWS:
        return None
    order = np.argsort(np.random.PCG64(CUT_SEED).random_raw(rows), kind="stable")
    return np.sort(order[:MAX_ROWS])


@lru_cache(maxsize=4)
def _load(
    shelf: Shelf, path: Path, name: str, target: str, groups: str, drop: tuple[str, ...]
) -> tuple[Facts, DataSet]:
    content = path.read_bytes()
    table = _table(shelf, content, name)
    choice = choices().get(name)
    if choice is not None and target in ("", choice.target):
        target, dropped = choice.target, tuple(choice.drop)
    else:
        target, dropped = target or shelf.target, ()
    if choice is not None:
        table = _with_categories(table, choice.categories)
    kept = {target, groups}
    # What is left out unless it is asked for need not be there.
    out = [*drop, *(c for c in (shelf.row_names, *dropped) if c in table.column_names)]
    out = [column for column in dict.fromkeys(out) if column in drop or column not in kept]
    total = table.num_rows
    table = _rows(table, target)
    data = to_dataset(table, source=name, target=target, groups=groups, drop=out)
    return _facts(shelf, name, data, total, content, choice), data


def _table(shelf: Shelf, content: bytes, name: str) -> Any:
    try:
        return shelf.read(content)
    # Whatever a file holds that is none of the kind.
    except Exception as error:
        raise ValueError(
            f"{name} must be a table of {shelf.title}, it is not: "
            f"{' '.join(str(error).split())[:200]}; choose another data set"
        ) from error


def _with_categories(table: Any, names: Sequence[str]) -> Any:
    """Return a table in which numbers that name categories are categories."""
    import pyarrow as pa

    for name in names:
        column = table.column(name).cast(pa.string()).dictionary_encode()
        table = table.set_column(table.column_names.index(name), name, column)
    return table


def _rows(table: Any, target: str) -> Any:
    """Return the rows that have a target, cut."""
    if target in table.column_names:
        import pyarrow.compute as pc

        table = table.filter(pc.invert(pc.is_null(table.column(target), nan_is_null=True)))
    chosen = cut(table.num_rows)
    return table if chosen is None else table.take(of_numbers(chosen))


def _facts(
    shelf: Shelf, name: str, data: DataSet, total: int, content: bytes, choice: Choice | None
) -> Facts:
    title = choice.title if choice else name.removeprefix(shelf.prefix)
    if len(data.y) < total:
        title += f" ({len(data.y):,} of {total:,} rows)"
    # The file, and how it is read unless a setting says otherwise: read otherwise it is other data.
    read = [choice.target, [*choice.drop], [*choice.categories]] if choice else []
    known = json.dumps([*read, MAX_ROWS, CUT_SEED]).encode()
    return measured(
        data,
        name=name,
        title=title,
        licence=choice.licence if choice else "not stated",
        reference=choice.reference if choice else shelf.title,
        fingerprint=hashlib.sha256(content + known).hexdigest()[:16],
    )
