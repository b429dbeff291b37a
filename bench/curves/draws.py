"""One random draw: how its loss is distributed on a problem, from the trials of random search."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.regret import KNOWN, RANDOM

Exact = tuple[Array, Array]
"""Losses of shape (R, configurations), or (1, configurations) for all repetitions, and the
probability of each configuration in one random draw."""


def random_draws(panel: Panel) -> list[Array]:
    """Return the losses of single random draws, best first, for each repetition.

    A repetition has other folds, another noise or another shift, hence another distribution. They
    are pooled over repetitions only where the optimum is known and the same in all of them, as
    that of a function whose place alone moves. Everywhere else a repetition has its own draws:
    pooled, those of an easy split would pass for good configurations on a hard one. A failed
    draw has the worst completed loss of the problem.

    Returns:
        An array a repetition (the same one where they are pooled), empty where `random` did not
        run.
    """
    empty = np.empty(0)
    if RANDOM not in panel.strategies:
        return [empty] * len(panel.repetitions)
    s = panel.strategies.index(RANDOM)
    made = panel.full[s] > 0
    filled = np.where(np.isnan(panel.loss[s]), panel.worst, panel.loss[s])
    if is_pooled(panel):
        return [np.sort(filled[made])] * len(panel.repetitions)
    return [np.sort(row[there]) for row, there in zip(filled, made, strict=True)]


def is_pooled(panel: Panel) -> bool:
    """Return whether all repetitions share the distribution of a draw."""
    return panel.source.startswith(KNOWN) and float(np.ptp(panel.optimum)) == 0


def expected_best(ordered: Array, count: int) -> float:
    """Return the expected best of n of N draws without replacement.

    x_(1) + Σ_k (x_(k+1) − x_(k)) · C(N−k, n) / C(N, n): the U-statistic, unbiased for the best of
    n independent draws.

    Args:
        ordered: shape (N,), best first.
        count: n.

    Returns:
        NaN where there are fewer than n draws.
    """
    if len(ordered) < count:
        return float("nan")
    left = len(ordered) - np.arange(len(ordered) - 1)
    worse = np.cumprod(np.clip((left - count) / left, 0.0, 1.0))
    # Steps instead of weights: where all draws are the same it is that value to the last digit.
    return float(ordered[0] + np.diff(ordered) @ worse)


def expected_bests(draws: Sequence[Array], counts: Sequence[int]) -> Array:
    """Return the expected best of some numbers of draws, in each repetition.

    Args:
        draws: as `random_draws` gives them.
        counts: numbers of draws.

    Returns:
        Shape (R, counts); NaN where there are fewer draws.
    """
    # Where draws are pooled all repetitions have the same array.
    known: dict[int, list[float]] = {}
    for ordered in draws:
        if id(ordered) not in known:
            known[id(ordered)] = [expected_best(ordered, count) for count in counts]
    return np.array([known[id(ordered)] for ordered in draws]).reshape(len(draws), len(counts))


def exact_bests(exact: Exact, repetitions: int, counts: Sequence[int]) -> Array:
    """Return the expected best of independent draws from a known distribution.

    x_(1) + Σ_k (x_(k+1) − x_(k)) · (1 − w_(1) − … − w_(k))ⁿ, w the probabilities.

    Args:
        exact: the distribution; a failed configuration (NaN) has the worst loss of the repetition.
        repetitions: R.
        counts: numbers of draws.

    Returns:
        Shape (R, counts).
    """
    losses, weights = exact
    weights = weights / weights.sum()
    # Repetitions on the same split have the same losses.
    known: dict[bytes, list[float]] = {}
    keys = [row.tobytes() for row in losses]
    for key, row in zip(keys, losses, strict=True):
        if key not in known:
            filled = np.where(np.isnan(row), np.nanmax(row), row)
            order = np.argsort(filled, kind="stable")
            worse = np.clip(1.0 - np.cumsum(weights[order])[:-1], 0.0, 1.0)
            ordered = filled[order]
            steps = np.diff(ordered)
            known[key] = [float(ordered[0] + steps @ worse**count) for count in counts]
    found = np.array([known[key] for key in keys]).reshape(len(keys), len(counts))
    return np.broadcast_to(found, (repetitions, len(counts)))
