"""Sends what a results folder has, until it has no more: the loop of a tracker's process."""

from __future__ import annotations

import math
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Protocol

from bench.store import StoreError
from bench.tracking.from_records import FILES
from bench.tracking.item import Item
from bench.tracking.ledger import Ledger
from bench.tracking.tracker import SendError, Tracker

SECONDS_BETWEEN_LOOKS = 2.0
"""Seconds between two looks at a folder that changes."""

SHARE_OF_PAUSES = 4
"""Seconds of pause for a second of looking, where that is more: a long sweep is read slowly."""

FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
"""Seconds until a tracker that is down is tried again: twice as long each time, up to a bound."""

MOST_FAILURES, MOST_ASIDE = 3, 4
"""Failures of an item after which others are tried before it, and how many items wait so; after
the end of the sweep, where time is short, one failure is enough."""

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
    success. An item that is refused is left out, and the others are sent; so is one that fails
    again and again while others do not. A folder that cannot be read while the sweep goes on is
    read again.

    Args:
        look: gives what was not sent.
        tracker: where to.
        ledger: where it is noted.
        is_live: whether the sweep may still go on.
        most_s: seconds after the end of the sweep, at most.
        clock: the time.

    Raises:
        StoreError: the folder cannot be read after the end of the sweep.
    """
    outcome, sending = Outcome(), _Sending(tracker, ledger)
    wait, live, end = FIRST_WAIT_S, True, _End(is_live, most_s, clock)
    while True:
        # Asked before the look, which so sees all of a sweep that has ended.
        was_live, live = live, end.is_live()
        # A wait of the sweep would take the time that is left after it.
        wait = FIRST_WAIT_S if was_live and not live else wait
        begun = clock.monotonic()
        try:
            for item in sending.in_order(look(), outcome, live=live):
                if end.is_past():
                    outcome.missed, outcome.why = True, "the time after the sweep was up"
                    return outcome
                sending.send(item, outcome)
                wait = FIRST_WAIT_S
                end.went_well()
            outcome.missed, outcome.why = bool(outcome.refused), ""
            if not live:
                return outcome
            # A sweep that ended during the look waits for the last one.
            if end.is_live():
                clock.sleep(_pause(clock.monotonic() - begun))
        except StoreError:
            if not live:
                raise
            clock.sleep(SECONDS_BETWEEN_LOOKS)
        except SendError as error:
            outcome.missed, outcome.why = True, str(error)
            was_live, live = live, live and end.is_live()
            wait = FIRST_WAIT_S if was_live and not live else wait
            if error.why == "locked out" or (not live and end.gives_up(wait)):
                return outcome
            clock.sleep(wait)
            wait = min(2 * wait, LONGEST_WAIT_S)


def _pause(took: float) -> float:
    """Return the seconds between two looks, of which the first took so many."""
    return min(max(SECONDS_BETWEEN_LOOKS, SHARE_OF_PAUSES * took), LONGEST_WAIT_S)


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


class _Sending:
    """Sends items, and knows which of them failed."""

    def __init__(self, tracker: Tracker, ledger: Ledger) -> None:
        self._tracker, self._ledger = tracker, ledger
        self._sent: dict[str, set[str]] = {}
        self._n_sent = 0
        self._failures: dict[str, tuple[int, int]] = {}
        """Key of an item -> how often it failed, and what had been sent when it first did."""

    def in_order(self, items: Iterable[Item], outcome: Outcome, *, live: bool) -> Iterator[Item]:
        """Yield the items that were not refused, after the others those that failed often.

        Only a few are put off: where all fail, the tracker is down and no look should be long.
        """
        most, later = MOST_FAILURES if live else 1, list[Item]()
        aside = set[str]()
        for item in items:
            failures, _ = self._failures.get(item.key, (0, 0))
            if failures >= most and len(aside) < MOST_ASIDE:
                aside.add(item.key)
            if aside & {item.key, item.parent}:
                later.append(item)
            elif item.key not in outcome.refused:
                yield item
        yield from later

    def send(self, item: Item, outcome: Outcome) -> None:
        """Send an item and note it; a refusal is in the outcome.

        Raises:
            SendError: the tracker is down, or nobody is let in.
        """
        try:
            self._tracker.send(item)
        except SendError as error:
            if error.why == "locked out" or (error.why == "down" and not self._is_at_fault(item)):
                raise
            outcome.refused[item.key] = f"{item.name}: {error}"
            self._failures.pop(item.key, None)
            if error.why != "no files":
                return
            item = replace(item, parts={k: v for k, v in item.parts.items() if k != FILES})
        self._ledger.note(item)
        self._failures.pop(item.key, None)
        self._n_sent += 1
        there = self._sent.setdefault(item.kind, set())
        there.add(item.key)
        outcome.sent[item.kind] = len(there)

    def _is_at_fault(self, item: Item) -> bool:
        """Take note that an item failed; return whether it does so often while others do not."""
        failures, n_sent = self._failures.get(item.key, (0, self._n_sent))
        self._failures[item.key] = failures + 1, n_sent
        return failures + 1 >= MOST_FAILURES and self._n_sent > n_sent
