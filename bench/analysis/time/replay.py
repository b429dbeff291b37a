"""Replay: a finished sweep re-timed for another evaluation cost or number of workers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.panels.arrays import Array
from bench.panels.clock import finish_times, side_by_side
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, normalised

Schedule = tuple[float | None, int]
"""Seconds an evaluation takes (None: as recorded), and workers."""

SCHEDULES: tuple[Schedule, ...] = ((None, 1), (0.01, 1), (1.0, 1), (60.0, 1), (None, 8))
"""Those for which every sweep is re-timed."""

MAX_LATENESS_FACTOR = 1.01
"""By how much a strategy may be later than the deadline."""


def at_deadline(
    panels: Sequence[Panel], *, cost: float | None = None, workers: int = 1
) -> pd.DataFrame:
    """Return what each strategy has come to when random search has spent its budget.

    The deadline is the second at which `random` is done in that repetition under the schedule of
    `finish_times`, and a hundredth of grace, so that milliseconds of the strategy's own do not cost
    it a whole evaluation. Where random did not get as far as elsewhere it is the median of its
    other repetitions; on a problem without random, the end of the strategy that is done first, by
    the median, of those that spent the most. Before its first completed trial a run counts as the
    worst completed one. A strategy with cheaper evaluations has nothing for more than one worker.

    Args:
        panels: the problems.
        cost: seconds of each evaluation; None: as recorded.
        workers: evaluations at a time.

    Returns:
        strategy, regret (normalised, mean over repetitions, then over problems), low, high (its 95
        % interval on this problem set), budget_share (finished by then, mean likewise), n_problems.
        Of a problem those repetitions count that the strategy has. NaN without a run.
    """
    names = panels[0].strategies if panels else ()
    regrets, shares = [], []
    for panel in panels:
        times = finish_times(panel, cost=cost, workers=workers)
        known = panel.ran & ~np.isnan(times[..., 0])
        done = times <= MAX_LATENESS_FACTOR * deadlines(panel, times)[:, None]
        losses = np.where(done & ~np.isnan(panel.loss), panel.loss, np.inf).min(axis=2)
        losses = np.where(np.isfinite(losses), losses, panel.worst)
        regret = normalised(losses[..., None], panel.optimum, panel.typical)[..., 0]
        count = done.sum(axis=2)
        for s, strategy in enumerate(names):
            if strategy in panel.unordered:
                held = np.take_along_axis(panel.regret[s], np.maximum(count[s], 1)[:, None] - 1, 1)
                regret[s] = np.where(count[s] > 0, held[:, 0], regret[s])
        regrets.append(np.where(known, regret, np.nan))
        shares.append(np.where(known, count / panel.budget, np.nan))
    columns = ["strategy", "regret", "low", "high", "budget_share", "n_problems"]
    if not panels:
        return pd.DataFrame(columns=columns)
    low, high = of_regret(mean_interval(regrets), regrets)
    number = (counts_of(regrets) > 0).sum(axis=0)
    found = [list(names), mean(regrets), low, high, mean(shares), number]
    return pd.DataFrame(dict(zip(columns, found, strict=True)))


def deadlines(panel: Panel, times: Array, evaluations: int | None = None) -> Array:
    """Return when random search, or else whoever is first, is done in each repetition: (R,).

    Args:
        panel: the runs.
        times: when each place of the budget is over, as `finish_times` gives it, shape (S, R, T).
        evaluations: of how many full ones; the budget without.
    """
    times = times[..., :evaluations]
    ends = np.where(np.isfinite(times), times, 0.0).max(axis=2)
    # Those of a strategy that got as far as any of it: one that broke at once ends nobody's time,
    # and neither does one whose times are not known.
    spent = np.where(np.isnan(times[..., 0]), 0, np.minimum(panel.used, times.shape[2]))
    most = spent.max(axis=1, keepdims=True)
    done = panel.ran & (spent == most) & (most > 0)
    medians = [
        float(np.median(end[there])) if there.any() else np.inf
        for end, there in zip(ends, done, strict=True)
    ]
    s = panel.strategies.index(RANDOM) if sets_deadline(panel) else -1
    if s < 0 or not np.isfinite(medians[s]):
        whole = (most[:, 0] == most.max()) & np.isfinite(medians)
        s = int(np.where(whole, medians, np.inf).argmin())
    return np.where(done[s], ends[s], medians[s])


def sets_deadline(panel: Panel) -> bool:
    """Return whether random search made a trial, so that the deadline is its end.

    With several workers it sets none: how long it would take otherwise is not known.
    """
    if RANDOM not in panel.strategies:
        return False
    s = panel.strategies.index(RANDOM)
    made = panel.ran[s] & (panel.used[s] > 0)
    return bool(made.any()) and not bool(side_by_side(panel)[s].any())
