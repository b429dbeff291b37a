"""Writes a table as one Parquet file: a row for each configuration and split."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.core.problem import Metric
from bench.core.space import Config, SearchSpace
from bench.core.trial import Evaluation

KEY = b"tunebench"
"""Where the metadata of the schema hold ours, as JSON."""

FOLD = "fold_"
"""What the columns of fold values begin with; their number, from 1, follows."""


def write_table(
    path: Path,
    space: SearchSpace,
    metric: Metric,
    rows: Sequence[Sequence[tuple[Config, Evaluation | str]]],
    *,
    about: Mapping[str, Any],
) -> None:
    """Write a table; the file is there whole or not at all.

    Args:
        path: of the file.
        space: finite.
        metric: what the values are.
        rows: for each split every configuration with its evaluation, or why it failed.
        about: what the metadata say besides metric and space.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    flat = [(split, config, found) for split, part in enumerate(rows) for config, found in part]
    good = [found for _, _, found in flat if isinstance(found, Evaluation)]
    columns: dict[str, list[Any]] = {
        name: [config.get(name) for _, config, _ in flat] for name in space
    }
    columns["split"] = [split for split, _, _ in flat]

    def measured(read: Any) -> list[Any]:
        return [read(found) if isinstance(found, Evaluation) else None for _, _, found in flat]

    columns["value"] = measured(lambda e: e.value)
    for name in ("test_value", "cost"):
        if all(getattr(found, name) is not None for found in good):
            columns[name] = measured(lambda e, name=name: getattr(e, name))
    for i in range(min((len(found.fold_values or ()) for found in good), default=0)):
        columns[f"{FOLD}{i + 1}"] = measured(lambda e, i=i: e.fold_values[i])
    if len(good) < len(flat):
        columns["reason"] = [found if isinstance(found, str) else None for _, _, found in flat]
    meta = {"metric": asdict(metric), "space": space.to_dict(), **about}
    table = pa.table(columns).replace_schema_metadata({KEY: json.dumps(meta).encode()})
    fresh = path.with_name(path.name + ".new")
    # Numbers of one column resemble each other byte by byte more than as a whole.
    floats = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    other = [name for name in table.column_names if name not in floats]
    pq.write_table(
        table,
        fresh,
        compression="zstd",
        compression_level=19,
        use_dictionary=other,
        use_byte_stream_split=floats,
        row_group_size=max(1, len(flat)),
    )
    fresh.replace(path)
