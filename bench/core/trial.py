"""Trials: what was suggested, what came of it, how long each step took."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bench.core.space import Config


class Status(StrEnum):
    """What became of one evaluation; a strategy sees completed or failed only."""

    COMPLETED = "completed"
    FAILED = "failed"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out of memory"
    CRASHED = "crashed"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a strategy wants evaluated.

    Args:
        config: parameter name -> value.
        fidelity: share of a full evaluation, as `budget.fidelity.share` gives it for a step.
        token: anything the strategy wants back untouched in `tell`.
    """

    config: Config
    fidelity: float = 1.0
    token: Any = None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a problem measured, in its metric's natural direction.

    Args:
        value: what is tuned, for example the mean over validation folds.
        test_value: the same metric on held-out data; no strategy ever sees it.
        fold_values: the validation value of each fold.
        cost: seconds it took without what follows and the test; None: the harness's clock counts.
        train_value: the same metric on the rows that were fitted, as a mean over folds.
        scores: name of each of `Problem.metrics` -> validation and test value, None: unknown.
    """

    value: float
    test_value: float | None = None
    fold_values: tuple[float, ...] | None = None
    cost: float | None = None
    train_value: float | None = None
    scores: Mapping[str, tuple[float | None, float | None]] | None = None


class EvaluationError(Exception):
    """An evaluation that failed before, as recorded; raised by problems that look up.

    Args:
        reason: why it failed; the text of the error, word for word.
        cost: seconds it took; None: the harness's clock counts.

    Raises:
        ValueError: a cost that is none.
    """

    def __init__(self, reason: str, cost: float | None = None) -> None:
        if cost is not None and not 0 <= cost < math.inf:
            raise ValueError(f"a cost must be seconds, 0 or more, got {cost}")
        super().__init__(reason)
        self.cost = cost


@dataclass(frozen=True, slots=True)
class Trial:
    """One suggestion and its evaluation.

    Args:
        number: position in its run, from 0, in the order of asking.
        suggestion: as the strategy made it (as recorded: only its active parameters).
        status: completed, or how it failed.
        loss: what a strategy minimises; None unless completed.
        evaluation: what the problem measured, in `tell` without test value; None unless completed.
        reason: why the evaluation failed; empty otherwise.
        cost: seconds of evaluation that count on the evaluation clock.
        ask_seconds, evaluation_wall_seconds, tell_seconds: by the harness, the test included.
        started, finished: when its evaluation began and ended on the run's clock: seconds of
            strategy and evaluation since `start`, in which a test value takes no time, and
            several workers evaluate at the same time.
        worker: which one evaluated it, from 0.
        continued_from: share of the step that its model went on from (`Fidelity.continues`), for
            which neither the budget nor the clock pays again; 0: it began anew.
    """

    number: int
    suggestion: Suggestion
    status: Status
    loss: float | None
    evaluation: Evaluation | None
    reason: str = ""
    cost: float = 0.0
    ask_seconds: float = 0.0
    evaluation_wall_seconds: float = 0.0
    tell_seconds: float = 0.0
    started: float = 0.0
    finished: float = 0.0
    worker: int = 0
    continued_from: float = 0.0
