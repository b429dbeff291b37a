"""Ends processes with all they started; as a program, when its standard input ends.

As a program it is the guard of a pool: the driver names each worker on its input, and when the
driver ends, killed or not, the input ends and what is left of the workers is ended too. It is run
as a file and uses the standard library only, so that it starts in milliseconds.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep

SECONDS_TO_TERMINATE = 0.5
"""Seconds that programs of an evaluation have to end by themselves after SIGTERM."""

SECONDS_BETWEEN_LOOKS = 0.01
"""Seconds between two looks at what is left."""

_PROC = Path("/proc")


def end(workers: Mapping[int, str], reap: Callable[[], None] = lambda: None) -> None:
    """End workers, all at once, and every process they started.

    A worker is killed: a signal it could handle would reach into the evaluation, whose failure
    would be recorded. What it started is asked to end first, so that it can clean up.

    Found are the process group and, on Linux, the session of a worker, all its descendants, and
    whatever carries its mark in the environment. Not found is a program with an environment and a
    session of its own whose worker has died before; elsewhere, any program in a session of its own.

    Args:
        workers: process id, which is that of its group, -> the mark in its environment.
        reap: called between two looks, to collect the exit codes of children.
    """
    _end(workers.keys(), _family(workers), lambda: _left(workers, reap))


def end_below(parent: int, leader: int) -> None:
    """End a process and all that it started, as `end` does, but not the process it comes from.

    Found are, on Linux, all descendants of the parent; elsewhere the group of the leader.

    Args:
        parent: a process that adopts what its descendants leave behind (on Linux).
        leader: child of the parent, and leader of a process group.
    """

    def left() -> set[int]:
        if _shows_processes():
            return below(parent)
        return {leader} if _send(os.killpg, leader, 0) else set()

    _end({leader}, left(), left)


def below(parent: int) -> set[int]:
    """Return the living descendants of a process; nothing where the system does not list them."""
    found: set[int] = set()
    ahead = [parent]
    while ahead:
        for place in _PROC.joinpath(str(ahead.pop()), "task").glob("*/children"):
            with suppress(OSError):
                children = {int(pid) for pid in place.read_bytes().split()} - found
                living = {pid for pid in children if _lives(pid)}
                found |= living
                ahead += living
    return found


def _lives(pid: int) -> bool:
    with suppress(OSError):
        # The name stands in parentheses and may hold anything.
        state = (_PROC / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[0]
        return state not in (b"Z", b"X")
    return False


def _end(leaders: Collection[int], family: set[int], left: Callable[[], set[int]]) -> None:
    for pid in leaders:
        _send(os.kill, pid, signal.SIGKILL)
    for number in (signal.SIGTERM, signal.SIGCONT):
        _send_all(leaders, family, number)
    until = monotonic() + SECONDS_TO_TERMINATE
    while family := left():
        _send_all(leaders, family, signal.SIGKILL if monotonic() > until else signal.SIGTERM)
        if monotonic() > until + SECONDS_TO_TERMINATE:
            return  # what SIGKILL does not end hangs in the kernel, and ends when that lets it go
        sleep(SECONDS_BETWEEN_LOOKS)


def _left(workers: Mapping[int, str], reap: Callable[[], None]) -> set[int]:
    """Return the processes that are left; without /proc the groups that are."""
    reap()
    if _shows_processes():
        return _family(workers)
    return {pid for pid in workers if _send(os.killpg, pid, 0)}


def _shows_processes() -> bool:
    return _PROC.joinpath("self", "stat").exists()


def _send_all(leaders: Collection[int], family: set[int], number: int) -> None:
    for pid in leaders:
        _send(os.killpg, pid, number)
    for pid in family.difference(leaders):
        _send(os.kill, pid, number)


def _send(how: Callable[[int, int], None], pid: int, number: int) -> bool:
    with suppress(ProcessLookupError, PermissionError):
        how(pid, number)
        return True
    return False


def _family(workers: Mapping[int, str]) -> set[int]:
    """Return the workers that live, what they started, and what carries their marks."""
    parents: dict[int, int] = {}
    found: set[int] = set()
    marks = [b"\0" + mark.encode() + b"=" for mark in workers.values()]
    for place in _PROC.glob("[0-9]*"):
        # A process may end, or belong to somebody else, at any moment.
        with suppress(OSError, ValueError):
            # The name stands in parentheses and may hold anything.
            state, parent, group, session = (
                (place / "stat").read_bytes().rpartition(b")")[2].split()[:4]
            )
            if state in (b"Z", b"X"):
                continue
            pid = int(place.name)
            parents[pid] = int(parent)
            if {pid, int(group), int(session)} & workers.keys():
                found.add(pid)
            else:
                environment = b"\0" + (place / "environ").read_bytes()
                if any(mark in environment for mark in marks):
                    found.add(pid)
    more = found
    while more:
        more = {pid for pid, parent in parents.items() if parent in more} - found
        found |= more
    return found


def main() -> None:
    """Guard the workers that standard input names: `+pid mark` when one starts, `-pid` after."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    workers: dict[int, str] = {}
    for line in sys.stdin:
        pid, _, mark = line[1:].strip().partition(" ")
        if line.startswith("+"):
            workers[int(pid)] = mark
        else:
            workers.pop(int(pid), None)
    if workers:
        end(workers)


if __name__ == "__main__":
    main()
