"""What a problem returned, as plain and bounded numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from bench.core import Evaluation, EvaluationError

MAX_ABS_VALUE = 1e150
"""The magnitude of a value: its square is finite, which models and statistics count on."""


def plain_evaluation(
    evaluation: Evaluation, seconds: float, metrics: Sequence[str] = ()
) -> Evaluation:
    """Return the evaluation with a cost, `seconds` unless it has one, and with Python's numbers.

    numpy's are no plain data.

    Args:
        evaluation: what a problem returned; its value may be anything that is a number.
        seconds: what the harness's clock says.
        metrics: of the problem, by name; its scores are put into their order.

    Raises:
        TypeError: no evaluation, or something in it that is no number.
        ValueError: a test value, a fold value, a training value or a cost that is not finite or out
            of range; scores of other metrics.
    """
    if not isinstance(evaluation, Evaluation):
        raise TypeError(f"`evaluate` must return an Evaluation, got {type(evaluation).__name__}")
    value, test_value, folds = evaluation.value, evaluation.test_value, evaluation.fold_values
    train_value, scores = evaluation.train_value, evaluation.scores
    unseen = train_value is None and scores is None and test_value is None
    if type(value) is float and unseen and folds is None and evaluation.cost is None:
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
    if train_value is not None:
        train_value = _bounded("training value", train_value)
    if scores is not None:
        scores = _in_order(scores, metrics)
    return Evaluation(float(value), test_value, folds, cost, train_value, scores)


def _in_order(
    scores: Mapping[str, tuple[float | None, float | None]], metrics: Sequence[str]
) -> dict[str, tuple[float | None, float | None]]:
    if scores.keys() != set(metrics):
        raise ValueError(
            f"scores must be of the problem's `metrics` ({', '.join(metrics) or 'it has none'}), "
            f"got {', '.join(map(str, scores)) or 'none'}; list a Metric for each"
        )
    return {name: (_known(scores[name][0]), _known(scores[name][1])) for name in metrics}


def _known(value: float | None) -> float | None:
    """Return a score as a plain number; None where it is not finite, which is no failure."""
    if value is None:
        return None
    number = float(value)
    return number if abs(number) <= MAX_ABS_VALUE else None


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
