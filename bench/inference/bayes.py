"""The Bayesian signed-rank test: how probably one strategy is better, or practically equal."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.intervals import SEED
from bench.inference.paired import Pairs, blocks_of
from bench.panels.arrays import Array, Ints
from bench.panels.rounding import at_most

PRIOR = 0.5
"""The weight of one pseudo-observation of no difference, where every data set weighs 1."""

MIN_BLOCKS = 2
"""Blocks: from one alone nothing is known of others."""

SAMPLES = 20_000
"""From the posterior: a probability is known to ± 0.7 points or better (95 %)."""


def signed_rank_pairs(pairs: Pairs, rope: float = ROPE) -> pd.DataFrame:
    """Return the Bayesian signed-rank test of pairs.

    The observations are those of `significance.wilcoxon_pairs`.

    Args:
        pairs: as `all_pairs` gives them.
        rope: half the width of the region of practical equivalence, in normalised regret.

    Returns:
        A row a pair: a, b, blocks, a_better, rope, b_better (probabilities, sum 1; NaN with fewer
        than `MIN_BLOCKS` blocks).
    """
    blocks, _ = blocks_of(pairs)
    draws: dict[int, Array] = {}
    rows = []
    for a, b, row in zip(pairs.a, pairs.b, blocks, strict=True):
        differences = row[~np.isnan(row)]
        n = len(differences)
        better = equal = worse = math.nan
        if n >= MIN_BLOCKS:
            if n not in draws:
                draws[n] = weights(n)
            better, equal, worse = probabilities(differences, rope, draws[n])
        names = {"a": a, "b": b, "blocks": n}
        rows.append(names | {"a_better": better, "rope": equal, "b_better": worse})
    return pd.DataFrame(rows, columns=["a", "b", "blocks", "a_better", "rope", "b_better"])


def weights(count: int, samples: int = SAMPLES) -> Array:
    """Return draws of the weights of the prior's observation and of `count` others.

    Args:
        count: of observations.
        samples: how many draws.

    Returns:
        Shape (samples, count + 1), rows sum to 1.
    """
    alphas = np.ones(count + 1)
    alphas[0] = PRIOR
    drawn = np.random.default_rng(SEED).dirichlet(alphas, size=samples)
    return np.asfortranarray(drawn)  # what follows goes through one observation after another


def probabilities(differences: Array, rope: float, draws: Array) -> tuple[float, float, float]:
    """Return P(first better), P(practically equal), P(second better).

    In each draw of the weights, the mean of two differences chosen by them is below −rope, within
    ±rope or above rope with three chances; the probability of an answer is the share of draws in
    which its chance is the largest (a tie is shared).

    Args:
        differences: shape (n,), below 0 where the first is better.
        rope: half the width of the region of practical equivalence.
        draws: as `weights` gives them.

    Source: Benavoli et al. 2017 (JMLR 18:77), section 4.2: a Dirichlet process, strength ½ at 0.
    """
    if not len(differences):
        return math.nan, math.nan, math.nan
    z = np.concatenate([[0.0], differences])
    order = np.argsort(z, kind="stable")
    sums = z[order][:, None] + z[order]
    # In this order those that are low enough beside one of them come first, so that their weight
    # is one number of the running sums; from the other end, those that are high enough.
    below, above = ~at_most(-sums, 2 * rope), ~at_most(sums, 2 * rope)
    left = _chance(draws, order, below.sum(axis=1))
    right = _chance(draws, order[::-1], above.sum(axis=1)[::-1])
    chances = np.stack([left, 1 - left - right, right])
    largest = chances >= chances.max(axis=0) - 1e-12
    shares = (largest / largest.sum(axis=0)).mean(axis=1)
    return float(shares[0]), float(shares[1]), float(shares[2])


def _chance(draws: Array, order: Ints, counts: Ints) -> Array:
    """Return in each draw the chance of two observations of which the second is among the first.

    Args:
        draws: as `weights` gives them.
        order: shape (n + 1,), the observations.
        counts: shape (n + 1,), for each of them, in this order, how many from the beginning count.
    """
    total = np.zeros(len(draws))
    found = np.zeros(len(draws))
    # The counts fall, so the observations are gone through from the last one.
    added = 0
    for one, count in zip(order[::-1], counts[::-1], strict=True):
        for other in order[added:count]:
            total += draws[:, other]
        added = count
        found += draws[:, one] * total
    return found
