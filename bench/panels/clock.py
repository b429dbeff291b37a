"""When the evaluations of a run were over: the one place where seconds are added up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel, incumbents
from bench.panels.regret import normalised
from bench.panels.rounding import tied

_BY_PLACE = ("full", "counts", "share", "loss", "test", "cost", "own", "finished")


def side_by_side(panel: Panel) -> Flags:
    """Return which runs evaluated side by side, on several workers, shape (S, R)."""
    return np.asarray(~np.isnan(panel.finished).all(axis=2), dtype=bool)


def recorded_finish(panel: Panel, trials: pd.DataFrame) -> Array:
    """Return when the last trial in each place of the budget finished, as recorded, in seconds.

    Also of runs with one worker, which `finish_times` adds up: its place is over when the trial was
    reported, a few milliseconds later.

    Args:
        panel: the runs on one problem.
        trials: their rows, and others of the problem: strategy, repetition, trial_number, fidelity,
            finished_s.

    Returns:
        Shape (S, R, T), NaN where there is no trial.
    """
    layout = panel.layout(trials)
    return layout.latest(trials["finished_s"].to_numpy(dtype=float)).reshape(panel.loss.shape)


def finish_times(panel: Panel, *, cost: float | None = None, workers: int = 1) -> Array:
    """Return the second at which each place of the budget is over, on the run's clock.

    What ends in a place together is over when all of it is. A run that evaluated side by side has
    the recorded times. For all others the schedule is an idealised one: the strategy works alone
    and in the recorded order, and as soon as a worker is free it spends its recorded seconds (ask
    and tell of that trial) and the worker starts to evaluate. Nothing else takes time. With more
    than one worker this is optimistic for a strategy that learns: the suggestions are those it made
    knowing every earlier result. Of a strategy with cheaper evaluations it is not known then what
    would wait for what.

    Args:
        panel: the runs.
        cost: seconds of each full evaluation, of which a cheaper one takes its share; None: as
            recorded.
        workers: evaluations at a time.

    Returns:
        Shape (S, R, T); infinite for trials that were not made, NaN for a strategy with
        cheaper evaluations and more than one worker. A run whose evaluations were made side by
        side has nothing but what is recorded: NaN for a cost or workers that are given, except that
        evaluations that cost nothing leave the strategy's own time, one after the other.

    Raises:
        ValueError: a negative cost, or no worker.
    """
    if workers < 1 or (cost is not None and cost < 0):
        raise ValueError(f"cost is not negative, workers at least 1, not {cost} and {workers}")
    made = np.arange(panel.budget) < panel.used[..., None]
    own = np.where(made, np.nan_to_num(panel.own), 0.0)
    each = np.nan_to_num(panel.cost) if cost is None else cost * panel.share
    each = np.where(made, each, 0.0)
    as_recorded = cost is None and workers == 1
    several = side_by_side(panel)[..., None]
    instead = np.where(made, panel.finished, np.inf) if as_recorded else np.nan
    workers = min(workers, panel.budget)
    if workers == 1:
        one_by_one = np.where(made, (own + each).cumsum(axis=2), np.inf)
        if cost == 0:
            return one_by_one
        return np.where(several, instead, one_by_one)
    free = np.zeros((*panel.used.shape, workers))
    ready = np.zeros(panel.used.shape)
    finish = np.full(made.shape, np.inf)
    for t in range(panel.budget):
        worker = free.argmin(axis=2)[..., None]
        begin = np.take_along_axis(free, worker, axis=2)[..., 0]
        ready = np.maximum(ready, begin) + own[..., t]
        end = ready + each[..., t]
        np.put_along_axis(free, worker, end[..., None], axis=2)
        finish[..., t] = np.where(made[..., t], end, np.inf)
    finish[panel.cheap.any(axis=1)] = np.nan
    return np.where(several, np.nan, finish)


def whole_seconds(trials: pd.DataFrame) -> Array:
    """Return what each evaluation took with all lower steps that its model went on from.

    Args:
        trials: the tidy frame: evaluation_s; where models go on from lower steps also strategy,
            problem, repetition, trial_number, fidelity, continued_from and config, without which
            their whole cost is not known.

    Returns:
        Seconds, shape (trials,); NaN where they are not known.
    """
    seconds: Array = trials["evaluation_s"].to_numpy(dtype=float).copy()
    if "continued_from" not in trials or not (trials["continued_from"] > 0).any():
        return seconds
    before = trials["continued_from"].to_numpy(dtype=float)
    if "config" not in trials:
        return np.where(before > 0, np.nan, seconds)
    names = ["strategy", "problem", "repetition", "config"]
    configs = trials.groupby(names, observed=True, sort=False).ngroup().to_numpy()
    steps = trials["fidelity"].to_numpy(dtype=float)
    paid: dict[tuple[int, float], float] = {}
    # The lower step was reported before this one was asked for.
    for row in np.argsort(trials["trial_number"].to_numpy(), kind="stable").tolist():
        if before[row] > 0:
            seconds[row] += paid.get((int(configs[row]), float(before[row])), np.nan)
        paid[int(configs[row]), float(steps[row])] = float(seconds[row])
    return seconds


def order_of_finish(panel: Panel) -> Ints:
    """Return the places of each run in the order in which they were over, shape (S, R, T).

    Args:
        panel: the runs; where evaluations were made one by one, places are over as they stand.
    """
    last = np.where(np.isnan(panel.finished), np.inf, panel.finished)
    order: Ints = last.argsort(axis=2, kind="stable")
    return order


def in_order_of_finish(panel: Panel) -> Panel:
    """Return a panel whose places stand in the order in which they were over.

    That is another order than that of the trials where a run evaluated side by side, and the
    incumbent of a moment is the best of what was over then.

    Args:
        panel: the runs, trials in the order of asking.
    """
    several = side_by_side(panel)[..., None]
    if not several.any():
        return panel
    order = order_of_finish(panel)
    moves: dict[str, Any] = {
        name: np.take_along_axis(getattr(panel, name), order, axis=2) for name in _BY_PLACE
    }
    found = replace(panel, **moves)
    best, best_test = incumbents(found.loss, found.test)
    filled = np.where(np.isnan(best), panel.worst, best)
    regret = tied(normalised(filled, panel.optimum, panel.typical), panel.grain[:, None])
    # Of a set the expectation counts, and of a run that came to nothing the worst loss.
    is_set = np.array([strategy in panel.unordered for strategy in panel.strategies])
    moved = several & ~is_set[:, None, None] & ~np.isnan(found.loss).all(axis=2, keepdims=True)
    return replace(
        found,
        best=np.where(moved, best, panel.best),
        best_test=np.where(moved, best_test, panel.best_test),
        regret=np.where(moved, regret, panel.regret),
    )
