"""Rank stability: which strategies are first in random halves of the data sets."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.curves.ranks import from_pairs, pair_losses
from bench.inference.intervals import counts_of
from bench.inference.paired import grouping
from bench.inference.subsets import DRAWS, subsets
from bench.panels.arrays import Array, Flags
from bench.panels.panel import Panel
from bench.panels.rounding import tied

FIRST_PLACES = 3
"""Places that count as among the first."""


def halves(panels: Sequence[Panel], trials: int | None = None, draws: int = DRAWS) -> pd.DataFrame:
    """Return in how many random halves of the data sets each strategy is first.

    A half has all problems of its data sets with all their repetitions, and is as large as half of
    the data sets, rounded down. Strategies are ranked as in `bench.curves.leaderboard.leaderboard`:
    by mean rank over repetitions, then problems. Equal mean ranks share their places in equal
    parts.

    Args:
        panels: of all problems, in the same strategies; on two data sets at least.
        trials: after how many; all of each problem's budget without.
        draws: halves.

    Returns:
        strategy (best mean rank on all data sets first), rank (that mean rank), n_first (halves in
        which it is first; with ties no integer), n_first_three (halves in which it is among the
        first three), n_draws, n_datasets (of a half). Strategies without a run are left out.

    Source: the idea of Dehghani et al. 2021, "The Benchmark Lottery".
    """
    scores = [panel.regret_after(trials) for panel in panels]
    there = counts_of(scores) > 0
    entered = np.asarray(there.any(axis=0))
    groups = grouping([panel.dataset for panel in panels])
    count = groups.shape[1]
    chosen = subsets(count, count // 2, draws) @ groups.T > 0
    losses = np.array([_mean(pair_losses(values)) for values in scores])
    everything = np.ones((1, len(panels)), dtype=bool)
    whole, ranks = (_ranks(losses, of, entered) for of in (everything, chosen))
    frame = pd.DataFrame(
        {
            "strategy": list(panels[0].strategies),
            "rank": whole[0],
            "n_first": among_first(ranks, 1).sum(axis=0),
            "n_first_three": among_first(ranks, FIRST_PLACES).sum(axis=0),
            "n_draws": draws,
            "n_datasets": count // 2,
        }
    )
    return frame[entered].sort_values("rank", kind="stable", ignore_index=True)


def among_first(ranks: Array, places: int) -> Array:
    """Return whether each strategy is among the first, strategies that are equal in equal parts.

    Args:
        ranks: shape (draws, S), smaller is better; NaN where a strategy is not there.
        places: that count as first.

    Returns:
        Shape (draws, S), from 0 to 1; 0 where a strategy is not there.

    >>> among_first(np.array([[1.0, 2.5, 2.5, 4.0]]), 2).tolist()
    [[1.0, 0.5, 0.5, 0.0]]
    """
    ranks = tied(ranks)
    one, other = ranks[..., :, None], ranks[..., None, :]
    before, same = (other < one).sum(axis=-1), (other == one).sum(axis=-1)
    found: Array = np.where(same > 0, np.clip((places - before) / np.maximum(same, 1), 0, 1), 0.0)
    return found


def _mean(losses: Array) -> Array:
    """Return means over the repetitions that both have, shape (pairs,); NaN without one."""
    there = ~np.isnan(losses)
    count = there.sum(axis=1)
    total = np.where(there, losses, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _ranks(losses: Array, chosen: Flags, entered: Flags) -> Array:
    """Return mean ranks on each choice of problems, shape (draws, S).

    Args:
        losses: shape (P, pairs): mean losses on each problem, NaN where nothing is in common.
        chosen: shape (draws, P).
        entered: shape (S,): has a run on any problem.
    """
    known = ~np.isnan(losses)
    weights = chosen.astype(float)
    count = weights @ known
    total = weights @ np.where(known, losses, 0.0)
    shares = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    return from_pairs(shares, entered)
