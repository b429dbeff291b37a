"""Text files of data with a few rows of interest, and what is in a folder."""

from __future__ import annotations

import hashlib
from pathlib import Path


def lines(name: str, *rows: str, header: str = "x,y", count: int = 40) -> str:
    """Write a header, some rows and as many good ones as make `count`; return the name."""
    rows = (*rows, *(f"{i},{i % 2}" for i in range(len(rows), count)))
    Path(name).write_bytes(("\n".join([header, *rows]) + "\n").encode())
    return name


def contents(folder: Path) -> dict[str, str]:
    """Return the files below a folder, each with a digest of what is in it."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
