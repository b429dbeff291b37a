"""What a problem returned, as plain and bounded numbers."""

from __future__ import annotations

import math
from numbers import Real
from typing import Any

from bench.core import Evaluation, EvaluationError

MAX_ABS_VALUE = 1e150
"""The magnitude of a value: its square is finite, which models and statistics count on."""


def plain_evaluation(evaluation: Evaluation, seconds: float) -> Evaluation:
    """Return the evaluation with a cost, `seconds` unless it has one, and with Python's numbers.

    numpy's are no plain data.

    Args:
        evaluation: what a problem returned; its value may be anything that is a number.
        seconds: what the harness's clock says.

    Raises:
        TypeError: no evaluation, or something in it that is no number.
        ValueError: a test value, a fold value or a cost that is not finite or out of range.
    """
    if not isinstance(evaluation, Evaluation):
        raise TypeError(f"`evaluate` must return an Evaluation, got {type(evaluation).__name__}")
    value, test_value, folds = evaluation.value, evaluation.test_value, evaluation.fold_values
    if type(value) is float and test_value is None and folds is None and evaluation.cost is None:
        return Evaluation(value, None, None, seconds)
    math.isfinite(value)  # a TypeError for what only looks like a number, such as "1"
    # What is not finite would be written as nothing, and the run go another way when it is resumed.
    if test_value is not None:
        test_value = _bounded("test value", test_value)
    if folds is not None:
        folds = tuple([_bounded("fold value", fold) for fold in folds])
    cost = seconds if evaluation.cost is None else float(evaluation.cost)
    if not 0 <= cost <= MAX_ABS_VALUE:  # False for nan
        raise ValueError(f"a cost must be seconds from 0 to {MAX_ABS_VALUE:g}, got {cost}")
    return Evaluation(float(value), test_value, folds, cost)


def cost_of(error: EvaluationError) -> float | None:
    """Return what a failed evaluation cost as a plain number; None where it says nothing of use."""
    cost: Any = error.cost
    return float(cost) if isinstance(cost, Real) and 0 <= float(cost) <= MAX_ABS_VALUE else None


def _bounded(name: str, value: float) -> float:
    math.isfinite(value)  # a TypeError for "1"
    number = float(value)
    if not abs(number) <= MAX_ABS_VALUE:  # False for nan
        raise ValueError(f"a {name} must be finite and within ±{MAX_ABS_VALUE:g}, got {number}")
    return number
