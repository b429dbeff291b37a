"""A small sweep done in memory, and what the lines of the self-check take from it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from bench.execution.in_process import run_in_memory
from bench.panels.arrays import Array
from bench.panels.panel import Panel, to_panels
from bench.spec import Entry, Sweep

if TYPE_CHECKING:
    import pandas as pd

SEED = 1
"""The master seed: fixed, so that a line holds always or never."""


def small_sweep(
    strategies: Sequence[Entry], problems: Sequence[Entry], *, trials: int, repetitions: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the frames of trials and of runs of a sweep.

    Raises:
        RuntimeError: a run failed, or its pair cannot run.
    """
    frames = run_in_memory(
        Sweep(
            "selfcheck",
            tuple(strategies),
            tuple(problems),
            trials=trials,
            repetitions=repetitions,
            seed=SEED,
        )
    )
    for run in frames[1].itertuples():
        if run.status not in ("completed", "stopped early"):
            raise RuntimeError(f"{run.strategy} on {run.problem}: {run.reason}")
    return frames


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
    (panel,) = as_panels(trials, runs.assign(unordered=False))
    best: Array = panel.values(panel.best[0])
    return best


def incumbent_count(best: Array) -> Array:
    """Return how many incumbents each row of best-so-far values has."""
    count: Array = 1.0 + np.count_nonzero(np.diff(best, axis=1), axis=1)
    return count


def harmonic(n: int) -> float:
    """Return 1 + 1/2 + … + 1/n: as many of n independent draws are the best so far on average."""
    return sum(1 / i for i in range(1, n + 1))
