"""What a command says that was stopped, and how to do the rest."""

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
def resumable(kept: str = "what was measured is kept", then: str = "continue") -> Iterator[None]:
    """Say how to go on after Ctrl-C or a signal, and exit as a program that it ended.

    Args:
        kept: what is kept.
        then: what the same command does.
    """
    again = shlex.join(["tunebench", *sys.argv[1:]])
    with raising():
        try:
            yield
        except Stopped as stop:
            if stop.number == signal.SIGINT:
                say(f"\nstopped; {kept}. {then.capitalize()} with the same command:", err=True)
                say(f"  {again}", err=True)
            else:
                say(
                    f"stopped by {stop}; {kept}; {then} with the same command: {again}",
                    err=True,
                )
            sys.exit(128 + stop.number)
        except OutputError as error:
            say(
                f"stopped: standard output cannot be written ({error}); {kept}; "
                f"{then} with the same command: {again}",
                err=True,
            )
            sys.exit(error.exit_code)
