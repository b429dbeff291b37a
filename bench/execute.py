"""From a plan to its runs in the store, done by worker processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import chain, groupby
from time import perf_counter
from typing import Any

from bench import environment
from bench.errors import UserError
from bench.plan import Plan
from bench.processes.interrupts import HeldBack
from bench.processes.pool import Outcome, Pool, StartError
from bench.processes.starting import because
from bench.processes.state import Changes
from bench.run import End, Ended
from bench.store import Store
from bench.words import many

PAUSE = 0.25
"""Seconds between two looks at the workers."""


@dataclass(slots=True)
class Progress:
    """How far a sweep is; handed to whoever shows it.

    Args:
        runs: how many there are to do.
        ended: how many ended, by kind.
        trials: told so far, those of running runs included.
        failed_trials: of the runs that ended.
        seconds: since the start.
        seconds_left: an estimate, None before the first run ended.
        busy_seconds: evaluation and strategy time of the ended runs, over all workers.
        reasons: why runs failed, crashed or took too long -> those of which that is so.
        notes: what runs changed of what all in a process share -> those that did.
        trouble: why there were fewer workers than asked for, where there were.
        stopping: whether the workers are being ended before all is done.
    """

    runs: int
    ended: Counter[Ended] = field(default_factory=Counter)
    trials: int = 0
    failed_trials: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    busy_seconds: float = 0.0
    reasons: dict[str, list[str]] = field(default_factory=dict)
    notes: dict[str, list[str]] = field(default_factory=dict)
    trouble: str = ""
    stopping: bool = False

    @property
    def done(self) -> int:
        """How many runs ended."""
        return self.ended.total()

    def lines(self) -> Iterator[str]:
        """Yield what is to be said when all is done, once for all runs of which it is so."""
        for text, (first, *others) in chain(self.reasons.items(), self.notes.items()):
            more = f", and {many(len(others), 'more run')}" if others else ""
            yield f"{first}{more}{text}"
        if self.trouble:
            yield self.trouble


def execute(
    plan: Plan, store: Store, *, jobs: int, show: Callable[[Progress], None] = lambda _: None
) -> Progress:
    """Do the runs of a plan.

    Args:
        plan: what to do.
        store: where the results go.
        jobs: worker processes, 1 or more.
        show: called a few times a second.

    Returns:
        What was done.

    Raises:
        WorkersError: worker processes cannot be kept going.
        StoreError: another process is running a sweep in this folder, or it cannot be written.
        KeyboardInterrupt: after the workers were stopped; what was measured is kept.
    """
    store = Store(store.folder.absolute())  # wherever a run goes
    with HeldBack() as interrupts, store.lock(), environment.one_thread():
        store.create(plan.sweep.to_dict())
        for path, _ in plan.damaged:
            store.set_aside(path)
        store.reopen({head["run"] for head in plan.todo})
        try:
            return _Execution(plan, store, jobs, show).run(interrupts)
        finally:
            store.tidy()


class WorkersError(UserError):
    """Worker processes that do not start or do not live, through no run's fault."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"worker processes must start and live, here they cannot ({why}); use fewer (--jobs)"
        )


class _Execution:
    def __init__(
        self, plan: Plan, store: Store, jobs: int, show: Callable[[Progress], None]
    ) -> None:
        self.plan, self.store, self.jobs, self.show = plan, store, jobs, show
        self.progress = Progress(runs=len(plan.todo))
        self.environment = environment.describe()
        self.running = 0
        self.seconds: dict[tuple[str, str], float] = {}
        self.waiting = Counter(_pair(head) for head in plan.todo)
        self.ended_trials = 0
        self.began = perf_counter()

    def run(self, interrupts: HeldBack) -> Progress:
        for head in self.plan.todo:
            if head["run"] in self.plan.skips:
                self._end(head, Ended.SKIPPED, self.plan.skips[head["run"]])
        queue = self._queue()
        try:
            pool = Pool("bench.work:work", self.jobs, self.plan.sweep.run_timeout)
        except OSError as error:
            raise WorkersError(because(error)) from None
        with pool:
            try:
                while self._fill(pool, queue):
                    for outcome in pool.poll():
                        self._collect(outcome)
                    self._update(pool)
                    with interrupts.let_through():
                        pool.wait(PAUSE)
            except StartError as error:
                raise WorkersError(str(error)) from None
            except KeyboardInterrupt:
                self.progress.stopping = True
                self.show(self.progress)
                raise
            self._update(pool)
            if pool.trouble:
                self.progress.trouble = (
                    f"{pool.workers} of {self.jobs} workers could be kept ({pool.trouble}); "
                    "use fewer (--jobs)"
                )
        return self.progress

    def _queue(self) -> Iterator[dict[str, Any]]:
        """Yield runs repetition by repetition, within one the longest first as far as known.

        Long runs at the end of a sweep would leave the other workers without work.
        """
        todo = [head for head in self.plan.todo if head["run"] not in self.plan.skips]
        for _, group in groupby(todo, key=lambda head: head["spec"]["repetition"]):
            yield from sorted(group, key=lambda head: -self.seconds.get(_pair(head), float("inf")))

    def _fill(self, pool: Pool, queue: Iterator[dict[str, Any]]) -> bool:
        # Two runs a worker are handed out, so that none waits for the driver between short runs.
        while self.running < 2 * self.jobs and (head := next(queue, None)) is not None:
            head["environment"] = self.environment
            pool.submit(head, head, str(self.store.folder))
            self.running += 1
        return self.running > 0

    def _collect(self, outcome: Outcome) -> None:
        self.running -= 1
        head, answer = outcome.key, outcome.answer
        limit = self.plan.sweep.run_timeout
        if outcome.late and limit is not None:
            self._end(head, Ended.TIMEOUT, f"took longer than run_timeout = {limit:g} s", limit)
        elif answer is None:
            self._end(head, Ended.CRASHED, f"its process died: {outcome.death}")
        elif answer.error is not None:
            self._end(head, Ended.CRASHED, answer.error)
        else:
            end, busy = answer.result
            self.progress.busy_seconds += busy
            self.seconds[_pair(head)] = end.seconds
            self._count(head, end)
        if answer is not None:
            self._note(head, answer.changes)

    def _note(self, head: dict[str, Any], changes: Changes) -> None:
        """Name the run that changed what others share; it counts all the same."""
        if changes.restored:
            text = f" changed {', '.join(changes.restored)} of the process: put back"
            self.progress.notes.setdefault(text, []).append(_name(head))
        if changes.lasting:
            left = ", ".join(changes.lasting)
            text = f" left what cannot be put back ({left}): the process was replaced"
            self.progress.notes.setdefault(text, []).append(_name(head))

    def _end(
        self, head: dict[str, Any], ended: Ended, reason: str, seconds: float | None = None
    ) -> None:
        head["environment"] = self.environment
        self._count(head, self.store.end(head, ended, reason, seconds or 0.0))

    def _count(self, head: dict[str, Any], end: End) -> None:
        self.waiting[_pair(head)] -= 1
        self.progress.ended[end.ended] += 1
        self.ended_trials += end.trials
        self.progress.failed_trials += end.failed
        if end.ended in (Ended.FAILED, Ended.TIMEOUT, Ended.CRASHED):
            text = f": {end.ended}: " + " ".join(end.reason.split())
            self.progress.reasons.setdefault(text, []).append(_name(head))

    def _update(self, pool: Pool) -> None:
        progress = self.progress
        progress.seconds = perf_counter() - self.began
        progress.trials = self.ended_trials + pool.count
        if self.seconds:
            typical = sum(self.seconds.values()) / len(self.seconds)
            left = sum(n * self.seconds.get(pair, typical) for pair, n in self.waiting.items())
            progress.seconds_left = left / pool.workers
        self.show(progress)


def _pair(head: dict[str, Any]) -> tuple[str, str]:
    return head["spec"]["strategy"]["label"], head["spec"]["problem"]["label"]


def _name(head: dict[str, Any]) -> str:
    strategy, problem = _pair(head)
    return f"{strategy} on {problem}, repetition {head['spec']['repetition']}"
