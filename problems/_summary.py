"""What was read of a data set, and how its rows are cut, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from problems._live import LiveProblem

MAX_COUNTED_CLASSES = 5
"""Classes that are counted one by one."""


def summary(problem: LiveProblem) -> str:
    """Return the rows, features, classes, groups and folds of a problem, a clause each."""
    facts, data, splitter = problem.facts, problem.load(), problem.splitter
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
        parts.append(f"{groups} of {problem.groups!r} kept whole")
    cut = f"{splitter.kind}, {_many(splitter.folds, 'fold')}"
    parts.append(cut + (f" × {_many(splitter.repeats, 'repeat')}" if splitter.repeats > 1 else ""))
    return "; ".join(parts)


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
