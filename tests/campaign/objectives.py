"""A problem that does at some of its points what programs of users do; named by its path."""

import ctypes
import os
import random
import select
import signal
import sys
import time
import zlib
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench import Config, Evaluation, Float, Metric, Problem, SearchSpace

RETURNED: dict[str, Any] = {
    "nan": float("nan"),
    "infinite": float("inf"),
    "minus infinite": float("-inf"),
    "string": "0.5",
    "none": None,
}
"""What is no value, by its name."""

FAILING = frozenset({"raise", *RETURNED})
"""What fails an evaluation and nothing else."""

EVERY = 23
"""At one point of so many, on average, something happens."""


@dataclass
class Unruly(Problem):
    """A sphere around a centre that the repetition decides, some points of which misbehave.

    Which ones depends on the configuration and on `salt` alone, so that the same evaluations
    misbehave again. What fails an evaluation always happens; the rest only as long as
    CAMPAIGN_ARMED is set.

    Args:
        how: a method of this class, or one of `FAILING`; "" for nothing.
        salt: chooses the points.
    """

    name = "unruly"
    how: str = ""
    salt: int = 0
    space = SearchSpace({"x": Float(-1, 1), "y": Float(-1, 1)})
    metric = Metric("loss", "minimize")
    optimum = 0.0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        # Long enough for something to happen meanwhile.
        time.sleep(float(os.environ.get("CAMPAIGN_PAUSE", "0")))
        centre = np.random.default_rng(seed).uniform(-0.5, 0.5, 2)
        x, y = config["x"] - centre[0], config["y"] - centre[1]
        value = float(x * x + y * y)
        if self.how and self.misbehaves(config):
            if self.how in RETURNED:
                return RETURNED[self.how] if self.how == "none" else Evaluation(RETURNED[self.how])
            if self.how == "raise":
                raise RuntimeError("the user's own error")
            if "CAMPAIGN_ARMED" in os.environ:
                getattr(self, self.how.replace(" ", "_"))()
        return Evaluation(value, test_value=value + 1, fold_values=(value - 0.1, value + 0.1))

    def misbehaves(self, config: Config) -> bool:
        text = f"{self.salt} {config['x']!r} {config['y']!r}"
        return zlib.crc32(text.encode()) % EVERY == 0

    def hang(self) -> None:
        """Never come back, with the interpreter's lock held."""
        ctypes.PyDLL(None).sleep(600)

    def exit_0(self) -> None:
        os._exit(0)

    def exit_1(self) -> None:
        os._exit(1)

    def segfault(self) -> None:
        os.kill(os.getpid(), signal.SIGSEGV)

    def leak(self) -> None:
        kept = []
        while True:
            kept.append(b"\1" * 2**24)

    def fork(self) -> None:
        """Leave processes, one of them in a session of its own that hears no SIGTERM."""
        for number in range(2):
            if os.fork() == 0:
                if number:
                    os.setsid()
                    signal.signal(signal.SIGTERM, signal.SIG_IGN)
                select.select([], [], [])

    def print_a_megabyte(self) -> None:
        for stream in (sys.stdout, sys.stderr):
            stream.write("x" * 2**20 + "\n")
            stream.flush()
        os.write(1, b"y" * 2**20)

    def seed(self) -> None:
        random.seed(0)
        np.random.seed(0)  # noqa: NPY002 - what many do

    def change_folder(self) -> None:
        os.chdir("/")

    def change_handlers(self) -> None:
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.SIG_IGN)

    def close_output(self) -> None:
        with suppress(OSError):  # the second time
            os.close(1)
