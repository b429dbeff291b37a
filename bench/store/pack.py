"""The pack: finished runs as one Parquet file, a row a trial, the runs as its metadata."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from bench.core import Status
from bench.store.record import (
    SCHEMA,
    TRIAL_COLUMNS,
    RunRecord,
    StoreError,
    check_record,
    check_schema,
    end_from_dict,
    end_to_dict,
    run_columns,
    trial_columns,
)


def write_pack(path: Path, records: Sequence[RunRecord]) -> None:
    """Write finished runs; an earlier pack at `path` is replaced in one step."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    environments: list[dict[str, Any]] = []
    runs = []
    for record in records:
        environment = record.header["environment"]
        if environment not in environments:
            environments.append(environment)
        assert record.end is not None
        runs.append(
            record.header
            | {"environment": environments.index(environment), "end": end_to_dict(record.end)}
        )
    dictionary = pa.dictionary(pa.int32(), pa.string())
    kinds = {
        "run": dictionary,
        "strategy": dictionary,
        "problem": dictionary,
        "repetition": pa.int32(),
        "trial": pa.int32(),
        "config": pa.string(),
        "fidelity": pa.float64(),
        "status": dictionary,
        "reason": dictionary,
        "value": pa.float64(),
        "test_value": pa.float64(),
        "fold_values": pa.list_(pa.float64()),
        "cost": pa.float64(),
        "ask_s": pa.float64(),
        "evaluate_s": pa.float64(),
        "tell_s": pa.float64(),
    }
    rows = [
        run_columns(record.header) | trial_columns(trial)
        for record in records
        for trial in record.trials
    ]
    metadata = {
        "tunebench": orjson.dumps({"schema": SCHEMA, "runs": runs, "environments": environments})
    }
    table = pa.table(
        {name: pa.array([row[name] for row in rows], kind) for name, kind in kinds.items()},
        metadata=metadata,
    )
    fresh = path.with_suffix(".new")
    with fresh.open("wb") as file:
        pq.write_table(table, file, compression="zstd")
        file.flush()
        # On the disk before the run files it replaces are removed, whatever happens to the power.
        os.fsync(file.fileno())
    fresh.replace(path)


def read_pack(path: Path) -> list[RunRecord]:
    """Return the runs of a pack.

    Raises:
        StoreError: it cannot be read, or another schema wrote it.
    """
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
        metadata = orjson.loads(table.schema.metadata[b"tunebench"])
        check_schema(metadata, path)
        return _records(table.to_pylist(), metadata)
    except StoreError:
        raise
    except Exception as error:
        raise StoreError(
            f"{path} must be a pack that `tunebench pack` wrote, it cannot be read "
            f"({type(error).__name__}: {error}); restore it, or remove it to do its runs again"
        ) from None


def _records(rows: list[dict[str, Any]], metadata: dict[str, Any]) -> list[RunRecord]:
    lines: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        line = {
            name: row[name]
            for name in TRIAL_COLUMNS
            if row[name] is not None and (name != "reason" or row["status"] == Status.FAILED)
        }
        line["config"] = orjson.loads(row["config"])
        lines.setdefault(row["run"], []).append(line)
    records = []
    for head in metadata["runs"]:
        end = end_from_dict(head.pop("end"))
        head["environment"] = metadata["environments"][head["environment"]]
        records.append(RunRecord(head, lines.get(head["run"], []), end))
        check_record(records[-1])
    return records
