"""What a folder records of runs that were done again, for its report to say."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from bench.files import read, replacing
from bench.store import Store
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

FILE = "verified.json"


def write(folder: Path, trials: pd.DataFrame, counts: Mapping[str, int], **more: Any) -> None:
    """Write down how runs of a folder came out that were done again, in place of the last time.

    Args:
        folder: of the results.
        trials: the tidy frame of all of them.
        counts: how they came out, in words -> how many.
        more: what is written beside it: `date`, as 2026-11-30, `of`, how many runs there are, and
            anything that is plain data.

    Raises:
        StoreError: no results folder, or it cannot be written.
    """
    from bench.sources.fingerprint import fingerprint

    data = {"fingerprint": fingerprint(trials), "counts": dict(counts), **more}
    store = Store(folder)
    with store.lock(), replacing(folder / FILE) as file:
        file.write(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")


def verified(folder: Path, trials: pd.DataFrame) -> str:
    """Return what is recorded of runs that were done again; "" where nothing is, or it is stale.

    It is stale where the trials of the folder are not those that were verified.

    Args:
        folder: of the results.
        trials: the tidy frame of all of them.
    """
    with suppress(OSError, ValueError, KeyError, TypeError, AttributeError):
        data = orjson.loads(read(folder / FILE))
        # pandas loads here, which a sweep does without.
        from bench.sources.fingerprint import fingerprint

        if data["fingerprint"] == fingerprint(trials):
            counts = [f"{int(n):,} {how}" for how, n in data["counts"].items() if int(n)]
            done = sum(map(int, data["counts"].values()))
            return (
                f"{done:,} of {many(int(data['of']), 'run')} were done again on {data['date']}: "
                f"{', '.join(counts)}"
            )
    return ""
