from __future__ import annotations

import dataclasses
import math
from typing import Any

import pytest

from bench import Budget, Evaluation, EvaluationError, Metric, Status, Suggestion, Trial


@pytest.mark.parametrize("trials", [0, -1, 1.5, True, "10", None])
def test_a_budget_is_an_integer_from_1(trials: Any) -> None:
    with pytest.raises(ValueError, match="integer number of trials, 1 or more, got") as error:
        Budget(trials)
    assert repr(trials) in str(error.value)


def test_a_metric_knows_the_sign_that_makes_it_a_loss() -> None:
    assert Metric("accuracy", "maximize").sign == -1
    assert Metric("rmse", "minimize").sign == 1
    with pytest.raises(ValueError, match="'maximize' or 'minimize', got 'up'"):
        Metric("accuracy", "up")  # type: ignore[arg-type]


def test_what_crosses_a_boundary_is_frozen() -> None:
    suggestion, evaluation = Suggestion({"x": 1.0}), Evaluation(1.0)
    trial = Trial(0, suggestion, Status.COMPLETED, 1.0, evaluation)
    for value, name in [
        (suggestion, "fidelity"),
        (evaluation, "value"),
        (trial, "loss"),
        (Budget(1), "trials"),
    ]:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, name, 2)


def test_a_status_is_its_text() -> None:
    assert Status("failed") is Status.FAILED
    assert f"{Status.COMPLETED}" == "completed"


@pytest.mark.parametrize("cost", [-1.0, math.nan, math.inf])
def test_a_failure_has_a_cost_in_seconds_or_none(cost: float) -> None:
    with pytest.raises(ValueError, match=f"a cost must be seconds, 0 or more, got {cost}"):
        EvaluationError("no", cost)
    assert EvaluationError("no", 0.0).cost == 0
    assert EvaluationError("no").cost is None
