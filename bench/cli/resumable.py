"""What a command says that was stopped and goes on where it was."""

from __future__ import annotations

import shlex
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from bench.cli.terminal import say
from bench.errors import OutputError
from bench.processes.interrupts import Stopped, raising


@contextmanager
def resumable() -> Iterator[None]:
    """Say how to go on after Ctrl-C or a signal, and exit as a program that it ended."""
    again = shlex.join(["tunebench", *sys.argv[1:]])
    with raising():
        try:
            yield
        except Stopped as stop:
            if stop.number == signal.SIGINT:
                say(
                    "\nstopped; what was measured is kept. Continue with the same command:",
                    err=True,
                )
                say(f"  {again}", err=True)
            else:
                say(
                    f"stopped by {stop}; what was measured is kept; continue with the same "
                    f"command: {again}",
                    err=True,
                )
            sys.exit(128 + stop.number)
        except OutputError as error:
            say(
                f"stopped: standard output cannot be written ({error}); what was measured is kept; "
                f"continue with the same command: {again}",
                err=True,
            )
            sys.exit(error.exit_code)
