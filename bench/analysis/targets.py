"""Fixed targets: how many evaluations it takes to reach what random search reaches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.analysis.draws import Exact, exact_bests, expected_bests, random_draws
from bench.analysis.panels import Array, Flags, Panel

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
        problem, after (trials of random search), target (mean over repetitions, in the metric's
        direction), repetitions (that have it), missing (repetitions with too few draws).
    """
    rows = []
    for panel in panels:
        values = panel.values(target_losses(panel, after, (exact or {}).get(panel.problem)))
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


def expected_times(panel: Panel, losses: Array) -> tuple[Array, Array, Array]:
    """Return ERT, successes and runs: the evaluations of all runs until hit or end / successes.

    Hansen et al., "Real-Parameter Black-Box Optimization Benchmarking 2010: Experimental Setup",
    INRIA RR-7215. There a run that ends without the target is followed by another, as a restart. A
    run that ended before its budget cannot go on, and another would come to the same: where one of
    them missed the target ERT is infinite, and with it finite only if every such run reaches it.

    Args:
        panel: the runs.
        losses: shape (R, targets).

    Returns:
        Shape (S, targets) each. ERT is infinite without a success, or where a run ended early
        without one; NaN without a run.
    """
    found = hit_trials(panel, losses)
    counts = panel.ran[..., None] & ~np.isnan(losses)
    success = counts & ~np.isnan(found)
    stuck = (counts & ~success & (panel.used < panel.budget)[..., None]).any(axis=1)
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
        strategy, problem, after, ert (evaluations; infinite without a success, or where a run
        that ended before its budget has none; NaN without a run or target), successes, runs.
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
    columns = ["strategy", "problem", "after", "ert", "successes", "runs"]
    return pd.DataFrame(rows, columns=columns)


def ecdf(
    panels: Sequence[Panel],
    after: Sequence[int] = AFTER,
    exact: Mapping[str, Exact] | None = None,
) -> pd.DataFrame:
    """Return the share of targets that are reached after t evaluations.

    A target in a repetition that is missed counts in the denominator for good. Problems count the
    same; one with a smaller budget keeps its last share.

    Args:
        panels: the problems.
        after: the targets: what random search reaches after so many trials.
        exact: problem -> the distribution of a draw, where it is known (tables): losses, a row a
            repetition in the order of the panel's, and weights.

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
        losses = target_losses(panel, after, (exact or {}).get(panel.problem))
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
