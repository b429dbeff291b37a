"""One evaluation, made and judged: what it measured, or how it failed, and what it took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

from bench.core import Evaluation, EvaluationError, Problem, Status, Suggestion
from bench.evaluation import MAX_ABS_VALUE, cost_of, plain_evaluation
from bench.words import in_words

_COMPLETED, _FAILED = Status.COMPLETED, Status.FAILED
"""A look-up in an enumeration takes time in the hot loop."""


@dataclass(frozen=True, slots=True)
class Measurement:
    """What became of an evaluation.

    Args:
        status: completed, or how it failed.
        evaluation: as plain numbers; None unless completed.
        reason: why it failed; empty otherwise.
        cost: seconds that count on the evaluation clock.
        seconds: that it took, the test included.
    """

    status: Status
    evaluation: Evaluation | None
    reason: str
    cost: float
    seconds: float


def measure(
    problem: Problem, suggestion: Suggestion, seed: int, metrics: Sequence[str]
) -> Measurement:
    """Evaluate a suggestion in this process.

    Args:
        problem: evaluates it.
        suggestion: with plain values.
        seed: of the problem.
        metrics: of the problem, by name.

    Returns:
        A failure where the evaluation raises, or its value is no number within bounds.
    """
    clock = perf_counter()
    try:
        # A copy: what a problem does to its configuration is no part of the record.
        found = problem.evaluate(dict(suggestion.config), seed=seed, fidelity=suggestion.fidelity)
        seconds = perf_counter() - clock
        evaluation = plain_evaluation(found, seconds, metrics)
        value, cost = evaluation.value, evaluation.cost
        cost = seconds if cost is None else cost
        if abs(value) <= MAX_ABS_VALUE:  # False for nan
            # Positional on purpose, here and below: this is the hot loop.
            return Measurement(_COMPLETED, evaluation, "", cost, seconds)
        reason = f"a value must be finite and within ±{MAX_ABS_VALUE:g}, got {value}"
    except Exception as error:
        seconds = perf_counter() - clock
        own, reason = None, in_words(error)
        if isinstance(error, EvaluationError):
            reason, own = reason.removeprefix(f"{type(error).__name__}: "), cost_of(error)
        cost = seconds if own is None else own
    return Measurement(_FAILED, None, reason, cost, seconds)
