"""What it takes to start a worker, and what the system says if it does not."""

from __future__ import annotations

import errno
import os
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import (  # type: ignore[attr-defined]
    DEVNULL,
    PIPE,
    Popen,
    _args_from_interpreter_flags,
)
from typing import IO

from bench.processes import ending

SECONDS_TO_EXIT = 5.0
"""What a process may take from closing its files to its end; writing a core takes a while."""

CLOSED_FILES = "it closed files that it had not opened"
"""Why a process that lives cannot be heard any more."""


def exit_in_words(code: int) -> str:
    """Return what the exit code of a process says."""
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


def because(error: OSError) -> str:
    """Return why a process does not start, and where its limit is seen."""
    hints = {
        errno.EMFILE: "`ulimit -n` is the limit of open files",
        errno.ENFILE: "`ulimit -n` is the limit of open files",
        errno.EAGAIN: "`ulimit -u` is the limit of processes",
        errno.ENOMEM: "`ulimit -v` is the limit of memory",
    }
    hint = hints.get(error.errno or 0)
    return (error.strerror or str(error)) + (f"; {hint}" if hint else "")


def shared(size: int) -> IO[bytes]:
    """Return a file of so many numbers, all 0, that processes can share."""
    file = tempfile.TemporaryFile()  # noqa: SIM115
    # Written, not only made longer: a full disk is an error here and would be a crash later.
    file.write(bytes(8 * size))
    file.flush()
    return file


def start_guard() -> Popen[bytes]:
    """Start what ends the workers if this process cannot."""
    return Popen(
        [sys.executable, "-I", "-S", str(Path(ending.__file__))],
        stdin=PIPE,
        stdout=DEVNULL,
        stderr=DEVNULL,
        start_new_session=True,
    )


def python(module: str) -> list[str]:
    """Return the command that runs `main` of a module, up to its arguments."""
    # An empty one stands for the working directory.
    path = [os.path.abspath(place) for place in sys.path]
    code = f"import sys; sys.path[:] = {path!r}; from {module} import main; main()"
    return [sys.executable, *_args_from_interpreter_flags(), "-c", code]


@contextmanager
def standard_error() -> Iterator[int]:
    """Give another descriptor of standard error, of nothing where that is closed."""
    try:
        number = os.dup(2)
    except OSError as error:
        if error.errno != errno.EBADF:
            raise
        number = os.open(os.devnull, os.O_WRONLY)
    try:
        yield number
    finally:
        os.close(number)


@contextmanager
def interrupts_blocked() -> Iterator[None]:
    """Let a process that is started inside not hear Ctrl-C before it has said so."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
