"""Problems that die, hang or harm what they share with others: `bench.testing.hazards:Deadly`."""

from __future__ import annotations

import atexit
import ctypes
import itertools
import os
import resource
import select
import signal
import subprocess
import sys
import threading
import warnings
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench import Config, Evaluation, Fidelity
from bench.testing.toys import Sphere


@dataclass
class Deadly(Sphere):
    """Ends its process at the fourth evaluation, as long as the file `armed` is there."""

    name = "test-deadly"
    how: str = "exit"
    armed: str = ""

    def __post_init__(self) -> None:
        self.calls = 0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self.calls += 1
        if self.calls == 4 and os.path.exists(self.armed):
            if self.how == "exit":
                os._exit(3)
            if self.how == "exit 0":
                os._exit(0)
            if self.how == "interrupt":
                raise KeyboardInterrupt
            if self.how == "generator exit":
                raise GeneratorExit
            if self.how == "sys.exit":
                sys.exit(3)
            while self.how == "endless":
                pass
            os.kill(os.getpid(), signal.Signals[self.how])
        return super().evaluate(config, seed=seed)


@dataclass
class Gate(Sphere):
    """At the fourth evaluation it says so through a pipe and stops, as long as the pipe is there.

    The open end of the pipe tells whoever reads it whether this process still lives.
    """

    name = "test-gate"
    pipe: str = ""

    def __post_init__(self) -> None:
        self.calls = 0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self.calls += 1
        if self.calls == 4 and os.path.exists(self.pipe):
            writing = os.open(self.pipe, os.O_WRONLY)
            os.write(writing, b"x")
            select.select([], [], [])
        return super().evaluate(config, seed=seed)


@dataclass
class CheapGate(Gate):
    """A gate with cheaper evaluations, which are worse the cheaper they are."""

    name = "test-cheap-gate"
    fidelity = Fidelity("rows", 9)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        found = super().evaluate(config, seed=seed)
        value = found.value + 1 - fidelity
        return Evaluation(value, 2 * value)


@dataclass
class Harmful(Sphere):
    """Changes what all runs in its process share, or leaves something running."""

    name = "test-harmful"
    how: str = ""

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        getattr(self, self.how)()
        return super().evaluate(config, seed=seed)

    def chdir(self) -> None:
        os.chdir("/")

    def seterr(self) -> None:
        np.seterr(all="raise")

    def recursion(self) -> None:
        sys.setrecursionlimit(90)

    def open_files(self) -> None:
        for _ in range(resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 2 // 3 // 3):
            os.open(os.devnull, os.O_RDONLY)

    def soft_limit(self) -> None:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, hard))

    def hard_limit(self) -> None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))

    def umask(self) -> None:
        os.umask(0o777)

    def environ(self) -> None:
        os.environ["OMP_NUM_THREADS"] = "64"
        os.environ["TUNEBENCH_TEST"] = "1"

    def handler(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def alarm(self) -> None:
        signal.setitimer(signal.ITIMER_REAL, 60)

    def warn(self) -> None:
        warnings.simplefilter("error")

    def thread(self) -> None:
        threading.Thread(target=select.select, args=([], [], []), daemon=True).start()

    def exit_handler(self) -> None:
        atexit.register(Path(os.environ["CLEANED_UP"]).touch)
        self.thread()

    def program(self) -> None:
        subprocess.Popen(["sleep", "600"])

    def daemon(self) -> None:
        subprocess.run(["sh", "-c", "setsid sleep 600 &"], check=True)

    def fork(self) -> None:
        os.fork()

    def fork_exit(self) -> None:
        if os.fork() == 0:
            sys.exit(0)

    def close_files(self) -> None:
        os.closerange(3, 100)

    def close_output(self) -> None:
        os.close(1)


@dataclass
class Stuck(Sphere):
    """Says so through a pipe and never comes back; with `how`, others hold the pipe as well."""

    name = "test-stuck"
    pipe: str = ""
    how: str = "c"

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        writing = os.open(self.pipe, os.O_WRONLY)
        os.set_inheritable(writing, True)
        program = ["sleep", "600"]
        if self.how == "fork" and os.fork() == 0:
            select.select([], [], [])
        if self.how == "program":
            subprocess.Popen(program, close_fds=False)
        if self.how == "session":
            subprocess.Popen(program, close_fds=False, start_new_session=True, env={})
        if self.how == "daemon":
            subprocess.run(["sh", "-c", "setsid sleep 600 &"], close_fds=False, check=True)
        os.write(writing, b"x")
        # With the interpreter's lock held, so that nothing else of Python runs here.
        ctypes.PyDLL(None).sleep(600)
        return super().evaluate(config, seed=seed)


class PrivateError(Exception):
    """No other process can unpickle it."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


@dataclass
class BreaksInWorker(Sphere):
    """Its space cannot be had in a worker process."""

    name = "test-breaks-in-worker"
    kind: str = "private"

    @property
    def space(self) -> Any:  # type: ignore[override]
        """The space of a sphere, in the process that plans."""
        if any("bench.processes.worker" in word for word in sys.orig_argv):
            raise TimeoutError("no answer") if self.kind == "timeout" else PrivateError("a", "b")
        return Sphere.space


@dataclass
class Exceeding(Sphere):
    """Where x is above `above` it never ends by itself, and says so through a pipe if it has one.

    Whatever it starts holds the pipe as well, so its end tells that nothing is left.
    """

    name = "test-exceeding"
    how: str = "sleep"
    above: float = 0.0
    pipe: str = ""

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        if config["x"] > self.above:
            if self.pipe:
                self._writing = os.open(self.pipe, os.O_WRONLY)
            getattr(self, self.how)()
        return super().evaluate(config, seed=seed)

    def sleep(self) -> None:
        self._say()
        select.select([], [], [])

    def spin(self) -> None:
        """Keep the interpreter's lock, so that nothing else of Python runs here."""
        self._say()
        deque(itertools.repeat(0), maxlen=0)

    def ignore_sigterm(self) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        self.sleep()

    def allocate(self) -> None:
        kept = []
        while True:
            kept.append(b"\1" * 2**23)

    def fork_and_allocate(self) -> None:
        if os.fork() == 0:
            os.setsid()
            self.allocate()
        os.wait()

    def fork(self) -> None:
        for _ in range(2):
            if os.fork() == 0:
                os.setsid()
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
                if os.fork() == 0:  # nobody waits for it once its parent has ended
                    select.select([], [], [])
                os._exit(0)
        self.sleep()

    def segfault(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def leave(self) -> None:
        os._exit(0)

    def interrupt(self) -> None:
        raise KeyboardInterrupt

    def close_files(self) -> None:
        os.closerange(3, 100)

    def kill_parent(self) -> None:
        os.kill(os.getppid(), signal.SIGKILL)
        self.sleep()

    def _say(self) -> None:
        if self.pipe:
            os.write(self._writing, b"x")
