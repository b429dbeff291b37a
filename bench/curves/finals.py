"""Final values by problem: where each strategy ended, how sure that is, and what it took."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import pandas as pd

from bench.inference.intervals import LEVEL, iqm
from bench.inference.mean_intervals import iqm_interval
from bench.inference.paired import medians
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel
from bench.panels.rounding import cleared, of_size, tied

COLUMNS = [
    "problem", "strategy", "n_repetitions", "median", "low", "high", "coverage",
    "iqm", "iqm_low", "iqm_high", "regret",
    "test", "gap", "budget_share", "failed_share", "strategy_s", "evaluation_s", "is_best",
]  # fmt: skip


def finals(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return where each strategy ended on each problem.

    A run without any completed trial counts as the worst completed value and test value of the
    problem, but has no gap: it chose nothing. A run that ended early counts as it ended.

    Args:
        panels: the problems.

    Returns:
        A row a problem × strategy that has runs: problem, strategy, n_repetitions; median, low,
        high (the final incumbent's validation value in the metric's own direction, low ≤ high, and
        the interval of that median as `median_interval` has it), coverage (of the interval); iqm,
        with its 95 % interval iqm_low, iqm_high (NaN with one repetition); regret
        (median, normalised); test (median test value of the incumbent); gap (median of its test −
        validation loss, positive: the test is worse); budget_share (what was spent of it),
        failed_share (of the trials), strategy_s and evaluation_s (mean seconds a trial); is_best
        (as `has_best_median` has it of normalised regret). NaN where nothing is known.
    """
    rows = [row for panel in panels for row in _rows(panel)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _rows(panel: Panel) -> list[tuple[object, ...]]:
    loss, test = panel.best[..., -1], panel.best_test[..., -1]
    chose = panel.ran & ~np.isnan(panel.loss).all(axis=2)
    gaps = np.where(chose, test - loss, np.nan)
    counts, made = panel.ran.sum(axis=1), panel.trials.sum(axis=1)
    spent = panel.spent.sum(axis=1)
    middle = tied([_median(row) for row in loss], panel.loss_grain)
    iqms = _iqms(loss, panel.ran)
    best = has_best_median(panel.regret_after(), panel.grain.max())
    found: list[tuple[object, ...]] = []
    for s in np.flatnonzero(counts):
        low, high, coverage = median_interval(panel.values(loss[s, panel.ran[s]]))
        found.append(
            (
                panel.problem, panel.strategies[s], int(counts[s]),
                panel.sign * float(middle[s]), low, high, coverage,
                panel.sign * iqms[s, 0], *np.sort(panel.values(iqms[s, 1:])),
                _median(panel.regret[s, :, -1]), panel.sign * _median(test[s]),
                _median(gaps[s]), float(spent[s] / (counts[s] * panel.budget)),
                float(panel.failed[s].sum() / made[s]) if made[s] else float("nan"),
                _a_trial(panel.own[s], panel.counts[s]), _a_trial(panel.cost[s], panel.counts[s]),
                bool(best[s]),
            )
        )  # fmt: skip
    return found


def has_best_median(values: Array, grain: float) -> Flags:
    """Return of each strategy whether no other has a lower median.

    Two strategies are compared on the repetitions that both have: medians over different
    repetitions would differ by the splits alone. So there may be no best one, where one is better
    than a second, the second than a third, and the third than the first.

    >>> has_best_median(np.array([[1.0, 5.0, 6.0], [2.0, np.nan, np.nan]]), 0.0).tolist()
    [True, False]

    Args:
        values: regret of strategies × repetitions; NaN where there is none.
        grain: differences up to this are rounding.
    """
    found = np.asarray((~np.isnan(values)).any(axis=1), dtype=bool)
    first, second = np.triu_indices(len(values), k=1)
    both = ~np.isnan(values[first] + values[second])
    one, two = (medians(np.where(both, values[side], np.nan)) for side in (first, second))
    difference = cleared(one - two, np.maximum(of_size(one, two), grain))
    found[first[difference > 0]] = False
    found[second[difference < 0]] = False
    return found


def median_interval(values: Array) -> tuple[float, float, float]:
    """Return the 95 % interval of the median of what the values are drawn from, and its coverage.

    From the k-th smallest to the k-th largest value, as `median_rank` has it: whatever the
    distribution, the interval holds its median with that probability, and with a greater one
    where values tie.

    Args:
        values: without NaN, in any order.

    Returns:
        low, high and coverage; NaN of fewer than 6 values, which have no such interval.
    """
    rank, coverage = median_rank(len(values))
    if not rank:
        return float("nan"), float("nan"), float("nan")
    ordered = np.sort(values)
    return float(ordered[rank - 1]), float(ordered[-rank]), coverage


@cache
def median_rank(count: int) -> tuple[int, float]:
    """Return the greatest k whose x_(k) … x_(n+1−k) holds the median often enough, and how often.

    P(x_(k) ≤ median ≤ x_(n+1−k)) = 1 − 2·P(B < k), B binomial with n and ½, of a continuous
    distribution (David & Nagaraja, Order Statistics, 3rd edition 2003, chapter 7).

    Args:
        count: n.

    Returns:
        k, from 1, and the coverage, at least 95 %; 0 and NaN where even k = 1 has less.
    """
    rank, below, term, coverage = 0, 0, 1, float("nan")
    while True:
        # Integers: no rounding, however many values there are.
        below += term
        found = 1 - 2 * below / 2**count
        if found < LEVEL:
            return rank, coverage
        rank, coverage = rank + 1, found
        term = term * (count - rank + 1) // rank


def _iqms(loss: Array, ran: Flags) -> Array:
    """Return each strategy's interquartile mean with the ends of its interval, shape (S, 3)."""
    found = np.full((len(loss), 3), np.nan)
    # Strategies with the same repetitions are resampled together.
    for there in np.unique(ran[ran.any(axis=1)], axis=0):
        rows = (ran == there).all(axis=1)
        values = loss[rows][:, there]
        found[rows, 0] = iqm(values)
        found[rows, 1], found[rows, 2] = iqm_interval([values])
    return found


def _median(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else float("nan")


def _a_trial(seconds: Array, counts: Ints) -> float:
    """Return mean seconds a trial, of sums over so many trials each; NaN where none are known."""
    there = ~np.isnan(seconds)
    return float(seconds[there].sum() / counts[there].sum()) if there.any() else float("nan")
