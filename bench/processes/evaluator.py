"""The server's side of isolated calls: it makes what is called, and forks processes that call it.

The server is a process of its own, which never calls anything: it has no thread and nothing half
done, so it can be forked at any time, and a child is there in milliseconds.
"""

from __future__ import annotations

import importlib
import os
import select
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from bench.processes import ending
from bench.processes.state import draw_anew
from bench.processes.worker import CHUNK, UNHEARD, bytes_of, follow, heard, message_in, send


def main() -> None:
    """Serve until the other end closes; started by `bench.processes.isolated.Isolated`.

    Arguments of the program: the file descriptor of the channel, the process id of the parent.
    """
    descriptor, parent = map(int, sys.argv[1:])
    os.set_inheritable(descriptor, False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    follow(parent)
    warnings.simplefilter("ignore")
    server = _Server(socket.socket(fileno=descriptor))
    channel = server.serve()
    if channel is not None:
        _answer(channel, server.function)


class _Server:
    def __init__(self, channel: socket.socket) -> None:
        self._channel = channel
        self._child = 0
        # A child that ends wakes the server up.
        self._ends, waking = os.pipe()
        for end in (self._ends, waking):
            os.set_blocking(end, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
        self._pipe = self._ends, waking
        self.function: Callable[..., Any] = _nothing

    def serve(self) -> socket.socket | None:
        """Do what is asked for; return None at the end, and in a child its channel."""
        data = bytearray()
        while True:
            said = self._channel.fileno()
            ready, _, _ = select.select([said, self._ends], [], [])
            if self._ends in ready:
                with suppress(BlockingIOError):
                    os.read(self._ends, CHUNK)
                self._reap()
            if said not in ready:
                continue
            more = heard(self._channel)
            if not more:
                if self._child:
                    ending.end_below(os.getpid(), self._child)
                return None
            data += more
            message = message_in(data)
            if message == "fork":
                if (channel := self._fork()) is not None:
                    return channel
            elif message is not None:
                self._make(*message)

    def _reap(self) -> None:
        """Collect what has ended; of the child that calls, say how."""
        with suppress(ChildProcessError):
            while True:
                pid, status = os.waitpid(-1, os.WNOHANG)
                if pid == 0:
                    return
                if pid == self._child:
                    self._child = 0
                    self._tell((pid, os.waitstatus_to_exitcode(status)))

    def _make(self, reference: str, arguments: tuple[Any, ...]) -> None:
        path, _, name = reference.partition(":")
        try:
            self.function = getattr(importlib.import_module(path), name)(*arguments)
        except BaseException as error:
            self._tell(f"{type(error).__name__}: {error}")
        else:
            self._tell("")

    def _fork(self) -> socket.socket | None:
        server = os.getpid()
        ours, theirs = socket.socketpair()
        try:
            child = os.fork()
        except OSError as error:
            for end in (ours, theirs):
                end.close()
            self._tell(error.strerror)
            return None
        if child == 0:
            os.setpgid(0, 0)
            follow(server, adopts=False)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            for number in self._pipe:
                os.close(number)
            ours.close()
            self._channel.close()
            return theirs
        with suppress(OSError):  # the child may have done it, or be gone
            os.setpgid(child, child)
        self._child = child
        theirs.close()
        with ours, suppress(OSError):
            socket.send_fds(self._channel, [bytes_of(child)], [ours.fileno()])
        return None

    def _tell(self, message: Any) -> None:
        # A worker that is gone needs none; that it is shows when it is listened to.
        with suppress(OSError):
            send(self._channel, message)


def _answer(channel: socket.socket, function: Callable[..., Any]) -> None:
    """Call the function with what comes through the channel until that is closed."""
    # A forked child of a call comes to the same lines; only this process answers.
    me = os.getpid()
    draw_anew()
    data = bytearray()
    _say(channel, True)
    while more := heard(channel):
        data += more
        arguments = message_in(data)
        if arguments is None:
            continue
        try:
            answer: tuple[Any, str | None] = (function(*arguments), None)
        except BaseException as raised:
            answer = None, str(raised)
        if os.getpid() != me:
            os._exit(0)
        _say(channel, answer)


def _say(channel: socket.socket, message: Any) -> None:
    try:
        send(channel, message)
    except OSError:
        os._exit(UNHEARD)


def _nothing(*_: Any) -> None:
    raise RuntimeError("there is nothing to call yet")
