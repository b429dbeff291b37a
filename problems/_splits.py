"""Nested splits: a test part that is held out, and repeated folds of the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]

TEST_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class NestedSplit:
    """Row numbers of one repetition.

    Args:
        train: the rows that are tuned on.
        test: the held-out rows.
        folds: (training, validation) rows of each inner fold, all of them from `train`.
    """

    train: Rows
    test: Rows
    folds: tuple[tuple[Rows, Rows], ...]


def nested_split(
    y: NDArray[Any],
    *,
    folds: int,
    repeats: int,
    stratified: bool,
    seed: int,
) -> NestedSplit:
    """Hold out a quarter of the rows and cut the rest into repeated k folds.

    Args:
        y: the truth of every row.
        folds: k.
        repeats: how many times the rest is cut.
        stratified: whether every part keeps the classes' shares.
        seed: decides the test part and the folds.

    Raises:
        ValueError: more folds than rows, or than members of the smallest class.
    """
    from sklearn.model_selection import RepeatedKFold, RepeatedStratifiedKFold, train_test_split

    outer_seed, inner_seed = np.random.SeedSequence(seed).generate_state(2).tolist()
    train, test = train_test_split(
        np.arange(len(y)),
        test_size=TEST_SHARE,
        stratify=y if stratified else None,
        random_state=outer_seed,
    )
    repeated = RepeatedStratifiedKFold if stratified else RepeatedKFold
    inner = repeated(n_splits=folds, n_repeats=repeats, random_state=inner_seed)
    parts = inner.split(train, y[train])
    return NestedSplit(train, test, tuple((train[fit], train[score]) for fit, score in parts))
