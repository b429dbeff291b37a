"""What `run` says of its problems first: positive classes, warnings, long evaluations."""

from __future__ import annotations

from collections.abc import Iterator

from threadpoolctl import threadpool_limits

from bench import environment, registry
from bench.core import Problem
from bench.execution.plan import Plan

LONG_EVALUATION_SECONDS = 60.0
"""Seconds of an evaluation that is warned of."""


def problem_notes(plan: Plan) -> Iterator[str]:
    """Yield what a person should know of the problems that have runs to do."""
    waiting = {job.spec.problem.label for job in plan.todo}
    for entry in plan.sweep.problems:
        if entry.label not in waiting:
            continue
        problem = registry.PROBLEMS.create(entry)
        if problem.summary:
            yield f"{entry.label}: {problem.summary}"
        if problem.positive_class:
            yield (
                f"{entry.label}: the positive class of {problem.metric.name} is "
                f"{problem.positive_class!r}"
            )
        for warning in problem.warnings:
            yield f"warning: {entry.label}: {warning}"
        yield from _long(entry.label, problem, plan)


def _long(label: str, problem: Problem, plan: Plan) -> Iterator[str]:
    # As a worker does it.
    with environment.one_thread(), threadpool_limits(1):
        seconds = problem.expected_seconds()
    if seconds is None or seconds < LONG_EVALUATION_SECONDS:
        return
    yield (
        f"warning: {label}: an evaluation may take about {_words(seconds)}, a run of "
        f"{plan.sweep.trials} trials {_words(seconds * plan.sweep.trials)} (judged by the default "
        "configuration on a part of the rows; a third or three times as long is possible); use a "
        "sample of the rows, fewer folds and repeats, cv 'hold-out', or a model whose time grows "
        "less with the rows, such as boosting"
    )


def _words(seconds: float) -> str:
    for unit, size in (("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 1.5 * size:
            return f"{seconds / size:.2g} {unit}"
    return f"{seconds:.0f} seconds"
