"""Tables in files."""

from __future__ import annotations

import pytest

from bench.testing.tables import META, save_table


@pytest.fixture
def save(tmp_path):
    """Write a table with pyarrow alone, as anyone would."""

    def write(columns, meta=META, name="t.parquet", **options):
        return save_table(tmp_path / name, columns, meta, **options)

    return write
