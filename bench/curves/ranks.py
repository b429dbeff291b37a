"""Ranks of the strategies, at one budget and over all of them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.curves.clocks import checkpoints
from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import around
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel


def pair_losses(scores: Array) -> Array:
    """Return for each pair i < j: 1 where i has the larger score, ½ on ties, else 0.

    Args:
        scores: shape (S, …), smaller is better; NaN where a strategy is not there.

    Returns:
        Shape (S (S − 1) / 2, …), NaN where one of the two is not there. Pairs are in the order of
        itertools.combinations.
    """
    first, second = _pairs(len(scores))
    one, two = scores[first], scores[second]
    found = (one > two) + 0.5 * (one == two)
    return np.where(np.isnan(one) | np.isnan(two), np.nan, found)


def from_pairs(shares: Array, there: Flags) -> Array:
    """Return mean ranks from how often each strategy loses to each other.

    The rank of i is 1 + Σ_j P(j is better than i) + ½ P(tie). With all of them on all problems
    that is the mean of its ranks; otherwise each pair is compared on what both have, and a pair
    without anything in common counts as the mean of the strategy's others.

    Args:
        shares: shape (…, pairs): means of `pair_losses`, NaN where nothing is in common.
        there: shape (S,): has any score.

    Returns:
        Shape (…, S), NaN where nothing can be said.
    """
    count = len(there)
    first, second = _pairs(count)
    known = ~np.isnan(shares)
    total, met = (np.zeros((*shares.shape[:-1], count)) for _ in range(2))
    for pair, (i, j) in enumerate(zip(first, second, strict=True)):
        share, flag = np.where(known[..., pair], shares[..., pair], 0.0), known[..., pair]
        total[..., i] += share
        total[..., j] += flag - share
        met[..., i] += flag
        met[..., j] += flag
    others = int(there.sum()) - 1
    mean = np.divide(total, met, out=np.full(total.shape, np.nan), where=met > 0)
    ranks = 1.0 + others * mean if others > 0 else np.ones_like(mean)
    return np.where(there, ranks, np.nan)


def rank_parts(losses: Sequence[Array], scores: Sequence[Array]) -> list[Array]:
    """Return what each repetition adds to the distance of `from_pairs` from its centre, (S, R).

    The deviations of a pair that has fewer repetitions than a strategy are stretched, so that the
    squares of the strategy's parts tell what these fewer leave open.

    Args:
        losses: of each problem, `pair_losses` of its repetitions, shape (pairs, R).
        scores: of each problem, what the losses are of, shape (S, R).
    """
    pairs = losses[0].shape[0] if losses else 0
    count = math.isqrt(2 * pairs) + 1
    first, second = _pairs(count)
    shares, numbers = mean(losses), counts_of(losses)
    number = (numbers > 0).sum(axis=0)
    # The rank of i is its others times the mean, over those it met, of its losses to each.
    met = np.zeros((count, count), dtype=bool)
    met[first, second] = met[second, first] = number > 0
    entered = met.any(axis=1)
    weight = (entered.sum() - 1) / np.maximum(met.sum(axis=1), 1)
    each = np.zeros((count, pairs))
    places = np.arange(pairs)
    each[first, places] = weight[first] / np.maximum(number, 1)
    each[second, places] = -weight[second] / np.maximum(number, 1)
    found = []
    for values, runs, common in zip(losses, scores, numbers, strict=True):
        known = ~np.isnan(values)
        means = np.where(known, values, 0.0).sum(axis=1) / np.maximum(common, 1)
        centres = np.where(common > 0, means - shares, 0.0)
        rest = np.where(known, values - means[:, None], 0.0) / _size(common)[:, None]
        there = ~np.isnan(runs)
        parts = (each @ centres)[:, None] + _size(there.sum(axis=1))[:, None] * (each @ rest)
        found.append(np.where(there, parts, np.nan))
    return found


def met_once(scores: Sequence[Array]) -> Flags:
    """Return which strategies met another in one repetition of a problem only, shape (S,).

    Nothing tells how sure such a comparison is, so their mean rank has no interval.

    Args:
        scores: of each problem, shape (S, R); NaN where there is none.
    """
    found = np.zeros(len(scores[0]) if scores else 0, dtype=bool)
    for values in scores:
        there = (~np.isnan(values)).astype(np.int64)
        common = there @ there.T
        np.fill_diagonal(common, 0)
        found |= (common == 1).any(axis=1)
    return found


def _size(counts: Ints) -> Array:
    """Return √(n (n − 1)), the scale of n deviations from their mean; 1 where there is none."""
    found: Array = np.sqrt(np.where(counts > 1, counts * (counts - 1), 1))
    return found


def ranks_over_budget(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the mean rank of each strategy by normalised regret after so many trials.

    Ranks are taken in each problem × repetition (ties share the mean of theirs), averaged over
    repetitions, then over problems; where strategies have different repetitions each pair is
    compared on those both have (`from_pairs`). Before its first completed trial a run counts as the
    worst completed one. A problem with a smaller budget than the largest is dropped when that is
    spent, since nobody ranks there any more (`convergence.convergence` holds its last value). Cells
    that are missing are met as `from_pairs` says.

    Args:
        panels: of all problems, in the same strategies.

    Returns:
        A row a strategy and number of trials: strategy, budget, rank, low, high (95 % interval
        on this problem set; NaN with a single repetition), n_problems (whose budget reaches
        so far and on which it has runs).
    """
    columns = ["strategy", "budget", "rank", "low", "high", "n_problems"]
    if not panels:
        return pd.DataFrame(columns=columns)
    names = panels[0].strategies
    trials = checkpoints(max(panel.budget for panel in panels))
    scores = [_curves(panel, trials) for panel in panels]
    finals = [values[..., 0] for values in scores]
    there = counts_of(finals) > 0
    reached = np.array([trials <= panel.budget for panel in panels])
    weights = _weights(there, _met(finals), reached)
    rank = np.ones((len(names), len(trials)))
    every = []
    for values in scores:
        parts = np.where(np.isnan(values[..., :1]), np.nan, np.zeros(len(trials)))
        points = slice(values.shape[2])
        mean_parts, parts[..., points] = _summands(values, weights[..., points])
        rank[:, points] += mean_parts
        rows = len(names) * len(trials)
        every.append(parts.transpose(0, 2, 1).reshape(rows, values.shape[1]))
    # How many problems with each strategy, at each number of trials: where there is none, no rank.
    number = there.T.astype(float) @ reached
    known = (weights.sum(axis=1) > 0) | ((number > 0).sum(axis=0) == 1)
    rank[~known | (number == 0)] = np.nan
    on = [np.repeat(values, len(trials), axis=0) for values in finals]
    ends = around(rank.ravel(), every, None, on)
    unsure = np.repeat(met_once(finals), len(trials))
    low, high = (np.where(unsure, np.nan, np.clip(end, 1, max(len(names), 1))) for end in ends)
    return pd.DataFrame(
        {
            "strategy": np.repeat(np.array(names, dtype=object), len(trials)),
            "budget": np.tile(trials, len(names)),
            "rank": rank.ravel(),
            "low": low,
            "high": high,
            "n_problems": number.ravel().astype(int),
        },
        columns=columns,
    )


def _pairs(count: int) -> tuple[list[int], list[int]]:
    found = list(itertools.combinations(range(count), 2))
    return [i for i, _ in found], [j for _, j in found]


def _curves(panel: Panel, trials: Ints) -> Array:
    """Return regret, shape (S, R, C): C as far as the budget."""
    return panel.regret[..., trials[trials <= panel.budget] - 1]


def _met(scores: Sequence[Array]) -> Flags:
    """Return which strategies have a repetition in common, shape (P, S, S)."""
    there = [(~np.isnan(values)).astype(np.int64) for values in scores]
    return np.array([found @ found.T for found in there]) > 0


def _weights(there: Flags, met: Flags, reached: Flags) -> Array:
    """Return what a lost comparison adds to the mean rank, shape (S, S, C).

    Args:
        there: shape (P, S).
        met: shape (P, S, S).
        reached: shape (P, C).
    """
    has, far = there.astype(float), reached.astype(float)
    both = np.einsum("pij,pc->ijc", met.astype(float), far)
    both[np.eye(there.shape[1], dtype=bool)] = 0.0
    bottom = both * (both > 0).sum(axis=1, keepdims=True)
    others = (has.T @ far > 0).sum(axis=0) - 1.0
    top = np.broadcast_to(others, bottom.shape)
    found: Array = np.divide(top, bottom, out=np.zeros_like(bottom), where=bottom > 0)
    return found


def _summands(scores: Array, weights: Array) -> tuple[Array, Array]:
    """Return what a problem adds to the mean ranks less 1, and each repetition of it.

    Args:
        scores: shape (S, R, C).
        weights: shape (S, S, C).

    Returns:
        Shapes (S, C) and (S, R, C); the first is the mean of the second over the repetitions that
        the strategy has, the second is NaN in others. As `rank_parts` says, deviations of a pair
        with fewer repetitions than the strategy are stretched.
    """
    there = ~np.isnan(scores[..., 0])
    sizes = _size(there.sum(axis=1))
    total, rest = np.zeros((scores.shape[0], scores.shape[2])), np.zeros(scores.shape)
    for i, j in itertools.combinations(np.flatnonzero(there.any(axis=1)).tolist(), 2):
        both = there[i] & there[j]
        if not both.any():
            continue
        one, two = scores[i, both], scores[j, both]
        lost = (one > two) + 0.5 * (one == two)
        middle = lost.mean(axis=0)
        deviation = (lost - middle) / _size(both.sum())
        total[i] += weights[i, j] * middle
        total[j] += weights[j, i] * (1.0 - middle)
        rest[i, both] += weights[i, j] * sizes[i] * deviation
        rest[j, both] -= weights[j, i] * sizes[j] * deviation
    return total, np.where(there[..., None], total[:, None] + rest, np.nan)
