"""What writes databases of other tools quickly."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy


@pytest.fixture(scope="module")
def unsynchronised() -> Iterator[None]:
    """Leave it to the system when a database reaches the disk, which would take seconds here."""
    listening = (
        sqlalchemy.Engine,
        "connect",
        lambda made, _: made.execute("PRAGMA synchronous = OFF"),
    )
    sqlalchemy.event.listen(*listening)
    yield
    sqlalchemy.event.remove(*listening)
