"""What strategies themselves cost."""

from __future__ import annotations

import pandas as pd


def strategy_seconds(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the strategy's own seconds (ask + tell) at each trial number.

    Returns:
        Columns strategy, x (trial, from 1), median, low, high (25 % and 75 %), runs: over all
        problems and repetitions.
    """
    seconds = (trials["ask_s"] + trials["tell_s"]).astype(float)
    groups = seconds.groupby([trials["strategy"], trials["trial"] + 1], sort=True)
    quartiles = groups.quantile([0.25, 0.5, 0.75]).unstack()
    frame = pd.DataFrame(
        {
            "median": quartiles[0.5],
            "low": quartiles[0.25],
            "high": quartiles[0.75],
            "runs": groups.size(),
        }
    )
    return frame.rename_axis(["strategy", "x"]).reset_index()
