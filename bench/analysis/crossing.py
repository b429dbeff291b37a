"""Crossing budgets: from how many trials on one strategy is ahead of another."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.analysis.intervals import SEED
from bench.analysis.panels import Array, Panel

COLUMNS = ["strategy", "other", "trials", "low", "high", "case", "never", "problems"]

FLOATS = 4_000_000
"""How many numbers the curves of a part of the resamples may be: what the memory is bound by."""


RESAMPLES = 500
"""Of the bootstrap: curves of all strategies are resampled, not numbers."""


def crossings(panels: Sequence[Panel], resamples: int = RESAMPLES) -> pd.DataFrame:
    """Return from how many trials on each strategy stays ahead of each other one.

    Ahead: its normalised regret, mean over repetitions and then over the problems both ran on, is
    below the other's for good. On a problem with a smaller budget than the largest the last value
    is kept.

    Returns:
        strategy, other, trials (the first; infinite where it is not ahead at the end, NaN without
        a problem in common), low and high (95 % bootstrap interval over repetitions, so it speaks
        of these problems; infinite: never within the budget), case ("always", "from", "never";
        "unknown" without a common problem), never (share of resamples), problems.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    names = panels[0].strategies
    longest = max(panel.budget for panel in panels)
    present = np.array([panel.ran.any(axis=1) for panel in panels]).T
    pairs = list(itertools.combinations(range(len(names)), 2))
    # Pairs share their sums wherever they have the same problems in common: mostly all do.
    groups: dict[bytes, list[tuple[int, int]]] = {}
    for a, b in pairs:
        groups.setdefault((present[a] & present[b]).tobytes(), []).append((a, b))
    commons = [np.frombuffer(key, dtype=bool) for key in groups]
    point = _sums(panels, commons, [np.ones((1, len(p.repetitions))) for p in panels], longest)
    first = {
        pair: _ahead(point[g], pair) for g, part in enumerate(groups.values()) for pair in part
    }
    samples = {pair: np.empty((2, resamples)) for pair in pairs}
    rngs = [np.random.default_rng((SEED, i)) for i in range(len(panels))]
    size = max(1, min(resamples, FLOATS // max(1, len(groups) * len(names) * longest)))
    for start in range(0, resamples, size):
        count = min(size, resamples - start)
        weights = [_weights(rng, panel, count) for rng, panel in zip(rngs, panels, strict=True)]
        sums = _sums(panels, commons, weights, longest)
        for g, part in enumerate(groups.values()):
            for pair in part:
                samples[pair][:, start : start + count] = _ahead(sums[g], pair)
    rows = []
    for g, part in enumerate(groups.values()):
        problems = int(commons[g].sum())
        for a, b in part:
            for way, (one, two) in enumerate(((a, b), (b, a))):
                found = float(first[a, b][way, 0])
                row = _row(found, samples[a, b][way], problems)
                rows.append((one, two, *row, problems))
    rows.sort(key=lambda row: row[:2])
    return pd.DataFrame([(names[a], names[b], *rest) for a, b, *rest in rows], columns=COLUMNS)


def _row(found: float, samples: Array, problems: int) -> tuple[float, float, float, str, float]:
    if not problems:
        return np.nan, np.nan, np.nan, "unknown", np.nan
    # Not interpolated: between a budget and never there is no number.
    low, high = np.quantile(samples, [0.025, 0.975], method="inverted_cdf")
    case = "never" if np.isinf(found) else "always" if found == 1 else "from"
    return found, float(low), float(high), case, float(np.isinf(samples).mean())


def _weights(rng: np.random.Generator, panel: Panel, count: int) -> Array:
    """Return how often each repetition is drawn: shape (count, R)."""
    size = len(panel.repetitions)
    return rng.multinomial(size, np.full(size, 1 / size), size=count).astype(float)


def _sums(
    panels: Sequence[Panel],
    commons: Sequence[npt.NDArray[np.bool_]],
    weights: Sequence[Array],
    longest: int,
) -> Array:
    """Return the sum over common problems of mean regret: shape (groups, S, resamples, longest).

    A strategy that has none of the repetitions of a resample keeps its mean over all.
    """
    shape = len(commons), len(panels[0].strategies), len(weights[0]), longest
    sums = np.zeros(shape)
    for i, (panel, drawn) in enumerate(zip(panels, weights, strict=True)):
        regret = np.where(panel.ran[..., None], panel.regret, 0.0)
        for s, ran in enumerate(panel.ran):
            if not ran.any():
                continue
            total = drawn @ ran.astype(float)
            mean = (drawn @ regret[s]) / np.maximum(total, 1)[:, None]
            mean[total == 0] = regret[s].sum(axis=0) / ran.sum()
            for g, common in enumerate(commons):
                if common[i]:
                    sums[g, s, :, : panel.budget] += mean
                    sums[g, s, :, panel.budget :] += mean[:, -1:]
    return sums


def _ahead(sums: Array, pair: tuple[int, int]) -> Array:
    """Return from when on the first is below the second, and the second below the first."""
    difference = sums[pair[0]] - sums[pair[1]]
    budget = difference.shape[1]
    found = []
    for ahead in (difference < 0, difference > 0):
        # The trial after the last one at which it is not ahead.
        last = np.where(ahead.all(axis=1), 0, budget - (~ahead)[:, ::-1].argmax(axis=1))
        found.append(np.where(last < budget, last + 1.0, np.inf))
    return np.array(found)
