"""Signals to the processes of a sweep, at random moments."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from tests.campaign.arena import Arena, Recorded
from tests.campaign.kinds import Kind
from tests.campaign.waiting import Command, until

LIMITS: tuple[dict[str, float], ...] = ({}, {}, {"evaluation_timeout": 600.0})
"""With one, evaluations are made in processes below the workers."""

BY_SIGNAL = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129, signal.SIGKILL: -9}


def _ended(command: Command, code: int) -> str:
    return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _to_driver(arena: Arena, number: signal.Signals, times: int = 1) -> str:
    """Send a signal to the driver, as a terminal or a system does; again as soon as it heard it."""
    command = arena.start()
    arena.moment(command)
    before = arena.recorded()
    for _ in range(times):
        with suppress(ProcessLookupError):
            os.killpg(command.process.pid, number)
        until("the signal is heard", partial(_is_heard, command))
    # Before its own handlers are there, and where it was faster, it ends in other ways.
    code = arena.end(command, [BY_SIGNAL[number], -number, 0])
    arena.check_no_process()
    return _resumed(arena, command, code, before)


def _is_heard(command: Command) -> bool:
    if not command.lives:
        return True
    try:
        status = Path(f"/proc/{command.process.pid}/status").read_text()
    except OSError:
        return True
    pending = [int(line.split()[1], 16) for line in status.splitlines() if "Pnd:" in line]
    return not any(pending)


def _resumed(arena: Arena, command: Command, code: int, before: Recorded) -> str:
    arena.check_kept(before)
    after = arena.recorded()
    arena.resume()
    arena.check_kept(after)
    arena.check_whole()
    return _ended(command, code)


def _to_all(arena: Arena) -> str:
    """Kill all processes there are at one time, the guard too."""
    command = arena.start()
    arena.moment(command)
    before = arena.recorded()
    # Stopped first, so that none of them sees another one die.
    arena.kill([*arena.processes()], signal.SIGSTOP)
    arena.kill([*arena.processes()])
    code = arena.end(command, [-9, 0])
    arena.check_no_process()
    return _resumed(arena, command, code, before)


def _to_one(arena: Arena, of: Callable[[Arena], list[int]], number: int) -> str:
    """Send a signal to one of some processes, where there are any."""
    command = arena.start()
    arena.wait(command, "workers", lambda: bool(of(arena)))
    arena.moment(command, early=False)
    before = arena.recorded()
    pids = of(arena)
    if pids:
        arena.kill([arena.rng.choice(pids)], number)
    code = arena.end(command, [0])
    arena.check_kept(before)
    crashed = command.text.count(": crashed")
    arena.resume(retry=True)
    arena.check_kept(before)
    arena.check_whole()
    return f"exit {code}" + (", a run crashed" if crashed else "")


def _isolated(arena: Arena) -> list[int]:
    """Return the processes below workers: the servers of evaluations, and what evaluates."""
    return [pid for pid, words in arena.processes().items() if "evaluator import" in words]


def _pause(arena: Arena, of: Callable[[Arena, Command], list[int]]) -> str:
    """Stop a process, and let it go on when others have, or cannot."""
    command = arena.start()
    arena.wait(command, "workers", lambda: bool(arena.workers()))
    arena.moment(command, early=False)
    before = arena.recorded()
    pids = of(arena, command)
    stopped = [arena.rng.choice(pids)] if pids else []
    arena.kill(stopped, signal.SIGSTOP)
    for pid in stopped:
        until("it stops", partial(_has_stopped, pid))
    lines, looks = arena.lines(), 0

    def have_gone_on() -> bool:
        nonlocal looks
        looks += 1
        return arena.lines() > lines + TRIALS_MEANWHILE or looks > MAX_LOOKS

    until("others go on", have_gone_on)
    arena.kill(stopped, signal.SIGCONT)
    code = arena.end(command, [0])
    arena.check_kept(before)
    arena.check_whole()
    return f"exit {code}"


TRIALS_MEANWHILE, MAX_LOOKS = 10, 40
"""What others do meanwhile, and how often one looks for it."""


def _has_stopped(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in b"TZX"
    except OSError:
        return True


def _worker(arena: Arena, _: Command) -> list[int]:
    return arena.workers()


def _driver(_: Arena, command: Command) -> list[int]:
    return [command.process.pid]


ISOLATING = ({"evaluation_timeout": 600.0},)

KINDS = [
    Kind("kill −9: worker", partial(_to_one, of=Arena.workers, number=signal.SIGKILL),
         limits=LIMITS, weight=14),
    Kind("kill −9: driver", partial(_to_driver, number=signal.SIGKILL), limits=LIMITS, weight=14),
    Kind("kill −9: all at once", _to_all, limits=LIMITS, weight=12),
    Kind("kill −9: the guard", partial(_to_one, of=Arena.guards, number=signal.SIGKILL), weight=4),
    Kind("kill −9: process of an evaluation", partial(_to_one, of=_isolated, number=signal.SIGKILL),
         limits=ISOLATING, weight=4),
    Kind("SIGTERM: driver", partial(_to_driver, number=signal.SIGTERM), limits=LIMITS, weight=10),
    Kind("SIGTERM: worker", partial(_to_one, of=Arena.workers, number=signal.SIGTERM),
         limits=LIMITS, weight=6),
    Kind("SIGHUP: driver", partial(_to_driver, number=signal.SIGHUP), limits=LIMITS, weight=10),
    Kind("SIGINT: once", partial(_to_driver, number=signal.SIGINT), limits=LIMITS, weight=10),
    Kind("SIGINT: twice", partial(_to_driver, number=signal.SIGINT, times=2), limits=LIMITS,
         weight=10),
    Kind("SIGSTOP, SIGCONT: worker", partial(_pause, of=_worker), limits=LIMITS, weight=6),
    Kind("SIGSTOP, SIGCONT: driver", partial(_pause, of=_driver), limits=LIMITS, weight=6),
]  # fmt: skip
