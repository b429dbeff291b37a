"""A backend that is this process: for small runs, where starting workers would take longer."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bench import environment
from bench.core import Problem
from bench.execution.backend import Outcome
from bench.execution.execute import execute
from bench.execution.objects import Objects
from bench.execution.plan import make_plan
from bench.execution.work import measure
from bench.job import Job
from bench.spec import Entry, Sweep
from bench.store import Memory, Sink
from bench.words import in_words

if TYPE_CHECKING:
    import pandas as pd


class InProcess:
    """Does one job after the other, each in a call of `wait`, which Ctrl-C may end.

    A run can harm those after it, and there is no time limit.

    Args:
        sink: where the runs go.
        objects: strategies and problems that are no part of the catalog.
    """

    workers = 1
    trials = 0
    trouble = ""

    def __init__(self, sink: Sink, objects: Objects | None = None) -> None:
        self._sink, self._objects = sink, objects or Objects()
        self._queue: deque[Job] = deque()
        self._outcomes: list[Outcome] = []
        self._made_in = environment.describe()
        # Values do not depend on the order of calls, so a problem serves again.
        self._problems: dict[str, tuple[Entry, Problem]] = {}

    def __enter__(self) -> Self:
        """Do nothing: this process is there."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Forget the jobs."""
        self.close()

    def submit(self, job: Job) -> None:
        """Add a job."""
        self._queue.append(job)

    def wait(self, seconds: float) -> None:
        """Do the next job, however long it takes."""
        if self._queue:
            self._outcomes.append(self._done(self._queue.popleft()))

    def poll(self) -> list[Outcome]:
        """Return what became of the jobs that were done since the last call."""
        found, self._outcomes = self._outcomes, []
        return found

    def _done(self, job: Job) -> Outcome:
        try:
            strategy = self._objects.strategy(job.spec.strategy)
            problem = self._problem(job.spec.problem)
            end, busy = measure(job, strategy, problem, self._sink, self._made_in)
        except Exception as error:
            return Outcome(job, error=in_words(error))
        return Outcome(job, end, busy)

    def cancel(self) -> None:
        """Forget the jobs."""
        self._queue.clear()

    def close(self) -> None:
        """Forget the jobs."""
        self._queue.clear()

    def _problem(self, entry: Entry) -> Problem:
        known = self._problems.get(entry.label)
        if known is None or known[0] != entry:
            self._problems[entry.label] = known = entry, self._objects.problem(entry)
        return known[1]


def run_in_memory(sweep: Sweep) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Do a sweep in this process, and leave nothing on disk.

    Args:
        sweep: a small one.

    Returns:
        The tidy frame, a row a trial, and the frame of runs, a row a run.
    """
    memory = Memory()
    execute(make_plan(sweep, memory), memory, InProcess(memory))
    return memory.frames()
