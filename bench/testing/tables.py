"""Tables of recorded evaluations, as columns and as files that anyone could have written."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.core import Categorical, Int, Ordinal, SearchSpace
from bench.tabular import Table

ACCURACY = {"name": "accuracy", "direction": "maximize"}
META: dict[str, Any] = {"metric": ACCURACY}
"""The least that the metadata of a table must say."""

TREE = SearchSpace(
    {
        "kind": Categorical(("linear", "net")),
        "depth": Int(1, 3),
        "width": Ordinal((0.25, 1, 64)),
    },
    conditions={"depth": {"kind": ("net",)}, "width": {"depth": (2, 3)}},
)
"""A conditional space of finitely many configurations."""


def with_space(**parameters: Any) -> dict[str, Any]:
    """Return metadata that name a space of these parameters."""
    return META | {"space": SearchSpace(parameters).to_dict()}


def save_table(
    path: Path, columns: Mapping[str, Any] | pa.Table, meta: Any = META, **options: Any
) -> Path:
    """Write a table with pyarrow alone, as anyone would.

    Args:
        path: where it goes.
        columns: its columns by name, or a table of pyarrow.
        meta: what stands under `tunebench`, as bytes or as what becomes JSON; None for nothing.
        options: for `pyarrow.parquet.write_table`.

    Returns:
        The path.
    """
    table = columns if isinstance(columns, pa.Table) else pa.table(columns)
    if meta is not None:
        text = meta if isinstance(meta, bytes) else json.dumps(meta).encode()
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"tunebench": text})
    pq.write_table(table, path, **options)
    return path


def grid(splits: int = 2) -> dict[str, Any]:
    """Return a plain table of 3 × 2 configurations; all that is optional but the splits is out."""
    rows = list(itertools.product(range(splits), (1, 2, 3), ("a", "b")))
    columns: dict[str, Any] = dict(
        zip(("split", "n", "kind"), map(list, zip(*rows, strict=True)), strict=True)
    )
    return columns | {"value": [100.0 * s + 10 * n + (k == "b") for s, n, k in rows]}


def check_grid(table: Table, splits: int = 2) -> None:
    """Hold that a table that was read has the values of `grid`."""
    assert table.splits == splits
    assert len(table.row_of) == 6
    for s, n, k in itertools.product(range(splits), (1, 2, 3), ("a", "b")):
        value = table.evaluation({"n": n, "kind": k}, s).value
        assert value == 100.0 * s + 10 * n + (k == "b")


def tree(splits: int = 2, empty: Any = None) -> dict[str, Any]:
    """Return a table over the configurations of `TREE`; a parameter that is off has `empty`."""
    configs = list(TREE.configs()) * splits
    columns: dict[str, Any] = {
        name: [config.get(name, empty) for config in configs] for name in TREE
    }
    columns["split"] = [i * splits // len(configs) for i in range(len(configs))]
    return columns | {"value": np.arange(len(configs), dtype=float)}
