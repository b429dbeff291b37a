"""Simulated workers: how much sooner a run is done with several, and what each trial loses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.time import families
from bench.inference.estimates import on_problem_set
from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import around, mean_interval
from bench.inference.paired import medians, pairs_of
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.clock import recorded_finish
from bench.panels.panel import Panel
from bench.panels.regret import bounded, normalised
from bench.panels.rounding import at_most

TARGET_SHARE = 0.5
"""Of the budget: the target is the regret that one worker has reached by then."""

COLUMNS = [
    *families.COLUMNS, "speedup", "speedup_low", "speedup_high", "efficiency",
    "loss", "loss_low", "loss_high", "target_speedup", "target_speedup_low", "target_speedup_high",
    "missed_share", "busy_share", "run_s", "n_problems", "n_timed_problems", "n_pairs",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Times:
    """Seconds of K rows on one problem, in each repetition: shape (K, R), NaN where unknown.

    Args:
        run: until the last trial of the row's run finished.
        alone: the same of its baseline.
        busy: share of the workers' time in which they evaluated.
        same: both runs have spent the same budget, rounded up to full evaluations.
        sought: seconds of the row's run until the target, or of all of it where it was missed.
        sought_alone: the same of the baseline.
        missed: 1 where the row's run missed the target, else 0.
        missed_alone: the same of the baseline.
    """

    run: Array
    alone: Array
    busy: Array
    same: Flags
    sought: Array
    sought_alone: Array
    missed: Array
    missed_alone: Array


def workers(
    trials: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel], after: int | None = None
) -> pd.DataFrame:
    """Return what several workers gain in time, and lose in regret, against one worker.

    Seconds are those of the run's clock: evaluations, and the strategy's own time, which is serial.
    All comparisons are paired by repetition. A problem that gives no cost of an evaluation counts
    in the loss only: its seconds would be those of the strategy alone (`without_cost`).

    The target of a repetition is the normalised regret of the baseline after half of the budget,
    rounded up, the median over its other repetitions: its own would be a target that it cannot
    miss, while any other run can. The time to it is the expected running time in seconds, all
    seconds until the target or the end of a run, over the number of runs that reach it (Hansen et
    al. 2010). Where none does on a problem, one counts as if it had
    at its end. A strategy whose trials are in no order has no target.

    Args:
        trials: the tidy frame, with evaluation_s, evaluation_wall_s and finished_s.
        runs: a row a run, with strategy_name, strategy_version, strategy_settings, n_workers and
            synchronous.
        panels: of the same sweep.
        after: regret is compared after so many trials; the budget without.

    Returns:
        The columns of `families.families`, a row each, and: speedup (time of the run with one
        worker / with several, geometric mean over the repetitions in which both have spent the same
        budget, then over problems); efficiency (speedup / n_workers); loss (bounded regret minus
        that with one worker, mean paired difference); target_speedup (expected time to the target
        with one worker / with several, geometric mean over problems); `…_low` and `…_high` (95 %
        intervals on this problem set); missed_share (of the runs, without the target);
        busy_share (seconds of all evaluations / workers / time of the run); run_s (seconds of a
        run), all means over repetitions, then problems; n_problems (of the loss), n_timed_problems
        (of the speed-up), n_pairs (paired runs of the speed-up). NaN where nothing is known: all
        comparisons of a family without a baseline. No row without a run on several workers.
    """
    several = bool(panels) and bool((runs["n_workers"] > 1).any())
    frame = families.families(runs, panels[0].strategies if several else ())
    if frame.empty:
        return pd.DataFrame(columns=COLUMNS)
    order = pd.Index(panels[0].strategies)
    rows, base = (order.get_indexer(frame[name]) for name in ("strategy", "baseline"))
    number = frame["n_workers"].to_numpy()
    found = _loss(panels, rows, base, after)
    free = without_cost(trials)
    costly = [panel for panel in panels if panel.problem not in free]
    by_problem = dict(iter(trials.groupby("problem", observed=True, sort=False)))
    times = [_times(panel, by_problem[panel.problem], rows, base, number) for panel in costly]
    found |= _speedup(times, len(frame)) | _to_target(times, len(frame))
    found["efficiency"] = found["speedup"] / number
    return frame.assign(**found)[COLUMNS]


def without_cost(trials: pd.DataFrame) -> list[str]:
    """Return the problems whose evaluations have no cost of their own, such as analytic functions.

    What is recorded as their cost is the harness's own clock, to the bit.

    Args:
        trials: the tidy frame: problem, evaluation_s, evaluation_wall_s; continued_from where
            there is any.
    """
    own = trials["evaluation_s"] != trials["evaluation_wall_s"]
    if "continued_from" in trials:  # that trial costs less than was measured
        own &= trials["continued_from"] == 0
    has_cost = own.groupby(trials["problem"].astype(str), sort=False).any()
    return [str(problem) for problem in has_cost.index[~has_cost]]


def _loss(
    panels: Sequence[Panel], rows: Ints, base: Ints, after: int | None
) -> dict[str, Array | Ints]:
    names = np.array(panels[0].strategies, dtype=object)
    regrets = [bounded(panel.regret_after(after)) for panel in panels]
    pairs = pairs_of(
        [(values[rows], _of_baseline(values, base)) for values in regrets],
        a=tuple(names[rows]),
        b=tuple(names[base]),
        problems=tuple(panel.problem for panel in panels),
        datasets=tuple(panel.dataset for panel in panels),
        grains=[panel.grain for panel in panels],
    )
    found = on_problem_set(pairs)
    low, high = found.interval()
    return {"loss": found.difference, "loss_low": low, "loss_high": high,
            "n_problems": found.counts}  # fmt: skip


def _of_baseline(values: Array, base: Ints) -> Array:
    """Return the values of each row's baseline, NaN where it has none."""
    known = (base >= 0).reshape(-1, *[1] * (values.ndim - 1))
    return np.where(known, values[base], np.nan)


def _times(panel: Panel, trials: pd.DataFrame, rows: Ints, base: Ints, number: Ints) -> _Times:
    finish = recorded_finish(panel, trials)
    made = ~np.isnan(finish)
    run = np.where(made.any(axis=2), np.where(made, finish, 0.0).max(axis=2), np.nan)
    run[run == 0] = np.nan
    cost = np.where(made, np.nan_to_num(panel.cost), 0.0).sum(axis=2)
    target = _of_baseline(_targets(panel), base)
    regret = normalised(panel.loss, panel.optimum, panel.typical)
    known = ~np.isnan(target) & panel.ran[rows] & panel.ran[base]
    sides = []
    for of in (rows, base):
        reached = at_most(regret[of], target[..., None], panel.grain[:, None])
        first = np.where(reached, finish[of], np.inf).min(axis=2)
        missed = np.isinf(first)
        sides.append((np.where(missed, np.nan_to_num(run[of]), first), missed))
    # Runs that came to no trial at all have no time to compare with.
    for seconds, _ in sides:
        known &= np.where(known, seconds, 0.0).sum(axis=1, keepdims=True) > 0
    (sought, missed), (sought_alone, missed_alone) = (
        (np.where(known, seconds, np.nan), np.where(known, missed, np.nan))
        for seconds, missed in sides
    )
    return _Times(
        run=run[rows],
        alone=_of_baseline(run, base),
        busy=cost[rows] / run[rows] / number[:, None],
        same=panel.used[rows] == panel.used[base],
        sought=sought,
        sought_alone=sought_alone,
        missed=missed,
        missed_alone=missed_alone,
    )


def _targets(panel: Panel) -> Array:
    """Return the target that each strategy sets as a baseline, normalised regret, shape (S, R)."""
    half = panel.regret[..., math.ceil(panel.budget * TARGET_SHARE) - 1]
    is_set = np.array([name in panel.unordered for name in panel.strategies])
    held = np.where(panel.ran & ~is_set[:, None], half, np.nan)
    others = [medians(np.delete(held, r, axis=1)) for r in range(held.shape[1])]
    return np.stack(others, axis=1)


def _speedup(times: Sequence[_Times], count: int) -> dict[str, Array | Ints]:
    """Return the columns of the time of a run, NaN and 0 without a problem."""
    logs = [np.where(part.same, np.log(part.alone / part.run), np.nan) for part in times]
    empty = [np.full((count, 0), np.nan)]
    low, high = mean_interval(logs or empty)
    pairs = counts_of(logs or empty)
    return {
        "speedup": np.exp(mean(logs or empty)),
        "speedup_low": np.exp(low),
        "speedup_high": np.exp(high),
        "busy_share": mean([part.busy for part in times] or empty),
        "run_s": mean([part.run for part in times] or empty),
        "n_timed_problems": (pairs > 0).sum(axis=0),
        "n_pairs": pairs.sum(axis=0),
    }


def _to_target(times: Sequence[_Times], count: int) -> dict[str, Array]:
    """Return the columns of the target: the ratio of expected times, and the share of misses."""
    missed = [part.missed for part in times] or [np.full((count, 0), np.nan)]
    number = np.maximum((counts_of(missed) > 0).sum(axis=0), 1)
    known = (counts_of(missed) > 0).any(axis=0)
    total, parts = np.zeros(count), []
    for part in times:
        alone, its_moves = _log_expected(part.sought_alone, part.missed_alone)
        several, moves = _log_expected(part.sought, part.missed)
        total += np.nan_to_num(alone - several)
        parts.append((its_moves - moves) / number[:, None])
    centre = np.where(known, total / number, np.nan)
    low, high = around(centre, parts or missed, None, missed)
    return {
        "target_speedup": np.exp(centre),
        "target_speedup_low": np.exp(low),
        "target_speedup_high": np.exp(high),
        "missed_share": mean(missed),
    }


def _log_expected(seconds: Array, missed: Array) -> tuple[Array, Array]:
    """Return the log of the expected time to the target, and what each repetition adds to it.

    The second is linear in the repetitions (the delta method), and sums to 0 over them.

    Args:
        seconds: until the target or the end, shape (K, R), NaN where unknown.
        missed: 1 where the run ended first, else 0.

    Returns:
        Shapes (K,) and (K, R); NaN where there is no repetition.
    """
    known = ~np.isnan(missed)
    n = known.sum(axis=1, keepdims=True)
    mean_seconds, hits = (
        np.where(known, values, 0.0).sum(axis=1, keepdims=True) / np.where(n > 0, n, np.nan)
        for values in (seconds, 1 - missed)
    )
    # Where all missed, one counts as if it had hit: how often it is is then not estimated.
    share = np.where(hits > 0, hits, 1 / np.maximum(n, 1))
    moves = seconds / mean_seconds - np.where(hits > 0, (1 - missed) / share, 1.0)
    return np.log(mean_seconds / share)[:, 0], moves
