"""The only ask-evaluate-tell loop."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from numbers import Real
from time import perf_counter
from typing import Any

from bench.core import (
    Budget,
    Capability,
    Evaluation,
    EvaluationError,
    Problem,
    SearchSpace,
    Status,
    Strategy,
    Suggestion,
    Trial,
)
from bench.words import many, shortened

MAX_ABS_VALUE = 1e150
"""The magnitude of a value: its square is finite, which models and statistics count on."""


class RunStatus(StrEnum):
    """How a run ended."""

    COMPLETED = "completed"
    STOPPED_EARLY = "stopped early"
    FAILED = "failed"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    SKIPPED = "skipped"

    @property
    def is_whole(self) -> bool:
        """Whether the strategy did all it could, so that nothing is left to do."""
        return self in (RunStatus.COMPLETED, RunStatus.STOPPED_EARLY)


@dataclass(frozen=True, slots=True)
class End:
    """How a run ended and what it took.

    Args:
        status: completed (the budget is used up), stopped early (the strategy had no candidate
            left), failed (the strategy's fault), timeout, crashed (its process died), skipped.
        reason: why, empty for a completed run.
        n_trials: how many trials it has.
        start_seconds: the strategy's `start`.
        run_seconds: from start to end, of the process that ended it.
        failed: how many of its trials failed; not recorded, since the trials say it.
    """

    status: RunStatus
    reason: str = ""
    n_trials: int = 0
    start_seconds: float = 0.0
    run_seconds: float = 0.0
    failed: int = field(default=0, compare=False)


class StrategyError(Exception):
    """A strategy broke the contract; its run ends as failed."""


def skip_reason(strategy: Strategy, problem: Problem, budget: Budget) -> str | None:
    """Return why a pair cannot run, or None; asked before anything runs."""
    space, budget = _seen_by(strategy, problem, budget)
    is_full_only = budget.fidelity.lowest == budget.fidelity.steps
    if Capability.FIDELITY in strategy.supports and is_full_only:
        return "the strategy needs cheaper evaluations, the problem offers full ones only"
    reason = strategy.skip(space, budget=budget)
    return None if reason is None else _readable(reason)


def in_words(error: BaseException) -> str:
    """Return the class and the message of an error, as text that can be written anywhere."""
    try:
        message = str(error)
    except Exception:
        message = "(its message cannot be made)"
    name = type(error).__name__
    return _readable(f"{name}: {message}" if message else name)


def _readable(text: str) -> str:
    # A file name that is no UTF-8 carries surrogates, which no record and no terminal takes.
    return shortened(text.encode("utf-8", "backslashreplace").decode())


def _seen_by(strategy: Strategy, problem: Problem, budget: Budget) -> tuple[SearchSpace, Budget]:
    """Return the space and the budget as far as the strategy can handle them."""
    space, fidelity = problem.space, problem.fidelity
    if space.conditions and Capability.CONDITIONAL not in strategy.supports:
        space = space.flat()
    if fidelity is None or Capability.FIDELITY not in strategy.supports:
        return space, Budget(budget.trials)
    return space, Budget(budget.trials, fidelity)


class Run:
    """One run, step by step: iterating yields its trials, afterwards `end` says how it ended.

    Args:
        strategy, problem: fresh instances.
        budget: what may be spent.
        strategy_seed, problem_seed: in [0, 2**32).
        recorded: trials of an earlier, interrupted attempt. While the strategy suggests what it
            suggested then, their evaluations are reported instead of measured, and they are not
            yielded again; the first different suggestion ends the replay.
    """

    def __init__(
        self,
        strategy: Strategy,
        problem: Problem,
        *,
        budget: Budget,
        strategy_seed: int,
        problem_seed: int,
        recorded: Sequence[Trial] = (),
    ) -> None:
        self.strategy, self.problem, self.budget = strategy, problem, budget
        self.strategy_seed, self.problem_seed = strategy_seed, problem_seed
        self.recorded = recorded
        self.end = End(RunStatus.FAILED, "the run was not iterated to its end")

    def __iter__(self) -> Iterator[Trial]:
        """Yield each newly measured trial as soon as it was reported to the strategy."""
        began = perf_counter()
        self._process = os.getpid()
        self._count, self._failed, self._start_seconds = 0, 0, 0.0
        status, reason = RunStatus.COMPLETED, ""
        try:
            yield from self._closing(self._trials())
            if self._stopped_early:
                status = RunStatus.STOPPED_EARLY
                reason = f"no candidates left after {many(self._count, 'trial')}"
        except StrategyError as error:
            status, reason = RunStatus.FAILED, _readable(str(error))
        self._leave_forks()
        seconds = perf_counter() - began
        self.end = End(status, reason, self._count, self._start_seconds, seconds, self._failed)

    def _closing(self, trials: Iterator[Trial]) -> Iterator[Trial]:
        """Yield trials, and close the strategy when they end or are given up."""
        try:
            yield from trials
        except BaseException:
            # Why the run ends is said, not what came of that.
            with suppress(Exception):
                self._close()
            raise
        self._close()

    def _close(self) -> None:
        self._leave_forks()
        try:
            self.strategy.close()
        except Exception as error:
            raise _blame("close", error) from error

    def _trials(self) -> Iterator[Trial]:
        strategy, problem, seed = self.strategy, self.problem, self.problem_seed
        sign, self._space = problem.metric.sign, problem.space
        space, self._seen = _seen_by(strategy, problem, self.budget)
        self._stopped_early = False

        self._start(space)
        replay: Iterator[Trial] = iter(self.recorded)
        number, steps = 0, self._seen.fidelity.steps
        # In steps, which are integers: shares such as 1/3 do not add up to a whole budget.
        left = self._seen.trials * steps
        now = 0.0
        while left:
            asked = perf_counter()
            try:
                suggestion = strategy.ask()
            except Exception as error:
                raise _blame("ask", error) from error
            answered = perf_counter()
            if suggestion is None:
                self._stopped_early = True
                return
            plain = self._checked(suggestion, number)
            spent = round(plain.fidelity * steps)
            if spent > left:
                return  # what is left of the budget does not pay for it
            trial = next(replay, None)
            replayed = trial is not None and trial.suggestion == plain
            if trial is None or not replayed:
                replay = iter(())
                trial = self._evaluate(number, plain, sign, seed, answered - asked, now)
            self._failed += trial.status is Status.FAILED
            reported = _as_reported(trial, suggestion)
            telling = perf_counter()
            try:
                strategy.tell(reported)
            except Exception as error:
                # The trial was measured and stays; only then does the run end.
                self._count = number + 1
                if not replayed:
                    yield trial
                raise _blame("tell", error) from error
            told_at = perf_counter()
            self._leave_forks()
            left -= spent
            number += 1
            self._count = number
            if not replayed:
                # Nobody has seen it yet, and to build it anew would take longer than all of this.
                object.__setattr__(trial, "tell_seconds", told_at - telling)
            now = trial.finished + trial.tell_seconds
            if not replayed:
                yield trial

    def _start(self, space: SearchSpace) -> None:
        clock = perf_counter()
        try:
            self.strategy.start(space, seed=self.strategy_seed, budget=self._seen)
        except Exception as error:
            raise _blame("start", error) from error
        self._start_seconds = perf_counter() - clock

    def _leave_forks(self) -> None:
        """End a forked child of the strategy or the problem that comes back: the run is not its."""
        if os.getpid() != self._process:
            os._exit(0)

    def _checked(self, suggestion: Suggestion, number: int) -> Suggestion:
        """Return the suggestion as plain values, inactive parameters and token dropped."""
        if not isinstance(suggestion, Suggestion):
            raise StrategyError(
                f"suggestion {number} must be a Suggestion, got {type(suggestion).__name__}"
            )
        try:
            config = self._space.check(suggestion.config)
        except ValueError as error:
            raise StrategyError(f"suggestion {number} is outside the space: {error}") from error
        except Exception as error:
            raise StrategyError(
                f"suggestion {number} must hold a configuration: {in_words(error)}"
            ) from error
        return Suggestion(config, self._whole(suggestion.fidelity, number))

    def _whole(self, share: Any, number: int) -> float:
        """Return a suggested share as that of a whole step, to the last bit."""
        if type(share) is float and share == 1.0:
            return share
        fidelity = self._seen.fidelity
        try:
            return fidelity.share(fidelity.step(share))
        except ValueError as error:
            why = f": {error}"
            if Capability.FIDELITY not in self.strategy.supports:
                why = (
                    f" must be a full evaluation, got fidelity {share!r}; a strategy whose "
                    "`supports` has Capability.FIDELITY may suggest cheaper ones"
                )
            raise StrategyError(f"suggestion {number}{why}") from error

    def _evaluate(
        self,
        number: int,
        suggestion: Suggestion,
        sign: float,
        seed: int,
        ask_seconds: float,
        asked: float,
    ) -> Trial:
        status, loss, reason = Status.COMPLETED, None, ""
        evaluation: Evaluation | None = None
        cost: float | None = None
        clock = perf_counter()
        try:
            # A copy: what a problem does to its configuration is no part of the record.
            evaluation = self.problem.evaluate(
                dict(suggestion.config), seed=seed, fidelity=suggestion.fidelity
            )
            seconds = perf_counter() - clock
            evaluation = plain_evaluation(evaluation, seconds)
            value, cost = evaluation.value, evaluation.cost
            if abs(value) <= MAX_ABS_VALUE:  # False for nan
                loss = sign * value
            else:
                status = Status.FAILED
                reason = f"a value must be finite and within ±{MAX_ABS_VALUE:g}, got {value}"
        except Exception as error:
            seconds = perf_counter() - clock
            evaluation, status = None, Status.FAILED
            reason = in_words(error)
            if isinstance(error, EvaluationError):
                reason, cost = reason.removeprefix(f"{type(error).__name__}: "), _cost_of(error)
        self._leave_forks()
        cost = seconds if cost is None else cost
        started = asked + ask_seconds
        evaluation = evaluation if status is Status.COMPLETED else None
        # Positional on purpose, here and below: this is the hot loop.
        return Trial(
            number, suggestion, status, loss, evaluation, reason, cost, ask_seconds, seconds, 0.0,
            started, started + cost,
        )  # fmt: skip


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


def _cost_of(error: EvaluationError) -> float | None:
    """Return what a failed evaluation cost as a plain number; None where it says nothing of use."""
    cost: Any = error.cost
    return float(cost) if isinstance(cost, Real) and 0 <= float(cost) <= MAX_ABS_VALUE else None


def _bounded(name: str, value: float) -> float:
    math.isfinite(value)  # a TypeError for "1"
    number = float(value)
    if not abs(number) <= MAX_ABS_VALUE:  # False for nan
        raise ValueError(f"a {name} must be finite and within ±{MAX_ABS_VALUE:g}, got {number}")
    return number


def _as_reported(trial: Trial, suggestion: Suggestion) -> Trial:
    """Return the trial as the strategy may see it: its own suggestion, no test value.

    It shares nothing with the recorded one that a strategy could change.
    """
    evaluation = trial.evaluation
    if evaluation is not None:
        evaluation = Evaluation(evaluation.value, None, evaluation.fold_values, evaluation.cost)
    return Trial(
        trial.number, suggestion, trial.status, trial.loss, evaluation, trial.reason, trial.cost,
        trial.ask_seconds, trial.evaluation_wall_seconds, 0.0, trial.started, trial.finished,
        trial.worker,
    )  # fmt: skip


def _blame(step: str, error: Exception) -> StrategyError:
    return StrategyError(f"{step} raised {in_words(error)}")
