"""Evaluations in a process of their own, where a sweep limits their seconds or their memory."""

from __future__ import annotations

import atexit
import functools
import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench import environment
from bench.core import Status, Suggestion
from bench.errors import UserError
from bench.execution.objects import Objects
from bench.job import Job
from bench.measurement import Measurement, measure
from bench.processes import memory
from bench.processes.isolated import CallEndedError, Isolated, OutOfMemoryError, OutOfTimeError
from bench.spec import Entry, RunSpec
from bench.sweep_rules import MEGABYTE
from bench.words import in_words

Evaluate = Callable[[Suggestion], Measurement]


class LimitError(UserError):
    """A limit that cannot be held here."""


def check(megabytes: float | None) -> None:
    """Refuse a limit of memory where the system does not show what a process holds.

    Args:
        megabytes: the limit, None for none.

    Raises:
        LimitError: it cannot be held here.
    """
    if megabytes is not None and not memory.is_shown():
        raise LimitError(
            f"'memory' must be left out on this system, got {megabytes:g}: it does not show how "
            "much memory a process holds; run the sweep on Linux, or without a limit of memory"
        )


@contextmanager
def limited(job: Job, objects: Objects) -> Iterator[Evaluate | None]:
    """Give what evaluates suggestions of a run under its limits, None where it has none.

    An evaluation that exceeds a limit is ended with all it started, and costs its limit, or the
    seconds after which it held too much memory. One that ends its process is a failed trial, too.

    The process is that of this run alone: a problem may keep state from one evaluation to the next,
    until an evaluation is ended.

    Args:
        job: the run.
        objects: problems that are no part of the catalog.
    """
    spec = job.spec
    if not spec.is_limited:
        yield None
        return
    apart = isolated()
    apart.serve(
        "bench.execution.limits:evaluator", spec.problem, _maker(spec.problem, objects),
        job.problem_seed,
    )  # fmt: skip
    try:
        yield functools.partial(_evaluated, apart, spec)
    finally:
        apart.leave()


def evaluator(entry: Entry, maker: bytes, seed: int) -> Evaluate:
    """Return what evaluates suggestions in this process.

    Args:
        entry: of the problem.
        maker: what makes the problem, pickled, where it is no part of the catalog or its files
            travelled.
        seed: of the problem.
    """
    objects: Objects = pickle.loads(maker) if maker else Objects()
    problem = objects.problem(entry)
    # An evaluation that is ended is followed by another process, which need not import it again.
    environment.import_lean(problem.requires)
    metrics = [metric.name for metric in problem.metrics]

    def evaluate(suggestion: Suggestion) -> Measurement:
        try:
            return measure(problem, suggestion, seed, metrics)
        except BaseException as error:  # such as KeyboardInterrupt, which is no failed evaluation
            raise RuntimeError(in_words(error)) from None

    return evaluate


def _evaluated(apart: Isolated, spec: RunSpec, suggestion: Suggestion) -> Measurement:
    limit, megabytes = spec.evaluation_timeout, spec.memory
    most = None if megabytes is None else int(megabytes * MEGABYTE)
    try:
        found = apart.call(suggestion, seconds=limit, most_bytes=most)
    except OutOfTimeError as error:
        status, reason = Status.TIMEOUT, f"took longer than evaluation_timeout = {limit:g} s"
        # The same on every machine, and on both clocks: ending it is no part of the evaluation.
        seconds = error.seconds if limit is None else limit
    except OutOfMemoryError as error:
        status, reason = Status.OUT_OF_MEMORY, f"held more than memory = {megabytes:g} MB"
        seconds = error.seconds
    except CallEndedError as error:
        status, reason, seconds = Status.CRASHED, error.reason, error.seconds
    else:
        assert isinstance(found, Measurement)
        return found
    return Measurement(status, None, reason, seconds, seconds)


def _maker(entry: Entry, objects: Objects) -> bytes:
    """Return what makes one problem, pickled; nothing where the catalog does."""
    known = objects.problems
    problems = {entry.name: known[entry.name]} if entry.name in known else {}
    maker = replace(objects, strategies={}, problems=problems)
    if not maker:
        return b""
    import cloudpickle

    found: bytes = cloudpickle.dumps(maker)
    return found


@functools.cache
def isolated() -> Isolated:
    """Return what isolates the evaluations of all runs of this process."""
    found = Isolated()
    atexit.register(found.close)
    return found
