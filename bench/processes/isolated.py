"""Calls in a process of their own, which ends when a call exceeds its limits."""

from __future__ import annotations

import os
import select
import socket
from contextlib import suppress
from subprocess import DEVNULL, Popen, TimeoutExpired
from time import monotonic
from types import TracebackType
from typing import Any, Self

from bench.processes import ending, memory
from bench.processes.starting import (
    CLOSED_FILES,
    SECONDS_TO_EXIT,
    exit_in_words,
    interrupts_blocked,
    python,
)
from bench.processes.state import keep
from bench.processes.worker import CHUNK, UNHEARD, message_in, send

DIED = "its process died: "
"""Begins the reason of a call whose process died, in front of how."""

SECONDS_BETWEEN_LOOKS = 0.02
"""Seconds between two looks at the memory of a call."""


class CallEndedError(Exception):
    """A call was ended, with all it started, or its process died.

    Args:
        reason: how the process died, in words; empty where it was ended.
        seconds: since the call began.
    """

    def __init__(self, reason: str, seconds: float) -> None:
        super().__init__(reason)
        self.reason, self.seconds = reason, seconds


class OutOfTimeError(CallEndedError):
    """A call took longer than its limit."""


class OutOfMemoryError(CallEndedError):
    """A call, with all it started, held more memory than its limit."""


class ServeError(Exception):
    """There is nothing that can be called; the message says why."""


class Isolated:
    """Calls a function in another process, one call after the other.

    The process lives until a call has to be ended, so that a call costs a fraction of a
    millisecond; then another one takes its place. It is forked from a server, a Python process
    that is started once. What calls do to their process, no other process sees.

    Used in a `with`, or closed.
    """

    def __init__(self) -> None:
        self._server: Popen[bytes] | None = None
        self._control = _closed()
        self._heard = bytearray()
        self._passed: list[int] = []
        self._exit: int | None = None
        self._function: tuple[str, tuple[Any, ...]] | None = None
        self._channel: socket.socket | None = None
        self._child = 0
        self._data = bytearray()
        self._look = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.close()

    def serve(self, reference: str, *arguments: Any) -> None:
        """Say what is called from now on.

        Args:
            reference: `module:name` of what makes the function.
            arguments: of that.

        Raises:
            ServeError: it cannot be made, or the server does not live.
        """
        self.leave()
        self._function, self._look = (reference, arguments), 0.0
        if self._server is not None:
            self._make()

    def call(
        self, *arguments: Any, seconds: float | None = None, most_bytes: int | None = None
    ) -> Any:
        """Call the function and return what it returns.

        Args:
            arguments: of the function.
            seconds: that it may take by a clock that nobody can set.
            most_bytes: of memory that it may hold, with all it started, as
                `bench.processes.memory.held` counts them.

        Raises:
            OutOfTimeError, OutOfMemoryError: it was ended.
            CallEndedError: its process died, or the function raised.
            ServeError: there is no process to call it in.
        """
        channel = self._channel or self._fork()
        began = monotonic()
        deadline = float("inf") if seconds is None else began + seconds
        try:
            send(channel, arguments)
            while (answer := message_in(self._data)) is None:
                until = deadline if most_bytes is None else min(deadline, self._look)
                if not self._hear(channel, until):
                    raise CallEndedError(DIED + self._death(), monotonic() - began)
                if monotonic() >= deadline:
                    raise OutOfTimeError("", monotonic() - began)
                if most_bytes is not None and self._exceeds(most_bytes):
                    raise OutOfMemoryError("", monotonic() - began)
            result, error = answer
            if error is not None:
                raise CallEndedError(error, monotonic() - began)
        except BaseException as error:
            seconds_taken = monotonic() - began
            # Nobody reads what is sent: it has ended.
            death = self._death() if isinstance(error, OSError) else ""
            self.leave()
            if death:
                raise CallEndedError(DIED + death, seconds_taken) from None
            raise
        if most_bytes is not None and self._exceeds(most_bytes):
            self.leave()  # what calls leave behind is not charged to the next one
        return result

    def leave(self) -> None:
        """End the process of the calls, with all it started."""
        if self._channel is None:
            return
        self._channel.close()
        self._channel = None
        self._data.clear()
        if self._server is not None:
            ending.end_below(self._server.pid, self._child)
        self._child = 0

    def close(self) -> None:
        """End the server, and whatever calls started."""
        self.leave()
        if self._server is None:
            return
        self._control.close()
        with suppress(TimeoutExpired):
            self._server.wait(ending.SECONDS_TO_TERMINATE)
        self._server.kill()
        self._server.wait()
        self._server = None

    def _make(self) -> None:
        send(self._control, self._function)
        if error := self._reply():
            raise ServeError(error)

    def _fork(self) -> socket.socket:
        """Return the channel of a new process, which is ready to be called."""
        if self._server is None:
            self._start()
        self._exit = None
        send(self._control, "fork")
        found = self._reply()
        if not isinstance(found, int):
            raise ServeError(f"no process can be forked: {found}")
        self._child = found
        self._channel = channel = socket.socket(fileno=self._passed.pop())
        while message_in(self._data) is None:
            if not self._hear(channel, float("inf")):
                death = self._death()
                self.leave()
                raise ServeError(f"its process died before it began: {death}")
        return channel

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs, interrupts_blocked():
            passed = theirs.fileno()
            self._server = Popen(
                [*python("bench.processes.evaluator"), str(passed), str(os.getpid())],
                stdin=DEVNULL,
                pass_fds=[passed],
            )
        keep(self._server.pid)
        self._control = ours
        self._heard.clear()
        self._make()

    def _reply(self) -> Any:
        """Wait for what the server says to a question.

        Raises:
            ServeError: it has ended.
        """
        while True:
            while (message := message_in(self._heard)) is not None:
                if not isinstance(message, tuple):
                    return message
                self._note(message)
            if not self._listen():
                raise ServeError(f"the process that calls are forked from died: {self._gone()}")

    def _listen(self) -> bool:
        """Take what the server has said so far, or says next; False: it has ended."""
        try:
            more, passed, _, _ = socket.recv_fds(self._control, CHUNK, 1)
        except OSError:
            return False
        self._heard += more
        self._passed += passed
        return bool(more)

    def _note(self, message: tuple[int, int]) -> None:
        pid, code = message
        if pid == self._child:
            self._exit = code

    def _gone(self) -> str:
        """Part with a server that has ended, and return how."""
        assert self._server is not None
        self._server.kill()
        code = self._server.wait()
        self._server = None
        self._control.close()
        return exit_in_words(code)

    def _hear(self, channel: socket.socket, until: float) -> bool:
        """Take what the process says until then; False: it has ended and said all."""
        ready = _ready([channel, self._control], until)
        if channel in ready:
            self._data += (more := channel.recv(CHUNK))
            return bool(more)
        if self._control in ready:
            if not self._listen():
                return False
            while (message := message_in(self._heard)) is not None:
                self._note(message)
        # What it said last came before the news of its end.
        return self._exit is None or bool(_ready([channel], 0.0))

    def _death(self) -> str:
        """Return how the process ended, as the server has seen."""
        until = monotonic() + SECONDS_TO_EXIT
        while self._exit is None and _ready([self._control], until):
            if not self._listen():
                return f"the process that it was forked from died: {self._gone()}"
            while (message := message_in(self._heard)) is not None:
                self._note(message)
        if self._exit in (None, UNHEARD):
            return CLOSED_FILES
        return exit_in_words(self._exit or 0)

    def _exceeds(self, most_bytes: int) -> bool:
        """Look, if it is time to, whether the process and what it started hold more."""
        now = monotonic()
        if now < self._look or self._server is None:
            return False
        self._look = now + SECONDS_BETWEEN_LOOKS
        family = ending.below(self._server.pid)
        return memory.held_at_most(family) > most_bytes and memory.held(family) > most_bytes


def _ready(channels: list[socket.socket], until: float) -> list[socket.socket]:
    """Wait until one of some channels has something to say, or until then."""
    poll = select.poll()
    for channel in channels:
        poll.register(channel, select.POLLIN)
    wait = None if until == float("inf") else max(0.0, 1000 * (until - monotonic()))
    numbers = {number for number, _ in poll.poll(wait)}
    return [channel for channel in channels if channel.fileno() in numbers]


def _closed() -> socket.socket:
    found = socket.socket(socket.AF_UNIX)
    found.close()
    return found
