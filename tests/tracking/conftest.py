"""A tracker in memory that can be down, slow or full of refusals, and a clock that never waits."""

from __future__ import annotations

import pytest

from bench.tracking.feed import Feed
from bench.tracking.follow import follow
from bench.tracking.ledger import Ledger
from bench.tracking.tracker import SendError


class ToyClock:
    """A clock that stands still until somebody sleeps."""

    def __init__(self):
        self.now, self.slept = 0.0, []

    def monotonic(self):
        return self.now

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds


class ToyTracker:
    """Keeps what it is sent: a point by name, step and time, and parameters that never change."""

    def __init__(self, clock, *, in_parts=True):
        self.clock, self.in_parts = clock, in_parts
        self.runs, self.order = {}, []
        self.down_until, self.refuses, self.locked, self.takes_s = 0.0, (), False, 0.0
        self.fails, self.without_files = (), False

    def send(self, item):
        self.clock.now += self.takes_s
        if self.locked:
            raise SendError("who are you?", "locked out")
        if self.clock.now < self.down_until:
            raise SendError("connection\nrefused", "down")
        if any(text in item.name for text in self.refuses):
            raise SendError("no such name", "refused")
        if any(text in item.name for text in self.fails):
            raise SendError("too large", "down")
        run = self.runs.setdefault(
            item.key, {"parts": [], "points": {}, "params": {}, "tags": {}, "files": {}}
        )
        self.order.append(item.key)
        run["parts"] += item.parts
        run |= {"parent": item.parent, "name": item.name, "state": item.state}
        run["params"] = {**item.params, **run["params"]}
        run["tags"] |= item.tags
        run["files"] |= item.files
        for name, series in item.series.items():
            for step, value in zip(series.steps, series.values, strict=True):
                run["points"][name, step, item.revision] = value
        for name, value in item.metrics.items():
            run["points"][name, 0, item.revision] = value
        if item.files and self.without_files:
            run["files"].clear()
            raise SendError("no boto3", "no files")

    def close(self):
        pass


@pytest.fixture
def clock():
    return ToyClock()


@pytest.fixture
def toy(clock):
    return ToyTracker(clock)


@pytest.fixture
def whole_toy(clock):
    """A tracker that takes a run when all of it is known, as W&B offline."""
    return ToyTracker(clock, in_parts=False)


@pytest.fixture
def send(clock, monkeypatch):
    """Send a folder to a tracker once, or while `live` says so.

    Its figures, which take most of the time, are a name: test_from_analyses.py draws them.
    """
    monkeypatch.setattr("bench.tracking.from_analyses.figures", lambda found: {"regret.png": b""})

    def sending(folder, tracker, *, with_runs=True, live=(), **options):
        answers = iter(live)
        ledger = Ledger(folder, "toy", "0123456789abcdef")
        with ledger.open():
            feed = Feed(folder, ledger, with_runs=with_runs, in_parts=tracker.in_parts)
            outcome = follow(
                feed.look, tracker, ledger,
                is_live=lambda: next(answers, False), clock=clock, **options,
            )  # fmt: skip
        return outcome, feed

    return sending
