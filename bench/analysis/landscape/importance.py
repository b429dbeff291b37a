"""Which parameters a response depends on: functional ANOVA, exactly, on a full table."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.panels.arrays import Array

Codes = npt.NDArray[np.intp]

MIN_EXPLAINED_SHARE = 0.9
"""Share of the variance that the parameters counted by the effective dimension must explain."""


def better_half(losses: Array, weights: Array) -> Array:
    """Return the losses of each split, none worse than the median of one random draw.

    The variance of a validation loss is often that of its few catastrophes; this one is about the
    configurations that tuning chooses from.

    Args:
        losses: shape (splits, configurations).
        weights: probability of each configuration in one random draw.
    """
    medians = [weighted_quantile(row, weights, 0.5) for row in losses]
    clipped: Array = np.minimum(losses, np.array(medians)[:, None])
    return clipped


def weighted_quantile(values: Array, weights: Array, q: float) -> float:
    """Return the smallest value that at least a share q of the weight does not exceed."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    # A share of exactly q must be found although sums of weights are rounded.
    place = np.searchsorted(reached, q * reached[-1] * (1 - 1e-12))
    return float(values[order[min(int(place), len(values) - 1)]])


def shares(configs: pd.DataFrame, losses: Array, weights: Array) -> pd.DataFrame:
    """Return the share of the variance that each effect has, over one random draw.

    Main effect of i: Var E[loss | x_i] / Var loss. Interaction of i and j: what E[loss | x_i, x_j]
    explains beyond both main effects (Hutter, Hoos & Leyton-Brown, "An Efficient Approach for
    Assessing Hyperparameter Importance", ICML 2014). In a space with conditions being absent is a
    level like any other; parameters then depend on each other, effects overlap and do not add up,
    so only main effects are given.

    Args:
        configs: a row a configuration, a column a parameter; a missing value is a level.
        losses: shape (splits, configurations).
        weights: probability of each configuration in one random draw.

    Returns:
        `effect` (names of its parameters; none: all effects of three parameters or more), and
        over splits the mean `share` with its `low`est and `high`est; NaN if nothing varies.
    """
    coded = _Coded.of(configs, losses, weights)
    names, axes = list(configs.columns), range(configs.shape[1])
    main = [coded.explained((i,)) for i in axes]
    found: dict[tuple[int, ...], Array] = {(i,): main[i] for i in axes}
    if coded.is_product():
        for i, j in itertools.combinations(axes, 2):
            found[i, j] = coded.explained((i, j)) - main[i] - main[j]
        if len(names) > 2:
            found[()] = 1.0 - np.sum(list(found.values()), axis=0)
    rows = [
        # Rounding must not make a share negative.
        (tuple(names[i] for i in axes), *np.maximum([s.mean(), s.min(), s.max()], 0.0))
        for axes, s in found.items()
    ]
    return pd.DataFrame(rows, columns=["effect", "share", "low", "high"])


def best_subsets(configs: pd.DataFrame, losses: Array, weights: Array) -> pd.DataFrame:
    """Return, size by size, the parameters that explain most, until they explain 90 %.

    A set S explains Var E[loss | x_S] / Var loss: on a product space all main effects and
    interactions within S. The last row's size is the effective dimension.

    Args:
        configs: a row a configuration, a column a parameter; a missing value is a level.
        losses: shape (splits, configurations).
        weights: probability of each configuration in one random draw.

    Returns:
        `size`, `parameters` (names) and `share` (mean over splits); no rows if nothing varies.
    """
    coded = _Coded.of(configs, losses, weights)
    names, rows = list(configs.columns), []
    if not np.isnan(coded.explained(())).any():
        for size in range(1, len(names) + 1):
            sets = itertools.combinations(range(len(names)), size)
            share, best = max(
                ((float(coded.explained(axes).mean()), axes) for axes in sets),
                key=lambda found: found[0],
            )
            rows.append((size, tuple(names[i] for i in best), share))
            if share >= MIN_EXPLAINED_SHARE:
                break
    return pd.DataFrame(rows, columns=["size", "parameters", "share"])


@dataclass(frozen=True, slots=True)
class _Coded:
    """Configurations as the numbers of their values, with centred losses.

    Args:
        codes: shape (parameters, configurations).
        sizes: number of values of each parameter.
        losses: shape (splits, configurations), of mean 0 under the weights.
        weights: they add up to 1.
    """

    codes: Codes
    sizes: tuple[int, ...]
    losses: Array
    weights: Array

    @staticmethod
    def of(configs: pd.DataFrame, losses: Array, weights: Array) -> _Coded:
        codes = [
            np.unique(pd.Categorical(configs[name]).codes, return_inverse=True)[1]
            for name in configs
        ]
        weights = weights / weights.sum()
        centred = losses - (losses @ weights)[:, None]
        # Differences that are nothing but rounding are no variance.
        spans = np.abs(losses).max(axis=1, keepdims=True)
        centred = np.where(np.abs(centred) > 1e-12 * spans, centred, 0.0)
        sizes = tuple(int(axis.max()) + 1 for axis in codes)
        return _Coded(np.array(codes), sizes, centred, weights)

    def explained(self, axes: Sequence[int]) -> Array:
        """Return Var E[loss | x_axes] / Var loss of each split, NaN where the loss is constant."""
        groups, count = self._groups(axes)
        mass = np.bincount(groups, self.weights, count)
        result = np.full(len(self.losses), np.nan)
        for split, loss in enumerate(self.losses):
            total = self.weights @ loss**2
            if total > 0:
                sums = np.bincount(groups, self.weights * loss, count)
                result[split] = (sums[mass > 0] ** 2 / mass[mass > 0]).sum() / total
        return result

    def is_product(self) -> bool:
        """Whether the parameters are independent: every combination, its weight a product."""
        expected = np.ones(len(self.weights))
        for axis in self.codes:
            expected *= np.bincount(axis, self.weights)[axis]
        full = len(self.weights) == np.prod([float(size) for size in self.sizes])
        return bool(full and np.allclose(self.weights, expected, rtol=1e-9, atol=0.0))

    def _groups(self, axes: Sequence[int]) -> tuple[Codes, int]:
        """Return the number of each configuration's group, and how many numbers there are."""
        groups, count = np.zeros(len(self.weights), dtype=np.intp), 1
        for axis in axes:
            groups, count = groups * self.sizes[axis] + self.codes[axis], count * self.sizes[axis]
            if count > 4 * len(groups):
                # Most numbers are unused: count again, or an array of them would not fit.
                uniques, groups = np.unique(groups, return_inverse=True)
                count = len(uniques)
        return groups, count
