"""A backend of Dask workers, on this machine or others."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from distributed import KilledWorker

from bench import environment
from bench.execution import site
from bench.execution.backend import Outcome
from bench.execution.connection import Connection
from bench.execution.execute import Progress, execute
from bench.execution.members import Members
from bench.execution.plan import Plan
from bench.execution.transfer import cargo_of
from bench.job import Job
from bench.registry import PROBLEMS, STRATEGIES
from bench.store import Store
from bench.store.arriving import Arriving
from bench.words import in_words, many

MAX_LOST_WORKERS = 2
"""Workers that may die while they do a run; then the run is blamed."""


@dataclass(slots=True)
class _Attempt:
    """A run that was handed to the scheduler.

    Args:
        job: the run.
        file: takes what comes of it.
        future: of its end.
        places: addresses of the workers that may do it.
        place: of the one that does, "" before one began.
        trials: reported so far.
    """

    job: Job
    file: Arriving
    future: Any
    places: frozenset[str]
    place: str = ""
    trials: int = 0


class Cluster:
    """Hands whole runs to the workers of a Dask cluster; their files come back in pieces.

    Args:
        store: where they are recorded.
        connection: to the cluster.
        members: its workers that may do runs.
    """

    def __init__(self, store: Store, connection: Connection, members: Members) -> None:
        self._store, self._connection, self._members = store, connection, members
        self._queue: deque[Job] = deque()
        self._attempts: dict[str, _Attempt] = {}
        self._numbers: Counter[str] = Counter()
        self._lost: Counter[str] = Counter()

    def __enter__(self) -> Self:
        """Connect to the scheduler, and invite its workers.

        Raises:
            WorkersError: nobody answers.
        """
        self._connection.open()
        for place in self._connection.places:
            self._members.invite(place)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """Leave the cluster, after an error at once."""
        if error is not None:
            self.cancel()
        self.close()

    @property
    def workers(self) -> int:
        """How many runs are done at a time; at least 1, since workers may join at any time."""
        return max(1, self._members.runs)

    @property
    def trials(self) -> int:
        """Reported so far in the runs that are being done."""
        return sum(attempt.trials for attempt in self._attempts.values())

    @property
    def trouble(self) -> str:
        """Which workers of the cluster do no run, and why."""
        return self._members.trouble

    def submit(self, job: Job) -> None:
        """Add a job."""
        self._queue.append(job)

    def wait(self, seconds: float) -> None:
        """Wait until the cluster has something to say, or so long."""
        self._connection.wait(seconds)

    def poll(self) -> list[Outcome]:
        """Take what the cluster said, hand out jobs, and return what ended.

        Raises:
            WorkersError: the scheduler is gone, or every worker was refused.
            StoreError: what came cannot be written.
        """
        if not self._connection.is_alive:
            raise self._connection.gone()
        for event in self._connection.events():
            self._take(event)
        if self._members.go_on():
            # They may do what waits for others.
            for key in [key for key, attempt in self._attempts.items() if not attempt.place]:
                self._again(key)
        outcomes = [*self._blamed(), *self._ended()]
        self._hand_out()
        return outcomes

    def cancel(self) -> None:
        """End the runs that are being done, and forget the jobs."""
        self._queue.clear()
        self._connection.cancel(attempt.future for attempt in self._attempts.values())
        self._attempts.clear()

    def close(self) -> None:
        """Leave the cluster: its workers end what they do for this sweep and nothing else."""
        self._members.dismiss()
        self._connection.close()

    def _take(self, event: Mapping[str, Any]) -> None:
        match event:
            case {"action": "add-worker", "worker": place}:
                self._members.invite(place)
            case {"action": "remove-worker", "worker": place, "expected": expected}:
                self._lose(place, blame=not expected)
            case {"key": key, "worker": place} if key in self._attempts:
                attempt = self._attempts[key]
                attempt.place = place
                if "content" in event:
                    attempt.trials = event["trials"]
                    attempt.file.add(event["start"], event["content"])

    def _lose(self, place: str, *, blame: bool) -> None:
        """Note that a worker left; what it did is done again."""
        self._members.lose(place)
        joined = self._members.joined
        for key, attempt in list(self._attempts.items()):
            if attempt.place == place:
                self._lost[attempt.job.id] += blame and not attempt.future.done()
                self._again(key)
            elif not attempt.places & joined:
                self._again(key)

    def _again(self, key: str) -> None:
        """Take a run back, to hand it out once more."""
        attempt = self._attempts.pop(key)
        self._connection.cancel([attempt.future])
        self._queue.appendleft(attempt.job)

    def _blamed(self) -> Iterator[Outcome]:
        """Yield runs under which workers died again and again."""
        for job in [job for job in self._queue if self._lost[job.id] >= MAX_LOST_WORKERS]:
            self._queue.remove(job)
            lost = many(self._lost[job.id], "worker")
            yield Outcome(job, error=f"{lost} of the cluster died while doing it")

    def _ended(self) -> Iterator[Outcome]:
        for key, attempt in list(self._attempts.items()):
            if attempt.future.done() and (outcome := self._outcome(key, attempt)) is not None:
                yield outcome

    def _outcome(self, key: str, attempt: _Attempt) -> Outcome | None:
        """Return what became of a run, None where it is done again."""
        if attempt.future.status == "error":
            error = attempt.future.exception()
            if isinstance(error, KilledWorker):  # workers it waited at; `_lose` knows of others
                self._again(key)
                return None
            del self._attempts[key]
            return Outcome(attempt.job, error=in_words(error))
        done: site.Done | None = self._connection.answer(attempt.future)
        if done is None:
            return None
        if done.outcome is None:
            if done.refusal:
                self._members.refuse(attempt.place, done.refusal)
            self._again(key)
            return None
        del self._attempts[key]
        if done.content:
            attempt.file.whole(done.content, finished=done.finished)
        return done.outcome

    def _hand_out(self) -> None:
        joined = self._members.joined
        if self._queue and not joined:
            self._members.check()
            return
        while self._queue:
            job = self._queue.popleft()
            file = Arriving(self._store, job.id)
            key = f"{self._connection.token}-{job.id}-{self._numbers[job.id]}"
            self._numbers[job.id] += 1
            future = self._connection.submit(
                site.do, self._connection.token, job, key, *file.earlier(), key=key, places=joined
            )
            self._attempts[key] = _Attempt(job, file, future, joined)


def run_on_cluster(
    plan: Plan,
    store: Store,
    *,
    where: str,
    show: Callable[[Progress], None] = lambda _: None,
) -> tuple[Progress, int]:
    """Do the runs of a plan on a Dask cluster.

    Args:
        plan: what to do.
        store: where the results go.
        where: as `bench.execution.connection.Connection` has it.
        show: called a few times a second.

    Returns:
        What was done, and how many workers there were in the end.

    Raises:
        As `bench.execution.execute.execute`.
    """
    todo = [job.spec for job in plan.todo if job.id not in plan.skips]
    strategies = {spec.strategy.label: spec.strategy for spec in todo}
    problems = {spec.problem.label: spec.problem for spec in todo}
    modules = {
        module
        for catalog, entries in ((STRATEGIES, strategies), (PROBLEMS, problems))
        for entry in entries.values()
        for module in catalog.get(entry.name).requires
    }
    required = {environment.DISTRIBUTIONS.get(module, module) for module in modules}
    connection = Connection(where)
    members = Members(
        connection,
        plan.sweep.run_timeout,
        plan.sweep.memory,
        cargo_of([*strategies.values(), *problems.values()]),
        sorted({*environment.PACKAGES, *required}),
    )
    backend = Cluster(store, connection, members)
    return execute(plan, store, backend, show=show), backend.workers
