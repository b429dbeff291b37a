"""Fixed targets: how many evaluations it takes to reach what random search reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.curves.clocks import checkpoints
from bench.curves.draws import Exact, exact_bests, expected_bests, random_draws
from bench.inference import intervals
from bench.inference.mean_intervals import mean_interval
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel
from bench.panels.rounding import at_most

AFTER = (10, 20, 50, 100, 200)
"""The targets: what random search is expected to reach after so many trials."""


DRAWS = 5
"""Times n draws a target after n trials needs: the best of n of hardly more draws is the very best
of them, and `random` would be held against the end of its own run."""


def target_losses(panel: Panel, after: Sequence[int] = AFTER, exact: Exact | None = None) -> Array:
    """Return the expected best loss of random search after n trials, in each repetition.

    Args:
        panel: the runs.
        after: numbers of trials.
        exact: the distribution of a draw, where it is known: the best of n independent ones.

    Returns:
        Shape (R, targets); without `exact` NaN where there are fewer than `DRAWS` × n draws to
        tell it from, those of all repetitions where they are pooled.
    """
    if exact is not None:
        return exact_bests(exact, len(panel.repetitions), after)
    draws = random_draws(panel)
    counts = np.array([len(ordered) for ordered in draws])
    enough = counts[:, None] >= DRAWS * np.array(after)
    return np.where(enough, expected_bests(draws, after), np.nan)


def targets(
    panels: Sequence[Panel],
    after: Sequence[int] = AFTER,
    exact: Mapping[str, Exact] | None = None,
) -> pd.DataFrame:
    """Return the targets of each problem.

    Args:
        panels: the problems.
        after: the targets: what random search reaches after so many trials.
        exact: problem -> the distribution of a draw, where it is known (tables): losses, a row a
            repetition in the order of the panel's, and weights.

    Returns:
        problem, target_budget (trials of random search), target (mean over repetitions, in the
        metric's direction), n_repetitions (that have it), n_missing (repetitions with too few
        draws).
    """
    rows = []
    for panel in panels:
        values = panel.values(target_losses(panel, after, (exact or {}).get(panel.problem)))
        for n, column in zip(after, values.T, strict=True):
            there = column[~np.isnan(column)]
            mean = float(there.mean()) if len(there) else np.nan
            rows.append((panel.problem, n, mean, len(there), len(column) - len(there)))
    return pd.DataFrame(
        rows, columns=["problem", "target_budget", "target", "n_repetitions", "n_missing"]
    )


def hit_trials(panel: Panel, losses: Array) -> Array:
    """Return the evaluations until the incumbent's loss is at most the target.

    A set has the expectation over random orders, (N+1)/(K+1) where K of its N points are that
    good.

    Args:
        panel: the runs.
        losses: shape (R, targets).

    Returns:
        Shape (S, R, targets); NaN where that never happens.
    """
    hits = np.full((*panel.ran.shape, losses.shape[1]), np.nan)
    nothing = np.isnan(panel.loss).all(axis=2)
    rows = _set_rows(panel)
    good = _good_points(panel, losses)
    for p in range(losses.shape[1]):
        # The best never gets worse, so all after the first hit are hits.
        reached = at_most(panel.best, losses[:, p, None], panel.loss_grain).sum(axis=2)
        found = (reached > 0) & ~nothing
        hits[..., p] = np.where(found, panel.budget - reached + 1, np.nan)
        expected = (panel.used[rows] + 1) / (good[..., p] + 1)
        hits[rows, :, p] = np.where(good[..., p] > 0, expected, np.nan)
    return hits


def expected_times(panel: Panel, losses: Array) -> tuple[Array, Array, Array]:
    """Return ERT, successes and runs: the evaluations of all runs until hit or end / successes.

    Hansen et al., "Real-Parameter Black-Box Optimization Benchmarking 2010: Experimental Setup",
    INRIA RR-7215. A run that ends without the target, however long it was, is followed by another,
    as a restart. Only a strategy that had no candidates left cannot go on, and another run of
    it would come to the same: where it is recorded of a run without the target that it was stopped
    so, ERT is infinite.

    Args:
        panel: the runs.
        losses: shape (R, targets).

    Returns:
        Shape (S, targets) each. ERT is infinite without a success, or where a run was stopped early
        without one; NaN without a run.
    """
    found = hit_trials(panel, losses)
    counts = panel.ran[..., None] & ~np.isnan(losses)
    success = counts & ~np.isnan(found)
    stuck = (counts & ~success & panel.stopped[..., None]).any(axis=1)
    spent = np.where(success, found, np.where(counts, panel.used[..., None], 0)).sum(axis=1)
    successes, runs = success.sum(axis=1), counts.sum(axis=1)
    times = np.where((successes > 0) & ~stuck, spent / np.maximum(successes, 1), np.inf)
    return np.where(runs > 0, times, np.nan), successes, runs


def ert(
    panels: Sequence[Panel],
    after: Sequence[int] = AFTER,
    exact: Mapping[str, Exact] | None = None,
) -> pd.DataFrame:
    """Return the expected running time to each target.

    Args:
        panels: the problems.
        after: the targets: what random search reaches after so many trials.
        exact: problem -> the distribution of a draw, where it is known (tables): losses, a row a
            repetition in the order of the panel's, and weights.

    Returns:
        strategy, problem, target_budget, ert (evaluations; infinite without a success, or where a
        run that was stopped early has none; NaN without a run or target), n_successes, n_runs.
    """
    rows = []
    for panel in panels:
        times, successes, runs = expected_times(
            panel, target_losses(panel, after, (exact or {}).get(panel.problem))
        )
        for s, strategy in enumerate(panel.strategies):
            for p, n in enumerate(after):
                counts = int(successes[s, p]), int(runs[s, p])
                rows.append((strategy, panel.problem, n, float(times[s, p]), *counts))
    columns = ["strategy", "problem", "target_budget", "ert", "n_successes", "n_runs"]
    return pd.DataFrame(rows, columns=columns)


def ecdf(
    panels: Sequence[Panel],
    after: Sequence[int] = AFTER,
    exact: Mapping[str, Exact] | None = None,
) -> pd.DataFrame:
    """Return the share of targets that are reached after t evaluations.

    A target in a repetition that is missed counts in the denominator for good. The mean over the
    targets of a repetition, then over the repetitions that the strategy has, then over problems;
    one with a smaller budget keeps its last share.

    Args:
        panels: the problems.
        after: the targets: what random search reaches after so many trials.
        exact: problem -> the distribution of a draw, where it is known (tables): losses, a row a
            repetition in the order of the panel's, and weights.

    Returns:
        strategy, budget (the `clocks.checkpoints` of the largest budget), share, low, high
        (pointwise 95 % interval on this problem set, with the targets as they are; NaN with a
        single repetition), n_problems (that it ran on and that have a target; NaN share where
        there is none).
    """
    columns = ["strategy", "budget", "share", "low", "high", "n_problems"]
    if not panels:
        return pd.DataFrame(columns=columns)
    names = panels[0].strategies
    at = checkpoints(max(panel.budget for panel in panels))
    scores = []
    for panel in panels:
        losses = target_losses(panel, after, (exact or {}).get(panel.problem))
        shares = _shares(panel, losses, at)
        scores.append(shares.transpose(0, 2, 1).reshape(len(names) * len(at), shares.shape[1]))
    low, high = (np.clip(end, 0, 1) for end in mean_interval(scores))
    there = intervals.counts_of(scores) > 0
    return pd.DataFrame(
        {
            "strategy": np.repeat(np.array(names, dtype=object), len(at)),
            "budget": np.tile(at, len(names)),
            "share": intervals.mean(scores),
            "low": low,
            "high": high,
            "n_problems": np.sum(there, axis=0),
        },
        columns=columns,
    )


def _shares(panel: Panel, losses: Array, at: Ints) -> Array:
    """Return the share of a run's targets that are reached after t trials.

    Args:
        panel: the runs.
        losses: shape (R, targets).
        at: the numbers t of trials, shape (C,).

    Returns:
        Shape (S, R, C); NaN where there is no run or no target.
    """
    place = np.minimum(at, panel.budget) - 1
    rows = _set_rows(panel)
    best, good = panel.best[..., place], _good_points(panel, losses)
    something = ~np.isnan(panel.loss).all(axis=2, keepdims=True)
    # Of N points K are good: the first t hold none with probability C(N−K, t) / C(N, t).
    left = panel.used[rows][..., None] - np.arange(panel.budget)
    reached = np.zeros(best.shape)
    for p, column in enumerate(losses.T):
        hit = (something & at_most(best, column[:, None], panel.loss_grain)).astype(float)
        chance = np.clip((left - good[..., p, None]) / np.maximum(left, 1), 0.0, 1.0)
        missed = np.where(good[..., p, None] > 0, np.cumprod(chance, axis=-1), 1.0)
        hit[rows] = 1 - missed[..., place]
        reached += hit
    count = (panel.ran[..., None] & ~np.isnan(losses)).sum(axis=2)[..., None]
    return np.where(count > 0, reached / np.maximum(count, 1), np.nan)


def _set_rows(panel: Panel) -> Flags:
    return np.array([name in panel.unordered for name in panel.strategies])


def _good_points(panel: Panel, losses: Array) -> Array:
    """Return how many points of each set are at least as good: shape (sets, R, targets)."""
    points = panel.loss[_set_rows(panel)]
    near = [at_most(points, column[:, None], panel.loss_grain) for column in losses.T]
    counts = [found.sum(axis=2) for found in near]
    return np.stack(counts, axis=-1).astype(float)
