"""Doing the runs of a call of `run`: in this process, or by workers into a folder."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable, Collection
from pathlib import Path

from threadpoolctl import threadpool_limits

from bench.api.bar import progress_bar
from bench.api.result import Result, load_folder, of_records
from bench.execution.execute import Progress, execute
from bench.execution.in_process import InProcess
from bench.execution.objects import Objects
from bench.execution.plan import Plan, make_plan
from bench.execution.reference import Reference
from bench.execution.shards import Shard
from bench.execution.workers import Workers, loggers_of_dask
from bench.run import RunStatus
from bench.spec import Sweep
from bench.store import Memory, Store
from bench.store.record import StoreError


def done_here(
    sweep: Sweep, objects: Objects, *, reference: Reference | None, shard: Shard, shown: bool
) -> Result:
    """Do a sweep in this process, and leave nothing on disk."""
    memory = Memory()
    plan = make_plan(sweep, memory, objects=objects, reference=reference, shard=shard)
    # As many threads as a worker has, so that the numbers are the same.
    with threadpool_limits(1), progress_bar(shown=shown) as show:
        done = execute(plan, memory, InProcess(memory, objects), show=show)
    return of_records(plan.sweep, memory.records(), notes=_notes(plan, done, objects))


def done_by_workers(
    sweep: Sweep,
    objects: Objects,
    *,
    reference: Reference | None,
    shard: Shard,
    workers: Workers,
    shown: bool,
) -> Result:
    """Do a sweep by workers, and leave nothing on disk."""
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        store = Store(Path(place))
        plan = make_plan(sweep, store, objects=objects, reference=reference, shard=shard)
        with progress_bar(shown=shown) as show:
            done = _done(workers, plan, store, show, objects)
        return of_records(plan.sweep, store.records(), notes=_notes(plan, done, objects))


def done_in_folder(
    sweep: Sweep,
    objects: Objects,
    folder: Path,
    *,
    reference: Reference | None,
    shard: Shard,
    workers: Workers,
    retry: Collection[RunStatus],
    shown: bool,
) -> Result:
    """Do what a folder lacks of a sweep, by workers.

    Raises:
        StoreError: the folder cannot be used; or it has results already, and the sweep has
            objects, of which nobody can say whether they are the same.
    """
    store = Store(folder.absolute())
    if objects and store.sweep_path.exists():
        raise StoreError(
            f"runs of objects cannot be resumed, {folder} holds results and the sweep has "
            f"{objects.labels}; use another folder, or name the class as 'path/file.py:Class'"
        )
    plan = make_plan(sweep, store, retry=retry, objects=objects, reference=reference, shard=shard)
    with progress_bar(shown=shown) as show:
        done = _done(workers, plan, store, show, objects)
    return load_folder(folder, notes=_notes(plan, done, objects))


def _done(
    workers: Workers,
    plan: Plan,
    store: Store,
    show: Callable[[Progress], None],
    objects: Objects,
) -> Progress:
    """Do a plan, and leave the logging of whoever called as it was."""
    levels = {logger: logger.level for logger in loggers_of_dask()}
    try:
        return workers.do(plan, store, show, objects)[0]
    finally:
        for logger in loggers_of_dask():
            logger.setLevel(levels.get(logger, logging.NOTSET))


def _notes(plan: Plan, done: Progress, objects: Objects) -> list[str]:
    """Return what a person must know of how the runs were done."""
    pairs = {job.pair: plan.skips[job.id] for job in plan.todo if job.id in plan.skips}
    notes = [f"skipped: {' on '.join(pair)}: {reason}" for pair, reason in pairs.items()]
    if objects:
        notes.append(f"runs of in-memory objects cannot be resumed: {objects.labels}")
    return [*notes, *done.lines()]
