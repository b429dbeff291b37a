"""The section of selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

import numpy as np

from bench.analyses import Analyses
from bench.analysis.selection import DEFAULT
from bench.inference.cv_tests import won
from bench.panels.panel import Panel
from bench.prose.quantities import fixed, percent
from bench.prose.sections import selection as texts
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles

MAX_COLUMNS = 12
"""Strategies up to which every pair has a cell."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    title = "Overfitting to the validation score"
    frame = found.selected.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    frame = frame[frame["n_problems"] > 0]
    measured = [panel for panel in found.panels if not np.isnan(panel.test).all()]
    if frame.empty:
        return Section("selection", title, texts.unknown(bool(measured)), _cv_tests(found))
    number = fixed(3)
    table = tables.texts(
        {
            "strategy": frame.index,
            "gap": tables.each(frame["gap"], number),
            "gap, 95 %": tables.spans(frame["gap_low"], frame["gap_high"], number),
            "overtuned runs": tables.each(frame["overtuned_share"], percent),
            "overtuning": tables.each(frame["overtuning"], number),
            "overtuning, 95 %": tables.spans(
                frame["overtuning_low"], frame["overtuning_high"], number
            ),
            "worse than the default": tables.each(frame["worse_share"], percent),
            "problems": frame["n_problems"].astype(str),
        }
    )
    items: list[Item] = [
        builder.figure(
            figures.selection,
            frame.reset_index(),
            line_styles(found),
            name="selection",
            label=texts.LABEL,
            caption=texts.caption(DEFAULT in frame.index),
        ),
        PageTable(table, "Validation against test", styles=line_styles(found), file="selection",
                  raw=found.selection),
        Note(
            texts.columns(bool(frame["worse_share"].notna().any()), _left_out(found, measured)),
            soft=True,
        ),
    ]  # fmt: skip
    items += _cv_tests(found)
    sentence = texts.sentence(frame.drop(index=DEFAULT, errors="ignore"))
    return Section("selection", title, sentence, items)


def _cv_tests(found: Analyses) -> list[Item]:
    """Return the test of the final models' cross-validation scores; nothing without fold values."""
    counts = won(found.cv_tests)
    if counts.empty:
        return []
    names = [name for name in in_order(found) if name in set(counts["strategy"])]
    others = names if len(names) <= MAX_COLUMNS else [name for name in names if name == BASELINE]
    cells = {
        (row.strategy, row.other): f"{row.n_better:,} of {row.n_tests:,}"
        for row in counts.itertuples()
    }
    columns = {
        f"than {other}": [cells.get((name, other), "") for name in names] for other in others
    }
    table = tables.texts({"better": names, **columns})
    return [
        PageTable(table, "Cross-validation scores of the final models", styles=line_styles(found),
                  file="cv-tests", raw=found.cv_tests),
        Note(texts.CV_TESTS, soft=True),
    ]  # fmt: skip


def _left_out(found: Analyses, measured: list[Panel]) -> int:
    """Return how many repetitions do not count."""
    names = {panel.problem for panel in measured}
    runs = [runs for runs in found.selection_runs if runs.panel.problem in names]
    return sum(int(np.isnan(part.gap / part.scale).all(axis=0).sum()) for part in runs)
