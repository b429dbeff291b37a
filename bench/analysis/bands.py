"""Middle and spread of curves over repetitions."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.analysis.trajectories import Array, time_curves, trial_curves

COLUMNS = ["problem", "strategy", "x", "median", "low", "high", "repetitions"]


def trial_bands(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return median and quartiles of best-so-far after each number of trials.

    Returns:
        Columns problem, strategy, x (trials, from 1), median, low, high (25 % and 75 %),
        repetitions. A trial after which some repetition has no incumbent yet is left out.
    """
    parts = [
        _band(problem, strategy, np.arange(1, curve.shape[1] + 1), curve)
        for (strategy, problem), curve in trial_curves(trials, runs).items()
    ]
    return _joined(parts)


def time_bands(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return median and quartiles of best-so-far after x seconds of evaluation and strategy."""
    parts = [
        _band(problem, strategy, seconds, curve)
        for problem, (seconds, strategies) in time_curves(trials, runs).items()
        for strategy, curve in strategies.items()
    ]
    return _joined(parts)


def _band(problem: str, strategy: str, x: Array, curve: Array) -> pd.DataFrame:
    there = ~np.isnan(curve).any(axis=0)
    low, median, high = np.quantile(curve[:, there], [0.25, 0.5, 0.75], axis=0)
    return pd.DataFrame(
        {
            "problem": problem,
            "strategy": strategy,
            "x": x[there].astype(float),
            "median": median,
            "low": low,
            "high": high,
            "repetitions": len(curve),
        }
    )


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
