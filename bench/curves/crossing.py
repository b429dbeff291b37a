"""Crossing budgets: from how many trials on one strategy is ahead of another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference.intervals import CURVE_RESAMPLES, SEED
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.rounding import cleared, of_size

COLUMNS = ["strategy", "other", "budget", "low", "high", "case", "never_share", "n_problems"]

FLOATS = 4_000_000
"""How many numbers the curves of a part of the resamples may be: what the memory is bound by."""


def crossings(panels: Sequence[Panel], resamples: int = CURVE_RESAMPLES) -> pd.DataFrame:
    """Return from how many trials on each strategy stays ahead of each other one.

    Ahead: its normalised regret, mean over repetitions and then over the problems both ran on, is
    below the other's for good. Of each problem those repetitions count that both have, and on one
    with a smaller budget than the largest the last value is kept.

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
    # Pairs share their sums wherever they have the same repetitions in common: mostly all do.
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a, b in itertools.combinations(range(len(names)), 2):
        key = b"".join((panel.ran[a] & panel.ran[b]).tobytes() for panel in panels)
        groups.setdefault(key, []).append((a, b))
    rows = []
    for pairs in groups.values():
        first, second = pairs[0]
        both = [panel.ran[first] & panel.ran[second] for panel in panels]
        there = [place for place, common in enumerate(both) if common.any()]
        if not there:
            nothing = np.nan, np.nan, np.nan, "unknown", np.nan, 0
            rows += [(*way, *nothing) for a, b in pairs for way in ((a, b), (b, a))]
            continue
        members = sorted({s for pair in pairs for s in pair})
        regrets = [panels[i].regret[members][:, both[i]] for i in there]
        grain = float(sum(panels[i].grain.max() for i in there))
        places = [(members.index(a), members.index(b)) for a, b in pairs]
        point, samples = _resampled(regrets, there, places, grain, longest, resamples)
        told = min(regret.shape[1] for regret in regrets) > 1
        for (a, b), found, drawn in zip(pairs, point, samples, strict=True):
            for way, (one, two) in enumerate(((a, b), (b, a))):
                row = _row(float(found[way]), drawn[way], told)
                rows.append((one, two, *row, len(there)))
    rows.sort(key=lambda row: row[:2])
    return pd.DataFrame([(names[a], names[b], *rest) for a, b, *rest in rows], columns=COLUMNS)


def _resampled(
    regrets: Sequence[Array],
    seeds: Sequence[int],
    pairs: Sequence[tuple[int, int]],
    grain: float,
    longest: int,
    resamples: int,
) -> tuple[Array, Array]:
    """Return from when on each strategy is ahead, as measured and in resamples of repetitions.

    Args:
        regrets: of each problem, shape (S, R, T), of the repetitions that are compared.
        seeds: of each problem.
        pairs: places of the two strategies.
        grain: what is rounding in a difference of the sums over problems.
        longest: the largest budget.
        resamples: how many.

    Returns:
        Shapes (pairs, 2) and (pairs, 2, resamples): the first ahead, the second ahead.
    """
    sizes = [regret.shape[1] for regret in regrets]
    sums = _sums(regrets, [np.ones((1, size)) for size in sizes], longest)
    rounding = np.maximum(of_size(sums), grain)
    point = np.array([_ahead(sums, rounding, pair)[:, 0] for pair in pairs])
    samples = np.empty((len(pairs), 2, resamples))
    rngs = [np.random.default_rng((SEED, seed)) for seed in seeds]
    count_at_once = max(1, min(resamples, FLOATS // max(1, len(sums) * longest)))
    for start in range(0, resamples, count_at_once):
        count = min(count_at_once, resamples - start)
        weights = [_weights(rng, n, count) for rng, n in zip(rngs, sizes, strict=True)]
        sums = _sums(regrets, weights, longest)
        rounding = np.maximum(of_size(sums), grain)
        for place, pair in enumerate(pairs):
            samples[place, :, start : start + count] = _ahead(sums, rounding, pair)
    return point, samples


def _row(found: float, samples: Array, told: bool) -> tuple[float, float, float, str, float]:
    case = "never" if np.isinf(found) else "always" if found == 1 else "from"
    if not told:
        return found, np.nan, np.nan, case, np.nan
    # Not interpolated: between a budget and never there is no number.
    low, high = np.quantile(samples, [0.025, 0.975], method="inverted_cdf")
    return found, float(low), float(high), case, float(np.isinf(samples).mean())


def _weights(rng: np.random.Generator, size: int, count: int) -> Array:
    """Return how often each of so many repetitions is drawn: shape (count, R)."""
    return rng.multinomial(size, np.full(size, 1 / size), size=count).astype(float)


def _sums(regrets: Sequence[Array], weights: Sequence[Array], longest: int) -> Array:
    """Return the sum over problems of mean regret: shape (S, resamples, longest).

    Args:
        regrets: of each problem, shape (S, R, T), of the repetitions that are compared.
        weights: of each problem, how often each resample takes its repetitions.
        longest: the largest budget.
    """
    sums = np.zeros((len(regrets[0]), len(weights[0]), longest))
    for regret, drawn in zip(regrets, weights, strict=True):
        size, budget = regret.shape[1:]
        for s, values in enumerate(regret):
            mean = (drawn @ values) / size
            sums[s, :, :budget] += mean
            sums[s, :, budget:] += mean[:, -1:]
    return sums


def _ahead(sums: Array, rounding: Array, pair: tuple[int, int]) -> Array:
    """Return from when on the first is below the second, and the second below the first.

    Args:
        sums: shape (S, resamples, T).
        rounding: the same shape: what is rounding in a difference from each of them.
        pair: places of the two.
    """
    one, two = pair
    difference = cleared(sums[one] - sums[two], np.maximum(rounding[one], rounding[two]))
    budget = difference.shape[1]
    found = []
    for ahead in (difference < 0, difference > 0):
        # The trial after the last one at which it is not ahead.
        last = np.where(ahead.all(axis=1), 0, budget - (~ahead)[:, ::-1].argmax(axis=1))
        found.append(np.where(last < budget, last + 1.0, np.inf))
    return np.array(found)
