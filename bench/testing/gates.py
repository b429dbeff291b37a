"""Commands of tunebench whose workers wait at a gate, so that they can be killed in mid-run."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 60
"""Seconds after which a wait for what must happen is given up; none of the tests waits so long."""


class GatedCommand:
    """A command with a problem that stops at a gate (`hazards.Gate`), by the real program.

    Args:
        arguments: of `tunebench`, without `--jobs`.
        gate: where the named pipe is made that the problem writes to.
    """

    def __init__(self, arguments: Sequence[str], gate: Path) -> None:
        self.arguments, self.gate = list(arguments), gate

    def command(self, jobs: int) -> list[str]:
        """Return the whole command."""
        return [sys.executable, "-m", "bench", *self.arguments, "--jobs", str(jobs)]

    def finish(self, jobs: int) -> subprocess.CompletedProcess[str]:
        """Run it to its end, with the gate open."""
        return subprocess.run(
            self.command(jobs), capture_output=True, text=True, timeout=PATIENCE, check=False
        )

    @contextmanager
    def stopped_at_the_gate(self) -> Iterator[subprocess.Popen[str]]:
        """Start a driver of two workers, wait until both are at the gate; kill what is left."""
        os.mkfifo(self.gate)
        # Opened before anyone writes and without waiting, so that nobody can miss anybody.
        self._reading = os.open(self.gate, os.O_RDONLY | os.O_NONBLOCK)
        driver = subprocess.Popen(
            self.command(jobs=2),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            arrived = b""
            while len(arrived) < 2:
                arrived += self._read(driver)
            yield driver
        finally:
            # The whole session: workers too, had they outlived the driver against the rule.
            with suppress(ProcessLookupError):
                os.killpg(driver.pid, signal.SIGKILL)
            driver.communicate()
            os.close(self._reading)
            self.gate.unlink()

    def wait_for_the_workers_end(self, driver: subprocess.Popen[str]) -> None:
        """A pipe ends when the last process that could write to it has ended."""
        assert self._read(driver) == b"", "a worker came to the gate once more"

    def _read(self, driver: subprocess.Popen[str]) -> bytes:
        ready, _, _ = select.select([self._reading], [], [], PATIENCE)
        assert ready, f"nothing at the gate: {driver.poll()}"
        return os.read(self._reading, 1)
