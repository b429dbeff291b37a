"""Doing the runs of a call of `run`: in this process, or by workers into a folder."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench.api.bar import progress_bar
from bench.api.result import Result, load_folder, of_records
from bench.execution.execute import Progress, execute
from bench.execution.in_process import InProcess
from bench.execution.looking import do_run, plan_run
from bench.execution.objects import Objects
from bench.execution.plan import Plan
from bench.execution.reference import Reference
from bench.execution.shards import Shard
from bench.execution.workers import Workers, loggers_of_dask
from bench.panels.looks import Looks
from bench.run import RunStatus
from bench.sources.source import looks_of
from bench.spec import Sweep
from bench.store import Memory, Sink, Store
from bench.store.record import StoreError
from bench.tracking.beside import tracked_beside
from bench.tracking.tracker import Target


@dataclass(frozen=True, slots=True)
class Call:
    """What a call of `run` wants done.

    Args:
        sweep: as it was given.
        objects: strategies and problems that are no part of the catalog.
        reference: results that it is measured against, or None.
        shard: the part of its runs.
        retry: runs that ended so are done again.
        in_looks: whether strategies stop whose comparisons are settled.
        is_shown: whether there is a bar.
    """

    sweep: Sweep
    objects: Objects
    reference: Reference | None
    shard: Shard
    retry: Collection[RunStatus]
    in_looks: bool
    is_shown: bool

    def plan(self, sink: Sink, recorded: Looks | None = None) -> Plan:
        """Return what a sink lacks.

        Args:
            sink: where the results are or will be.
            recorded: the looks at the sweep that it holds.
        """
        return plan_run(
            self.sweep, sink, recorded, in_looks=self.in_looks, retry=self.retry,
            objects=self.objects, reference=self.reference, shard=self.shard,
        )  # fmt: skip

    def do(
        self, plan: Plan, sink: Sink, do: Callable[[Plan, Callable[[Progress], None]], Progress]
    ) -> tuple[Plan, list[str]]:
        """Do a plan, and return it as it ended and what a person must know of it.

        Args:
            plan: of the call.
            sink: where the results go.
            do: does a plan, and shows how far it is.
        """
        said: list[str] = []
        with progress_bar(shown=self.is_shown) as show:
            ended, done = do_run(
                plan,
                sink,
                lambda part: do(part, show),
                lambda look: said.append(str(look)),
                in_looks=self.in_looks,
            )
        return ended, [*said, *_notes(plan, done, self.objects)]


def done_here(call: Call) -> Result:
    """Do a sweep in this process, and leave nothing on disk."""
    memory = Memory()

    def do(plan: Plan, show: Callable[[Progress], None]) -> Progress:
        # As many threads as a worker has, so that the numbers are the same.
        with threadpool_limits(1):
            return execute(plan, memory, InProcess(memory, call.objects), show=show)

    plan, notes = call.do(call.plan(memory), memory, do)
    return of_records(plan.sweep, memory.records(), plan.looks, notes=notes)


def done_by_workers(call: Call, workers: Workers) -> Result:
    """Do a sweep by workers, and leave nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        store = Store(Path(place))
        plan, notes = call.do(call.plan(store), store, _by(workers, store, call.objects))
        return of_records(plan.sweep, store.records(), plan.looks, notes=notes)


def done_in_folder(call: Call, folder: Path, workers: Workers, tracked: Target | None) -> Result:
    """Do what a folder lacks of a sweep, by workers.

    Args:
        call: what is wanted.
        folder: of the results.
        workers: that do it.
        tracked: where the results are sent meanwhile, or None.

    Raises:
        StoreError: the folder cannot be used; or it has results already, and the sweep has
            objects, of which nobody can say whether they are the same.
    """
    store = Store(folder.absolute())
    if call.objects and store.sweep_path.exists():
        raise StoreError(
            f"runs of objects cannot be resumed, {folder} holds results and the sweep has "
            f"{call.objects.labels}; use another folder, or name the class as 'path/file.py:Class'"
        )
    plan = call.plan(store, looks_of(store))
    with tracked_beside(tracked, folder, plan.sweep, plan.looks) as finish:
        _, notes = call.do(plan, store, _by(workers, store, call.objects))
        sent = finish()
    return load_folder(folder, notes=[*notes, *sent])


def _by(
    workers: Workers, store: Store, objects: Objects
) -> Callable[[Plan, Callable[[Progress], None]], Progress]:
    """Return what does a plan by workers, and leaves the logging of whoever called as it was."""

    def do(plan: Plan, show: Callable[[Progress], None]) -> Progress:
        levels = {logger: logger.level for logger in loggers_of_dask()}
        try:
            return workers.do(plan, store, show, objects)[0]
        finally:
            for logger in loggers_of_dask():
                logger.setLevel(levels.get(logger, logging.NOTSET))

    return do


def _notes(plan: Plan, done: Progress, objects: Objects) -> list[str]:
    """Return what a person must know of how the runs were done."""
    pairs = {job.pair: plan.skips[job.id] for job in plan.todo if job.id in plan.skips}
    notes = [f"skipped: {' on '.join(pair)}: {reason}" for pair, reason in pairs.items()]
    if objects:
        notes.append(f"runs of in-memory objects cannot be resumed: {objects.labels}")
    return [*notes, *done.lines()]
