"""The process that tracks a sweep while it runs: it reads the folder, and nothing waits for it."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.errors import UserError
from bench.panels.looks import Looks
from bench.processes.interrupts import Stopped
from bench.processes.starting import SECONDS_TO_EXIT, exit_in_words, python
from bench.spec import Sweep
from bench.store import Store
from bench.tracking.follow import END_S
from bench.tracking.identity import identity
from bench.tracking.track import again, track
from bench.tracking.tracker import Target
from bench.tracking.watch import CALL_S

NICENESS = 10
"""How much the process stands back behind those that measure."""

SESSION_NICENESS = 19
"""The same of its session, until the sweep has ended: Linux shares processors among sessions first
(sched_autogroup), and each worker leads one."""

SECONDS_BETWEEN_LOOKS = 0.5
"""Seconds between two looks for the sweep, until its first run begins."""

MARGIN_S = CALL_S + 30.0
"""Seconds beyond its time after which the process is ended: for its last call, and its last look.
"""


class Beside:
    """A process that tracks a folder; used in a `with`, in which the sweep is done.

    It has no part in the sweep: it may fail, hang or be killed. When this process ends, however it
    does, it sends what is left, and ends as well.

    Args:
        folder: of the results.
        target: where to.
        sweep: the identity of the sweep that will be in the folder.
        most_s: seconds that it goes on after the sweep, at most; None as long as it takes.
    """

    def __init__(
        self, folder: Path, target: Target, sweep: str, most_s: float | None = END_S
    ) -> None:
        self._folder, self._target, self._most_s = folder, target, most_s
        asked = {"folder": str(folder.absolute()), "sweep": sweep, "most_s": most_s}
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
        set_session_niceness(self._process.pid, SESSION_NICENESS)
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
        # Nobody measures any more, and on a busy machine it would get nothing.
        set_session_niceness(self._process.pid, 0)
        try:
            most_s = None if self._most_s is None else self._most_s + MARGIN_S
            output, _ = self._process.communicate(timeout=most_s)
        except subprocess.TimeoutExpired:
            self._stop()
            return [self._again("its process did not end in time")]
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
            try:
                self._process.communicate(timeout=SECONDS_TO_EXIT)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.communicate()
            self._process = None

    def _again(self, why: str) -> str:
        return again(self._folder, self._target, why)


@contextmanager
def tracked_beside(
    wanted: Target | None, folder: Path, sweep: Sweep, looks: Looks | None
) -> Iterator[Callable[[], list[str]]]:
    """Track a folder while its sweep is done inside, where that is wanted.

    Args:
        wanted: where to, or None.
        folder: of the results.
        sweep: resolved.
        looks: at it, None where nothing stops it early.

    Yields:
        What waits until all is sent, and returns what to say; for the end of the sweep.
    """
    if wanted is None:
        yield list
        return
    with Beside(folder, wanted, identity(sweep, looks)) as process:
        yield process.finish


def set_session_niceness(pid: int, niceness: int) -> None:
    """Set the niceness of a session, where a system has one, by the process that leads it."""
    with suppress(OSError):
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness), encoding="ascii")


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

    try:
        store, found = opened(folder)
        return identity(found, looks_of(store)) == sweep
    except UserError:
        return False


def main() -> None:
    """Track a folder as the process beside its sweep, and print what came of it."""
    with suppress(OSError):
        os.nice(NICENESS)
    with open(0, "rb", buffering=0, closefd=False) as pipe:  # not a byte beyond the line
        asked: dict[str, Any] = json.loads(pipe.readline() or b"{}")
    folder = Path(asked["folder"])
    target = Target(asked["to"], asked["uri"], asked["level"])
    while not _holds(folder, asked["sweep"]) and _parent_lives(SECONDS_BETWEEN_LOOKS):
        pass
    changing, most_s = Store(folder).is_changing, asked["most_s"]

    def hung() -> None:
        line = again(folder, target, f"the tracker did not answer for {CALL_S:.0f} seconds")
        os.write(1, f"{line}\n".encode())
        os._exit(0)

    try:
        _, said = track(
            folder,
            target,
            is_live=lambda: _parent_lives() or changing(),
            most_s=float("inf") if most_s is None else most_s,
            clock=_UntilItEnds(),
            hung=None if most_s is None else hung,
        )
    except UserError as error:
        said = [f"tracking: {error}"]
    print("\n".join(said), flush=True)
