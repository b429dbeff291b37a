"""Best-so-far on three clocks: trials, all seconds, and the seconds of the strategy alone."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Ints
from bench.panels.clock import finish_times, in_order_of_finish
from bench.panels.panel import Panel
from bench.panels.regret import KNOWN

Clock = Literal["trials", "seconds", "own"]
"""Trials; evaluation cost and strategy seconds; ask and tell alone."""

MIN_SECONDS = 1e-9
"""Seconds: what no time at all counts as on a log scale."""

COLUMNS = ["strategy", "x", "median", "low", "high"]
COLUMNS += ["regret", "regret_low", "regret_high", "n_repetitions"]


def checkpoints(budget: int, most: int = 100) -> Ints:
    """Return numbers of trials to look at: all of them, or about `most`, denser where few are.

    Args:
        budget: the most trials, 1 or more.
        most: how many numbers at most.
    """
    if budget <= most:
        return np.arange(1, budget + 1)
    found: Ints = np.unique(np.geomspace(1, budget, most).round().astype(np.int64))
    return found


def bands(panel: Panel, clock: Clock = "trials", points: int = 80) -> pd.DataFrame:
    """Return median and quartiles over repetitions of best-so-far on a clock.

    Seconds are spaced evenly on the log scale from the first completed trial to the last end. A
    value is held from step to step and after a run's end; when the last repetition has used its
    budget there is nothing more, while a strategy none of whose runs did so is held to the
    end. A run without a completed trial has the worst completed value.

    Args:
        panel: the runs.
        clock: which.
        points: how many points in time; the clock of trials has one a trial.

    Returns:
        strategy, x, median, low, high (25 % and 75 %) of the validation value in the metric's
        direction, or of its distance to the optimum where that is known; regret, regret_low,
        regret_high (the same of normalised regret), n_repetitions. Points at which some repetition
        has no completed trial yet are left out.
    """
    if clock == "trials":
        grid = np.arange(1.0, panel.budget + 1)
        at: Ints = np.broadcast_to(np.arange(panel.budget), panel.best.shape)
    else:
        if clock == "seconds":
            panel = in_order_of_finish(panel)
        times = clock_times(panel, clock)
        grid = time_grid(panel, times, points)
        at = steps_at(times, grid)
        over = _ends(panel, times)[:, None] < grid
        at = np.where(over[:, None, :], -1, at)
    values = panel.sign * panel.best
    if has_distance(panel):
        values = np.where(panel.regret == 0, 0.0, panel.best - panel.optimum[:, None])
    none = np.isnan(panel.best)
    curves = [taken(np.where(none, np.nan, v), at) for v in (values, panel.regret)]
    # A run that came to nothing has its value from the start, wherever the others are defined.
    nothing = panel.ran & np.isnan(panel.loss).all(axis=2)
    if clock != "trials":
        for curve, source in zip(curves, (values, panel.regret), strict=True):
            fill = np.broadcast_to(source[..., :1], curve.shape)
            held = nothing[..., None] & ~over[:, None, :]
            curve[held] = fill[held]
    names: list[str] = []
    numbers = []
    for s, strategy in enumerate(panel.strategies):
        rows = panel.ran[s]
        if not rows.any():
            continue
        there = ~np.isnan(curves[0][s, rows]).any(axis=0)
        low, median, high = quartiles(curves[0][s, rows][:, there])
        below, regret, above = quartiles(curves[1][s, rows][:, there])
        n_rows = np.full(len(low), rows.sum())
        numbers.append(np.array([grid[there], median, low, high, regret, below, above, n_rows]))
        names += [strategy] * len(low)
    if not names:
        return pd.DataFrame(columns=COLUMNS)
    # One frame: to make one of each strategy and join them takes most of the time.
    columns = [names, *np.hstack(numbers)]
    frame = pd.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
    return frame.astype({COLUMNS[-1]: int})


def has_distance(panel: Panel) -> bool:
    """Return whether the bands show the distance to the optimum instead of the value."""
    return panel.source.startswith(KNOWN)


def clock_times(panel: Panel, clock: Clock) -> Array:
    """Return the seconds after each place of the budget, infinite beyond the run: (S, R, T).

    What ends in a place together is over when all of it is.
    """
    return finish_times(panel, cost=0.0 if clock == "own" else None)


def time_grid(panel: Panel, times: Array, points: int) -> Array:
    """Return points in time, even on the log scale, from the first completed trial to the end."""
    first = max(float(times[~np.isnan(panel.loss)].min()), MIN_SECONDS)
    last = max(float(times[np.isfinite(times)].max()), first * 1.001)
    grid: Array = np.geomspace(first, last, points)
    # Rounding must neither hide the first value nor the last.
    grid[0], grid[-1] = first, last
    return grid


def steps_at(times: Array, grid: Array) -> Ints:
    """Return the place of the last of some times that is not after each point, −1 before all.

    Args:
        times: shape (S, R, T), not falling along T; infinite ones are never reached.
        grid: shape (points,), rising.

    Returns:
        Integers of shape (S, R, points).
    """
    s, r, _ = times.shape
    points = len(grid)
    # Counts of times by point, run after run, in one pass.
    place = np.searchsorted(grid, times.reshape(s * r, -1), side="left")
    place += (points + 1) * np.arange(s * r)[:, None]
    counts = np.bincount(place.ravel(), minlength=s * r * (points + 1))
    found: Ints = counts.reshape(s, r, points + 1)[..., :points].cumsum(axis=-1) - 1
    return found


def taken(curves: Array, at: Ints) -> Array:
    """Return the values at places along the last axis, NaN where the place is −1."""
    return np.where(at >= 0, np.take_along_axis(curves, np.maximum(at, 0), axis=-1), np.nan)


def quartiles(rows: Array) -> Array:
    """Return 25 %, 50 % and 75 % over the first axis: shape (3, columns)."""
    found: Array = np.quantile(rows, [0.25, 0.5, 0.75], axis=0)
    return found


def _ends(panel: Panel, times: Array) -> Array:
    """Return when each strategy's last repetition used its whole budget; infinite: it never did."""
    ends = np.where(np.isfinite(times), times, MIN_SECONDS).max(axis=(1, 2), initial=MIN_SECONDS)
    return np.where((panel.used >= panel.budget).any(axis=1), ends, np.inf)
