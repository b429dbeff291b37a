"""The worker's side of a pool: takes tasks, does them, tells how they ended."""

from __future__ import annotations

import importlib
import mmap
import os
import pickle
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from bench.processes.state import Changes, State

LENGTH_BYTES = 8
"""Bytes before each message that say how long it is."""


CHUNK = 1 << 16
"""Bytes read from a channel at once."""

NOT_BEGUN = -1
"""Stands for the count of a task that the worker has not taken yet."""


UNHEARD = 70
"""Exit code of a worker whose channel is closed, by its run or by the end of the driver."""


@dataclass(frozen=True, slots=True)
class Answer:
    """How a task ended in its worker.

    Args:
        result: what the function returned.
        error: the message of what it raised, None where it returned.
        changes: what of the process it changed.
    """

    result: Any
    error: str | None
    changes: Changes


def send(channel: socket.socket, message: Any) -> None:
    """Send an object through a channel."""
    channel.sendall(bytes_of(message))


def bytes_of(message: Any) -> bytes:
    """Return an object as `message_in` takes it out again."""
    data = pickle.dumps(message)
    return len(data).to_bytes(LENGTH_BYTES, "little") + data


def message_in(data: bytearray) -> Any:
    """Take the first whole message out of what came through a channel; None: there is none."""
    if len(data) < LENGTH_BYTES:
        return None
    end = LENGTH_BYTES + int.from_bytes(data[:LENGTH_BYTES], "little")
    if len(data) < end:
        return None
    message = pickle.loads(data[LENGTH_BYTES:end])
    del data[:end]
    return message


def main() -> None:
    """Work until the driver closes the channel; started by the pool.

    Arguments of the program: the function, `module:name`; file descriptors of the channel, of
    standard error, and of the counts shared with the driver; this worker's place in them; the
    process id of the driver. If the function's module has a `prepare`, that is called before the
    first task, whose time limit it is no part of.
    """
    # A forked child of an evaluation comes to the same lines; only this process is the worker.
    me = os.getpid()
    reference, *numbers = sys.argv[1:]
    descriptor, words, counts, place, driver = map(int, numbers)
    for number in (descriptor, words, counts):
        os.set_inheritable(number, False)
    channel = socket.socket(fileno=descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    follow(driver)
    table = memoryview(mmap.mmap(counts, 0)).cast("q")
    os.close(counts)
    path, _, name = reference.partition(":")
    module = importlib.import_module(path)
    function: Callable[..., Any] = getattr(module, name)
    if hasattr(module, "prepare"):
        module.prepare()
    # From here on what is said is said by a run.
    os.dup2(words, 2)
    os.close(words)
    # What a run has to say is in its record; loose warnings would tear the progress bar.
    warnings.simplefilter("ignore")
    state = State()
    _say(channel, True)

    def count(number: int) -> None:
        table[place] = number

    data = bytearray()
    while more := heard(channel):
        data += more
        task = message_in(data)
        if task is None:
            continue
        count(0)
        with warnings.catch_warnings():
            try:
                result, error = function(*task, count), None
            except BaseException as raised:
                result, error = None, str(raised)
            if os.getpid() != me:
                os._exit(0)
            changes = state.restore()
        _say(channel, Answer(result, error, changes))
        if changes.lasting:
            # Open until the process is gone: the driver sees that libraries have cleaned up.
            os.dup(channel.fileno())
            break


def _say(channel: socket.socket, message: Any) -> None:
    """Send a message, or end: a driver that has ended needs none."""
    try:
        send(channel, message)
    except OSError:
        sys.exit(UNHEARD)


def heard(channel: socket.socket) -> bytes:
    """Return what the other end said; nothing once it has ended, with something unread or not."""
    try:
        return channel.recv(CHUNK)
    except OSError:
        return b""


def follow(parent: int, *, adopts: bool = True) -> None:
    """End with the parent process, whatever this one is doing then.

    Where the system cannot, the guard of the driver ends the process.

    Args:
        parent: process id.
        adopts: this process becomes the parent of what its descendants leave behind.
    """
    import ctypes

    die_with_parent, adopt = 1, 36  # PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER of Linux
    with suppress(OSError, AttributeError):
        control = ctypes.CDLL(None).prctl
        control(die_with_parent, signal.SIGKILL, 0, 0, 0)
        if adopts:
            control(adopt, 1, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
