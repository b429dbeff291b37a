"""One run in this process: made from its spec, gone on with, recorded."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench import environment, registry
from bench.children import follow_parent
from bench.run import End, Run, in_words
from bench.spec import RunSpec
from bench.store import Store


def do(
    head: dict[str, Any], store: Store, count: Callable[[int], None] = lambda _: None
) -> tuple[End, float]:
    """Do one run, going on with an earlier attempt, and record it.

    Args:
        head: the header of the run's record.
        store: where it goes.
        count: told the number of trials after each one.

    Returns:
        How it ended, and the seconds spent in the strategy and the problem.
    """
    spec = RunSpec.from_dict(head["spec"])
    strategy = registry.STRATEGIES.create(spec.strategy)
    problem = registry.PROBLEMS.create(spec.problem)
    environment.import_lean((*strategy.requires, *problem.requires))
    writer, recorded = store.writer(head)
    run = Run(
        strategy,
        problem,
        budget=spec.budget,
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


_counts: Any = None
_pids: Any = None


def begin_worker(counts: Any, pids: Any) -> None:
    """Prepare a worker: it leaves Ctrl-C to the driver and ends when the driver does.

    Args:
        counts: shared with the driver: how many trials the run in each slot has.
        pids: shared with the driver: which process does the run in each slot, 0 for none.
    """
    global _counts, _pids
    _counts, _pids = counts, pids
    follow_parent()
    # What a run has to say is in its record; loose warnings would tear the progress bar.
    warnings.simplefilter("ignore")


def work(head: dict[str, Any], folder: str, slot: int) -> tuple[End, float]:
    """Do one run in this process and return its end and its busy seconds."""

    def count(trials: int) -> None:
        _counts[slot] = trials

    _pids[slot] = os.getpid()
    try:
        return do(head, Store(Path(folder)), count)
    except BaseException as error:
        # As text, because the driver may not know its class, and a TimeoutError, a SystemExit or a
        # KeyboardInterrupt would mean something else there.
        raise RunError(in_words(error)) from None
    finally:
        _pids[slot] = 0
