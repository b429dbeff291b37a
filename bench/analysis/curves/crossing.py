"""Crossing budgets: from how many trials on one strategy is ahead of another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference.intervals import CURVE_RESAMPLES, SEED, shared, spoken
from bench.panels.arrays import Array, Flags
from bench.panels.panel import Panel
from bench.panels.rounding import cleared, of_size

COLUMNS = ["strategy", "other", "budget", "low", "high", "case", "never_share", "n_problems"]

FLOATS = 4_000_000
"""How many numbers the curves of a part of the resamples may be: what the memory is bound by."""


def crossings(panels: Sequence[Panel], resamples: int = CURVE_RESAMPLES) -> pd.DataFrame:
    """Return from how many trials on each strategy stays ahead of each other one.

    Ahead: its normalised regret, mean over repetitions and then over the problems both ran on, is
    below the other's for good. Of each problem those repetitions count that all strategies with
    runs on it have, as in `convergence`, and on one with a smaller budget than the largest the last
    value is kept.

    Returns:
        strategy, other, budget (the first; infinite where it is not ahead at the end, NaN without a
        problem in common), low and high (95 % bootstrap interval over repetitions, so it speaks of
        this problem set; infinite: never within the budget, NaN where a common problem has one
        repetition), case ("always", "from", "never"; "unknown" without a common problem),
        never_share (share of resamples, NaN likewise), n_problems.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    names = panels[0].strategies
    longest = max(panel.budget for panel in panels)
    regrets = [panel.regret[:, shared(panel.ran)] for panel in panels]
    sizes = [regret.shape[1] for regret in regrets]
    present = np.array([panel.ran.any(axis=1) for panel in panels]).T & (np.array(sizes) > 0)
    pairs = list(itertools.combinations(range(len(names)), 2))
    # Pairs share their sums wherever they have the same problems in common: mostly all do.
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a, b in pairs:
        groups.setdefault((present[a] & present[b]).tobytes(), []).append((a, b))
    commons = [np.frombuffer(key, dtype=bool) for key in groups]
    told = spoken(
        [
            np.where([common[i] for common in commons], 0.0, np.nan)[:, None] * np.ones(size)
            for i, size in enumerate(sizes)
        ]
    )
    point = _sums(regrets, commons, [np.ones((1, size)) for size in sizes], longest)
    grains = [common @ np.array([panel.grain.max() for panel in panels]) for common in commons]
    first = {
        pair: _ahead(point[g], pair, grains[g])
        for g, part in enumerate(groups.values())
        for pair in part
    }
    samples = {pair: np.empty((2, resamples)) for pair in pairs}
    rngs = [np.random.default_rng((SEED, i)) for i in range(len(panels))]
    size = max(1, min(resamples, FLOATS // max(1, len(groups) * len(names) * longest)))
    for start in range(0, resamples, size):
        count = min(size, resamples - start)
        weights = [_weights(rng, n, count) for rng, n in zip(rngs, sizes, strict=True)]
        sums = _sums(regrets, commons, weights, longest)
        for g, part in enumerate(groups.values()):
            for pair in part:
                samples[pair][:, start : start + count] = _ahead(sums[g], pair, grains[g])
    rows = []
    for g, part in enumerate(groups.values()):
        problems = int(commons[g].sum())
        for a, b in part:
            for way, (one, two) in enumerate(((a, b), (b, a))):
                found = float(first[a, b][way, 0])
                row = _row(found, samples[a, b][way], problems, bool(told[g]))
                rows.append((one, two, *row, problems))
    rows.sort(key=lambda row: row[:2])
    return pd.DataFrame([(names[a], names[b], *rest) for a, b, *rest in rows], columns=COLUMNS)


def _row(
    found: float, samples: Array, problems: int, told: bool
) -> tuple[float, float, float, str, float]:
    if not problems:
        return np.nan, np.nan, np.nan, "unknown", np.nan
    case = "never" if np.isinf(found) else "always" if found == 1 else "from"
    if not told:
        return found, np.nan, np.nan, case, np.nan
    # Not interpolated: between a budget and never there is no number.
    low, high = np.quantile(samples, [0.025, 0.975], method="inverted_cdf")
    return found, float(low), float(high), case, float(np.isinf(samples).mean())


def _weights(rng: np.random.Generator, size: int, count: int) -> Array:
    """Return how often each of so many repetitions is drawn: shape (count, R)."""
    if not size:
        return np.zeros((count, 0))
    return rng.multinomial(size, np.full(size, 1 / size), size=count).astype(float)


def _sums(
    regrets: Sequence[Array],
    commons: Sequence[Flags],
    weights: Sequence[Array],
    longest: int,
) -> Array:
    """Return the sum over common problems of mean regret: shape (groups, S, resamples, longest).

    Args:
        regrets: of each problem, shape (S, R, T), of the repetitions that are compared.
        commons: of each group, the problems its pairs have in common.
        weights: of each problem, how often each resample takes its repetitions.
        longest: the largest budget.
    """
    shape = len(commons), len(regrets[0]), len(weights[0]), longest
    sums = np.zeros(shape)
    for i, (regret, drawn) in enumerate(zip(regrets, weights, strict=True)):
        size, budget = regret.shape[1:]
        if not size:
            continue
        for s in np.flatnonzero(~np.isnan(regret[:, 0, 0])):
            mean = (drawn @ regret[s]) / size
            for g, common in enumerate(commons):
                if common[i]:
                    sums[g, s, :, :budget] += mean
                    sums[g, s, :, budget:] += mean[:, -1:]
    return sums


def _ahead(sums: Array, pair: tuple[int, int], grain: float) -> Array:
    """Return from when on the first is below the second, and the second below the first."""
    one, two = sums[pair[0]], sums[pair[1]]
    difference = cleared(one - two, np.maximum(of_size(one, two), grain))
    budget = difference.shape[1]
    found = []
    for ahead in (difference < 0, difference > 0):
        # The trial after the last one at which it is not ahead.
        last = np.where(ahead.all(axis=1), 0, budget - (~ahead)[:, ::-1].argmax(axis=1))
        found.append(np.where(last < budget, last + 1.0, np.inf))
    return np.array(found)
