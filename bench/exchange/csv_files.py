"""CSV files of other tools: their columns, and all of them as a frame."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

from bench.exchange.imported import ExchangeError
from bench.files import check_plain

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


def csv_frame(what: str, made_by: str) -> pd.DataFrame:
    """Return a CSV file as a frame.

    Args:
        what: its path.
        made_by: what writes such a file.

    Raises:
        ExchangeError: it cannot be read, or has no rows.
    """
    import pandas as pd

    try:
        frame = pd.read_csv(what, encoding="utf-8-sig", low_memory=False)
    except (OSError, ValueError) as error:
        text = " ".join(str(error).split())[:200]
        raise ExchangeError(
            f"{what} must be CSV with a header and rows, it cannot be read ({text}); write it "
            f"again with {made_by}"
        ) from None
    if frame.empty:
        raise ExchangeError(f"{what} must have rows, it has none; write it with {made_by}")
    return frame
