"""Means of what rules that are replayed on runs gave, by rule and strategy, with intervals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from bench.inference import intervals
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.panels.arrays import Array, Flags

ENDS = ("", "_low", "_high", "_new_low", "_new_high")
"""What a column of a mean ends in: the mean, its 95 % interval on this problem set, and on new."""


def with_all(values: Array, chooses: Flags) -> Array:
    """Return values with a last row: in each repetition the mean over some strategies.

    Args:
        values: shape (rules, S, R), NaN where there is none.
        chooses: shape (S,): those strategies, as `choosing_strategies` gives them.

    Returns:
        Shape (rules · (S + 1), R), the rows of a rule together.
    """
    there = ~np.isnan(values) & chooses[:, None]
    count = there.sum(axis=1, keepdims=True)
    total = np.where(there, values, 0.0).sum(axis=1, keepdims=True)
    over = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return np.concatenate([values, over], axis=1).reshape(-1, values.shape[2])


def mean_columns(
    name: str, scores: Sequence[Array], datasets: Sequence[str], *, regret: bool = False
) -> dict[str, Array]:
    """Return the columns of a mean over repetitions, then problems, with both its intervals.

    Args:
        name: of the column.
        scores: of each problem, shape (K, R): NaN where there is none.
        datasets: the data set of each problem.
        regret: whether scores are regrets, whose mean is not below 0.
    """
    kinds = [mean_interval(scores, of) for of in (None, datasets)]
    if regret:
        kinds = [of_regret(ends, scores) for ends in kinds]
    values = [intervals.mean(scores), *(end for ends in kinds for end in ends)]
    return {name + end: found for end, found in zip(ENDS, values, strict=True)}


def choosing_strategies(made: Sequence[Flags]) -> Flags:
    """Return which strategies count in the mean over strategies, shape (S,).

    They have such runs, and at least half as many as the strategy with the most: the mean is taken
    in each repetition, so one with few repetitions would hardly count, and still be named.

    Args:
        made: of each problem, shape (S, R): the runs with more than one trial.
    """
    counts = np.sum([runs.sum(axis=1) for runs in made], axis=0)
    found: Flags = (counts > 0) & (2 * counts >= counts.max())
    return found
