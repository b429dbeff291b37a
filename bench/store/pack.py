"""The pack: finished runs as one Parquet file, a row a trial, the runs as its metadata."""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zlib import compress, decompress

import orjson

from bench.core import Status
from bench.files import check_plain, replacing
from bench.run import End
from bench.store import migrations
from bench.store.migrations import CONTINUED, SCHEMA
from bench.store.record import DamagedError, RunRecord, StoreError, end_from_dict, end_to_dict
from bench.store.rows import TRIAL_COLUMNS, run_columns, trial_columns
from bench.store.run_file import check_schema, reading
from bench.store.seal import column_seal, seal, unseal
from bench.store.validity import check_header, check_record

KEY = b"tunebench"
"""Where the metadata of the schema hold ours."""

MAX_PACK_ROWS = 50_000_000
"""Trials of a pack: each takes a hundred bytes of memory and more, however small the file is."""


def _texts() -> Any:
    import pyarrow as pa

    return pa.dictionary(pa.int32(), pa.string())


def _of(name: str) -> Callable[[], Any]:
    def kind() -> Any:
        import pyarrow as pa

        return getattr(pa, name)()

    return kind


def _floats() -> Any:
    import pyarrow as pa

    return pa.list_(pa.float64())


KINDS: Mapping[str, Callable[[], Any]] = {
    "run": _texts,
    "strategy": _texts,
    "problem": _texts,
    "repetition": _of("int32"),
    "trial_number": _of("int32"),
    "config": _of("string"),
    "fidelity": _of("float64"),
    "status": _texts,
    "reason": _texts,
    "value": _of("float64"),
    "test_value": _of("float64"),
    "fold_values": _floats,
    "train_value": _of("float64"),
    "validation_scores": _floats,
    "test_scores": _floats,
    "evaluation_s": _of("float64"),
    "ask_s": _of("float64"),
    "evaluation_wall_s": _of("float64"),
    "tell_s": _of("float64"),
    "started_s": _of("float64"),
    "finished_s": _of("float64"),
    "worker": _of("int32"),
    "continued_from": _of("float64"),
}
"""The columns of a pack and their Arrow types; Arrow is imported only where it is used."""


def write_pack(path: Path, records: Sequence[RunRecord]) -> None:
    """Write finished runs; an earlier pack at `path` is replaced in one step."""
    import pyarrow as pa

    environments: list[dict[str, Any]] = []
    runs = []
    # What a problem gives comes again and again, so its runs stand together.
    first: dict[str, int] = {}
    for record in records:
        first.setdefault(record.header["spec"]["problem"]["label"], len(first))
    records = sorted(records, key=lambda r: first[r.header["spec"]["problem"]["label"]])
    for record in records:
        environment = record.header["environment"]
        if environment not in environments:
            environments.append(environment)
        assert record.end is not None
        runs.append(
            record.header
            | {"environment": environments.index(environment), "end": end_to_dict(record.end)}
        )
    rows = [
        run_columns(record.header) | trial_columns(trial)
        for record in records
        for trial in _without_clock(record.trials)
    ]
    columns = {name: pa.array([row[name] for row in rows], kind()) for name, kind in KINDS.items()}
    write_columns(path, columns, runs, environments)


def _without_clock(trials: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """Return the trials of a run without times that are the sums of its seconds, to the last bit.

    So it is where evaluations were made one by one; these times would take a third of a pack.
    """
    names = [line["trial_number"] for line in trials]
    if not trials or names != sorted(names):
        return trials
    started, finished = migrations.clock_of(trials)
    recorded = [(line["started_s"], line["finished_s"]) for line in trials]
    if recorded != list(zip(started, finished, strict=True)):
        return trials
    return [{**line, "started_s": None, "finished_s": None} for line in trials]


def write_columns(
    path: Path,
    columns: Mapping[str, Any],
    runs: Sequence[Mapping[str, Any]],
    environments: Sequence[Mapping[str, Any]],
) -> None:
    """Write a pack from its parts; an earlier one at `path` is replaced in one step.

    The rows of a problem that stand together are a row group: a table gives the same numbers to all
    runs, and a dictionary of them stays small.

    Args:
        path: of the pack.
        columns: of `KINDS`, each an Arrow array.
        runs: the header of each run, with `end`, and with the place of its `environment`.
        environments: all there are.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(dict(columns))
    seals = {name: column_seal(table.column(name)) for name in table.column_names}
    about = {"schema": SCHEMA, "runs": runs, "environments": environments, "columns": seals}
    table = table.replace_schema_metadata({KEY: _compressed(seal(about))})
    with replacing(path) as file:
        with pq.ParquetWriter(
            file, table.schema, compression="zstd", write_page_checksum=True
        ) as writer:
            for start, count in _groups(table.column("problem")):
                writer.write_table(table.slice(start, count), row_group_size=max(count, 1))
        file.flush()
        # On the disk before the run files it replaces are removed, whatever happens to the power.
        os.fsync(file.fileno())


def _groups(labels: Any) -> list[tuple[int, int]]:
    """Return start and length of each stretch of rows with one label; one of no rows."""
    import numpy as np

    codes = labels.combine_chunks()
    codes = codes if hasattr(codes, "indices") else codes.dictionary_encode()
    found = codes.indices.to_numpy(zero_copy_only=False)
    starts = np.flatnonzero(np.diff(found, prepend=-1)).tolist() or [0]
    return list(zip(starts, np.diff([*starts, len(found)]).tolist(), strict=True))


def _compressed(text: bytes) -> bytes:
    # A header a run: of 20,000 runs they would take more room than all the trials.
    return b64encode(compress(text, 9))


def metadata_of(schema: Any) -> dict[str, Any]:
    """Return what the metadata of a pack say.

    Args:
        schema: of its Parquet file, as Arrow has it.

    Raises:
        Exception: it is no pack, or its metadata are not as they were written.
    """
    found = schema.metadata[KEY]
    # Before schema 4 they were plain JSON.
    return dict(unseal(found if found.startswith(b"{") else decompress(b64decode(found))))


def read_pack(path: Path) -> list[RunRecord]:
    """Return the runs of a pack.

    Raises:
        StoreError: it cannot be read, or another schema wrote it.
    """
    import pyarrow as pa

    try:
        file, metadata = open_pack(path)
        with file:
            there = present(metadata, KINDS)
            columns = {there[name]: read_column(file, metadata, name) for name in there}
            return _records(pa.table(columns).to_pylist(), metadata)
    except StoreError:
        raise
    except Exception as error:
        raise pack_error(path, error) from None


def read_headers(path: Path) -> list[dict[str, Any]]:
    """Return the headers of the runs of a pack, and nothing of their trials.

    Raises:
        StoreError: it cannot be read, or another schema wrote it.
    """
    try:
        file, metadata = open_pack(path)
        with file:
            return headers_and_ends(metadata)[0]
    except StoreError:
        raise
    except Exception as error:
        raise pack_error(path, error) from None


def headers_and_ends(metadata: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[End]]:
    """Return the headers of the runs of an open pack, as this schema has them, and their ends.

    Args:
        metadata: as `open_pack` gives them.

    Raises:
        Exception: a header lacks a part.
    """
    headers, ends = [], []
    for recorded in metadata["runs"]:
        header = migrations.current_header(recorded)
        ends.append(end_from_dict(migrations.end(metadata["schema"], header.pop("end"))))
        header["environment"] = metadata["environments"][header["environment"]]
        check_header(header)
        headers.append(header)
    return headers, ends


def open_pack(path: Path) -> tuple[Any, dict[str, Any]]:
    """Return the open Parquet file of a pack and what its metadata say.

    Raises:
        StoreError: it cannot be opened, is too large, or another schema wrote it.
        Exception: it is no pack.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading(path):
        check_plain(path)
    file = pq.ParquetFile(
        # Arrow would write the path as UTF-8, which not every path is.
        pa.OSFile(os.fsencode(path)),
        # The metadata hold a header a run: with 100,000 they are longer than Arrow's limit.
        thrift_string_size_limit=2**31 - 1,
        page_checksum_verification=True,
    )
    try:
        if file.metadata.num_rows > MAX_PACK_ROWS:
            raise StoreError(
                f"a pack must hold {MAX_PACK_ROWS:,} trials or fewer, {path} has "
                f"{file.metadata.num_rows:,}; report parts of the sweep in folders of their own"
            )
        schema = file.schema_arrow
        metadata = metadata_of(schema)
        check_schema(metadata, path)
        needed = present(metadata, KINDS).values()
        missing = [name for name in needed if name not in schema.names]
        if missing:
            raise DamagedError(f"it lacks the column {missing[0]}")
        return file, metadata
    except BaseException:
        file.close()
        raise


def is_checked(metadata: Mapping[str, Any]) -> bool:
    """Return whether a pack has checksums; old ones have none."""
    return "columns" in metadata


def present(metadata: Mapping[str, Any], names: Iterable[str]) -> dict[str, str]:
    """Return those of some columns that a pack has, and what they are called in it."""
    found = {name: migrations.column(metadata["schema"], name) for name in names}
    return {name: stands_as for name, stands_as in found.items() if stands_as is not None}


def read_column(file: Any, metadata: Mapping[str, Any], name: str) -> Any:
    """Return a column of an open pack, by its name of today.

    Raises:
        DamagedError: it is not as it was written.
    """
    stands_as = migrations.column(metadata["schema"], name)
    column = file.read(columns=[stands_as]).column(stands_as)
    if is_checked(metadata) and metadata["columns"][stands_as] != column_seal(column):
        raise DamagedError(f"its column {stands_as} was changed after it was written")
    return column


def pack_error(path: Path, error: Exception) -> StoreError:
    """Return what to raise where a pack cannot be read, though its file can."""
    why = f"({type(error).__name__}: {' '.join(str(error).split())[:200]})"
    if isinstance(error, MemoryError):
        return StoreError(
            f"{path} must fit into memory, it does not {why}; read it on a larger machine"
        )
    return StoreError(
        f"{path} must be a pack that `tunebench pack` wrote, it is damaged {why}; restore it from "
        "a copy, or move it away and do its runs again"
    )


def _records(rows: list[dict[str, Any]], metadata: dict[str, Any]) -> list[RunRecord]:
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        line = {
            name: row[name]
            for name in present(metadata, TRIAL_COLUMNS).values()
            if row.get(name) is not None and (name != "reason" or row["status"] != Status.COMPLETED)
        }
        if not line.get(CONTINUED):
            line.pop(CONTINUED, None)  # as a run file has it: most trials begin anew
        line["config"] = orjson.loads(row["config"])
        lines.setdefault(row["run"], []).append(line)
    records = []
    for header in metadata["runs"]:
        end = end_from_dict(migrations.end(metadata["schema"], header.pop("end")))
        header["environment"] = metadata["environments"][header["environment"]]
        trials = migrations.trial_lines(metadata["schema"], lines.get(header["run"], []))
        if any("started_s" not in line for line in trials):
            clocks = zip(trials, *migrations.clock_of(trials), strict=True)
            trials = [line | {"started_s": s, "finished_s": f} for line, s, f in clocks]
        records.append(
            RunRecord(migrations.current_header(header), trials, end, is_checked(metadata))
        )
        check_record(records[-1])
    return records
