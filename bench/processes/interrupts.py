"""Signals that end this process, delivered only where nothing is half done."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import Any, NoReturn, Self

ENDING = [
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
]
"""The signals by which people and systems end a program."""


class Stopped(KeyboardInterrupt):
    """A signal asked this process to end.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


@contextmanager
def raising() -> Iterator[None]:
    """Raise `Stopped` for each signal that would end this process at once, and for Ctrl-C.

    A signal that is ignored, as by `nohup`, stays so.
    """
    before: dict[int, Any] = {}

    def stop(number: int, _: FrameType | None) -> NoReturn:
        raise Stopped(number)

    if threading.current_thread() is threading.main_thread():
        for number in ENDING:
            if signal.getsignal(number) in (signal.SIG_DFL, signal.default_int_handler):
                before[number] = signal.signal(number, stop)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class HeldBack:
    """Holds back what Python handlers of ending signals do, except in `let_through`.

    Used in a `with`. A second signal is not held back: something may hang.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._open = False
        self._heard: int | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in ENDING:
                handler = signal.getsignal(number)
                if callable(handler):  # neither ignored nor the system's
                    self._handlers[number] = handler
                    signal.signal(number, self._hear)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        if self._heard is not None and error is None:
            self._deliver(self._heard)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self._open or self._heard is not None:
            self._deliver(number)
        self._heard = number

    def _deliver(self, number: int) -> None:
        self._heard = number
        self._handlers[number](number, None)

    @contextmanager
    def let_through(self) -> Iterator[None]:
        """Deliver what was held back, and at once what comes meanwhile."""
        self._open = True
        try:
            if self._heard is not None:
                self._deliver(self._heard)
            yield
        finally:
            self._open = False
