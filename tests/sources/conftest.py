"""A small table of anybody's trials, in either format."""

from __future__ import annotations

import pandas as pd
import pytest

from bench.sources.tidy import from_tidy

ROWS = [
    ("random", "p", 0, 0, 3.0),
    ("random", "p", 0, 1, 1.0),
    ("random", "p", 0, 2, None),
    ("tpe", "p", 0, 0, 2.0),
    ("tpe", "p", 0, 1, 0.5),
    ("random", "q", 0, 0, 9.0),
]


@pytest.fixture
def table():
    return pd.DataFrame(
        ROWS, columns=["strategy", "problem", "repetition", "trial_number", "value"]
    )


@pytest.fixture(params=["csv", "parquet"])
def load(request, tmp_path):
    """Write a table and load it, in either format."""

    def load(frame, name="trials"):
        path = tmp_path / f"{name}.{request.param}"
        if request.param == "csv":
            frame.to_csv(path, index=False)
        else:
            frame.to_parquet(path, index=False)
        return from_tidy(path, command="tunebench report trials")

    return load
