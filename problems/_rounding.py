"""A live problem as another processor would measure it: with other last bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import Config

if TYPE_CHECKING:
    from problems._metrics import Array

ULP = 2.0**-52
"""The relative distance of two neighbouring floats at 1."""


def otherwise_rounded(make: Callable[[Config, int], Any], *, is_computed: bool, seed: int) -> Any:
    """Return what makes the same estimators, fitted to numbers that differ in the last bit.

    Another processor sums in another order and has another `exp`, so what it computes differs by
    some last bits. Where the value hangs on them, as in a tie between two splits of a tree, it is
    another value there. Features that no step computes before the model stay as they are, since
    the file has the same numbers everywhere, and so do integers, whose sums are exact. Equal
    numbers of a column stay equal: the same steps make the same of them on every processor.
    Boosting by weights gets weights as well, since those of its later trees are products of
    exponentials.

    Args:
        make: makes the estimator of a configuration, given its random state; stays as it is.
        is_computed: whether a step computes features before the model.
        seed: of the last bits.
    """
    rng = np.random.default_rng(seed)

    def other(config: Config, random_state: int) -> Any:
        estimator = make(config, random_state)
        fit = estimator.fit

        def fit_otherwise(X: Array, y: Array) -> Any:
            weights = {}
            if _is_boosted_by_weights(estimator):
                moved = 1 + _last_bits(len(y), rng)
                weights = {"sample_weight": moved / len(y)}
            return fit(nudged(X, rng) if is_computed else X, nudged(y, rng), **weights)

        estimator.fit = fit_otherwise
        return estimator

    return other


def _is_boosted_by_weights(estimator: Any) -> bool:
    from sklearn.ensemble import AdaBoostClassifier, AdaBoostRegressor

    return isinstance(estimator, AdaBoostClassifier | AdaBoostRegressor)


def nudged(values: Array, rng: np.random.Generator) -> Array:
    """Return numbers of which each is moved by a last bit, up, down or not, unless integers.

    What is equal within a column stays equal.
    """
    moved = values.copy()
    for column, found in zip(_columns(values), _columns(moved), strict=True):
        if not (column == np.rint(column)).all():
            different, place = np.unique(column, return_inverse=True)
            found[:] = (different * (1 + _last_bits(len(different), rng)))[place]
    return moved


def _columns(values: Array) -> Array:
    return values.reshape(len(values), -1).T


def _last_bits(count: int, rng: np.random.Generator) -> Array:
    return np.asarray(rng.integers(-1, 2, size=count) * ULP)
