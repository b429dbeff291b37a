"""Parts of whole groups that keep the classes' shares."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]


def stratified_groups(
    parts: int, y: NDArray[Any], groups: NDArray[Any], seed: int
) -> list[tuple[Rows, Rows]]:
    """Return the rows outside and inside each of the parts, which keep the shares if groups can.

    Args:
        parts: how many, 2 or more.
        y: the class of every row.
        groups: the group of every row; there are as many groups as parts, or more.
        seed: decides the parts.

    Raises:
        ValueError: a part would have no rows.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    cut = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # That a class has fewer members than there are parts; what needs all classes says so.
        warnings.simplefilter("ignore", UserWarning)
        found = list(cut.split(np.zeros(len(y)), _codes(y), groups))
    if not all(len(rows) for part in found for rows in part):
        raise ValueError(
            f"{parts} stratified parts of whole groups must each have rows, one has none; "
            "use fewer folds or cv 'group'"
        )
    return found


def any_of(parts: list[tuple[Rows, Rows]], seed: int) -> tuple[Rows, Rows]:
    """Return the part that a seed selects; the first one would always have the largest group."""
    return parts[seed % len(parts)]


def in_groups(y: NDArray[Any], groups: NDArray[Any]) -> NDArray[np.intp]:
    """Return how many groups have a member of each class, the classes sorted."""
    pairs = np.unique(np.stack([_codes(y), _codes(groups)]), axis=1)
    return np.bincount(pairs[0])


def _codes(values: NDArray[Any]) -> NDArray[np.intp]:
    return np.unique(values, return_inverse=True)[1]
