"""A backend of worker processes on this machine."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from bench.execution.backend import Outcome, WorkersError
from bench.execution.execute import Progress, execute
from bench.execution.objects import Objects, pickled
from bench.execution.plan import Plan
from bench.files import create
from bench.job import Job
from bench.processes.pool import Pool, StartError, TaskOutcome
from bench.processes.starting import because
from bench.store import Store
from bench.sweep_rules import MEGABYTE


class Local:
    """Does each job in a process that only its own run can harm.

    Args:
        store: where the workers record.
        jobs: worker processes, 1 or more.
        limit: seconds a run may take, or None.
        memory: megabytes that the process of its strategy may hold, or None.
        objects: strategies and problems that are no part of the catalog.
    """

    def __init__(
        self,
        store: Store,
        jobs: int,
        limit: float | None = None,
        memory: float | None = None,
        objects: Objects | None = None,
    ) -> None:
        self._store = store
        # Absolute: wherever a run goes.
        self._folder = str(store.folder.absolute())
        self._jobs, self._limit, self._memory = jobs, limit, memory
        self._pickle = pickled(objects) if objects else b""
        self._pickled = ""
        self._left = ExitStack()

    def __enter__(self) -> Self:
        """Make ready to start workers.

        Raises:
            WorkersError: the machine refuses what is needed for it.
            StoreError: the folder cannot be written.
        """
        if self._pickle:
            self._pickled = self._written()
        try:
            most = None if self._memory is None else int(self._memory * MEGABYTE)
            self._pool = Pool("bench.execution.work:work", self._jobs, self._limit, most)
        except OSError as error:
            self._left.close()
            raise _refused(because(error)) from None
        return self

    def _written(self) -> str:
        """Write the objects into a file, since each job would carry all data with it."""
        # In the folder: what is left there by a driver that was killed, the next one removes.
        path = Path(self._folder) / "objects.new"
        self._left.callback(path.unlink, missing_ok=True)
        try:
            with create(path) as file:
                file.write(self._pickle)
        except OSError as error:
            raise self._store.unwritable(error) from None
        return str(path)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        """End the workers, after an error at once."""
        if error is not None:
            self.cancel()
        self.close()
        self._left.close()

    @property
    def workers(self) -> int:
        """How many there may be; fewer than were asked for where the machine refuses."""
        return self._pool.workers

    @property
    def trials(self) -> int:
        """Reported so far in the runs that are being done."""
        return self._pool.count

    @property
    def trouble(self) -> str:
        """Why there are fewer workers than were asked for, or ""."""
        if not self._pool.trouble:
            return ""
        return (
            f"{self._pool.workers} of {self._jobs} workers could be kept ({self._pool.trouble}); "
            "use fewer worker processes"
        )

    def submit(self, job: Job) -> None:
        """Add a job."""
        self._pool.submit(job, job, self._folder, self._pickled)

    def wait(self, seconds: float) -> None:
        """Wait until a worker has something to say, a time limit is over, or so long."""
        self._pool.wait(seconds)

    def poll(self) -> list[Outcome]:
        """Give workers their jobs, end those whose time is over, and return what ended.

        Raises:
            WorkersError: the workers cannot be kept going.
        """
        try:
            return [self._outcome(done) for done in self._pool.poll()]
        except StartError as error:
            raise _refused(str(error)) from None

    def cancel(self) -> None:
        """End all workers at once and forget the jobs."""
        self._pool.cancel()

    def close(self) -> None:
        """End the workers, which may clean up if they are idle, and whatever they started."""
        self._pool.close()

    def _outcome(self, done: TaskOutcome) -> Outcome:
        job, answer = done.key, done.answer
        if done.late:
            return Outcome(
                job, error=f"took longer than run_timeout = {self._limit:g} s", late=True
            )
        if done.too_large:
            return Outcome(
                job,
                error=f"the process of its strategy held more than memory = {self._memory:g} MB",
            )
        if answer is None:
            return Outcome(job, error=f"its process died: {done.death}")
        if answer.error is not None:
            return Outcome(job, error=answer.error, changes=answer.changes)
        end, busy = answer.result
        return Outcome(job, end, busy, changes=answer.changes)


def run_locally(
    plan: Plan,
    store: Store,
    *,
    jobs: int,
    show: Callable[[Progress], None] = lambda _: None,
    objects: Objects | None = None,
) -> Progress:
    """Do the runs of a plan in worker processes on this machine.

    Args:
        plan: what to do.
        store: where the results go.
        jobs: worker processes, 1 or more.
        show: called a few times a second.
        objects: strategies and problems that are no part of the catalog.

    Returns, and raises: as `bench.execution.execute.execute`.
    """
    backend = Local(store, jobs, plan.sweep.run_timeout, plan.sweep.memory, objects)
    return execute(plan, store, backend, show=show)


def _refused(why: str) -> WorkersError:
    return WorkersError(
        f"worker processes must start and live, here they cannot ({why}); use fewer",
        option="jobs",
    )
