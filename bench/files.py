"""Files in a folder that somebody else may have prepared: made anew, and read if they are files."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO


def create(path: Path) -> BinaryIO:
    """Open a new file for writing; what has its name is removed, and no link is followed.

    Raises:
        OSError: it cannot be made.
    """
    # Of a link this removes the link: whatever it leads to may be a file of the user's.
    path.unlink(missing_ok=True)
    return path.open("xb")


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Give a new file that takes the place of another when all is written; a failure leaves none.

    Raises:
        OSError: it cannot be made, or written.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with create(fresh) as file:
            yield file
        fresh.replace(path)
    except BaseException:
        with suppress(OSError):
            fresh.unlink(missing_ok=True)
        raise


def read(path: Path) -> bytes:
    """Return the content of a file; a pipe or a device, which may have no end, is none.

    Raises:
        OSError: it cannot be read, or is no file.
    """
    check_plain(path)
    return path.read_bytes()


def leads_elsewhere(path: Path) -> bool:
    """Return whether what is written to a path changes a file that has another name too."""
    if path.is_symlink():
        return True
    return path.is_file() and path.stat().st_nlink > 1


def check_plain(path: Path) -> None:
    """Refuse what cannot be opened for reading, and what is no file.

    Raises:
        OSError: of either.
    """
    # Without waiting for whoever might write into a pipe.
    descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    try:
        mode = os.fstat(descriptor).st_mode
    finally:
        os.close(descriptor)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "it is a pipe or a device", str(path))
