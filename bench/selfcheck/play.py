"""Does a small sweep in memory: the plan, the loop and the frames that `tunebench run` has."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from bench import registry
from bench.panels.arrays import Array
from bench.panels.panel import Panel, to_panels
from bench.plan import make_plan
from bench.run import Ended
from bench.spec import Entry, Sweep
from bench.store import Memory, Store
from bench.work import measure

if TYPE_CHECKING:
    import pandas as pd

SEED = 1
"""The master seed: fixed, so that a line holds always or never."""


def play(
    strategies: Sequence[Entry], problems: Sequence[Entry], *, trials: int, repetitions: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames of trials and of runs of a sweep.

    Raises:
        RuntimeError: a run failed, or its pair cannot run.
    """
    sweep = Sweep(
        "selfcheck",
        tuple(strategies),
        tuple(problems),
        trials=trials,
        repetitions=repetitions,
        seed=SEED,
    )
    with TemporaryDirectory() as empty:
        plan = make_plan(sweep, Store(Path(empty)))
    if plan.skips:
        raise RuntimeError(next(iter(plan.skips.values())))
    # A pair's instances are used again in each repetition: making one looks through the catalog.
    makers = {entry.label: registry.STRATEGIES.create(entry) for entry in plan.sweep.strategies}
    made = {entry.label: registry.PROBLEMS.create(entry) for entry in plan.sweep.problems}
    memory = Memory()
    for head in plan.todo:
        strategy, problem = (head["spec"][kind]["label"] for kind in ("strategy", "problem"))
        end, _ = measure(head, makers[strategy], made[problem], memory)
        if end.ended is Ended.FAILED:
            raise RuntimeError(f"{strategy}: {end.reason}")
    return memory.frames()


def as_panels(trials: pd.DataFrame, runs: pd.DataFrame) -> list[Panel]:
    """Return the runs as the panels that a report is made of, sorted by problem."""
    strategies, problems = (list(runs[key].unique()) for key in ("strategy", "problem"))
    return to_panels(trials, runs, strategies=strategies, problems=sorted(problems))


def best_so_far(trials: pd.DataFrame, runs: pd.DataFrame) -> Array:
    """Return the incumbent's value after each trial, in the order the trials had.

    Args:
        trials: of one pair.
        runs: of the same.

    Returns:
        Shape (repetitions, trials).
    """
    # A set, whose order means nothing, would have the expectation over all of them.
    (panel,) = as_panels(trials, runs.assign(is_set=False))
    best: Array = panel.values(panel.best[0])
    return best


def incumbent_count(best: Array) -> Array:
    """Return how many incumbents each row of best-so-far values has."""
    count: Array = 1.0 + np.count_nonzero(np.diff(best, axis=1), axis=1)
    return count


def harmonic(n: int) -> float:
    """Return 1 + 1/2 + … + 1/n: as many of n independent draws are the best so far on average."""
    return sum(1 / i for i in range(1, n + 1))
