"""Tables of recorded evaluations: Parquet files with metadata."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import strategies as st

from bench.tabular import Table, read_table, write_table
from bench.testing.tables import META, TREE, grid, tree
from tests.fuzz.mutations import as_json, bytes_of, data_of
from tests.fuzz.reader import Misread, Reader, cells_of

GRID = grid() | {"test_value": [0.5] * 12, "cost": [1.0] * 12}
GRADED = {
    "n": [1, 2, 1, 2], "fidelity": [1, 1, 3, 3], "value": [0.1, 0.2, 0.3, 0.4],
}  # fmt: skip
KNOWN: list[Any] = [
    {"columns": GRID, "meta": META},
    {"columns": grid(1), "meta": META | {"default": {"n": 1, "kind": "a"}}},
    {
        "columns": {name: list(cells) for name, cells in tree(1).items()},
        "meta": META | {"space": TREE.to_dict()},
    },
    {"columns": GRADED, "meta": META | {"fidelity": {"unit": "rows", "steps": 3}}},
]


def _plain(data: Any) -> Any:
    """Return data of Python's own types."""
    return json.loads(json.dumps(data, default=float))


def _file(data: Any) -> bytes:
    """Return the Parquet file of columns and metadata; what Arrow gives no type becomes text."""
    columns, meta = (data.get(name) for name in ("columns", "meta"))
    if not isinstance(columns, dict):
        columns = {"value": columns}
    lists = {str(n): v if isinstance(v, list) else [v] for n, v in columns.items()}
    longest = max(map(len, lists.values()), default=0)
    arrays = {}
    for name, cells in lists.items():
        filled = [*cells, *[None] * (longest - len(cells))]
        try:
            arrays[name] = pa.array(filled)
        except (pa.ArrowException, OverflowError, RecursionError, TypeError, ValueError):
            arrays[name] = pa.array([None if cell is None else str(cell)[:100] for cell in filled])
    table = pa.table(arrays).replace_schema_metadata({b"tunebench": as_json(meta)})
    content = io.BytesIO()
    try:
        pq.write_table(table, content)
    except (pa.ArrowException, RecursionError):
        return b""
    return content.getvalue()


class TableFiles(Reader):
    name = "table files"
    refusals = (ValueError,)
    inputs = st.one_of(
        data_of([_plain(known) for known in KNOWN]).map(_file),
        bytes_of([_file(_plain(known)) for known in KNOWN]),
        st.binary(max_size=60),
    )

    def write(self, folder: Path, content: bytes) -> Path:
        path = folder / "fuzz.parquet"
        path.write_bytes(content)
        return path

    def read(self, path: Path) -> Table:
        table = read_table(path)
        table.median_draws()
        return table

    def is_clear(self, message: str) -> bool:
        return message.startswith("table /") and super().is_clear(message)

    def check(self, path: Path, content: bytes, found: Table) -> None:
        cells = cells_of(path, found.meta.get("columns", {}).get("value", "value"))
        stands = pd.to_numeric(pd.Series(cells), errors="coerce").to_numpy(dtype=float)
        measured = np.concatenate(
            [found.value.ravel(), *(part.value.ravel() for part in found.cheaper.values())]
        )
        measured = measured[~np.isnan(measured)]
        if not np.isin(measured, stands).all():
            raise Misread("values that do not stand in the file")
        if len(found.row_of) * found.splits * (1 + len(found.cheaper)) != len(cells):
            raise Misread(
                f"{len(found.row_of)} configurations × {found.splits} of {len(cells)} rows"
            )
        if found.cheaper:
            return
        again = path.with_name("again.parquet")
        rows = [
            [(config, _evaluation(found, config, split)) for config in found.space.configs()]
            for split in range(found.splits)
        ]
        try:
            write_table(again, found.space, found.metric, rows, about={})
            second = read_table(again)
        except ValueError as error:
            raise Misread(f"what was read is refused when it is written: {error}") from None
        if not np.array_equal(second.value, found.value, equal_nan=True):
            raise Misread("written and read again it has other values")
        if second.space != found.space:
            raise Misread("written and read again it has another space")


def _evaluation(table: Table, config: Any, split: int) -> Any:
    from bench.core import EvaluationError

    try:
        return table.evaluation(config, split)
    except EvaluationError as error:
        return error
