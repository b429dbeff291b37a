"""Random search with twice the budget: what every strategy must beat (Jamieson's baseline)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference.intervals import mean
from bench.inference.mean_intervals import mean_interval
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, bounded
from bench.panels.rounding import cleared

COLUMNS = ["strategy", "budget", "random_budget", "difference", "difference_low",
           "difference_high", "difference_new_low", "difference_new_high", "n_better", "n_worse",
           "n_problems"]  # fmt: skip


def random_2x(panels: Sequence[Panel], trials: int | None = None) -> pd.DataFrame:
    """Return the regret of each strategy against random search that spends twice as much.

    No run is made for it: after n trials a strategy is compared with the runs of `random` after 2n,
    in the same repetition. So n is at most half of the least budget.

    Args:
        panels: the problems.
        trials: n, where half of the budget is not less.

    Returns:
        A row a strategy: strategy, budget (n), random_budget (2n), difference (bounded regret after
        n minus that of `random` after 2n, mean over the repetitions that both have, then over
        problems; below 0 the strategy is better), with its 95 % intervals on this problem set
        (_low, _high) and for new ones (_new_low, _new_high); n_better and n_worse (problems with a
        mean difference below and above 0), n_problems (with a repetition that both have). The row
        of `random` is what its second half of the trials brings. Empty without `random`, and where
        a budget is one trial.
    """
    panels = [panel for panel in panels if RANDOM in panel.strategies]
    half = min((panel.budget for panel in panels), default=0) // 2
    n = min(trials or half, half)
    if n < 1:
        return pd.DataFrame(columns=COLUMNS)
    scores = [_differences(panel, n) for panel in panels]
    means = np.array([mean([part]) for part in scores])
    ends = [*mean_interval(scores), *mean_interval(scores, [panel.dataset for panel in panels])]
    counts = (means < 0).sum(axis=0), (means > 0).sum(axis=0), (~np.isnan(means)).sum(axis=0)
    columns = [panels[0].strategies, n, 2 * n, mean(scores), *ends, *counts]
    return pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))


def _differences(panel: Panel, n: int) -> Array:
    """Return the differences in each repetition, shape (S, R); NaN where one of the two ran not."""
    regret = bounded(panel.regret_after(n))
    other = bounded(panel.regret_after(2 * n))[panel.strategies.index(RANDOM)]
    return cleared(regret - other, 2 * panel.grain)
