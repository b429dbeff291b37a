"""The Bayesian signed-rank test: how probably one strategy is better, or practically equal."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.intervals import SEED
from bench.inference.paired import Pairs, blocks_of
from bench.panels.arrays import Array
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
    return np.random.default_rng(SEED).dirichlet(alphas, size=samples)


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
    sums = z[:, None] + z
    below, above = ~at_most(-sums, 2 * rope), ~at_most(sums, 2 * rope)
    left = np.einsum("si,si->s", draws @ below, draws)
    right = np.einsum("si,si->s", draws @ above, draws)
    chances = np.stack([left, 1 - left - right, right], axis=1)
    largest = chances >= chances.max(axis=1, keepdims=True) - 1e-12
    shares = (largest / largest.sum(axis=1, keepdims=True)).mean(axis=0)
    return float(shares[0]), float(shares[1]), float(shares[2])
