"""Fixed targets: how many evaluations it takes to reach what random search reaches."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis.draws import expected_bests, random_draws
from bench.analysis.panels import Array, Flags, Panel

AFTER = (10, 20, 50, 100, 200)
"""The targets: what random search is expected to reach after so many trials."""


def target_losses(panel: Panel, after: Sequence[int] = AFTER) -> Array:
    """Return the expected best loss of random search after n trials, in each repetition.

    Returns:
        Shape (R, targets); NaN where there are fewer than n draws to tell it from.
    """
    return expected_bests(random_draws(panel), after)


def targets(panels: Sequence[Panel], after: Sequence[int] = AFTER) -> pd.DataFrame:
    """Return the targets of each problem.

    Returns:
        problem, after (trials of random search), target (mean over repetitions, in the metric's
        direction), repetitions (that have it), missing (repetitions with too few draws).
    """
    rows = []
    for panel in panels:
        values = panel.values(target_losses(panel, after))
        for n, column in zip(after, values.T, strict=True):
            there = column[~np.isnan(column)]
            mean = float(there.mean()) if len(there) else np.nan
            rows.append((panel.problem, n, mean, len(there), len(column) - len(there)))
    return pd.DataFrame(rows, columns=["problem", "after", "target", "repetitions", "missing"])


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
        reached = (panel.best <= losses[:, p, None]).sum(axis=2)
        found = (reached > 0) & ~nothing
        hits[..., p] = np.where(found, panel.budget - reached + 1, np.nan)
        expected = (panel.used[rows] + 1) / (good[..., p] + 1)
        hits[rows, :, p] = np.where(good[..., p] > 0, expected, np.nan)
    return hits


def hits(panels: Sequence[Panel], after: Sequence[int] = AFTER) -> pd.DataFrame:
    """Return the evaluations of each run until it reaches each target.

    Returns:
        strategy, problem, repetition, after, evaluations (NaN: not within the run). Without the
        runs and targets that are not there.
    """
    parts = []
    for panel in panels:
        losses = target_losses(panel, after)
        s, r, p = np.nonzero(panel.ran[..., None] & ~np.isnan(losses))
        parts.append(
            pd.DataFrame(
                {
                    "strategy": np.array(panel.strategies, dtype=object)[s],
                    "problem": panel.problem,
                    "repetition": panel.repetitions[r],
                    "after": np.array(after)[p],
                    "evaluations": hit_trials(panel, losses)[s, r, p],
                }
            )
        )
    columns = ["strategy", "problem", "repetition", "after", "evaluations"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)


def expected_times(panel: Panel, losses: Array) -> tuple[Array, Array, Array]:
    """Return ERT, successes and runs: the evaluations of all runs until hit or end / successes.

    Hansen et al., "Real-Parameter Black-Box Optimization Benchmarking 2010: Experimental Setup",
    INRIA RR-7215. It takes runs for restarts: for a strategy that ends early by itself that is a
    fiction.

    Args:
        panel: the runs.
        losses: shape (R, targets).

    Returns:
        Shape (S, targets) each. ERT is infinite without a success, NaN without a run.
    """
    found = hit_trials(panel, losses)
    counts = panel.ran[..., None] & ~np.isnan(losses)
    success = counts & ~np.isnan(found)
    spent = np.where(success, found, np.where(counts, panel.used[..., None], 0)).sum(axis=1)
    successes, runs = success.sum(axis=1), counts.sum(axis=1)
    times = np.where(successes > 0, spent / np.maximum(successes, 1), np.inf)
    return np.where(runs > 0, times, np.nan), successes, runs


def ert(panels: Sequence[Panel], after: Sequence[int] = AFTER) -> pd.DataFrame:
    """Return the expected running time to each target.

    Returns:
        strategy, problem, after, ert (evaluations; infinite without a success, NaN without a run
        or target), successes, runs.
    """
    rows = []
    for panel in panels:
        times, successes, runs = expected_times(panel, target_losses(panel, after))
        for s, strategy in enumerate(panel.strategies):
            for p, n in enumerate(after):
                counts = int(successes[s, p]), int(runs[s, p])
                rows.append((strategy, panel.problem, n, float(times[s, p]), *counts))
    columns = ["strategy", "problem", "after", "ert", "successes", "runs"]
    return pd.DataFrame(rows, columns=columns)


def ecdf(panels: Sequence[Panel], after: Sequence[int] = AFTER) -> pd.DataFrame:
    """Return the share of targets that are reached after t evaluations.

    A target in a repetition that is missed counts in the denominator for good. Problems count the
    same; one with a smaller budget keeps its last share.

    Returns:
        strategy, trials (from 1 to the largest budget), share, problems (that it ran on and that
        have a target; NaN share where there is none).
    """
    if not panels:
        return pd.DataFrame(columns=["strategy", "trials", "share", "problems"])
    strategies = panels[0].strategies
    longest = max(panel.budget for panel in panels)
    total, problems = np.zeros((len(strategies), longest)), np.zeros(len(strategies), dtype=int)
    for panel in panels:
        losses = target_losses(panel, after)
        counts = (panel.ran[..., None] & ~np.isnan(losses)).sum(axis=(1, 2))
        shares = _reached(panel, losses) / np.maximum(counts, 1)[:, None]
        total[:, : panel.budget] += shares
        total[:, panel.budget :] += shares[:, -1:]
        problems += counts > 0
    share = np.where(problems[:, None] > 0, total / np.maximum(problems, 1)[:, None], np.nan)
    return pd.DataFrame(
        {
            "strategy": np.repeat(np.array(strategies, dtype=object), longest),
            "trials": np.tile(np.arange(1, longest + 1), len(strategies)),
            "share": share.ravel(),
            "problems": np.repeat(problems, longest),
        }
    )


def _reached(panel: Panel, losses: Array) -> Array:
    """Return how many targets, over repetitions, are reached after t trials: shape (S, T)."""
    found = hit_trials(panel, losses)
    rows = _set_rows(panel)
    found[rows] = np.nan
    s, r, p = np.nonzero(~np.isnan(found))
    new = np.zeros((len(panel.strategies), panel.budget))
    np.add.at(new, (s, found[s, r, p].astype(np.int64) - 1), 1)
    reached: Array = new.cumsum(axis=1)
    if rows.any():
        # Of N points K are good: the first t hold none with probability C(N−K, t) / C(N, t).
        good = _good_points(panel, losses)[..., None]
        left = panel.used[rows][..., None, None] - np.arange(panel.budget)
        missed = np.cumprod(np.clip((left - good) / np.maximum(left, 1), 0.0, 1.0), axis=-1)
        reached[rows] = np.where(good > 0, 1 - missed, 0.0).sum(axis=(1, 2))
    return reached


def _set_rows(panel: Panel) -> Flags:
    return np.array([name in panel.sets for name in panel.strategies])


def _good_points(panel: Panel, losses: Array) -> Array:
    """Return how many points of each set are at least as good: shape (sets, R, targets)."""
    points = panel.loss[_set_rows(panel)]
    counts = [(points <= column[:, None]).sum(axis=2) for column in losses.T]
    return np.stack(counts, axis=-1).astype(float)
