"""Performance profiles: the share of runs that came within some regret."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import mean_interval
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.rounding import at_most

GRID = np.concatenate([[0.0], np.logspace(-4, 1, 81)])
"""Normalised regrets at which the share is given: 1 is one random draw's median."""


def profiles(
    panels: Sequence[Panel], trials: int | None = None, grid: Array = GRID
) -> pd.DataFrame:
    """Return for each strategy the share of runs with a normalised regret of at most τ.

    Every problem weighs the same, and of each those repetitions count that the strategy has
    (Agarwal et al. 2021, run-score distributions; theirs are of scores, larger is better). A
    strategy with fewer problems has a profile of those: another population.

    Args:
        panels: of all problems, in the same strategies.
        trials: after how many; all of each problem's budget without.
        grid: the regrets τ.

    Returns:
        A row a strategy and τ: strategy, tau, share, low, high (pointwise 95 % bootstrap interval
        on this problem set; NaN with a single repetition), n_problems (it has runs on).

    Raises:
        ValueError: trials below 1.
    """
    columns = ["strategy", "tau", "share", "low", "high", "n_problems"]
    if not panels:
        return pd.DataFrame(columns=columns)
    names = panels[0].strategies
    scores = [panel.regret_after(trials) for panel in panels]
    within = [
        _within(values, grid, panel.grain.max())
        for values, panel in zip(scores, panels, strict=True)
    ]
    low, high = (np.clip(end, 0, 1) for end in mean_interval(within))
    number = (counts_of(scores) > 0).sum(axis=0)
    return pd.DataFrame(
        {
            "strategy": np.repeat(np.array(names, dtype=object), len(grid)),
            "tau": np.tile(grid, len(names)),
            "share": mean(within),
            "low": low,
            "high": high,
            "n_problems": np.repeat(number, len(grid)),
        },
        columns=columns,
    )


def _within(scores: Array, grid: Array, grain: float) -> Array:
    """Return 1 where a score is at most τ, shape (S · grid, R); NaN where there is no score."""
    near = at_most(scores[:, None], np.asarray(grid)[None, :, None], grain)
    found = np.where(np.isnan(scores)[:, None], np.nan, near)
    return found.reshape(len(scores) * len(grid), scores.shape[1])
