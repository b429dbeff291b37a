"""From a plan to its runs in a sink, done by a backend: what is done, recorded, blamed, counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain, groupby
from time import perf_counter
from typing import Any

from bench import environment
from bench.execution.backend import Backend, Outcome
from bench.execution.plan import Plan
from bench.job import Job
from bench.processes.interrupts import HeldBack
from bench.processes.state import Changes
from bench.run import End, RunStatus
from bench.store import FAULTS, Sink
from bench.words import many

SECONDS_BETWEEN_LOOKS = 0.25
"""Seconds between two looks at the workers."""


@dataclass(slots=True)
class Progress:
    """How far a sweep is; given to the function that shows it.

    Args:
        runs: how many there are to do.
        by_status: how many ended with each status.
        trials: reported so far, those of running runs included.
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
    by_status: Counter[RunStatus] = field(default_factory=Counter)
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
        return self.by_status.total()

    def add(self, more: Progress) -> None:
        """Add what was done after it; `runs` are those of all parts already."""
        self.by_status += more.by_status
        self.trials += more.trials
        self.failed_trials += more.failed_trials
        self.seconds += more.seconds
        self.busy_seconds += more.busy_seconds
        for mine, others in ((self.reasons, more.reasons), (self.notes, more.notes)):
            for text, runs in others.items():
                mine.setdefault(text, []).extend(runs)
        self.trouble = self.trouble or more.trouble

    def lines(self) -> Iterator[str]:
        """Yield what is to be said when all is done, once for all runs of which it is so."""
        for text, (first, *others) in chain(self.reasons.items(), self.notes.items()):
            more = f", and {many(len(others), 'more run')}" if others else ""
            yield f"{first}{more}{text}"
        if self.trouble:
            yield self.trouble


def execute(
    plan: Plan,
    sink: Sink,
    backend: Backend,
    *,
    show: Callable[[Progress], None] = lambda _: None,
) -> Progress:
    """Do the runs of a plan.

    Args:
        plan: what to do.
        sink: where the results go.
        backend: does the runs, into the same sink.
        show: called a few times a second.

    Returns:
        What was done.

    Raises:
        WorkersError: workers cannot be kept going.
        StoreError: another process is running a sweep in this folder, or it cannot be written.
        KeyboardInterrupt: after the workers were stopped; what was measured is kept.
    """
    ids = {job.id for job in plan.todo}
    damaged = [path for path, _ in plan.damaged]
    with (
        HeldBack() as interrupts,
        sink.changing(plan.recorded, ids, damaged),
        environment.one_thread(),
    ):
        return _Execution(plan, sink, backend, show).run(interrupts)


class _Execution:
    def __init__(
        self, plan: Plan, sink: Sink, backend: Backend, show: Callable[[Progress], None]
    ) -> None:
        self.plan, self.sink, self.backend, self.show = plan, sink, backend, show
        self.progress = Progress(runs=len(plan.todo))
        self.running = 0
        self.seconds: dict[tuple[str, str], float] = {}
        self.waiting = Counter(job.pair for job in plan.todo)
        self.ended_trials = 0
        self.began = perf_counter()

    @cached_property
    def made_in(self) -> dict[str, Any]:
        """The environment of this process, which only runs that never reach a worker need."""
        return environment.describe()

    def run(self, interrupts: HeldBack) -> Progress:
        for job in self.plan.todo:
            if job.id in self.plan.skips:
                self._end(job, RunStatus.SKIPPED, self.plan.skips[job.id])
        queue = self._queue()
        with self.backend:
            try:
                while self._fill(queue):
                    for outcome in self.backend.poll():
                        self._collect(outcome)
                    self._update()
                    with interrupts.let_through():
                        self.backend.wait(SECONDS_BETWEEN_LOOKS)
            except KeyboardInterrupt:
                self.progress.stopping = True
                self.show(self.progress)
                raise
            self._update()
            self.progress.trouble = self.backend.trouble
        return self.progress

    def _queue(self) -> Iterator[Job]:
        """Yield runs repetition by repetition, within one the longest first as far as known.

        Long runs at the end of a sweep would leave the other workers without work.
        """
        todo = [job for job in self.plan.todo if job.id not in self.plan.skips]
        for _, group in groupby(todo, key=lambda job: job.spec.repetition):
            yield from sorted(group, key=lambda job: -self.seconds.get(job.pair, float("inf")))

    def _fill(self, queue: Iterator[Job]) -> bool:
        # Two runs a worker are handed out, so that none waits for the driver between short runs.
        while self.running < 2 * self.backend.workers and (job := next(queue, None)) is not None:
            self.backend.submit(job)
            self.running += 1
        return self.running > 0

    def _collect(self, outcome: Outcome) -> None:
        self.running -= 1
        job = outcome.job
        if outcome.late:
            self._end(job, RunStatus.TIMEOUT, outcome.error, self.plan.sweep.run_timeout)
        elif outcome.end is None:
            self._end(job, RunStatus.CRASHED, outcome.error)
        else:
            self.progress.busy_seconds += outcome.busy_seconds
            self.seconds[job.pair] = outcome.end.run_seconds
            self._count(job, outcome.end)
        self._note(job, outcome.changes)

    def _note(self, job: Job, changes: Changes) -> None:
        """Name the run that changed what others share; it counts all the same."""
        if changes.restored:
            text = f" changed {', '.join(changes.restored)} of the process: put back"
            self.progress.notes.setdefault(text, []).append(str(job))
        if changes.lasting:
            left = ", ".join(changes.lasting)
            text = f" left what cannot be put back ({left}): the process was replaced"
            self.progress.notes.setdefault(text, []).append(str(job))

    def _end(self, job: Job, status: RunStatus, reason: str, seconds: float | None = None) -> None:
        self._count(job, self.sink.end(job, self.made_in, status, reason, seconds or 0.0))

    def _count(self, job: Job, end: End) -> None:
        self.waiting[job.pair] -= 1
        self.progress.by_status[end.status] += 1
        self.ended_trials += end.n_trials
        self.progress.failed_trials += end.failed
        if end.status in FAULTS:
            text = f": {end.status}: " + " ".join(end.reason.split())
            self.progress.reasons.setdefault(text, []).append(str(job))

    def _update(self) -> None:
        progress = self.progress
        progress.seconds = perf_counter() - self.began
        progress.trials = self.ended_trials + self.backend.trials
        if self.seconds:
            typical = sum(self.seconds.values()) / len(self.seconds)
            left = sum(n * self.seconds.get(pair, typical) for pair, n in self.waiting.items())
            progress.seconds_left = left / self.backend.workers
        self.show(progress)
