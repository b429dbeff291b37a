"""When the evaluations of a run were over: the one place where seconds are added up."""

from __future__ import annotations

import numpy as np

from bench.panels.arrays import Array
from bench.panels.panel import Panel


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
        side has nothing but what is recorded: NaN for a cost or workers that are given.

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
    side_by_side = ~np.isnan(panel.finished).all(axis=2, keepdims=True)
    instead = np.where(made, panel.finished, np.inf) if as_recorded else np.nan
    workers = min(workers, panel.budget)
    if workers == 1:
        one_by_one = np.where(made, (own + each).cumsum(axis=2), np.inf)
        return np.where(side_by_side, instead, one_by_one)
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
    return np.where(side_by_side, np.nan, finish)
