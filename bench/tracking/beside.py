"""The process that tracks a sweep while it runs: it reads the folder, and nothing waits for it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.errors import UserError
from bench.processes.interrupts import Stopped
from bench.processes.starting import exit_in_words, python
from bench.store import Store
from bench.tracking.track import command, track
from bench.tracking.tracker import Target

NICENESS = 10
"""How much the process stands back behind those that measure."""

SECONDS_BETWEEN_LOOKS = 0.5
"""Seconds between two looks for the sweep, until its first run begins."""


class Beside:
    """A process that tracks a folder; used in a `with`, in which the sweep is done.

    It has no part in the sweep: it may fail, hang or be killed. When this process ends, however it
    does, it sends what is left, for `bench.tracking.follow.END_S` at most, and ends as well.

    Args:
        folder: of the results.
        target: where to.
        sweep: the identity of the sweep that will be in the folder.
    """

    def __init__(self, folder: Path, target: Target, sweep: str) -> None:
        self._folder, self._target = folder, target
        asked = {"folder": str(folder.absolute()), "sweep": sweep}
        asked |= {"to": target.to, "uri": target.uri, "level": target.level}
        self._process: subprocess.Popen[str] | None = None
        try:
            self._process = subprocess.Popen(
                python("bench.tracking.beside"),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                start_new_session=True,  # Ctrl-C is for the sweep
            )
        except OSError:
            return
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended; `finish` says how
            # An address may hold a password, which arguments would show to everybody.
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()

    @property
    def pid(self) -> int:
        """Of the process; 0 if it did not start."""
        return 0 if self._process is None else self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            self._stop()

    def finish(self) -> list[str]:
        """Wait until what is left is sent, and return what to say; Ctrl-C ends the waiting."""
        if self._process is None:
            return [self._again("its process does not run")]
        try:
            output, _ = self._process.communicate()
        except (Stopped, KeyboardInterrupt):
            self._stop()
            return [self._again("it was stopped")]
        if self._process.returncode or not output:
            why = exit_in_words(self._process.returncode)
            return [self._again(f"its process ended: {why}")]
        return output.splitlines()

    def _stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.communicate()
            self._process = None

    def _again(self, why: str) -> str:
        return (
            f"tracking: not all was sent, {why}; send what is missing with: "
            f"{command(self._folder, self._target)}"
        )


def _parent_lives(seconds: float = 0.0) -> bool:
    """Return whether the process that started this one still does the sweep: its pipe is open.

    Args:
        seconds: to wait for its end, at most.
    """
    ready, _, _ = select.select([0], [], [], seconds)
    return not ready


class _UntilItEnds:
    """A clock whose sleep is over when the sweep is."""

    monotonic = staticmethod(time.monotonic)

    @staticmethod
    def sleep(seconds: float) -> None:
        if _parent_lives():
            _parent_lives(seconds)
        else:
            time.sleep(seconds)


def _holds(folder: Path, sweep: str) -> bool:
    """Return whether a folder holds a sweep by now."""
    from bench.sources.source import looks_of, opened
    from bench.tracking.identity import identity

    try:
        store, found = opened(folder)
        return identity(found, looks_of(store)) == sweep
    except UserError:
        return False


def main() -> None:
    """Track a folder as the process beside its sweep, and print what came of it."""
    from bench.tracking.follow import END_S

    with suppress(OSError):
        os.nice(NICENESS)
    with open(0, "rb", buffering=0, closefd=False) as pipe:  # not a byte beyond the line
        asked: dict[str, Any] = json.loads(pipe.readline() or b"{}")
    folder = Path(asked["folder"])
    target = Target(asked["to"], asked["uri"], asked["level"])
    while not _holds(folder, asked["sweep"]) and _parent_lives(SECONDS_BETWEEN_LOOKS):
        pass
    changing = Store(folder).is_changing
    try:
        _, said = track(
            folder,
            target,
            is_live=lambda: _parent_lives() or changing(),
            most_s=END_S,
            clock=_UntilItEnds(),
        )
    except UserError as error:
        said = [f"tracking: {error}"]
    print("\n".join(said), flush=True)
