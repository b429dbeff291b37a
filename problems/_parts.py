"""The rows a model is fitted on and scored on: preprocessed once, or anew where that is large."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from problems._dataset import DataSet, Facts
from problems._metrics import Array
from problems._splits import Rows, Splitter

MAX_DATASET_BYTES = 10**9
"""Bytes of a data set whose categories have a column each."""

MAX_READY_BYTES = 2**27
"""Bytes up to which all parts of a repetition are held ready for the next configuration."""

_BYTES_PER_NUMBER = 8
"""Bytes."""


class Part(NamedTuple):
    """The preprocessed rows one model is fitted on and the rows it is scored on."""

    X_fit: Array
    y_fit: Array
    X_score: Array
    y_score: Array


def check_size(facts: Facts) -> None:
    """Refuse data whose categories, in a column each, take more memory than a model can get.

    Raises:
        ValueError: they take more than `MAX_DATASET_BYTES`.
    """
    if _size(facts) > MAX_DATASET_BYTES and facts.categorical:
        raise ValueError(
            f"a data set must take {MAX_DATASET_BYTES / 1e9:g} GB or less once each category has a "
            f"column, {facts.name} takes {_size(facts) / 1e9:.1f} GB ({facts.rows:,} rows × "
            f"{_columns(facts):,} columns, {facts.categories:,} of them for categories); merge "
            "rare categories, drop the column that has most, or take a sample of the rows"
        )


def are_held(facts: Facts, splitter: Splitter, copies: int = 1) -> bool:
    """Return whether all parts of a repetition are small enough to be held ready at once.

    Args:
        facts: of the data.
        splitter: cuts it.
        copies: how often there are such parts, one for each share of the rows to fit.
    """
    parts = splitter.folds * splitter.repeats + 1
    return copies * parts * _size(facts) <= MAX_READY_BYTES


def part(
    data: DataSet, fit: Rows, score: Rows, preprocess: Callable[[], Any], *, held: bool
) -> Callable[[], Part]:
    """Return what gives a part: the same arrays each time, or equal ones made anew.

    Args:
        data: the data set.
        fit: the rows to fit.
        score: the rows to score on.
        preprocess: gives an unfitted transformer, or None.
        held: whether the arrays stay in memory.
    """
    make = partial(_sliced, data, fit, score, preprocess)
    if not held:
        return make
    first = make()
    return lambda: first


def _sliced(data: DataSet, fit: Rows, score: Rows, preprocess: Callable[[], Any]) -> Part:
    X_fit, X_score, y = data.X[fit], data.X[score], data.y
    if (transformer := preprocess()) is not None:
        X_fit = transformer.fit_transform(X_fit, y[fit])
        X_score = transformer.transform(X_score)
    for array in (X_fit, X_score):
        # All configurations share them: a model that works in place must fail aloud.
        array.flags.writeable = False
    return Part(X_fit, y[fit], X_score, y[score])


def _size(facts: Facts) -> int:
    return facts.rows * _columns(facts) * _BYTES_PER_NUMBER


def _columns(facts: Facts) -> int:
    return facts.numeric + facts.categories
