"""A strategy that never answers is given up and told once."""

from __future__ import annotations

import contextlib
import signal

import pytest

from bench import (
    checks,
)
from bench.testing.contracts import Good


class Stuck(Good):
    """Never answers."""

    def ask(self):
        while True:
            pass


def test_a_strategy_that_does_not_return_is_reported_once(monkeypatch):
    monkeypatch.setattr(checks.strategy_runs, "SECONDS_TO_SUGGEST", 0.2)
    verdicts = {v.check: v for v in checks.run_checks(Stuck, checks.STRATEGY_CHECKS)}
    assert "after 0.2 s it is still in ask, " in verdicts["runs_on_every_space"].reason
    failed = [name for name, verdict in verdicts.items() if verdict.reason]
    assert failed == ["runs_on_every_space"]
    assert verdicts["runs_long"].note == "it does not return"
    assert not verdicts["runs_long"].applies


class StuckTwice(Stuck):
    """Does not even end, and takes any error for its own."""

    def ask(self):
        with contextlib.suppress(BaseException):
            super().ask()
        return super().ask()

    def close(self):
        super().ask()


@pytest.mark.slow
def test_a_strategy_that_hears_nothing_is_reported_and_other_timers_go_on(monkeypatch):
    monkeypatch.setattr(checks.strategy_runs, "SECONDS_TO_SUGGEST", 0.2)
    signal.setitimer(signal.ITIMER_REAL, 900, 7)
    try:
        verdicts = {v.check: v for v in checks.run_checks(StuckTwice, checks.STRATEGY_CHECKS)}
        left, interval = signal.getitimer(signal.ITIMER_REAL)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    assert "it is still in ask, " in verdicts["runs_on_every_space"].reason
    assert 0 < left < 900
    assert interval == 7
