"""The probability that a smaller sweep names the wrong winner of a pair."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.inference.estimates import on_problem_set
from bench.inference.intervals import SEED
from bench.inference.paired import Pairs, all_pairs, grouping
from bench.panels.arrays import Array, Flags
from bench.panels.panel import Panel
from bench.panels.regret import bounded
from bench.panels.rounding import cleared

REPETITIONS = (1, 2, 5, 10, 20)
DATA_SETS = (5, 10, 20)
"""The sizes of smaller sweeps; the number of all data sets is one more."""

DRAWS = 1000
"""Sweeps that are drawn for each size: the standard error of a share is 0.016 or less."""

COLUMNS = ["a", "b", "n_datasets", "n_repetitions", "wrong_share", "n_draws"]


def wrong_winner(
    panels: Sequence[Panel],
    wanted: Sequence[tuple[str, str]],
    trials: int | None = None,
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Return how often smaller sweeps find the other one of two strategies better.

    The sweep stands for the truth. A smaller sweep draws data sets from it with replacement, takes
    all their problems, and draws repetitions of each of them with replacement, from those that both
    strategies have. The winner is the one whose mean bounded regret over repetitions, then problems
    is smaller. Where the two means are equal, in the smaller sweep or in the whole one, the winner
    is wrong with probability ½.

    Args:
        panels: of all problems, in the same strategies.
        wanted: pairs of strategies.
        trials: after how many; all of each problem's budget without.
        draws: sweeps of each size.

    Returns:
        A row a pair and size, in the order of the pairs: a, b, n_datasets, n_repetitions (of each
        problem; sizes up to the fewest that both have of a problem), wrong_share (of the draws that
        have a problem of both, those with the wrong winner), n_draws (those draws). A pair that
        shares no problem has no row.

    Source: the idea of Bouthillier et al. 2021, "Accounting for Variance in Machine Learning
    Benchmarks": how often a benchmark with so many repetitions finds the better of two.
    """
    if not wanted:
        return pd.DataFrame(columns=COLUMNS)
    pairs = all_pairs(panels, trials)
    places: dict[tuple[str, str], int] = {}
    for place, (a, b) in enumerate(zip(pairs.a, pairs.b, strict=True)):
        places[a, b] = places[b, a] = place
    rows = [places[both] for both in wanted]
    sign = np.sign(on_problem_set(pairs).difference)[rows]
    grain = pairs.mean_grain.max(axis=1)[rows][:, None]
    count = pairs.count[rows]
    fewest = np.where(count > 0, count, np.iinfo(np.int64).max).min(axis=1)
    parts = _parts(panels, pairs, rows, trials)
    groups = grouping(pairs.datasets)
    total = groups.shape[1]
    found = []
    for n in [*(size for size in DATA_SETS if size < total), total]:
        rng = np.random.default_rng([SEED, n])
        drawn = rng.multinomial(n, np.full(total, 1 / total), size=draws) @ groups.T
        for r in REPETITIONS:
            able = (count > 0).any(axis=1) & (fewest >= r)
            if not able.any():
                continue
            means = _means(parts, count > 0, drawn, r, [SEED, n, r])
            known = ~np.isnan(means)
            signs = np.sign(cleared(means, grain))
            wrong = np.where((signs == 0) | (sign == 0)[:, None], 0.5, signs != sign[:, None])
            numbers = known.sum(axis=1)
            shares = np.where(known, wrong, 0.0).sum(axis=1) / np.maximum(numbers, 1)
            found += [
                (place, *wanted[place], n, r, shares[place], numbers[place])
                for place in np.flatnonzero(able).tolist()
            ]
    found.sort(key=lambda row: row[0])
    return pd.DataFrame([row[1:] for row in found], columns=COLUMNS)


def over_pairs(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the mean over pairs of each size.

    Args:
        frame: as `wrong_winner` gives it.

    Returns:
        n_datasets, n_repetitions, wrong_share (mean over pairs), n_pairs.
    """
    sizes = frame.groupby(["n_datasets", "n_repetitions"])["wrong_share"]
    return sizes.agg(wrong_share="mean", n_pairs="count").reset_index()


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """The differences on a problem, of the pairs that have the same N repetitions in common.

    Args:
        problem: its place.
        differences: shape (M, N): 0 for all other pairs.
    """

    problem: int
    differences: Array


def _parts(
    panels: Sequence[Panel], pairs: Pairs, rows: Sequence[int], trials: int | None
) -> list[Part]:
    """Return the differences of the pairs in some rows."""
    names = panels[0].strategies
    first, second = ([names.index(of[row]) for row in rows] for of in (pairs.a, pairs.b))
    found = []
    for k, panel in enumerate(panels):
        regret = bounded(panel.regret_after(trials))
        differences = regret[first] - regret[second]
        there = ~np.isnan(differences)
        for pattern in np.unique(there[there.any(axis=1)], axis=0):
            those = (there == pattern).all(axis=1)
            found.append(Part(k, np.where(those[:, None], differences, 0.0)[:, pattern]))
    return found


def _means(
    parts: Sequence[Part], there: Flags, drawn: Array, repetitions: int, seed: Sequence[int]
) -> Array:
    """Return the mean differences of drawn sweeps, shape (M, draws); NaN where nothing is drawn.

    Args:
        parts: of all problems.
        there: shape (M, K): the problems that a pair has repetitions of.
        drawn: shape (draws, K): how often each problem is in a sweep.
        repetitions: that are drawn each time.
        seed: of the repetitions.
    """
    numbers = []
    for part in parts:
        size = part.differences.shape[1]
        rng = np.random.default_rng([*seed, part.problem])
        times = repetitions * drawn[:, part.problem].astype(np.int64)
        numbers.append(rng.multinomial(times, np.full(size, 1 / size)))
    count = there.astype(float) @ drawn.T
    differences = np.concatenate([part.differences for part in parts], axis=1)
    total = differences @ np.concatenate(numbers, axis=1).T.astype(float) / repetitions
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
