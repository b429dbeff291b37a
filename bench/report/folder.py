"""The folder of a report, replaced as a whole."""

from __future__ import annotations

import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.report.source import ReportError

FILES = {
    "index.html", "figures", "tables", "runs.csv", "runs.parquet", "trials.csv", "trials.parquet",
}  # fmt: skip
"""What a report's folder may hold."""

HOUR = 3600.0
"""Seconds; nothing takes that long to write."""


def check_replaceable(folder: Path) -> None:
    """Refuse to put a report in the place of what is none: it replaces its whole folder.

    Raises:
        ReportError: the folder holds something else.
    """
    if not folder.exists():
        return
    held = {path.name for path in folder.iterdir()} if folder.is_dir() else {folder.name}
    if held and not ({"index.html", "runs.parquet"} <= held <= FILES):
        raise ReportError(
            f"a report replaces its whole folder, {folder} holds something else; "
            "use another folder (--out)"
        )


@contextmanager
def swapped_in(folder: Path) -> Iterator[Path]:
    """Give an empty folder that takes this one's place when all is written.

    A failure leaves the old folder as it was.
    """
    # What a link leads to is replaced, not the link.
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    _clear_left(folder)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    old = fresh.with_suffix(".old")
    try:
        fresh.chmod(0o755)
        yield fresh
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
    finally:
        if old.exists() and not folder.exists():
            old.replace(folder)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _clear_left(folder: Path) -> None:
    """Remove what processes that were killed had begun to write for this folder."""
    begun = re.compile(rf"\.{re.escape(folder.name)}-[a-z0-9_]{{8}}")
    for path in folder.parent.iterdir():
        # A younger one may be another process's that is still at it.
        if begun.fullmatch(path.name) and time.time() - path.stat().st_mtime > HOUR:
            shutil.rmtree(path, ignore_errors=True)
