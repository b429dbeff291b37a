"""A source cut to the problems that have certain tags."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from bench.sources.source import ReportError, Source
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


def by_tag(source: Source, tags: Sequence[str]) -> Source:
    """Return the part of a source whose problems have all of some tags.

    Args:
        source: the results.
        tags: one or more.

    Raises:
        ReportError: a tag that no problem has, or tags that no problem has together.
    """
    counts = Counter(tag for problem in source.problems for tag in source.tags.get(problem, ()))
    for tag in tags:
        if tag not in counts:
            there = ", ".join(f"{name} ({count})" for name, count in counts.items())
            raise ReportError(
                f"'--by' must be a tag that a problem of the results has, got {tag!r}; "
                + (
                    f"there are {there}"
                    if there
                    else "none of their problems has any: leave it out"
                )
            )
    kept = tuple(p for p in source.problems if {*tags} <= {*source.tags.get(p, ())})
    named = " and ".join(tags)
    if not kept:
        raise ReportError(
            f"'--by' must leave a problem, none is {named}; leave one of the tags out"
        )
    runs = _on(source.runs, kept)
    planned = sum(source.fewer.get(label, source.repetitions) for label in source.strategies)
    # Of folders that were put together it is not known which problem a missing run belongs to.
    known = planned * len(source.problems) == source.wanted
    left = f"only {many(len(kept), 'problem')} of {len(source.problems):,}: {named} (--by)"
    return replace(
        source,
        title=f"{source.title}: {named}",
        trials=_on(source.trials, kept),
        runs=runs,
        problems=kept,
        wanted=planned * len(kept) if known else len(runs),
        notes=(left, *source.notes),
    )


def _on(frame: pd.DataFrame, problems: Sequence[str]) -> pd.DataFrame:
    """Return the rows on some problems; a category that is not there any more is none."""
    found = frame[np.asarray(frame["problem"].isin(problems))].reset_index(drop=True)
    for name in found.columns[found.dtypes == "category"]:
        found[name] = found[name].cat.remove_unused_categories()
    return found
