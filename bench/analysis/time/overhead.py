"""What strategies themselves cost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Ints
from bench.panels.clock import side_by_side
from bench.panels.panel import Panel

BANDS = ["strategy", "x", "median", "low", "high", "n_runs"]
TOTALS = ["strategy", "ms_per_trial", "ms_first", "ms_last", "share", "n_runs"]
_MEDIAN = (0.5,)


def strategy_seconds(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the strategy's own seconds (ask + tell) a trial at each place of the budget.

    Args:
        panels: the problems.

    Returns:
        A row a strategy × place: strategy, x (trial, from 1), median, low, high (25 % and 75 %)
        over all problems and repetitions whose run got there, n_runs (how many that are). Where
        cheaper trials share a place it is their mean. One without known seconds is left out.
    """
    tables = []
    for s, strategy in _strategies(panels):
        # A row a trial: what is sorted lies side by side in memory.
        own = np.full(
            (max(p.budget for p in panels), sum(len(p.repetitions) for p in panels)), np.nan
        )
        start = 0
        for panel in panels:
            end = start + len(panel.repetitions)
            own[: panel.budget, start:end] = _a_trial(panel, s).T
            start = end
        (low, median, high), runs = _quantiles(own, (0.25, 0.5, 0.75))
        x = np.arange(1, len(own) + 1)
        table = pd.DataFrame(
            {
                "strategy": strategy,
                "x": x,
                "median": median,
                "low": low,
                "high": high,
                "n_runs": runs,
            }
        )
        tables.append(table[runs > 0])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=BANDS)


def totals(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return what strategies cost by the run, whether it grows, and what part of all time it is.

    Args:
        panels: the problems.

    Returns:
        A row a strategy, medians over the runs of all problems: strategy; ms_per_trial (mean
        milliseconds of its own a trial of the run); ms_first, ms_last (the median trial among the
        first and the last tenth of what the run spent, rounded up; trials that share a place of
        the budget by their mean); share (its own
        seconds / its own and the evaluations', or the time of a run that evaluated side by side);
        n_runs (with a trial whose own seconds are known).
        NaN where nothing is known.
    """
    return totals_of([by_run(panel) for panel in panels], panels)


def totals_of(parts: Sequence[Sequence[Array]], panels: Sequence[Panel]) -> pd.DataFrame:
    """Return `totals`, from what is known of the runs of each problem.

    Args:
        parts: of each problem, as `by_run` gives it.
        panels: the same problems.
    """
    rows = []
    for s, strategy in _strategies(panels):
        (medians,), runs = _quantiles(np.hstack([part[s] for part in parts]), _MEDIAN)
        mean, first, last, share = medians
        rows.append((strategy, 1000 * mean, 1000 * first, 1000 * last, share, runs[0]))
    return pd.DataFrame(rows, columns=TOTALS)


def by_run(panel: Panel) -> list[Array]:
    """Return what each strategy costs in each run of a problem.

    Args:
        panel: of the problem.

    Returns:
        For each strategy, shape (4, R): mean, first and last own seconds a trial, and the share
        of all time, as `totals` says.
    """
    return [np.vstack(_by_run(panel, s)) for s, _ in enumerate(panel.strategies)]


def _strategies(panels: Sequence[Panel]) -> Iterator[tuple[int, str]]:
    return enumerate(panels[0].strategies if panels else ())


def _by_run(panel: Panel, s: int) -> tuple[Array, Array, Array, Array]:
    """Return mean, first and last own seconds a trial, and the share, each of shape (R,)."""
    own, cost, used = panel.own[s], panel.cost[s], panel.used[s]
    known = ~np.isnan(own)
    counts = np.where(known, panel.counts[s], 0)
    mean = _ratio(np.where(known, own, 0.0).sum(axis=1), counts.sum(axis=1))
    both = known & ~np.isnan(cost)
    part = np.where(both, own, 0.0).sum(axis=1)
    whole = part + np.where(both, cost, 0.0).sum(axis=1)
    # A run takes no less than its strategy, which may learn of trials after the last one is over.
    over = np.where(np.isnan(panel.finished[s]), 0.0, panel.finished[s]).max(axis=1, initial=0.0)
    whole = np.where(side_by_side(panel)[s], np.maximum(over, part), whole)
    share = _ratio(part, whole)
    tenth = -(-used // 10)
    zero, each = np.zeros_like(used), _a_trial(panel, s)
    return mean, _middle(each, zero, tenth), _middle(each, used - tenth, used), share


def _a_trial(panel: Panel, s: int) -> Array:
    """Return the strategy's own seconds a trial in each place of the budget, NaN without one."""
    found: Array = panel.own[s] / np.maximum(panel.counts[s], 1)
    return found


def _middle(own: Array, start: Ints, end: Ints) -> Array:
    """Return the median of the places from start to before end of each run."""
    steps = np.arange((end - start).max(initial=1))
    places = start[:, None] + steps
    inside = places < end[:, None]
    taken = np.take_along_axis(own, np.where(inside, places, 0), axis=1)
    (median,), _ = _quantiles(np.where(inside, taken, np.nan), _MEDIAN)
    return median


def _quantiles(values: Array, shares: Sequence[float]) -> tuple[list[Array], Ints]:
    """Return quantiles of each row without its NaN, and how many values that leaves.

    Between two values it is linear, as numpy's own are (Hyndman & Fan 1996, type 7).

    Args:
        values: shape (N, M).
        shares: of the rows' values, in [0, 1].

    Returns:
        For each share shape (N,), NaN where a row has nothing; and shape (N,).
    """
    ordered = np.sort(values, axis=1)  # NaN last
    counts = (~np.isnan(ordered)).sum(axis=1)
    rows, last = np.arange(len(ordered)), np.maximum(counts - 1, 0)
    found = []
    for share in shares:
        place = share * last
        below = place.astype(np.int64)
        low, high = ordered[rows, below], ordered[rows, np.minimum(below + 1, last)]
        found.append(low + (high - low) * (place - below))
    return found, counts


def _ratio(part: Array, whole: Array | Ints) -> Array:
    there = whole > 0
    return np.where(there, part / np.where(there, whole, 1), np.nan)
