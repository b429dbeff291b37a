"""Start-up: how many first trials a strategy draws at random before it learns from results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

SETTINGS = ("n_startup_trials", "n_initial_points", "init_points", "population_size")
"""What the setting is called that says so: in Optuna and hyperopt, in scikit-optimize, in
bayesian-optimization, and in Optuna's NSGA-II, whose first population is random."""


def startup_of(settings: Mapping[str, Any]) -> int | None:
    """Return the start-up that some settings state, the longest where several do, or None."""
    counts = [settings[name] for name in SETTINGS if type(settings.get(name)) is int]
    return max(counts, default=None)


def startups(runs: pd.DataFrame) -> dict[str, int]:
    """Return strategy -> its start-up, of those that record one; the longest of its runs.

    A strategy without such a setting learns from the start or never, which its results do not tell.

    Args:
        runs: a row a run: strategy, settings (JSON, with every default).
    """
    found: dict[str, int] = {}
    pairs = runs[["strategy", "strategy_settings"]].astype(str).drop_duplicates()
    for strategy, text in pairs.itertuples(index=False):
        count = startup_of(json.loads(text))
        if count is not None:
            found[strategy] = max(found.get(strategy, 0), count)
    return found


def on_the_axis(startups: Mapping[str, int], trials: pd.DataFrame) -> dict[str, int]:
    """Return strategy -> its start-up as budget spent, in full evaluations, rounded up.

    Of a strategy without cheaper evaluations that is the number of trials. Of one with, it is the
    most that so many first trials of a run cost.

    Args:
        startups: as `startups` gives them.
        trials: the tidy frame: strategy, problem, repetition, trial, fidelity; continued_from
            where there is any.
    """
    # Not before: who asks for what some settings say waits for no frames.
    from bench.panels.axis import charges, evaluations

    cheap = trials["fidelity"] < 1
    found = dict(startups)
    for strategy in trials.loc[cheap, "strategy"].unique():
        if strategy not in startups:
            continue
        first = (trials["strategy"] == strategy) & (trials["trial_number"] < startups[strategy])
        paid = trials[first].assign(charge=charges(trials[first]))
        runs = paid.groupby(["problem", "repetition"], observed=True)["charge"]
        found[str(strategy)] = int(evaluations(runs.sum().to_numpy(dtype=float)).max(initial=0))
    return found
