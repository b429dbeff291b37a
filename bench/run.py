"""The only ask-evaluate-tell loop."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from time import perf_counter
from typing import Any

from bench.continuing import Continuing
from bench.core import (
    Budget,
    Capability,
    Evaluation,
    Problem,
    SearchSpace,
    Status,
    Strategy,
    Suggestion,
    Trial,
)
from bench.measurement import Measurement, measure
from bench.schedule import Replay, Schedule
from bench.words import in_words, many, readable

_COMPLETED, _FAILED = Status.COMPLETED, Status.FAILED
"""A look-up in an enumeration takes time in the hot loop."""


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
    return None if reason is None else readable(reason)


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
        recorded: trials of an earlier, interrupted attempt, as they were yielded. While the
            strategy suggests what it suggested then, their evaluations are reported instead of
            measured, and they are not yielded again; the first different suggestion ends the
            replay.
        workers: simulated workers, which evaluate at the same time on the run's clock
            (`bench.schedule`); the evaluations themselves are made here, when they are asked for.
        synchronous: ask for as many suggestions as there are workers, and wait for all of them.
        elsewhere: evaluates a suggestion in another process; None: it is done here.

    Attributes:
        reported: trials reported to the strategy so far.
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
        workers: int = 1,
        synchronous: bool = False,
        elsewhere: Callable[[Suggestion], Measurement] | None = None,
    ) -> None:
        self.strategy, self.problem, self.budget = strategy, problem, budget
        self.strategy_seed, self.problem_seed = strategy_seed, problem_seed
        self.recorded, self.workers, self.synchronous = recorded, workers, synchronous
        self._measure = elsewhere or self._here
        self.reported = 0
        self.end = End(RunStatus.FAILED, "the run was not iterated to its end")

    def __iter__(self) -> Iterator[Trial]:
        """Yield each newly measured trial as soon as it was reported to the strategy.

        With several workers that is the order in which trials finish; their numbers are in the
        order in which they were asked for.
        """
        began = perf_counter()
        self._process = os.getpid()
        self.reported, self._failed, self._start_seconds = 0, 0, 0.0
        status, reason = RunStatus.COMPLETED, ""
        try:
            yield from self._closing(self._trials())
            if self._stopped_early:
                status = RunStatus.STOPPED_EARLY
                reason = f"no candidates left after {many(self.reported, 'trial')}"
        except StrategyError as error:
            status, reason = RunStatus.FAILED, readable(str(error))
        self._leave_forks()
        seconds = perf_counter() - began
        self.end = End(status, reason, self.reported, self._start_seconds, seconds, self._failed)

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
        strategy, problem = self.strategy, self.problem
        self._sign, self._space = problem.metric.sign, problem.space
        self._metrics = [metric.name for metric in problem.metrics]
        space, self._seen = _seen_by(strategy, problem, self.budget)
        self._stopped_early = False

        self._start(space)
        self._schedule = schedule = Schedule(self.workers)
        self._replay = replay = Replay(self.recorded)
        number, self._in_vain = 0, 0.0
        # In steps, which are integers: shares such as 1/3 do not add up to a whole budget.
        self._left = self._seen.trials * self._seen.fidelity.steps
        fidelity = self._seen.fidelity
        self._continuing = Continuing(fidelity) if fidelity.continues else None
        asks = True
        while True:
            if asks and self._left:
                if asks := self._ask(number):
                    number += 1
                    asks = bool(schedule.idle)
                continue
            if not schedule.running:
                return
            trial, suggestion, is_new = schedule.finish(replay)
            self._failed += trial.status is not _COMPLETED
            if self._continuing:
                self._continuing.add(trial)
            reported = _as_reported(trial, suggestion)
            telling = perf_counter()
            try:
                strategy.tell(reported)
            except Exception as error:
                # The trial was measured and stays; only then does the run end.
                self.reported += 1
                if is_new:
                    yield trial
                raise _blame("tell", error) from error
            told_at = perf_counter()
            self._leave_forks()
            self.reported += 1
            if is_new:
                # Nobody has seen it yet, and to build it anew would take longer than all of this.
                object.__setattr__(trial, "tell_seconds", told_at - telling)
            schedule.now += trial.tell_seconds
            asks = not (self.synchronous and schedule.running)
            if is_new:
                yield trial

    def _ask(self, number: int) -> bool:
        """Ask for a trial, evaluate it and give it to a worker; return whether there was one."""
        schedule = self._schedule
        asked = perf_counter()
        try:
            suggestion = self.strategy.ask()
        except Exception as error:
            raise _blame("ask", error) from error
        seconds = perf_counter() - asked
        if suggestion is None:
            # It may wait for what is being evaluated; its time counts with the next suggestion.
            self._in_vain += seconds
            if not schedule.running:
                self._stopped_early, self._left = True, 0
            return False
        plain = self._checked(suggestion, number)
        spent = round(plain.fidelity * self._seen.fidelity.steps)
        below, paid = self._continuing.below(plain) if self._continuing else (0, 0.0)
        spent -= below
        if spent > self._left:
            self._left = 0  # what is left of the budget does not pay for it
            return False
        trial = self._replay.evaluated(number, plain) if self._replay.order else None
        if trial is None:
            seconds += self._in_vain
            trial = self._evaluate(number, plain, seconds, schedule.now, schedule.idle[0])
            if below:
                trial = _continued(trial, self._seen.fidelity.share(below), paid)
        self._in_vain = 0.0
        schedule.start(trial, suggestion)
        self._left -= spent
        return True

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
        share = suggestion.fidelity
        if type(share) is float and share == 1.0:
            return Suggestion(config, share)
        return Suggestion(config, self._whole(share, number))

    def _whole(self, share: Any, number: int) -> float:
        """Return a suggested share as that of a whole step, to the last bit."""
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
        self, number: int, suggestion: Suggestion, ask_seconds: float, asked: float, worker: int
    ) -> Trial:
        found = self._measure(suggestion)
        self._leave_forks()
        evaluation, cost = found.evaluation, found.cost
        loss = None if evaluation is None else self._sign * evaluation.value
        started = asked + ask_seconds
        # Positional on purpose, here and below: this is the hot loop.
        return Trial(
            number, suggestion, found.status, loss, evaluation, found.reason, cost, ask_seconds,
            found.seconds, 0.0, started, started + cost, worker,
        )  # fmt: skip

    def _here(self, suggestion: Suggestion) -> Measurement:
        return measure(self.problem, suggestion, self.problem_seed, self._metrics)


def _as_reported(trial: Trial, suggestion: Suggestion) -> Trial:
    """Return the trial as the strategy may see it: its own suggestion, no test value, no scores.

    It shares nothing with the recorded one that a strategy could change.
    """
    evaluation, status = trial.evaluation, trial.status
    if evaluation is None:
        status = _FAILED
    else:
        evaluation = Evaluation(evaluation.value, None, evaluation.fold_values, evaluation.cost)
    return Trial(
        trial.number, suggestion, status, trial.loss, evaluation, trial.reason, trial.cost,
        trial.ask_seconds, trial.evaluation_wall_seconds, 0.0, trial.started, trial.finished,
        trial.worker, trial.continued_from,
    )  # fmt: skip


def _continued(trial: Trial, share: float, paid: float) -> Trial:
    """Return a trial that was evaluated from the beginning as one that went on from a share."""
    cost = max(trial.cost - paid, 0.0)
    evaluation = trial.evaluation and replace(trial.evaluation, cost=cost)
    return replace(
        trial, evaluation=evaluation, cost=cost, finished=trial.started + cost, continued_from=share
    )


def _blame(step: str, error: Exception) -> StrategyError:
    return StrategyError(f"{step} raised {in_words(error)}")
