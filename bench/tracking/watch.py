"""A bound on a single call of a tracker: libraries try a host that is down for many minutes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.tracking.follow import Clock
from bench.tracking.item import Item
from bench.tracking.tracker import Tracker

CALL_S = 60.0
"""Seconds after the end of the sweep that a single call of a tracker may take."""

SECONDS_BETWEEN_CHECKS = 1.0


class Watch:
    """A tracker of which it is known since when it has not come back.

    Args:
        tracker: that is called.
        is_live: whether the sweep may still go on.
        clock: the time.
    """

    def __init__(self, tracker: Tracker, is_live: Callable[[], bool], clock: Clock) -> None:
        self._tracker, self._is_live, self._clock = tracker, is_live, clock
        self.in_parts = tracker.in_parts
        self._since: float | None = None
        self._ended: float | None = None

    def send(self, item: Item) -> None:
        """Write an item; see `bench.tracking.tracker.Tracker`."""
        with self._called():
            self._tracker.send(item)

    def close(self) -> None:
        """End what was started."""
        with self._called():
            self._tracker.close()

    def hangs(self) -> bool:
        """Return whether a call has taken longer than `CALL_S` after the end of the sweep."""
        since = self._since
        if since is None:
            return False
        now = self._clock.monotonic()
        if self._ended is None and not self._is_live():
            self._ended = now
        return self._ended is not None and now - max(since, self._ended) > CALL_S

    @contextmanager
    def _called(self) -> Iterator[None]:
        self._since = self._clock.monotonic()
        try:
            yield
        finally:
            self._since = None


@contextmanager
def watched(watch: Watch, hung: Callable[[], None]) -> Iterator[None]:
    """Check a tracker from a thread of its own while it is used inside.

    Args:
        watch: the tracker.
        hung: called by the thread, once, if it hangs; nothing else can end such a call, so this
            ends the process.
    """
    over = threading.Event()

    def check() -> None:
        while not over.wait(SECONDS_BETWEEN_CHECKS):
            if watch.hangs():
                hung()
                return

    threading.Thread(target=check, daemon=True).start()
    try:
        yield
    finally:
        over.set()
