"""CSV and JSON files of other tools, read or refused in a line."""

from __future__ import annotations

import csv
import json
from math import nan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.exchange.imported import ExchangeError
from bench.files import check_plain, read

if TYPE_CHECKING:
    import pandas as pd

MAX_HEADER = 2**20
"""Characters of the first line that are looked at."""


def header(what: str) -> list[str]:
    """Return the columns of a CSV file; none of what is no such file."""
    if not what.lower().endswith(".csv"):
        return []
    try:
        check_plain(Path(what))
        with Path(what).open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader([file.readline(MAX_HEADER)]), [])
    except (OSError, ValueError, csv.Error):
        return []


def csv_frame(what: str, made_by: str, *, file: Any = None) -> pd.DataFrame:
    """Return a CSV file as a frame.

    Args:
        what: its path.
        made_by: what writes such a file.
        file: to be read in its place, open.

    Raises:
        ExchangeError: it cannot be read, or has no rows.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(what if file is None else file, encoding="utf-8-sig", low_memory=False)
    except (OSError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{what} must be CSV with a header and rows, it cannot be read ({text}); write it "
            f"again with {made_by}"
        ) from None
    if frame.empty:
        raise ExchangeError(f"{what} must have rows, it has none; write it with {made_by}")
    return frame


def json_value(path: Path, holds: str) -> Any:
    """Return what a JSON file holds.

    Args:
        path: of the file.
        holds: what it should, in words.

    Raises:
        ExchangeError: it cannot be read.
    """
    try:
        return json.loads(read(path))
    except (OSError, ValueError, RecursionError) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{path} must be JSON with {holds}, it cannot be read ({text}); copy it again"
        ) from None


def number(value: Any) -> float:
    """Return a value of JSON as a number, NaN where it is none."""
    try:
        return nan if value is None or isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        return nan


def are_integers(column: pd.Series[Any]) -> bool:
    """Return whether all entries of a column of numbers are integers; NaN and infinity are none."""
    return bool((column % 1 == 0).all())
