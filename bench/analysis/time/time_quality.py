"""Time and quality: the regret of a whole run against the seconds that it takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis.time.pareto import undominated
from bench.analysis.time.replay import MAX_LATENESS_FACTOR
from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.panels.arrays import Array
from bench.panels.clock import finish_times
from bench.panels.panel import Panel
from bench.panels.regret import bounded

COSTS = (0.01, 0.1, 1.0, 60.0)
"""Seconds of an evaluation, a panel of the figure each."""

COLUMNS = [
    "evaluation_s", "strategy", "run_s", "bounded", "low", "high", "n_problems", "pareto",
]  # fmt: skip


def time_quality(panels: Sequence[Panel], costs: Sequence[float] = COSTS) -> pd.DataFrame:
    """Return the regret of each strategy at its budget, and the seconds that a run of it takes.

    A run is replayed on one worker: every full evaluation takes the given seconds, and the strategy
    its own recorded ones.

    Args:
        panels: the problems.
        costs: seconds of a full evaluation.

    Returns:
        A row a cost × strategy: evaluation_s, strategy, run_s (seconds of a run on its clock, mean
        over repetitions, then problems), bounded (mean bounded regret at the end of the budget,
        likewise), low, high (its 95 % interval on this problem set), n_problems, pareto (no other
        strategy is at least as good in both bounded and run_s, seconds that differ by a hundredth
        counting as equal). NaN without a run; a strategy
        that has no run on one of the problems is not in the Pareto set.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    tables = []
    for cost in costs:
        seconds, regrets = [], []
        for panel in panels:
            spent = _run_seconds(panel, cost)
            seconds.append(spent)
            regrets.append(np.where(np.isnan(spent), np.nan, bounded(panel.regret_after())))
        low, high = of_regret(mean_interval(regrets), regrets)
        number = (counts_of(regrets) > 0).sum(axis=0)
        run_s, centre = mean(seconds), mean(regrets)
        whole = np.where(number == len(panels), 0.0, np.nan)
        tables.append(
            pd.DataFrame(
                {
                    "evaluation_s": cost,
                    "strategy": list(panels[0].strategies),
                    "run_s": run_s,
                    "bounded": centre,
                    "low": low,
                    "high": high,
                    "n_problems": number,
                    "pareto": undominated(centre + whole, run_s, MAX_LATENESS_FACTOR),
                }
            )
        )
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def _run_seconds(panel: Panel, cost: float) -> Array:
    """Return the seconds of each run, NaN where they are not known, shape (S, R)."""
    times = finish_times(panel, cost=cost)
    last = np.take_along_axis(times, np.maximum(panel.used, 1)[..., None] - 1, axis=2)[..., 0]
    found: Array = np.where(panel.ran, np.where(panel.used > 0, last, 0.0), np.nan)
    return found
