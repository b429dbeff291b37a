"""Strategies in pairs: probability of improvement, wins, ties and losses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd

from bench.inference.intervals import mean
from bench.inference.mean_intervals import around, mean_parts
from bench.inference.paired import medians
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.rounding import alike

SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
"""Of equal values: the mean of both counts a tie half."""

COLUMNS = [
    "strategy", "other", "improvement", "low", "high", "n_problems", "n_won", "n_tied", "n_lost",
    "n_repetitions", "n_repetitions_won", "n_repetitions_tied", "n_repetitions_lost",
]  # fmt: skip


def improvement(first: Array, second: Array) -> float:
    """Return P(X < Y) + ½ P(X = Y) over all pairs of repetitions.

    rliable's probability of improvement (Agarwal et al. 2021), of losses: its scores are better
    the larger they are, so it takes X > Y.

    Args:
        first: X, shape (R,), at least one.
        second: Y, shape (Q,), at least one.
    """
    ordered = np.sort(second)
    # How many of Y are larger, and how many are not smaller.
    larger = len(second) - np.searchsorted(ordered, first, side="right")
    no_smaller = len(second) - np.searchsorted(ordered, first, side="left")
    return float((larger + no_smaller).mean() / (2 * len(second)))


def pairwise(panels: Sequence[Panel], trials: int | None = None) -> pd.DataFrame:
    """Return how each strategy does against each other, by normalised regret.

    Both are compared on the problems they share, and of each on the repetitions that both have;
    every problem weighs the same.

    Args:
        panels: of all problems, in the same strategies.
        trials: after how many; all of each problem's budget without.

    Returns:
        A row an ordered pair of two strategies that have runs: strategy, other; improvement: the
        probability that a run of the first is better than one of the other, ties count half, mean
        over problems; low, high: its 95 % interval on this problem set (NaN where a problem has one
        repetition); n_problems: those in common; n_won, n_tied, n_lost: of these, by the median;
        n_repetitions and n_repetitions_won, …_tied, …_lost: of the pairs with the same repetition.
        Where nothing is in common improvement is NaN and the numbers are 0.

    Raises:
        ValueError: trials below 1.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    names = panels[0].strategies
    scores = [panel.regret_after(trials) for panel in panels]
    entered = np.array([(~np.isnan(values)).any(axis=1) for values in scores], dtype=bool).any(
        axis=0
    )
    pairs = list(itertools.combinations(np.flatnonzero(entered).tolist(), 2))
    grains = [panel.grain.max() for panel in panels]
    found, counts = _improvements(scores, pairs), _counts(scores, grains, pairs)
    parts = _parts(scores, pairs)
    rows_there = [_pair_rows(values, pairs) for values in scores]
    ends = around(np.array(found), parts, None, rows_there)
    low, high = (np.clip(end, 0, 1) for end in ends)
    rows = []
    for place, (i, j) in enumerate(pairs):
        problems, won, tied, lost, repetitions, r_won, r_tied, r_lost = counts[place]
        rows.append(
            (names[i], names[j], found[place], low[place], high[place],
             problems, won, tied, lost, repetitions, r_won, r_tied, r_lost)
        )  # fmt: skip
        rows.append(
            (names[j], names[i], 1 - found[place], 1 - high[place], 1 - low[place],
             problems, lost, tied, won, repetitions, r_lost, r_tied, r_won)
        )  # fmt: skip
    frame = pd.DataFrame(rows, columns=COLUMNS)
    order = {name: place for place, name in enumerate(names)}
    return frame.sort_values(
        ["strategy", "other"], key=lambda column: column.map(order), ignore_index=True
    )


def _both(values: Array, pair: tuple[int, int]) -> Array:
    """Return the scores of two strategies in the repetitions that both have, shape (2, R)."""
    found = values[list(pair)]
    return found[:, ~np.isnan(found).any(axis=0)]


def _improvements(scores: Sequence[Array], pairs: list[tuple[int, int]]) -> list[float]:
    parts: list[list[float]] = [[] for _ in pairs]
    for values in scores:
        for part, pair in zip(parts, pairs, strict=True):
            one, two = _both(values, pair)
            if len(one):
                part.append(improvement(one, two))
    return [float(np.mean(part)) if part else np.nan for part in parts]


def _counts(
    scores: Sequence[Array], grains: Sequence[float], pairs: list[tuple[int, int]]
) -> list[tuple[int, ...]]:
    """Return for each pair: problems, won, tied, lost, repetitions, won, tied, lost."""
    found = np.zeros((len(pairs), 8), dtype=np.int64)
    one, two = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    for values, grain in zip(scores, grains, strict=True):
        there = ~(np.isnan(values[one]) | np.isnan(values[two]))
        first, second = (np.where(there, values[row], np.nan) for row in (one, two))
        middle, other = medians(first), medians(second)
        same = alike(middle, other, grain)
        found[:, 0] += there.any(axis=1)
        found[:, 1:4] += np.array([~same & (middle < other), same, ~same & (middle > other)]).T
        found[:, 4] += there.sum(axis=1)
        runs = (first < second, first == second, first > second)
        found[:, 5:] += np.array([outcome.sum(axis=1) for outcome in runs]).T
    return [tuple(row) for row in found.tolist()]


def _parts(scores: Sequence[Array], pairs: list[tuple[int, int]]) -> list[Array]:
    """Return what each repetition adds to the distance of each probability from its centre.

    A repetition has a part in both samples: how often the other's runs are worse than its own of
    the first strategy, and how often the other's are better than its own of the second (Sen 1960;
    DeLong et al. 1988), here of repetitions that both ran, so that the two are paired.

    Returns:
        Of each problem, shape (pairs, R).
    """
    found = []
    for values in scores:
        placed = np.full((len(pairs), values.shape[1]), np.nan)
        for place, (i, j) in enumerate(pairs):
            there = ~np.isnan(values[i] + values[j])
            one, two = values[i, there], values[j, there]
            worse = 2 * len(one) - sum(
                np.searchsorted(np.sort(two), one, side=side) for side in SIDES
            )
            better = sum(np.searchsorted(np.sort(one), two, side=side) for side in SIDES)
            placed[place, there] = (worse + better) / (2 * max(len(one), 1))
        found.append(placed)
    return mean_parts(found, mean(found))


def _pair_rows(values: Array, pairs: list[tuple[int, int]]) -> Array:
    """Return a row a pair, NaN where one of the two does not have the repetition."""
    first, second = [i for i, _ in pairs], [j for _, j in pairs]
    return values[first] + values[second]
