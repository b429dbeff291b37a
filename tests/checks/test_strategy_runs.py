"""A run of a check ends at a difference, and a strategy that never answers is reported once."""

from __future__ import annotations

import contextlib
import signal

import pytest

from bench import (
    checks,
)
from bench.checks.strategy_runs import SPACES, TRIALS, run_strategy, suggested
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


def test_a_run_is_cut_off_when_it_has_differed_from_each_of_the_others():
    space = SPACES["one float"]
    same = suggested(Good, space)
    early, late = list(same), list(same)
    early[2], late[5] = [{"x": 0.0}, 1.0], [{"x": 0.0}, 1.0]
    for others, expected in (
        ([early], 3),
        ([early, late], 6),
        ([same[:4]], 5),
        ([early, same], TRIALS),
    ):
        trials, end = run_strategy(Good, space, others=others)
        assert len(trials) == end.n_trials == expected


def test_a_run_that_checks_share_is_compared_with_another():
    starts = []

    class Counting(Good):
        """Counts its runs."""

        def start(self, space, *, seed, budget):
            starts.append(seed)
            super().start(space, seed=seed, budget=budget)

    for check in (checks.strategy.check_is_deterministic, checks.strategy.check_uses_its_seed):
        check(Counting)
    assert starts == [7, 7, 8]
    checks.strategy.check_is_deterministic(Counting)
    assert starts == [7, 7, 8, 7]
