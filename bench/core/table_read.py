"""Reads a table from its Parquet file and checks it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Categorical, Distribution, Ordinal, Scalar
from bench.core.problem import Metric
from bench.core.space import Config, SearchSpace
from bench.core.table import Array, Table, key_weights
from bench.core.table_write import FOLD, KEY

LARGEST = 2**30
"""Bytes of a file that is read, since every worker holds it in memory."""


def read_table(path: Path) -> Table:
    """Read and check a table.

    A column `value` is what is tuned, `test_value`, `cost` (seconds), `split`, `reason` (why an
    evaluation failed) and `fold_1`, `fold_2`, … are optional, and every other column is a
    parameter: numbers are ordered levels, other values choices. The metadata (JSON under the key
    `tunebench`) must give the `metric` (name, direction); they may give the `space`, with its
    conditions, and other names for the `columns`.

    Raises:
        ValueError: not such a table; the message says what is wrong and where.
    """
    try:
        return _Reader(path).table()
    except ValueError as error:
        raise ValueError(f"table {path}: {' '.join(str(error).split())}") from None


@dataclass(frozen=True, slots=True)
class _Names:
    """What the columns of a file are called."""

    value: str = "value"
    test_value: str = "test_value"
    cost: str = "cost"
    split: str = "split"
    reason: str = "reason"
    fold_values: tuple[str, ...] = ()


class _Reader:
    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise ValueError("there is no such file")
        size = path.stat().st_size
        if not 0 < size <= LARGEST:
            raise ValueError(
                f"a table must have 1 byte to {LARGEST:,}, it has {size:,}"
                + ("; take fewer configurations" if size else "")
            )
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            schema = pq.read_schema(path)
            texts = [field.name for field in schema if pa.types.is_string(field.type)]
            self.file = pq.ParquetFile(path, read_dictionary=texts)
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"cannot be read as Parquet: {error}") from None
        self.columns: list[str] = self.file.schema_arrow.names
        if len(set(self.columns)) < len(self.columns):
            raise ValueError(f"columns must have different names, they are {self.columns}")
        self.rows: int = self.file.metadata.num_rows
        self.meta = self._read_meta()
        self.names = self._read_names()

    def table(self) -> Table:
        names = self.names
        if "metric" not in self.meta:
            raise ValueError(
                "the metadata must give the metric, they do not; for example "
                '{"metric": {"name": "accuracy", "direction": "maximize"}}'
            )
        if names.value not in self.columns:
            raise ValueError(f"must have a column {names.value!r}, it has {self.columns}")
        if self.rows == 0:
            raise ValueError("must have rows, it has none")
        space = self._space()
        self.order, row_of = self._order(space)
        reasons = self._reasons()
        value = self._measured(names.value, reasons)
        assert value is not None
        if np.isnan(value).all(axis=1).any():
            raise ValueError("each split must have a completed evaluation, one has none")
        folds = [self._measured(name, reasons) for name in names.fold_values]
        return Table(
            space=space,
            metric=Metric(**self.meta["metric"]),
            value=value,
            test_value=self._measured(names.test_value, reasons),
            cost=self._measured(names.cost, reasons),
            fold_values=np.stack(folds, axis=2) if folds else None,  # type: ignore[arg-type]
            reasons=reasons,
            meta=self.meta,
            row_of=row_of,
        )

    def _read_meta(self) -> dict[str, Any]:
        try:
            meta = json.loads((self.file.schema_arrow.metadata or {}).get(KEY, b"{}"))
        except ValueError as error:
            raise ValueError(f"the metadata under 'tunebench' must be JSON: {error}") from None
        if not isinstance(meta, dict):
            raise ValueError(f"the metadata under 'tunebench' must be a table, got {meta!r}")
        return meta

    def _read_names(self) -> _Names:
        given = dict(self.meta.get("columns", {}))
        folds = [n for n in self.columns if n.startswith(FOLD) and n[len(FOLD) :].isdigit()]
        folds.sort(key=lambda name: int(name[len(FOLD) :]))
        given["fold_values"] = tuple(given.get("fold_values", folds))
        try:
            names = _Names(**given)
        except TypeError:
            raise ValueError(
                f"`columns` in the metadata may name {list(_Names.__dataclass_fields__)}, "
                f"got {sorted(given)}"
            ) from None
        for column in [*names.fold_values, *(v for k, v in given.items() if k != "fold_values")]:
            if column not in self.columns:
                raise ValueError(f"the metadata name a column {column!r}, there is none")
        return names

    def _space(self) -> SearchSpace:
        names = self.names
        taken = {names.value, names.test_value, names.cost, names.split, names.reason}
        found = [n for n in self.columns if n not in taken and n not in names.fold_values]
        if "space" in self.meta:
            space = SearchSpace.from_dict(self.meta["space"])
            for name in {*found} ^ {*space}:
                where = "the file" if name in found else "the space of the metadata"
                raise ValueError(f"parameters and columns must agree, {name!r} is in {where} only")
            return space
        parameters: dict[str, Distribution] = {}
        for name in found:
            values, _ = self._coded(name)
            if None in values:
                raise ValueError(
                    f"a parameter must have a value in each row, {name!r} lacks some; one that "
                    "exists only sometimes needs a `space` with conditions in the metadata"
                )
            numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)
            parameters[name] = (Ordinal if numbers else Categorical)(tuple(sorted(values)))  # type: ignore[arg-type,type-var]
        return SearchSpace(parameters, default=self.meta.get("default"))

    def _read(self, name: str) -> Any:
        """Return a column as one Arrow array; one after the other keeps memory low."""
        import pyarrow as pa

        try:
            # One thread: a table is small, and each thread takes memory of its own.
            column = self.file.read([name], use_threads=False).column(0).combine_chunks()
        except (pa.ArrowException, OSError) as error:
            raise ValueError(f"column {name!r} cannot be read: {error}") from None
        return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column

    def _coded(self, name: str) -> tuple[list[Scalar], NDArray[np.intp]]:
        """Return the distinct values of a column (None for an empty cell) and each row's place."""
        column = self._read(name)
        if hasattr(column, "dictionary"):
            values, cells = column.dictionary.to_pylist(), column.indices
            codes, empty = _numbers(cells, name)
        elif str(column.type) == "bool":
            values = [False, True]
            cells = column.to_pylist()
            codes = np.array([bool(cell) for cell in cells], dtype=np.intp)
            empty = np.array([cell is None for cell in cells], dtype=bool)
            present = set(cells) - {None}
            if len(present) == 1:
                values, codes = list(present), np.zeros_like(codes)
        else:
            numbers, empty = _numbers(column, name)
            uniques, codes = np.unique(numbers, return_inverse=True)
            values = uniques.tolist()
        if empty.any():
            values = [*values, None]
            codes = np.where(empty, len(values) - 1, codes)
        return values, codes.astype(np.intp)

    def _order(self, space: SearchSpace) -> tuple[NDArray[np.intp], dict[int, int]]:
        """Return the rows' order, by split and key with shape (splits, configurations)."""
        keys = np.zeros(self.rows, dtype=np.int64)
        for name, weights in key_weights(space).items():
            values, codes = self._coded(name)
            for value in {values[i] for i in np.unique(codes)} - {None, *weights}:
                raise ValueError(
                    f"column {name!r} must hold values of the space, {list(weights)}, got {value!r}"
                )
            keys += np.array([weights.get(value, 0) for value in values], dtype=np.int64)[codes]
        if self.names.split in self.columns:
            labels, split = self._coded(self.names.split)
        else:
            labels, split = [0], np.zeros(len(keys), dtype=np.intp)
        wanted = _keys(space)
        order = np.lexsort((keys, split))
        for place, label in enumerate(labels):
            rows = order[split[order] == place]
            have = keys[rows]
            twice = rows[1:][have[1:] == have[:-1]]
            if twice.size:
                raise ValueError(
                    f"a configuration must be there once a split, {twice.size} are there again, "
                    f"the first in split {label!r}: {self._config(space, twice[0])}"
                )
            odd = rows[~np.isin(have, wanted)]
            if odd.size:
                raise ValueError(
                    f"rows must be configurations of the space, {odd.size} are not, the first in "
                    f"split {label!r}: {self._config(space, odd[0])}"
                )
            if len(have) < len(wanted):
                raise ValueError(
                    f"every configuration of the space must be there, split {label!r} has "
                    f"{len(have):,} of {len(wanted):,}"
                )
        return order.reshape(len(labels), len(wanted)), {
            k: i for i, k in enumerate(wanted.tolist())
        }

    def _config(self, space: SearchSpace, row: int) -> Config:
        return {name: self._read(name)[int(row)].as_py() for name in space}

    def _reasons(self) -> dict[tuple[int, int], str]:
        if self.names.reason not in self.columns:
            return {}
        texts = np.array(self._read(self.names.reason).to_pylist(), dtype=object)
        texts = texts[self.order]
        places = np.argwhere(texts != None)  # noqa: E711 - element by element
        return {(int(split), int(row)): str(texts[split, row]) for split, row in places}

    def _measured(self, name: str, reasons: Mapping[tuple[int, int], str]) -> Array | None:
        if name not in self.columns:
            return None
        numbers, empty = _numbers(self._read(name), name)
        column = numbers.astype(np.float64)
        column[empty] = np.nan
        values: Array = column[self.order]
        for place in reasons:
            values[place] = 0.0
        bad = np.argwhere(~np.isfinite(values))
        if bad.size:
            raise ValueError(
                f"column {name!r} must hold finite numbers, {len(bad)} are not, the first in row "
                f"{int(self.order[tuple(bad[0])])}; a failed evaluation has a text in the column "
                f"{self.names.reason!r}"
            )
        for place in reasons:
            values[place] = np.nan
        return values


def _numbers(column: Any, name: str) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    """Return the numbers of an Arrow array and which cells are empty.

    Its own conversion imports pandas, at 0.3 s and 45 MB.
    """
    try:
        kind = np.dtype(
            str(column.type).replace("double", "float64").replace("halffloat", "float16")
        )
    except TypeError:
        kind = np.dtype(object)
    if kind.kind not in "iuf":
        raise ValueError(
            f"a column must hold numbers, texts or booleans, {name!r} holds {column.type}"
        )
    bits, data = column.buffers()
    start, stop = column.offset, column.offset + len(column)
    numbers = np.frombuffer(data, dtype=kind)[start:stop]
    if bits is None:
        return numbers, np.zeros(len(numbers), dtype=bool)
    valid = np.unpackbits(np.frombuffer(bits, dtype=np.uint8), bitorder="little")[start:stop]
    return np.where(valid, numbers, np.zeros((), dtype=kind)), valid == 0


def _keys(space: SearchSpace) -> NDArray[np.int64]:
    """Return the keys of all configurations, sorted."""
    weights = key_weights(space)
    if space.conditions:
        every = (sum(weights[n][v] for n, v in config.items()) for config in space.configs())
        return np.sort(np.fromiter(every, dtype=np.int64))
    keys = np.zeros(1, dtype=np.int64)
    for of_values in weights.values():
        keys = (keys[:, None] + np.array(list(of_values.values()))).ravel()
    return np.sort(keys)
