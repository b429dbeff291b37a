"""What did not go as planned: failed trials, failed runs, skips, exhausted strategies."""

from __future__ import annotations

import pandas as pd

COLUMNS = ["kind", "strategy", "problem", "count", "reason"]


def account(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return what did not go as planned, counted by kind, pair and reason.

    Returns:
        Columns kind ("trial failed", or how runs ended: exhausted, failed, timeout, crashed,
        skipped, unfinished), strategy, problem, count, reason.
    """
    failed = trials[trials["status"] == "failed"].assign(kind="trial failed")
    ended = runs[runs["ended"] != "completed"].assign(kind=lambda frame: frame["ended"])
    keys = ["kind", "strategy", "problem", "reason"]
    together = pd.concat([ended[keys], failed[keys]], ignore_index=True)
    # Grouping drops what has no key, and a failure without a reason is one all the same.
    together["reason"] = together["reason"].fillna("")
    if together.empty:
        return pd.DataFrame(columns=COLUMNS)
    counted = together.groupby(keys, sort=True).size().rename("count").reset_index()
    return counted[COLUMNS]
