"""Regret and mean rank at the budgets that people have, beside each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.curves.ranks import from_pairs, pair_losses
from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.panels.panel import Panel
from bench.panels.rounding import tied

HEADLINE = 50
"""The budget a headline is about: most people spend fewer trials (Bouthillier and Varoquaux 2020,
"Survey of machine-learning experimental methods at NeurIPS2019 and ICLR2020")."""

BUDGETS = (20, HEADLINE, 100)


def by_budget(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return mean normalised regret and mean rank after each of `BUDGETS`.

    Args:
        panels: of all problems, in the same strategies.

    Returns:
        A row a strategy and budget that all problems have, in the order of the sweep: strategy,
        budget, rank (mean over repetitions, then problems, as on the leaderboard), mean (of
        normalised regret), mean_low, mean_high (95 % on this problem set). Strategies without a run
        are left out; there is no row where a problem has less than `HEADLINE`.
    """
    columns = ["strategy", "budget", "rank", "mean", "mean_low", "mean_high"]
    least = min((panel.budget for panel in panels), default=0)
    if least < HEADLINE:
        return pd.DataFrame(columns=columns)
    parts = []
    for budget in (size for size in BUDGETS if size <= least):
        scores = [panel.regret_after(budget) for panel in panels]
        entered = np.asarray((counts_of(scores) > 0).any(axis=0))
        low, high = of_regret(mean_interval(scores), scores)
        part = pd.DataFrame(
            {
                "strategy": list(panels[0].strategies),
                "budget": budget,
                "rank": tied(from_pairs(mean([pair_losses(of) for of in scores]), entered)),
                "mean": mean(scores),
                "mean_low": low,
                "mean_high": high,
            }
        )
        parts.append(part[entered])
    return pd.concat(parts, ignore_index=True)
