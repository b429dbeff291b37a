"""How far random search gets: the difficulty of a problem in numbers that need no strategy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from bench.analysis.landscape.importance import weighted_quantile
from bench.panels.arrays import Array
from bench.panels.rounding import at_most

TRIALS = (1, 10, 50, 100, 200)
"""Numbers of random draws after which the regret is given."""

TARGET = 0.1
"""The normalised regret that `n_draws_to_target` counts to."""

NEAR = 0.01
"""The normalised regret up to which a draw counts as near the optimum."""

Curve = Callable[[int], float]


def of_table(losses: Array, weights: Array) -> pd.Series:
    """Return how far random search gets on a table, exactly (draws with replacement).

    Regret is normalised in each split: 0 is its optimum, 1 the median of one random draw.

    Args:
        losses: shape (splits, configurations).
        weights: probability of each configuration in one random draw.

    Returns:
        `regret_1`, `regret_10`, … (expected regret of the best after so many draws, mean over
        splits), `n_draws_to_target` (the first number after which it is at most 0.1),
        `p_near_optimum` (probability that a draw's regret is at most 0.01), `n_measured` (the
        largest number of draws that is measured, infinite here). NaN where the median draw is an
        optimum itself.
    """
    weights = weights / weights.sum()
    regrets = [_normalised(row, float(row.min()), weights) for row in losses]
    near = np.mean([weights[at_most(regret, NEAR)].sum() for regret in regrets])
    return _difficulty([_with_replacement(r, weights) for r in regrets], float(near))


def of_draws(losses: Array, optima: Array) -> pd.Series:
    """Return how far random search gets, estimated from independent random draws.

    The expectation over all subsets of the draws (a U-statistic) is unbiased for the best loss.

    Args:
        losses: shape (instances, draws), with at least as many draws as the longest of `TRIALS`.
        optima: the best loss of each instance.

    Returns:
        As `of_table`, means over instances; `n_draws_to_target` is infinite where the largest
        number of `TRIALS` is not enough, beyond which nothing was measured.
    """
    equal = np.full(losses.shape[1], 1.0 / losses.shape[1])
    regrets = [
        _normalised(row, best, equal) for row, best in zip(losses, optima.tolist(), strict=True)
    ]
    near = float(np.mean([at_most(regret, NEAR).mean() for regret in regrets]))
    return _difficulty([_without_replacement(r) for r in regrets], near, limit=max(TRIALS))


def of_sample(losses: Array) -> pd.Series:
    """Return how far random search gets at least from its optimum, where the optimum is not known.

    The best of a repetition's draws takes the optimum's place. It cannot be better than the
    optimum, so a regret below 1, and with it the number of draws, is a lower bound.

    Args:
        losses: shape (repetitions, draws).

    Returns:
        As `of_table`. Beyond half the draws there is nothing: of all of them the regret is 0.
        Nothing is said of `p_near_optimum`, the best draw would always be there.
    """
    draws = losses.shape[1]
    equal = np.full(draws, 1.0 / draws)
    regrets = [_normalised(row, float(row.min()), equal) for row in losses]
    return _difficulty([_without_replacement(r) for r in regrets], np.nan, limit=draws // 2)


def default_place(losses: Array, weights: Array, default: int) -> float:
    """Return the probability that one random draw beats the default, mean over splits.

    Args:
        losses: shape (splits, configurations).
        weights: probability of each configuration in one random draw.
        default: the place of the default configuration.
    """
    return float(np.mean(~at_most(losses[:, [default]], losses) @ (weights / weights.sum())))


def _normalised(losses: Array, optimum: float, weights: Array) -> Array:
    scale = weighted_quantile(losses, weights, 0.5) - optimum
    return (losses - optimum) / scale if scale > 0 else np.full(len(losses), np.nan)


def _with_replacement(regrets: Array, weights: Array) -> Curve:
    order = np.argsort(regrets, kind="stable")
    # The probability that a draw is worse than the k best.
    worse = np.clip(1.0 - np.cumsum(weights[order])[:-1], 0.0, 1.0)
    ordered = regrets[order]
    steps = np.diff(ordered)
    return lambda n: float(ordered[0] + steps @ worse**n)


def _without_replacement(regrets: Array) -> Curve:
    ordered = np.sort(regrets)
    steps, count = np.diff(ordered), len(ordered)
    left = count - np.arange(count - 1)

    def curve(n: int) -> float:
        # C(N−k, n) / C(N, n): the probability that n of N are all worse than the k best.
        return float(ordered[0] + steps @ np.cumprod(np.clip((left - n) / left, 0.0, 1.0)))

    return curve


def _difficulty(curves: list[Curve], near: float, limit: float = np.inf) -> pd.Series:
    def mean(n: int) -> float:
        return float(np.mean([curve(n) for curve in curves]))

    regrets = {f"regret_{n}": mean(n) if n <= limit else np.nan for n in TRIALS}
    if np.isnan(mean(1)):
        regrets = dict.fromkeys(regrets, np.nan)
        return pd.Series(
            {**regrets, "n_draws_to_target": np.nan, "p_near_optimum": np.nan, "n_measured": limit}
        )
    return pd.Series(
        {
            **regrets,
            "n_draws_to_target": _first(mean, limit),
            "p_near_optimum": near,
            "n_measured": limit,
        }
    )


def _first(mean: Curve, limit: float) -> float:
    """Return the first n at which a falling curve is at most the target, by bisection."""
    high = 1
    while not at_most(mean(high), TARGET):
        if high >= limit:
            return np.inf
        high = int(min(2 * high, limit))
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if at_most(mean(middle), TARGET) else (middle, high)
    return float(high)
