"""Sends what a results folder has, until it has no more: the loop of a tracker's process."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from bench.tracking.item import Item
from bench.tracking.ledger import Ledger
from bench.tracking.tracker import SendError, Tracker

SECONDS_BETWEEN_LOOKS = 2.0
"""Seconds between two looks at a folder that changes."""

SHARE_OF_PAUSES = 4
"""Seconds of pause for a second of looking, where that is more: a long sweep is read slowly."""

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
"""Seconds until a tracker that is down is tried again: twice as long each time, up to a bound."""

PATIENCE_S = 15.0
"""Seconds for which a tracker may be down after the sweep has ended."""

END_S = 600.0
"""Seconds that the process of `tunebench run --track` goes on after the sweep."""


class Clock(Protocol):
    """The time; replaced in tests."""

    def monotonic(self) -> float:
        """Return seconds."""

    def sleep(self, seconds: float, /) -> None:
        """Wait."""


@dataclass(slots=True)
class Outcome:
    """What was sent, and what was not.

    Args:
        sent: kind of item -> how many runs of the tracker were written.
        refused: names of the items that the tracker refused -> why.
        missed: whether something is left that a later call would send.
        why: why the tracker could not be reached, or the folder not read; "" if it could.
    """

    sent: Counter[str] = field(default_factory=Counter)
    refused: dict[str, str] = field(default_factory=dict)
    missed: bool = False
    why: str = ""


def follow(
    look: Callable[[], Iterable[Item]],
    tracker: Tracker,
    ledger: Ledger,
    *,
    is_live: Callable[[], bool],
    most_s: float = float("inf"),
    clock: Clock = time,
) -> Outcome:
    """Send what looks give, until the sweep has ended and all is sent.

    A tracker that is down is tried again; after the sweep has ended for `PATIENCE_S` without any
    success. An item that is refused is left out, and the others are sent.

    Args:
        look: gives what was not sent.
        tracker: where to.
        ledger: where it is noted.
        is_live: whether the sweep may still go on.
        most_s: seconds after the end of the sweep, at most.
        clock: the time.
    """
    outcome, keys = Outcome(), dict[str, set[str]]()
    wait, end = FIRST_WAIT_S, _End(is_live, most_s, clock)
    while True:
        live = end.is_live()  # asked before the look, which so sees all of a sweep that has ended
        begun = clock.monotonic()
        try:
            for item in _not_refused(look(), outcome):
                if end.is_past():
                    outcome.missed, outcome.why = True, "the time after the sweep was up"
                    return outcome
                _send(item, tracker, ledger, outcome, keys)
                wait = FIRST_WAIT_S
                end.went_well()
            outcome.missed, outcome.why = bool(outcome.refused), ""
            if not live:
                return outcome
            took = clock.monotonic() - begun
            clock.sleep(min(max(SECONDS_BETWEEN_LOOKS, SHARE_OF_PAUSES * took), LONGEST_WAIT_S))
        except SendError as error:
            outcome.missed, outcome.why = True, str(error)
            if error.why == "locked out" or (not live and end.gives_up(wait)):
                return outcome
            clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)


class _End:
    """The end of the sweep, and how long to go on after it."""

    def __init__(self, is_live: Callable[[], bool], most_s: float, clock: Clock) -> None:
        self._is_live, self._most_s, self._clock = is_live, most_s, clock
        self._ended: float | None = None
        self._well = 0.0

    def is_live(self) -> bool:
        """Return whether the sweep may still go on."""
        live = self._is_live()
        if not live and self._ended is None:
            self._ended = self._well = self._clock.monotonic()
        return live

    def is_past(self) -> bool:
        """Return whether the time after the sweep is up, which may end in the middle of a look."""
        if math.isinf(self._most_s) or (self._ended is None and self.is_live()):
            return False
        return self._ended is not None and self._clock.monotonic() > self._ended + self._most_s

    def went_well(self) -> None:
        """Take note that something was sent."""
        self._well = self._clock.monotonic()

    def gives_up(self, wait: float) -> bool:
        """Return whether to end rather than to wait for so many seconds."""
        ended = self._well if self._ended is None else self._ended
        last = min(self._well + PATIENCE_S, ended + self._most_s)
        return self._clock.monotonic() + wait > last


def _not_refused(items: Iterable[Item], outcome: Outcome) -> Iterator[Item]:
    """Yield the items but those of runs that the tracker refused before."""
    return (item for item in items if item.key not in outcome.refused)


def _send(
    item: Item, tracker: Tracker, ledger: Ledger, outcome: Outcome, keys: dict[str, set[str]]
) -> None:
    try:
        tracker.send(item)
    except SendError as error:
        if error.why != "refused":
            raise
        outcome.refused[item.key] = f"{item.name}: {error}"
        return
    ledger.note(item)
    there = keys.setdefault(item.kind, set())
    there.add(item.key)
    outcome.sent[item.kind] = len(there)
