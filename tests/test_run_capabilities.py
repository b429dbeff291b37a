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
from bench.run import Ended, skip_reason
from bench.testing.script import Function, Script, new_run, x_of


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
    problem = Function(x_of, fidelity=Fidelity("rows", 0.1))
    run = new_run(Script(*third), problem, 10)
    trials = list(run)
    assert len(trials) == 30
    assert run.end.ended is Ended.COMPLETED
    assert {trial.suggestion.fidelity for trial in trials} == {1 / 3}
    assert {call[2] for call in problem.calls} == {1 / 3}


@pytest.mark.parametrize("fidelity", [0.0, -0.5, 0.05, 1.5, math.nan, "0.5", None])
def test_a_fidelity_outside_its_range_fails_the_run(fidelity: Any) -> None:
    run = new_run(
        Script(Suggestion({"x": 0.5}, fidelity=fidelity)),
        Function(x_of, fidelity=Fidelity("rows", 0.1)),
    )
    assert list(run) == []
    assert run.end.ended is Ended.FAILED
    assert f"suggestion 0 must have a fidelity in [0.1, 1], got {fidelity!r}" in run.end.reason


def test_a_fidelity_from_numpy_becomes_plain() -> None:
    suggestions = [Suggestion({"x": 0.5}, fidelity=np.float64(f)) for f in (0.5, 1.0)]
    trials = list(new_run(Script(*suggestions), Function(x_of, fidelity=Fidelity("rows", 0.1))))
    assert [type(trial.suggestion.fidelity) for trial in trials] == [float, float]


def test_a_pair_that_cannot_run_says_why(part: Callable[..., Any]) -> None:
    cheap, full = part("Cheap"), part("Sphere")
    hungry = Script(supports=[Capability.FIDELITY])
    reason = skip_reason(hungry, full, Budget(5))
    assert reason is not None
    assert "offers full ones only" in reason
    assert skip_reason(hungry, cheap, Budget(5)) is None
    assert skip_reason(part("Declines"), full, Budget(5)) == "it does not like this space"


def test_skip_is_asked_about_the_space_the_strategy_would_get(part: Callable[..., Any]) -> None:
    class Curious(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return f"{len(space.conditions)} conditions"

    assert skip_reason(Curious(), part("Tree"), Budget(5)) == "0 conditions"
    able = Curious(supports=[Capability.CONDITIONAL])
    assert skip_reason(able, part("Tree"), Budget(5)) == "2 conditions"
