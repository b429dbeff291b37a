"""Databases of other tools: what connects to one, and never makes or changes one."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from bench.exchange.imported import ExchangeError
from bench.files import check_plain

if TYPE_CHECKING:
    import sqlalchemy

_ADDRESS = re.compile(r"(sqlite|mysql|mariadb|postgresql)(\+\w+)?://", re.IGNORECASE)
_SQLITE = re.compile(r"sqlite(?:\+pysqlite)?:///([^?]+)", re.IGNORECASE)


def is_address(what: str) -> bool:
    """Say whether a string is the address of a database, as SQLAlchemy has it."""
    return _ADDRESS.match(what) is not None


def is_sqlite(what: str) -> bool:
    """Say whether a path is that of an SQLite file, by its first bytes."""
    try:
        check_plain(Path(what))
        with Path(what).open("rb") as file:
            return file.read(16) == b"SQLite format 3\0"
    except (OSError, ValueError):
        return False


def engine(what: str, called: str) -> sqlalchemy.Engine:
    """Return what connects to a database; SQLite would make an empty one of a path that is none.

    Args:
        what: an address, or the path of an SQLite file.
        called: what errors name it.

    Raises:
        ExchangeError: there is no such file, or no driver.
    """
    import sqlalchemy as sa

    file = _SQLITE.match(what)
    if file is None and is_address(what):
        try:
            return sa.create_engine(what)
        except ImportError as error:
            raise ExchangeError(
                f"{called} needs a driver for its database, {error.name} is not installed; "
                "install it"
            ) from None
    path = Path(file[1] if file else what)
    if not path.is_file():
        raise ExchangeError(f"{called} must be there, {path} is no file; check it")
    uri = f"file:{quote(path.absolute().as_posix())}?mode=ro"
    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True))
