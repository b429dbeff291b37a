"""The section of selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.analysis.selection import DEFAULT
from bench.inference.cv_tests import won
from bench.inference.estimates import ALPHA
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Strategies up to which every pair has a cell."""

NO_DEFAULT = f" It cannot be told, since the strategy {DEFAULT} did not run."
CHOOSES_NOTHING = f" The {DEFAULT} chooses nothing: its gap is that of the splits alone."


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    title = "Overfitting to the validation score"
    frame = found.selected.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    frame = frame[frame["problems"] > 0]
    if frame.empty:
        return Section("selection", title, _untold(found), _cv_tests(found))
    number = tables.fixed(3)
    table = tables.texts(
        {
            "strategy": frame.index,
            "gap": tables.each(frame["gap"], number),
            "gap, 95 %": tables.spans(frame["gap_low"], frame["gap_high"], number),
            "overtuned runs": tables.each(frame["overtuned"], tables.percent),
            "overtuning": tables.each(frame["overtuning"], number),
            "overtuning, 95 %": tables.spans(
                frame["overtuning_low"], frame["overtuning_high"], number
            ),
            "worse than the default": tables.each(frame["worse"], tables.percent),
            "problems": frame["problems"].astype(str),
        }
    )
    text = (
        "After the whole budget, in units of normalised regret, means over repetitions, then "
        "problems, with intervals for these problems. Gap: how much worse the test value of the "
        "final incumbent is than its validation value. Overtuning (Schneider, Bischl & Feurer "
        "2025): how much better a test value an earlier incumbent had; a run with any is "
        "overtuned. Worse than the default: the share of runs whose final test value is worse than "
        "that of the problem’s default configuration in the same repetition."
    )
    items: list[Item] = [
        builder.figure(
            figures.selection,
            frame.reset_index(),
            line_styles(found),
            name="selection",
            label="Gap between test and validation, and overtuning, of each strategy",
            caption="What choosing by the validation value costs: circles, how much worse the test "
            "value of the final incumbent is than its validation value; diamonds, how much better "
            "a test value an earlier incumbent had. 95 % intervals: thick for these problems "
            "(repetitions resampled), thin for new problems (data sets resampled too). All "
            "strategies share the splits, which move their gaps together."
            + (CHOOSES_NOTHING if DEFAULT in frame.index else ""),
        ),
        PageTable(table, "Validation against test", looks=line_styles(found), file="selection",
                  raw=found.selection),
        Note(text + ("" if frame["worse"].notna().any() else NO_DEFAULT) + _left_out(found),
             soft=True),
    ]  # fmt: skip
    items += _cv_tests(found)
    return Section("selection", title, _told(frame.drop(index=DEFAULT, errors="ignore")), items)


def _cv_tests(found: Analyses) -> list[Item]:
    """Return the test of the final models' cross-validation scores; nothing without fold values."""
    counts = won(found.cv_tests)
    if counts.empty:
        return []
    names = [name for name in in_order(found) if name in set(counts["strategy"])]
    others = names if len(names) <= MOST else [name for name in names if name == BASELINE]
    cells = {
        (row.strategy, row.other): f"{row.better:,} of {row.of:,}" for row in counts.itertuples()
    }
    columns = {
        f"than {other}": [cells.get((name, other), "") for name in names] for other in others
    }
    text = (
        "Final models compared fold by fold: in how many repetitions of problems the final model "
        "of the row has a better cross-validation score than that of the column, at a level of "
        f"{ALPHA:g}. The variance of the fold differences is multiplied by 1/n + n_test/n_train, "
        "since training parts overlap (Nadeau & Bengio 2003); p-values are not corrected for "
        "multiple comparisons. The same folds chose the models, so their scores are optimistic."
    )
    table = tables.texts({"better": names, **columns})
    return [
        PageTable(table, "Cross-validation scores of the final models", looks=line_styles(found),
                  file="cv-tests", raw=found.cv_tests),
        Note(text, soft=True),
    ]  # fmt: skip


def _untold(found: Analyses) -> str:
    """Return why nothing can be told, in words."""
    if all(np.isnan(panel.test).all() for panel in found.panels):
        return "No test value was measured, so it cannot be told."
    return (
        "In no repetition every strategy has a test value and regret a scale, so it cannot be told."
    )


def _left_out(found: Analyses) -> str:
    """Return how many repetitions do not count, in words; nothing where all do."""
    measured = [panel for panel in found.panels if not np.isnan(panel.test).all()]
    left = sum(len(panel.repetitions) for panel in measured) - found.selected["repetitions"].max()
    if left == 0:
        return ""
    return (
        f" Left out: {many(int(left), 'repetition')} in which not every strategy that ran on the "
        "problem has a test value, or regret has no scale."
    )


def _told(frame: pd.DataFrame) -> str:
    """Return how many runs were overtuned and how many end worse than the default, in words."""
    if frame.empty:
        return "What choosing by the validation score costs on held-out data."
    by = " (by strategy)" if len(frame) > 1 else ""
    text = (
        f"Of the runs{by} {_between(frame['overtuned'])} had a better test value before their end"
    )
    if frame["worse"].notna().any():
        text += f", {_between(frame['worse'])} end worse than the default configuration"
    return f"{text}."


def _between(shares: pd.Series) -> str:
    known = shares.dropna()
    ends = [tables.percent(share) for share in (known.min(), known.max())]
    return " to ".join(dict.fromkeys(ends))
