"""An experiment of Syne Tune: the folder with its metadata and its reported results."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.exchange.imported import ExchangeError
from bench.exchange.naming import metric_of
from bench.exchange.reports import LastReport, missing_numbers

if TYPE_CHECKING:
    import pandas as pd

TOOL = "Syne Tune"
METADATA, RESULTS = "metadata.json", "results.csv.zip"
MAX_BYTES = 2**30
"""Of the results when they are unpacked: a small file may hold any number of zeros."""

_STAMP = re.compile(r"-\d{4}(-\d{2}){5}-\d{3}$")
"""What Syne Tune adds to the name of a tuner."""


def reads(what: str) -> bool:
    """Say whether a path is that of an experiment's folder."""
    folder = Path(metric_of(what)[0])
    try:
        return (folder / METADATA).is_file() and (folder / RESULTS).is_file()
    except (OSError, ValueError, RuntimeError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{path} must be a ZIP archive with one CSV file, it cannot be read ({text}); "
            "copy it again"
        ) from None


def _reports(
    what: str, frame: pd.DataFrame, metric: str, resource: str
) -> tuple[list[LastReport], int]:
    """Return the last report of each trial by number, and how many numbers have none."""
    import pandas as pd

    if gone := [name for name in ("trial_id", metric) if name not in frame]:
        raise ExchangeError(
            f"experiment {what}: the results must have the columns trial_id and {metric}, "
            f"{gone[0]} is missing; copy the folder again"
        )
    columns = pd.DataFrame(
        {
            "trial": pd.to_numeric(frame["trial_id"], errors="coerce"),
            "value": pd.to_numeric(frame[metric], errors="coerce"),
        }
    )
    for name, column in (("resource", resource), ("seconds", "st_worker_time")):
        columns[name] = pd.to_numeric(frame.get(column, np.nan), errors="coerce")
    if columns["resource"].isna().all():
        columns["resource"] = columns.groupby("trial").cumcount() + 1
    if columns["trial"].isna().any():
        raise ExchangeError(
            f"experiment {what}: each row must have a number as trial_id; copy the folder again"
        )
    last = columns.groupby("trial").tail(1).set_index("trial")
    missing = missing_numbers(int(trial) for trial in last.index)
    last = last.reindex([*last.index, *missing]).sort_index()
    reports = [
        LastReport(row.value, row.resource, row.seconds, failed=np.isnan(row.value))
        for row in last.itertuples()
    ]
    return reports, len(missing)
