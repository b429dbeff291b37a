"""Conditions and cheaper evaluations: what a strategy gets, and which pairs cannot run."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bench import (
    Budget,
    Capability,
    Fidelity,
    SearchSpace,
    Suggestion,
)
from bench.run import RunStatus, skip_reason
from bench.testing.script import CHEAPER, ROWS, Function, Script, new_run, x_of


def test_a_strategy_without_conditions_gets_the_flat_space_and_its_inactive_values_are_dropped(
    part: Callable[..., Any],
) -> None:
    problem = part("Tree")
    config = {"kind": "b", "depth": 1, "width": 0.5}
    strategy = Script(Suggestion(config), Suggestion({**config, "kind": "a"}))
    trials = list(new_run(strategy, problem))
    assert not strategy.space.conditions
    assert [dict(trial.suggestion.config) for trial in trials] == [
        {"kind": "b", "depth": 1},
        {"kind": "a"},
    ]
    assert [trial.loss for trial in trials] == [2, 1]
    assert strategy.told[0].suggestion.config == config


def test_a_strategy_with_conditions_gets_the_space_as_it_is(part: Callable[..., Any]) -> None:
    strategy = Script(Suggestion({"kind": "a"}), supports=[Capability.CONDITIONAL])
    list(new_run(strategy, part("Tree")))
    assert strategy.space.conditions


def test_cheaper_evaluations_are_paid_by_their_share() -> None:
    # 1/3 three times over is one: rounding may not buy a trial more.
    third = [Suggestion({"x": 0.5}, fidelity=1 / 3)] * 99
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(*third, supports=CHEAPER), problem, 10)
    trials = list(run)
    assert len(trials) == 30
    assert run.end.status is RunStatus.COMPLETED
    assert {trial.suggestion.fidelity for trial in trials} == {1 / 3}
    assert {call[2] for call in problem.calls} == {1 / 3}


@pytest.mark.slow
def test_whole_steps_use_a_budget_up() -> None:
    # As floats 210 times 1 / 30 are 6.999999999999985: rounding may neither buy nor cost a trial.
    for steps in ([1] * 30, [3, 6, 21], [30]):
        rows = Fidelity("rows", 30)
        suggestions = [Suggestion({"x": 0.5}, rows.share(step)) for step in steps]
        run = new_run(Script(*suggestions * 7, supports=CHEAPER), Function(x_of, fidelity=rows), 7)
        assert len(list(run)) == 7 * len(steps)
        assert run.end.status is RunStatus.COMPLETED


@pytest.mark.parametrize("fidelity", [0.0, -0.5, 1 / 15, 0.35, 1.5, math.nan, 10**400, "0.5", None])
def test_a_fidelity_that_is_no_whole_step_fails_the_run(fidelity: Any) -> None:
    run = new_run(
        Script(Suggestion({"x": 0.5}, fidelity=fidelity), supports=CHEAPER),
        Function(x_of, fidelity=ROWS),
    )
    assert list(run) == []
    assert run.end.status is RunStatus.FAILED
    rule = "suggestion 0: a fidelity must be n / 30 with a whole n from 3 to 30 (rows), got "
    assert run.end.reason.startswith(rule)
    assert "`share(n)` gives it" in run.end.reason


def test_without_the_capability_a_cheaper_evaluation_fails_the_run() -> None:
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(0.25, Suggestion({"x": 0.5}, fidelity=0.5)), problem)
    assert len(list(run)) == 1
    assert [call[2] for call in problem.calls] == [1.0]
    assert run.end.status is RunStatus.FAILED
    assert run.end.reason.startswith("suggestion 1 must be a full evaluation, got fidelity 0.5; ")


def test_only_a_strategy_with_the_capability_is_given_the_fidelity() -> None:
    able, other = Script(0.5, supports=CHEAPER), Script(0.5)
    for strategy in (able, other):
        list(new_run(strategy, Function(x_of, fidelity=ROWS)))
    assert able.budget == Budget(10, ROWS)
    assert other.budget == Budget(10)


@pytest.mark.parametrize("share", [3.0**-4, (1 / 3) ** 4, math.nextafter(1 / 81, 1), 1 / 81])
def test_a_share_is_recorded_and_evaluated_as_that_of_its_step(share: float) -> None:
    problem = Function(x_of, fidelity=Fidelity("epochs", 81))
    strategy = Script(Suggestion({"x": 0.5}, fidelity=share), supports=CHEAPER)
    (trial,) = new_run(strategy, problem)
    assert trial.suggestion.fidelity == problem.calls[0][2] == 1 / 81
    # And so an interrupted run goes on where it was.
    assert list(new_run(strategy, problem, recorded=[trial])) == []


def test_a_fidelity_from_numpy_becomes_plain() -> None:
    suggestions = [Suggestion({"x": 0.5}, fidelity=np.float64(f)) for f in (0.5, 1.0)]
    problem = Function(x_of, fidelity=ROWS)
    trials = list(new_run(Script(*suggestions, supports=CHEAPER), problem))
    assert [type(trial.suggestion.fidelity) for trial in trials] == [float, float]


def test_a_pair_that_cannot_run_says_why(part: Callable[..., Any]) -> None:
    cheap, full = part("Cheap"), part("Sphere")
    hungry = Script(supports=[Capability.FIDELITY])
    reason = skip_reason(hungry, full, Budget(5))
    assert reason is not None
    assert "offers full ones only" in reason
    assert skip_reason(hungry, Function(x_of, fidelity=Fidelity("rows", 9, 9)), Budget(5)) == reason
    assert skip_reason(hungry, cheap, Budget(5)) is None
    assert skip_reason(part("Declines"), full, Budget(5)) == "it does not like this space"


def test_skip_is_asked_about_the_space_the_strategy_would_get(part: Callable[..., Any]) -> None:
    class Curious(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return f"{len(space.conditions)} conditions"

    assert skip_reason(Curious(), part("Tree"), Budget(5)) == "0 conditions"
    able = Curious(supports=[Capability.CONDITIONAL])
    assert skip_reason(able, part("Tree"), Budget(5)) == "2 conditions"
