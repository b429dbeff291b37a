"""The pack: finished runs as one Parquet file, a row a trial, the runs as its metadata."""

from __future__ import annotations

import os
from base64 import b64decode
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any
from zlib import decompress

import numpy as np
import numpy.typing as npt
import orjson

from bench.core import Status
from bench.files import check_plain
from bench.run import End
from bench.store import migrations
from bench.store.migrations import CONTINUED
from bench.store.record import DamagedError, Outline, RunRecord, StoreError, end_from_dict
from bench.store.rows import TRIAL_COLUMNS
from bench.store.run_file import check_schema, reading
from bench.store.seal import ColumnSeal, column_seal, unseal
from bench.store.validity import check_header, check_record

KEY = b"tunebench"
"""Where the metadata of the schema hold ours."""

MAX_PACK_ROWS = 50_000_000
"""Trials of a pack: each takes a hundred bytes of memory and more, however small the file is."""

BATCH_ROWS = 5_000
"""Trials that are read at once where all that was recorded of each is wanted."""


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


def read_pack(path: Path, only: Collection[str] | None = None) -> Iterator[RunRecord]:
    """Yield the runs of a pack; in memory are a few thousand trials at a time.

    Args:
        path: of the pack.
        only: ids of those that are wanted; all without.

    Raises:
        StoreError: it cannot be read, or another schema wrote it.
    """
    try:
        file, metadata = open_pack(path)
        with file:
            ids = [header["run"] for header in metadata["runs"]]
            if only is None or not set(ids).isdisjoint(only):
                _check_columns(file, metadata)
                yield from _records(file, metadata, [only is None or run in only for run in ids])
    except StoreError:
        raise
    except Exception as error:
        raise pack_error(path, error) from None


def read_outlines(path: Path) -> list[Outline]:
    """Return the runs of a pack without their trials, which are as they were written.

    Raises:
        StoreError: it cannot be read, or another schema wrote it.
    """
    try:
        file, metadata = open_pack(path)
        with file:
            _check_columns(file, metadata)
            return [Outline(*both) for both in zip(*headers_and_ends(metadata), strict=True)]
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
        raise _changed(stands_as)
    return column


def rows_of_runs(column: Any, ids: Sequence[str]) -> tuple[npt.NDArray[np.int64], bool]:
    """Return which run each row of a pack belongs to, and whether they stand in the runs' order.

    Args:
        column: with the ids of the runs.
        ids: those of all runs, in their order.

    Returns:
        Shape (rows,): the place of its run, -1 where it has none of them.
    """
    import pandas as pd

    column = column.combine_chunks()
    column = column if hasattr(column, "indices") else column.dictionary_encode()
    where = pd.Index(ids).get_indexer(column.dictionary.to_pylist())
    place = np.array([*where, -1], dtype=np.int64)[column.indices.fill_null(-1).to_numpy()]
    return place, bool((place[1:] >= place[:-1]).all())


def _changed(name: str | None) -> DamagedError:
    return DamagedError(f"its column {name} was changed after it was written")


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


def _check_columns(file: Any, metadata: Mapping[str, Any]) -> None:
    """Refuse columns that are not as they were written.

    Raises:
        DamagedError: one is not.
    """
    if not is_checked(metadata):
        return
    seals = {name: ColumnSeal() for name in present(metadata, KINDS).values()}
    for batch in file.iter_batches(BATCH_ROWS, columns=list(seals)):
        for name, found in seals.items():
            found.add(batch.column(name))
    for name, found in seals.items():
        if metadata["columns"][name] != str(found):
            raise _changed(name)


def _records(file: Any, metadata: Mapping[str, Any], wanted: Sequence[bool]) -> Iterator[RunRecord]:
    """Yield those of the runs that are wanted, in the order of the metadata."""
    headers = list(metadata["runs"])
    place, in_order = rows_of_runs(file.read(["run"]).column("run"), [h["run"] for h in headers])
    keep = np.array([*wanted, False])
    rows = _rows(file, list(present(metadata, KINDS).values()), keep[place])
    counts = np.bincount(place[place >= 0], minlength=len(headers)).tolist()
    lines: dict[str, list[dict[str, Any]]] = {}
    if not in_order:
        for row in rows:
            lines.setdefault(row["run"], []).append(row)
    for header, count, is_wanted in zip(headers, counts, wanted, strict=True):
        if is_wanted:
            own = list(islice(rows, count)) if in_order else lines.pop(header["run"], [])
            yield _record(header, own, metadata)


def _rows(file: Any, names: list[str], keep: Any) -> Iterator[dict[str, Any]]:
    """Yield the rows of a pack that are kept, by `keep` of shape (rows,)."""
    import pyarrow as pa

    start = 0
    for batch in file.iter_batches(BATCH_ROWS, columns=names):
        mask = keep[start : start + len(batch)]
        start += len(batch)
        yield from (batch if mask.all() else batch.filter(pa.array(mask))).to_pylist()


def _record(
    recorded: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], metadata: Mapping[str, Any]
) -> RunRecord:
    names = present(metadata, TRIAL_COLUMNS).values()
    lines = []
    for row in rows:
        line = {
            name: row[name]
            for name in names
            if row[name] is not None and (name != "reason" or row["status"] != Status.COMPLETED)
        }
        if not line.get(CONTINUED):
            line.pop(CONTINUED, None)  # as a run file has it: most trials begin anew
        line["config"] = orjson.loads(row["config"])
        lines.append(line)
    header = dict(recorded)
    end = end_from_dict(migrations.end(metadata["schema"], header.pop("end")))
    header["environment"] = metadata["environments"][header["environment"]]
    trials = migrations.trial_lines(metadata["schema"], lines)
    if any("started_s" not in line for line in trials):
        clocks = zip(trials, *migrations.clock_of(trials), strict=True)
        trials = [line | {"started_s": s, "finished_s": f} for line, s, f in clocks]
    record = RunRecord(migrations.current_header(header), trials, end, is_checked(metadata))
    check_record(record)
    return record
