"""A strategy is closed once, however its run ends."""

from __future__ import annotations

import pytest

from bench import (
    Budget,
    SearchSpace,
    Suggestion,
    Trial,
)
from bench.run import RunStatus
from bench.testing.script import Function, Script, new_run, x_of


class Opened(Script):
    """Counts what was started and not yet ended; may fail anywhere."""

    def __init__(self, fails: str = "") -> None:
        super().__init__(0.1, 0.2, 0.3, 0.4)
        self.fails = fails
        self.calls: list[str] = []

    def _at(self, step: str) -> None:
        self.calls.append(step)
        if step == self.fails:
            raise RuntimeError(f"no {step}")

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        self._at("start")

    def ask(self) -> Suggestion | None:
        self._at("ask")
        return super().ask()

    def tell(self, trial: Trial) -> None:
        self._at("tell")

    def close(self) -> None:
        self._at("close")


@pytest.mark.parametrize(
    ("fails", "measured"), [("", 4), ("start", 0), ("ask", 0), ("tell", 1), ("close", 4)]
)
def test_a_strategy_is_closed_once_however_its_run_ends(fails: str, measured: int) -> None:
    strategy = Opened(fails)
    run = new_run(strategy, Function(x_of), trials=4)
    trials = list(run)
    assert strategy.calls.count("close") == 1
    assert strategy.calls[-1] == "close"
    # What was measured stays, also where only closing fails.
    assert len(trials) == run.end.n_trials == measured
    assert run.end.status is (RunStatus.FAILED if fails else RunStatus.COMPLETED)
    assert run.end.reason == (f"{fails} raised RuntimeError: no {fails}" if fails else "")


def test_a_run_that_is_given_up_closes_its_strategy() -> None:
    strategy = Opened()
    run = iter(new_run(strategy, Function(x_of), trials=4))
    next(run)
    run.close()  # type: ignore[attr-defined]
    assert strategy.calls[-1] == "close"
