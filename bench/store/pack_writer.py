"""Writes a pack, run by run: in memory are the trials of one row group."""

from __future__ import annotations

import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO
from zlib import compress

import numpy as np
import orjson

from bench.files import replacing
from bench.store import migrations
from bench.store.migrations import SCHEMA
from bench.store.pack import BATCH_ROWS, KEY, KINDS
from bench.store.record import RunRecord, end_to_dict
from bench.store.rows import TRIAL_COLUMNS, run_columns
from bench.store.seal import ColumnSeal, seal

GROUP_ROWS = 50_000
"""Trials of a row group, at most, but for the rest of a run."""

_RUN = ("run", "strategy", "problem", "repetition")


def write_pack(path: Path, records: Iterable[RunRecord]) -> list[str]:
    """Write finished runs; an earlier pack at `path` is replaced in one step.

    What a problem gives comes again and again: where its runs stand together, they make a row group
    of their own, whose dictionaries stay small.

    Args:
        path: of the pack.
        records: taken one by one.

    Returns:
        The ids of the runs.
    """
    schema = _schema()
    with _writing(path, schema) as pack:
        group = _Group(schema)
        label = None
        for record in records:
            other = record.header["spec"]["problem"]["label"] != label
            if group.count and (other or group.count >= GROUP_ROWS):
                pack.add(group.table())
                group = _Group(schema)
            label = record.header["spec"]["problem"]["label"]
            group.add(record)
            pack.describe(record)
        pack.add(group.table())
    return pack.ids


def write_columns(
    path: Path,
    columns: Mapping[str, Any],
    runs: Sequence[Mapping[str, Any]],
    environments: Sequence[Mapping[str, Any]],
) -> None:
    """Write a pack from its parts; an earlier one at `path` is replaced in one step.

    Args:
        path: of the pack.
        columns: of `KINDS`, each an Arrow array; the rows of a problem stand together.
        runs: the header of each run, with `end`, and with the place of its `environment`.
        environments: all there are.
    """
    import pyarrow as pa

    table = pa.table(dict(columns))
    with _writing(path, table.schema) as pack:
        pack.runs, pack.environments = list(map(orjson.dumps, runs)), list(environments)
        for start, count in _groups(table.column("problem")):
            pack.add(table.slice(start, count))


@contextmanager
def _writing(path: Path, schema: Any) -> Iterator[_Pack]:
    with replacing(path) as file:
        pack = _Pack(file, schema)
        try:
            yield pack
            pack.finish()
        finally:
            pack.close()
        file.flush()
        # On the disk before the run files it replaces are removed, whatever happens to the power.
        os.fsync(file.fileno())


class _Pack:
    """The file of a pack, row group by row group; what its runs are stands at its end."""

    def __init__(self, file: BinaryIO, schema: Any) -> None:
        import pyarrow.parquet as pq

        self._schema = schema
        self._writer = pq.ParquetWriter(file, schema, compression="zstd", write_page_checksum=True)
        self._seals = {name: ColumnSeal() for name in schema.names}
        self.ids: list[str] = []
        self.runs: list[bytes] = []
        self.environments: list[Mapping[str, Any]] = []

    def describe(self, record: RunRecord) -> None:
        """Take what a run is."""
        environment = record.header["environment"]
        if environment not in self.environments:
            self.environments.append(environment)
        assert record.end is not None
        place = {"environment": self.environments.index(environment)}
        self.ids.append(record.id)
        # As text: the headers of 100,000 runs would take gigabytes as objects.
        self.runs.append(orjson.dumps(record.header | place | {"end": end_to_dict(record.end)}))

    def add(self, table: Any) -> None:
        """Write a row group."""
        for name, found in self._seals.items():
            for chunk in table.column(name).chunks:
                found.add(chunk)
        self._writer.write_table(table, row_group_size=max(len(table), 1))

    def finish(self) -> None:
        """Write the metadata, which Arrow has in its own description of the columns, too."""
        about = {
            "schema": SCHEMA,
            "runs": list(map(orjson.Fragment, self.runs)),
            "environments": self.environments,
            "columns": {name: str(found) for name, found in self._seals.items()},
        }
        # A header a run: of 20,000 runs they would take more room than all the trials.
        metadata = {KEY: b64encode(compress(seal(about), 9))}
        schema = self._schema.with_metadata(metadata).serialize()
        self._writer.add_key_value_metadata({b"ARROW:schema": b64encode(schema), **metadata})

    def close(self) -> None:
        """Let the file go."""
        self._writer.close()


class _Group:
    """The trials of some runs, as columns: as lists while they are few, then as Arrow arrays."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._lists: dict[str, list[Any]] = {name: [] for name in schema.names}
        self._parts: list[Any] = []
        self.count = 0

    def add(self, record: RunRecord) -> None:
        columns = _columns(record.trials)
        count, about = len(record.trials), run_columns(record.header)
        for name in _RUN:
            columns[name] = [about[name]] * count
        for name, found in self._lists.items():
            found += columns[name]
        self.count += count
        if len(self._lists["run"]) >= BATCH_ROWS:
            self._convert()

    def table(self) -> Any:
        """Return all of them as an Arrow table."""
        import pyarrow as pa

        self._convert()
        # One dictionary of each, or its texts would be written out.
        return pa.Table.from_batches(self._parts).unify_dictionaries().combine_chunks()

    def _convert(self) -> None:
        import pyarrow as pa

        self._parts.append(pa.RecordBatch.from_pydict(self._lists, schema=self._schema))
        for found in self._lists.values():
            found.clear()


def _columns(lines: Sequence[Mapping[str, Any]]) -> dict[str, list[Any]]:
    """Return the columns of a run's trials, as `rows.trial_columns` has them."""
    columns = {name: [line.get(name) for line in lines] for name in TRIAL_COLUMNS}
    columns["config"] = [orjson.dumps(config).decode() for config in columns["config"]]
    columns["reason"] = [reason or "" for reason in columns["reason"]]
    columns["continued_from"] = [share or 0.0 for share in columns["continued_from"]]
    if lines and _is_sum(columns):
        columns["started_s"] = columns["finished_s"] = [None] * len(lines)
    return columns


def _is_sum(columns: Mapping[str, list[Any]]) -> bool:
    """Return whether the times of a run's trials are the sums of its seconds, to the last bit.

    So it is where evaluations were made one by one; these times would take a third of a pack.
    """
    if columns["trial_number"] != sorted(columns["trial_number"]):
        return False
    seconds = (np.array(columns[name]) for name in ("ask_s", "evaluation_s", "tell_s"))
    times = migrations.clock(*seconds)
    both = zip(("started_s", "finished_s"), times, strict=True)
    return all(columns[name] == found.tolist() for name, found in both)


def _schema() -> Any:
    import pyarrow as pa

    return pa.schema({name: kind() for name, kind in KINDS.items()})


def _groups(labels: Any) -> list[tuple[int, int]]:
    """Return start and length of each stretch of rows with one label; one of no rows."""
    codes = labels.combine_chunks()
    codes = codes if hasattr(codes, "indices") else codes.dictionary_encode()
    found = codes.indices.to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.diff(found, prepend=-1)).tolist() or [0]
    return list(zip(starts, np.diff([*starts, len(found)]).tolist(), strict=True))
