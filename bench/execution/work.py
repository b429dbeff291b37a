"""One run in this process: made from its job, gone on with, recorded."""

from __future__ import annotations

import functools
import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import environment
from bench.core import Problem, Strategy
from bench.execution.limits import Evaluate, limited
from bench.execution.objects import Objects
from bench.job import Job
from bench.run import End, Run
from bench.store import Sink, Store
from bench.words import in_words


def do(
    job: Job,
    sink: Sink,
    made_in: Mapping[str, Any],
    count: Callable[[int], None] = lambda _: None,
    objects: Objects | None = None,
) -> tuple[End, float]:
    """Do one run, going on with an earlier attempt, and record it.

    Args:
        job: the run.
        sink: where it goes.
        made_in: the environment of this process, as `bench.environment.describe` gives it.
        count: called with the number of trials after each one.
        objects: strategies and problems that are no part of the catalog.

    Returns:
        How it ended, and the seconds spent in the strategy and the problem.
    """
    objects = objects or Objects()
    strategy = objects.strategy(job.spec.strategy)
    problem = objects.problem(job.spec.problem)
    environment.import_lean((*strategy.requires, *problem.requires))
    with limited(job, objects) as elsewhere:
        return measure(job, strategy, problem, sink, made_in, count, elsewhere)


def measure(
    job: Job,
    strategy: Strategy,
    problem: Problem,
    sink: Sink,
    made_in: Mapping[str, Any],
    count: Callable[[int], None] = lambda _: None,
    elsewhere: Evaluate | None = None,
) -> tuple[End, float]:
    """Do one run with instances that are there already, and record it.

    Args:
        job: the run.
        strategy: that it names.
        problem: the same.
        sink: where it goes.
        made_in: the environment of this process.
        count: called with the number of trials after each one.
        elsewhere: evaluates in another process; None: the problem does it in this one.

    Returns:
        As `do`.
    """
    recording = sink.open(job, made_in)
    run = Run(
        strategy,
        problem,
        budget=job.spec.budget,
        strategy_seed=job.strategy_seed,
        problem_seed=job.problem_seed,
        recorded=recording.recorded,
        workers=job.spec.workers,
        synchronous=job.spec.synchronous,
        elsewhere=elsewhere,
    )
    busy = 0.0
    for trial in run:
        recording.append(trial, run.reported - 1)
        busy += trial.ask_seconds + trial.evaluation_wall_seconds + trial.tell_seconds
        count(run.reported)
    recording.close(run.end)
    return run.end, busy + run.end.start_seconds


class RunError(Exception):
    """What ended a run in its worker, as text."""


def work(job: Job, folder: str, pickled: str, count: Callable[[int], None]) -> tuple[End, float]:
    """Do one run in a worker and return its end and its busy seconds.

    Args:
        job: the run.
        folder: where it is recorded.
        pickled: the file of the sweep's objects, "" where it has none.
        count: called with the number of trials after each one.

    Raises:
        RunError: whatever ended it, also what is no `Exception`.
    """
    try:
        return do(job, Store(Path(folder)), prepare(), count, _objects(pickled))
    except BaseException as error:
        raise RunError(in_words(error)) from None


@functools.cache
def prepare() -> dict[str, Any]:
    """Return the environment of this worker, which asks once, before its first run."""
    return environment.describe()


@functools.cache
def _objects(pickled: str) -> Objects:
    """Return the objects of a sweep, read once in a worker."""
    if not pickled:
        return Objects()
    found = pickle.loads(Path(pickled).read_bytes())
    assert isinstance(found, Objects)
    return found
