"""Replay: recorded trials are passed to the strategy and not measured."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from bench import (
    Budget,
    SearchSpace,
    Status,
    Suggestion,
    Trial,
)
from bench.run import Run, RunStatus, skip_reason
from bench.testing.script import CHEAPER, ROWS, Function, Script, new_run, x_of


def without_clocks(trials: Sequence[Trial]) -> list[Any]:
    return [(t.number, t.suggestion, t.status, t.loss, t.reason) for t in trials]


def test_skip_is_asked_about_the_fidelity_the_strategy_would_get() -> None:
    class Curious(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return f"{budget.trials} times {budget.fidelity.steps} {budget.fidelity.unit}"

    problem = Function(x_of, fidelity=ROWS)
    assert skip_reason(Curious(supports=CHEAPER), problem, Budget(5)) == "5 times 30 rows"
    assert skip_reason(Curious(), problem, Budget(5)) == "5 times 1 evaluations"


@pytest.mark.parametrize("problem", ["Sphere", "Flaky", "Accuracy", "Tree"])
@pytest.mark.parametrize("k", [0, 1, 7, 20])
def test_an_interrupted_run_ends_as_one_that_never_was(
    part: Callable[..., Any], problem: str, k: int
) -> None:
    def play(recorded: Sequence[Trial]) -> tuple[Run, list[Trial]]:
        run = new_run(part("Climber"), part(problem), 20, recorded=recorded)
        return run, list(run)

    whole_run, whole = play(())
    rest_run, rest = play(whole[:k])
    assert without_clocks(rest) == without_clocks(whole[k:])
    assert (rest_run.end.status, rest_run.end.n_trials) == (
        RunStatus.COMPLETED,
        whole_run.end.n_trials,
    )


def test_replay_really_met_failures(part: Callable[..., Any]) -> None:
    statuses = {t.status for t in new_run(part("Climber"), part("Flaky"), 20)}
    assert statuses == {Status.COMPLETED, Status.FAILED}


def test_recorded_trials_are_passed_on_and_not_measured(part: Callable[..., Any]) -> None:
    whole = list(new_run(Script(0.1, 0.2, 0.3), Function(x_of), 3))
    strategy, problem = Script(0.1, 0.2, 0.3), Function(x_of)
    rest = list(new_run(strategy, problem, 3, recorded=whole[:2]))
    assert [call[0] for call in problem.calls] == [{"x": 0.3}]
    assert [trial.number for trial in rest] == [2]
    assert [trial.loss for trial in strategy.told] == [0.1, 0.2, 0.3]
    # Told again is what was recorded, clocks included.
    assert strategy.told[0].cost == whole[0].cost


def test_the_first_other_suggestion_ends_the_replay() -> None:
    recorded = list(new_run(Script(0.1, 0.2, 0.3), Function(x_of), 3))
    problem = Function(x_of)
    new = list(new_run(Script(0.1, 0.9, 0.3), problem, 3, recorded=recorded))
    # 0.3 was recorded too, but after another past.
    assert [call[0] for call in problem.calls] == [{"x": 0.9}, {"x": 0.3}]
    assert [trial.number for trial in new] == [1, 2]


def test_another_fidelity_ends_the_replay() -> None:
    half, full = Suggestion({"x": 0.1}, fidelity=0.5), Suggestion({"x": 0.1})
    recorded = list(new_run(Script(half, supports=CHEAPER), Function(x_of, fidelity=ROWS)))
    problem = Function(x_of, fidelity=ROWS)
    assert len(list(new_run(Script(full, supports=CHEAPER), problem, recorded=recorded))) == 1
    assert problem.calls == [({"x": 0.1}, 22, 1.0)]


@pytest.mark.parametrize("step", ["ask", "tell"])
def test_a_replayed_run_fails_where_it_failed(part: Callable[..., Any], step: str) -> None:
    first = new_run(part("Raises", step=step), part("Sphere"))
    recorded = list(first)
    again = new_run(part("Raises", step=step), part("Sphere"), recorded=recorded)
    assert list(again) == []
    assert dataclasses.replace(again.end, run_seconds=0, start_seconds=0) == dataclasses.replace(
        first.end, run_seconds=0, start_seconds=0
    )
