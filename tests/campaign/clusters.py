"""Faults of a Dask cluster: of its scheduler, its workers, what keeps them, and the driver."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from importlib.util import find_spec
from pathlib import Path

from tests.campaign.arena import Arena
from tests.campaign.kinds import Kind
from tests.campaign.waiting import Command, NotRunError, until

NODE = Path(__file__).with_name("dask_node.py")


class Nodes:
    """A scheduler and nannies with a worker each, every one with a home of its own.

    Args:
        arena: of the fault.
        where: host -> what starts a program there, in front of it; the scheduler is on the first.
    """

    def __init__(self, arena: Arena, where: dict[str, Sequence[str]]) -> None:
        self.arena, self.where = arena, where
        self.processes: list[subprocess.Popen[str]] = []
        first = next(iter(where))
        self.scheduler, self.address = self.start("scheduler", first)
        self.nannies: dict[int, subprocess.Popen[str]] = {}

    def start(self, kind: str, host: str) -> tuple[subprocess.Popen[str], str]:
        home = self.arena.place / f"home-{len(self.processes)}"
        temporary = home / "tmp"
        temporary.mkdir(parents=True)
        self.arena.known_names.add(home.name)
        more = () if kind == "scheduler" else (self.address,)
        own = {"HOME": str(home), "TMPDIR": str(temporary), "DASK_LOGGING__DISTRIBUTED": "critical"}
        process = subprocess.Popen(
            [*self.where[host], sys.executable, str(NODE), kind, host, *more],
            cwd=home,
            env=self.arena.environment(own),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.processes.append(process)
        assert process.stdout is not None
        return process, process.stdout.readline().strip()

    def add(self, host: str) -> None:
        """Start a nanny with a worker."""
        nanny, pid = self.start("nanny", host)
        self.nannies[int(pid)] = nanny

    def end(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.communicate()


@contextmanager
def nodes(arena: Arena, where: dict[str, Sequence[str]] | None = None) -> Iterator[Nodes]:
    """Give a cluster of two workers, which ends."""
    if find_spec("distributed") is None:
        raise NotRunError("distributed is not installed")
    where = where or {"127.0.0.1": ()}
    found = Nodes(arena, where)
    try:
        for place in range(2):
            found.add(list(where)[place % len(where)])
        yield found
    finally:
        found.end()


def on(nodes: Nodes) -> tuple[str, ...]:
    return "run", "sweep.toml", "--out", "results", "--cluster", nodes.address


def _moment(arena: Arena, command: Command) -> None:
    """Wait until runs of the cluster are among their trials, as far as it is known here."""
    wanted = arena.rng.randint(1, 30)
    arena.wait(command, f"{wanted} lines", lambda: arena.lines() >= wanted)


def _external(arena: Arena, act: Callable[[Nodes, Command], None], codes: Sequence[int]) -> str:
    with nodes(arena) as cluster:
        command = arena.start(*on(cluster))
        _moment(arena, command)
        before = arena.recorded()
        act(cluster, command)
        code = arena.end(command, codes)
        arena.check_kept(before)
        after = arena.recorded()
        lost = cluster.scheduler.poll() is not None
        if not lost and arena.rng.random() < 0.5:
            again = arena.start(*on(cluster), "--retry", "crashed")
            arena.end(again, [0])
    arena.check_no_process()
    arena.resume(retry=True)
    arena.check_kept(after)
    arena.check_whole()
    return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _kill_worker(cluster: Nodes, _: Command) -> None:
    cluster.arena.kill([cluster.arena.rng.choice([*cluster.nannies])])


def _kill_nanny(cluster: Nodes, _: Command) -> None:
    cluster.arena.rng.choice([*cluster.nannies.values()]).kill()


def _kill_scheduler(cluster: Nodes, _: Command) -> None:
    cluster.scheduler.kill()


def _pause_worker(cluster: Nodes, command: Command) -> None:
    arena, pid = cluster.arena, cluster.arena.rng.choice([*cluster.nannies])
    arena.kill([pid], signal.SIGSTOP)
    lines, looks = arena.lines(), 0

    def have_gone_on() -> bool:
        nonlocal looks
        looks += 1
        return arena.lines() > lines + 10 or looks > 200 or not command.lives

    until("others go on", have_gone_on)
    arena.kill([pid], signal.SIGCONT)


def _signal_driver(cluster: Nodes | None, command: Command, number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(command.process.pid, number)


def _local(arena: Arena, number: int, codes: Sequence[int]) -> str:
    """Send a signal to a driver that has its cluster in itself."""
    if find_spec("distributed") is None:
        raise NotRunError("distributed is not installed")
    command = arena.start("run", "sweep.toml", "--out", "results", "--cluster", "local:2")
    _moment(arena, command)
    before = arena.recorded()
    _signal_driver(None, command, number)
    code = arena.end(command, codes)
    arena.check_no_process()
    arena.check_kept(before)
    after = arena.recorded()
    again = arena.start("run", "sweep.toml", "--out", "results", "--cluster", "local:2")
    arena.end(again, [0])
    arena.check_kept(after)
    arena.check_whole()
    return f"exit {code}" if code >= 0 else f"killed by {signal.Signals(-code).name}"


def _kind(name: str, act: Callable, codes: Sequence[int]) -> Kind:
    return Kind(f"Dask: {name}", partial(_external, act=act, codes=codes), weight=2, quick=False)


def _local_kind(number: signal.Signals, code: int) -> Kind:
    act = partial(_local, number=number, codes=[code, 0])
    return Kind(f"Dask local: {number.name} to the driver", act, weight=2, quick=False)


KINDS = [
    _kind("kill −9 of a worker", _kill_worker, [0]),
    _kind("kill −9 of a nanny", _kill_nanny, [0]),
    _kind("kill −9 of the scheduler", _kill_scheduler, [0, 2]),
    _kind("SIGSTOP, SIGCONT to a worker", _pause_worker, [0]),
    *(
        _kind(f"{number.name} to the driver", partial(_signal_driver, number=number), [code, 0])
        for number, code in ((signal.SIGKILL, -9), (signal.SIGINT, 130), (signal.SIGTERM, 143))
    ),
    _local_kind(signal.SIGKILL, -9),
    _local_kind(signal.SIGINT, 130),
    _local_kind(signal.SIGTERM, 143),
]
