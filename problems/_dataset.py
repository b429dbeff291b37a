"""What a live problem needs to know about a data set, and its arrays."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._metrics import Task


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a data set.

    Args:
        name: how the user named it.
        title: its name for people.
        task: what is predicted.
        rows: how many.
        features: columns of X.
        numeric: how many of them hold numbers.
        categorical: how many of them hold codes of categories.
        missing: whether any feature has a missing value.
        classes: how many, 0 for regression.
        largest_share: the largest class' share of the rows, 0.0 for regression.
        licence: its licence, "not stated" where its source states none.
        reference: what to cite, or "".
        fingerprint: what tells two versions of it apart, "" where there is one only.
        categories: how many categories there are in all columns.
        labels: the classes' names in the order of their codes, () for regression.
        members: how many rows each class has, in the same order.
    """

    name: str
    title: str
    task: Task
    rows: int
    features: int
    numeric: int
    categorical: int
    missing: bool
    classes: int
    largest_share: float
    licence: str
    reference: str
    fingerprint: str
    categories: int = 0
    labels: tuple[str, ...] = ()
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class DataSet:
    """The arrays of a data set, which nobody can write to.

    Args:
        X: rows × features; a missing value is NaN; categories are the codes 0, 1, 2, …
        y: the truth of each row: numbers for regression, else the codes 0 … k-1 of the labels.
        labels: the classes' names in the order of their codes, () for regression.
        categorical: the numbers of the columns that hold codes.
        groups: the code of each row's group, or None.
        warnings: what a person should look at before they trust it, a sentence each.
        names: of the columns of X, () where they have none.
        target: the name of the column that y is, "" where it has none.
    """

    X: NDArray[np.float64]
    y: NDArray[Any]
    labels: tuple[str, ...] = ()
    categorical: tuple[int, ...] = ()
    groups: NDArray[np.int64] | None = None
    warnings: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    target: str = ""

    def __post_init__(self) -> None:
        for array in (self.X, self.y, self.groups):
            if array is not None:
                array.flags.writeable = False


def measured(
    data: DataSet, *, name: str, title: str, licence: str, reference: str, fingerprint: str = ""
) -> Facts:
    """Return the facts of a loaded data set; what arrays cannot tell is handed in."""
    rows, features = data.X.shape
    classes = len(data.labels)
    members = tuple(np.bincount(data.y, minlength=classes).tolist()) if classes else ()
    codes = [data.X[:, column] for column in data.categorical]
    return Facts(
        name=name,
        title=title,
        task="regression" if not classes else "binary" if classes == 2 else "multiclass",
        rows=rows,
        features=features,
        numeric=features - len(data.categorical),
        categorical=len(data.categorical),
        missing=bool(np.isnan(data.X).any()),
        classes=classes,
        largest_share=max(members, default=0) / rows,
        licence=licence,
        reference=reference,
        fingerprint=fingerprint,
        categories=sum(1 + int(np.nanmax(column)) for column in codes),
        labels=data.labels,
        members=members,
    )


def hint(name: str, known: Iterable[str], what: str) -> str:
    """Return the names near to `name`, or else the first few known ones, as part of a sentence.

    Args:
        name: what was typed.
        known: what could have been meant.
        what: the known things' plural.
    """
    names = list(known)
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(map(repr, near))}?"
    shown = ", ".join(map(repr, names[:12]))
    return f"the {what} are {shown}" + (f" and {len(names) - 12} more" if len(names) > 12 else "")
