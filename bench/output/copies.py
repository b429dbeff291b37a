"""The rows a report was made from, written beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    import pandas as pd

MAX_CSV_ROWS = 200_000
"""Rows up to which there is a CSV: beyond, nobody opens one, and it takes hundreds of megabytes."""


def write_tidy(trials: pd.DataFrame, runs: pd.DataFrame, folder: Path) -> None:
    """Write both frames as Parquet and CSV (fold values as JSON), of many trials as Parquet only.

    Args:
        trials: the tidy frame.
        runs: a row a run.
        folder: where they go.
    """
    runs = runs.sort_values(["problem", "strategy", "repetition"], ignore_index=True)
    for name, frame in (("runs", runs), ("trials", trials)):
        table = _arrow(frame)
        _parquet(table, folder / f"{name}.parquet")
        if len(frame) <= MAX_CSV_ROWS:
            _csv(table, folder / f"{name}.csv")


def _arrow(frame: pd.DataFrame) -> Any:
    import pyarrow as pa

    table = pa.Table.from_pandas(frame, preserve_index=False)
    return table.replace_schema_metadata(None)


def _parquet(table: Any, path: Path) -> None:
    import pyarrow.parquet as pq

    # Without Arrow's own schema whoever reads it gets texts, not the categories of ours.
    pq.write_table(table, path, compression="zstd", store_schema=False)


def _csv(table: Any, path: Path) -> None:
    import pyarrow as pa
    from pyarrow import csv

    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            plain = table.column(place).cast(field.type.value_type)
        elif pa.types.is_list(field.type):
            lists = table.column(place).to_pylist()
            texts = ["" if one is None else orjson.dumps(one).decode() for one in lists]
            plain = pa.array(texts, pa.string())
        elif pa.types.is_null(field.type):
            plain = pa.nulls(len(table), pa.string())
        else:
            continue
        table = table.set_column(place, field.name, plain)
    csv.write_csv(table, path)
