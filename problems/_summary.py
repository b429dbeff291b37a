"""What was read of a data set, and how its rows are cut, in words."""

from __future__ import annotations

import numpy as np

from problems._dataset import DataSet, Facts
from problems._splits import Splitter

MAX_COUNTED_CLASSES = 5
"""Classes that are counted one by one."""


def summary(data: DataSet, facts: Facts, splitter: Splitter, groups_column: str) -> str:
    """Return the rows, features, classes, groups and folds of a problem, a clause each."""
    kinds = [
        _many(count, f"{kind} feature")
        for kind, count in (("numeric", facts.numeric), ("categorical", facts.categorical))
        if count
    ]
    parts = [_many(facts.rows, "row"), " and ".join(kinds)]
    if 0 < facts.classes <= MAX_COUNTED_CLASSES:
        counted = zip(facts.labels, facts.members, strict=True)
        parts.append("classes " + ", ".join(f"{name!r} ({count:,})" for name, count in counted))
    elif facts.classes:
        parts.append(f"{facts.classes:,} classes")
    if data.groups is not None:
        groups = _many(len(np.unique(data.groups)), "group")
        parts.append(f"{groups} of {groups_column!r} kept whole")
    cut = f"{splitter.kind}, {_many(splitter.folds, 'fold')}"
    parts.append(cut + (f" × {_many(splitter.repeats, 'repeat')}" if splitter.repeats > 1 else ""))
    return "; ".join(parts)


def about(facts: Facts) -> dict[str, str]:
    """Return what people should know of a data set: heading -> text."""
    kinds = f", {facts.categorical} of them categories" if facts.categorical else ""
    classes = f", {facts.classes} classes" if facts.classes else ""
    return {
        "data": f"{facts.title}: {facts.rows} rows × {facts.features} features"
        f"{kinds}{classes}{', with missing values' if facts.missing else ''}",
        "licence": facts.licence,
        "reference": facts.reference,
    }


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
