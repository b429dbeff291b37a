"""One run in this process: made from its spec, gone on with, recorded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import environment, registry
from bench.core import Problem, Strategy
from bench.run import End, Run, in_words
from bench.spec import RunSpec
from bench.store import Sink, Store


def do(
    head: dict[str, Any], sink: Sink, count: Callable[[int], None] = lambda _: None
) -> tuple[End, float]:
    """Do one run, going on with an earlier attempt, and record it.

    Args:
        head: the header of the run's record.
        sink: where it goes.
        count: told the number of trials after each one.

    Returns:
        How it ended, and the seconds spent in the strategy and the problem.
    """
    spec = RunSpec.from_dict(head["spec"])
    strategy = registry.STRATEGIES.create(spec.strategy)
    problem = registry.PROBLEMS.create(spec.problem)
    environment.import_lean((*strategy.requires, *problem.requires))
    return measure(head, strategy, problem, sink, count)


def measure(
    head: dict[str, Any],
    strategy: Strategy,
    problem: Problem,
    sink: Sink,
    count: Callable[[int], None] = lambda _: None,
) -> tuple[End, float]:
    """Do one run with instances that are there already, and record it.

    Args:
        head: the header of the run's record.
        strategy: that it names.
        problem: the same.
        sink: where it goes.
        count: told the number of trials after each one.

    Returns:
        As `do`.
    """
    writer, recorded = sink.writer(head)
    run = Run(
        strategy,
        problem,
        budget=RunSpec.from_dict(head["spec"]).budget,
        strategy_seed=head["facts"]["strategy_seed"],
        problem_seed=head["facts"]["problem_seed"],
        recorded=recorded,
    )
    busy = 0.0
    for trial in run:
        writer.append(trial)
        busy += trial.ask_seconds + trial.evaluate_seconds + trial.tell_seconds
        count(trial.number + 1)
    writer.close(run.end)
    return run.end, busy + run.end.start_seconds


class RunError(Exception):
    """What ended a run in its worker, as text."""


def work(head: dict[str, Any], folder: str, count: Callable[[int], None]) -> tuple[End, float]:
    """Do one run in a worker and return its end and its busy seconds.

    Raises:
        RunError: whatever ended it, also what is no `Exception`.
    """
    try:
        return do(head, Store(Path(folder)), count)
    except BaseException as error:
        raise RunError(in_words(error)) from None
