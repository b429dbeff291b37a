"""The folder of a report, replaced as a whole."""

from __future__ import annotations

import glob
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from bench.files import leads_elsewhere
from bench.sources.source import ReportError

FILES = {
    "index.html", "figures", "tables", "runs.csv", "runs.parquet", "trials.csv", "trials.parquet",
}  # fmt: skip
"""What a report's folder may hold."""

LOCK = ".being-written"
"""Held in the folder that is written; in no folder that is done."""


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
            "use another folder",
            option="out",
        )


def check_no_link(folder: Path) -> None:
    """Refuse a folder that nobody named and that leads elsewhere: whoever sent the results made it.

    Raises:
        ReportError: it is a link.
    """
    if folder.is_symlink():
        raise ReportError(
            f"a report is written beside its results, {folder} is a link to "
            f"{os.readlink(folder)!r}; remove the link, or name the folder",
            option="out",
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
    # Not by tempfile, whose folders are their owner's alone whatever the umask.
    fresh = folder.parent / f".{folder.name}-{secrets.token_hex(8)}"
    fresh.mkdir()
    lock = FileLock(fresh / LOCK)
    old = fresh.with_name(f"{fresh.name}.old")
    try:
        lock.acquire()
        yield fresh
        lock.release()
        (fresh / LOCK).unlink(missing_ok=True)
        if folder.exists():
            folder.replace(old)
        fresh.replace(folder)
    finally:
        lock.release()
        if old.exists() and not folder.exists():
            old.replace(folder)
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _clear_left(folder: Path) -> None:
    """Remove what processes that were killed had begun to write for this folder."""
    for path in folder.parent.glob(f".{glob.escape(folder.name)}-*/{LOCK}"):
        if leads_elsewhere(path) or path.parent.is_symlink():
            continue  # whoever sent the results made it
        # Whoever still writes holds it; the system lets go what a killed process held.
        with suppress(Timeout, OSError), FileLock(path, timeout=0):
            shutil.rmtree(path.parent, ignore_errors=True)
