"""Commands that were started, and waiting for a state instead of for a time."""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 120.0
"""Seconds after which something that must happen counts as never happening."""

SECONDS_BETWEEN_LOOKS = 0.004


class NotRunError(Exception):
    """This machine cannot make the fault; the message says why."""


class Waited(Exception):  # noqa: N818 - it is what happened, and becomes a violation
    """Something that must happen did not."""


def until(what: str, condition: Callable[[], bool], seconds: float = PATIENCE) -> None:
    """Wait for a state.

    Raises:
        Waited: it does not come.
    """
    latest = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > latest:
            raise Waited(f"waited in vain: {what}")
        time.sleep(SECONDS_BETWEEN_LOOKS)


@dataclass
class Command:
    """A command that was started.

    Args:
        process: of it.
        said: the file of its standard output and error.
    """

    process: subprocess.Popen[bytes]
    said: Path

    @property
    def text(self) -> str:
        return self.said.read_bytes().decode(errors="replace")

    @property
    def lives(self) -> bool:
        return self.process.poll() is None
