"""How far tuning has come after each number of trials, over all problems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.curves.clocks import checkpoints
from bench.inference import intervals
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.panels.arrays import Array, Ints
from bench.panels.panel import Panel

COLUMNS = ["strategy", "x", "median", "low", "high", "n_problems"]


def convergence(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the mean normalised regret after each number of trials.

    The mean over the repetitions that a strategy has, then over problems. A problem with a
    smaller budget keeps its last value, so that the curve does not jump where it ends
    (`ranks.ranks_over_budget` drops it there). A strategy that lacks problems is a mean over fewer,
    which `n_problems` tells. With cheaper evaluations the curve of a strategy begins when each of
    its runs has had a full one; a run that never has one is not waited for.

    Returns:
        Columns strategy, x (the budget spent, from 1), median (the mean, where a picture has its
        line; in tables/convergence.csv these two are `budget` and `mean`), low, high (95 % for
        this problem set; NaN with one repetition), n_problems.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    at = checkpoints(max(panel.budget for panel in panels))
    names = panels[0].strategies
    scores = [_spread(panel, at) for panel in panels]
    means = intervals.mean(scores).reshape(len(names), len(at))
    low, high = of_regret(mean_interval(scores), scores)
    problems = np.array([panel.ran.any(axis=1) for panel in panels]).sum(axis=0)
    frame = pd.DataFrame(
        {
            "strategy": np.repeat(np.array(names, dtype=object), len(at)),
            "x": np.tile(at, len(names)).astype(float),
            "median": means.ravel(),
            "low": low,
            "high": high,
            "n_problems": np.repeat(problems, len(at)),
        }
    )
    waiting = np.sum([_waiting(panel, at) for panel in panels], axis=0)
    return frame[waiting.ravel() == 0].dropna(subset="median", ignore_index=True)


def _spread(panel: Panel, at: Ints) -> Array:
    """Return regret with a row for each strategy and number of trials, shape (S · C, R)."""
    values = panel.regret[..., np.minimum(at, panel.budget) - 1]
    return values.transpose(0, 2, 1).reshape(len(values) * len(at), values.shape[1])


def _waiting(panel: Panel, at: Ints) -> Ints:
    """Return how many runs still wait for their first full evaluation, shape (S, C)."""
    first = np.isnan(panel.best) & panel.cheap[..., None]
    found: Ints = first.sum(axis=1)[:, np.minimum(at, panel.budget) - 1]
    return found
