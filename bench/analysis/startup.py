"""Start-up: how many first trials a strategy draws at random before it learns from results."""

from __future__ import annotations

import json

import pandas as pd

SETTINGS = ("n_startup_trials", "n_initial_points")
"""What the setting is called that says so, in Optuna and hyperopt, and in scikit-optimize."""


def startups(runs: pd.DataFrame) -> dict[str, int]:
    """Return strategy -> its start-up, of those that record one; the longest of its runs.

    A strategy without such a setting learns from the start or never, which its results do not tell.

    Args:
        runs: a row a run: strategy, settings (JSON, with every default).
    """
    found: dict[str, int] = {}
    pairs = runs[["strategy", "settings"]].astype(str).drop_duplicates()
    for strategy, text in pairs.itertuples(index=False):
        settings = json.loads(text)
        counts = [settings[name] for name in SETTINGS if type(settings.get(name)) is int]
        if counts:
            found[strategy] = max(found.get(strategy, 0), *counts)
    return found
