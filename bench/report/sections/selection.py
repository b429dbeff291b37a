"""The section of selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

import numpy as np

from bench.analyses import Analyses
from bench.analysis.selection import DEFAULT
from bench.captions import selection as texts
from bench.inference.cv_tests import won
from bench.panels.panel import Panel
from bench.prose.phrases import number
from bench.prose.quantities import fixed, percent
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Files, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles

HIDDEN = ["overtuning", "overtuning, 95 %", "problems"]
"""Columns that only the files have; the figure shows overtuning."""

MAX_COLUMNS = 12
"""Strategies up to which every pair has a cell."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    title = "Validation and test scores"
    frame = found.selected.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    frame = frame[frame["n_problems"] > 0]
    items: list[Item]
    measured = [panel for panel in found.panels if not np.isnan(panel.test).all()]
    if frame.empty:
        items = [*_cv_tests(found), *([Details(how)] if (how := _how(found)) else [])]
        return Section("selection", title, texts.unknown(bool(measured)), items)
    two = fixed(2)
    table = tables.texts(
        {
            "strategy": frame.index,
            "gap": tables.each(frame["gap"], two),
            "gap, 95 %": tables.spans(frame["gap_low"], frame["gap_high"], two),
            "overtuned runs": tables.each(frame["overtuned_share"], percent),
            "overtuning": tables.each(frame["overtuning"], two),
            "overtuning, 95 %": tables.spans(
                frame["overtuning_low"], frame["overtuning_high"], two
            ),
            "worse than default": tables.each(frame["worse_share"], percent),
            "problems": frame["n_problems"].astype(str),
        }
    )
    items = [
        builder.figure(
            figures.selection,
            frame.reset_index(),
            line_styles(found),
            name="selection",
            label=texts.LABEL,
            caption=texts.CAPTION,
        ),
        PageTable(
            table.drop(columns=HIDDEN),
            "Validation against test",
            styles=line_styles(found),
            file="selection",
            raw=found.selection,
            whole=table,
        ),
    ]
    compared = bool(frame["worse_share"].notna().any())
    columns = texts.columns(DEFAULT in frame.index, compared, _left_out(found, measured))
    details = Details([Note(columns, soft=True), *_how(found)])
    items += [*_cv_tests(found), *_oracle(found), details]
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
    # Each pair stands there in both directions.
    comparisons = int(counts["n_tests"].sum()) // 2
    label = "Cross-validation scores of the final models"
    return [
        Note(texts.cv_tests(int(counts["n_better"].sum()), comparisons)),
        Files([PageTable(table, label, file="cv-tests", raw=found.cv_tests)]),
    ]


def _oracle(found: Analyses) -> list[Item]:
    """Return the file of what perfect search reaches; nothing without tables of the package."""
    frame = found.oracle
    if frame.empty:
        return []
    shown = tables.texts(
        {
            "problem": frame["problem"],
            "split": frame["split"].astype(str),
            "repetitions": frame["n_repetitions"].astype(str),
            "best validation": tables.each(frame["value"], number),
            "its test score": tables.each(frame["test_value"], number),
            "best test score": tables.each(frame["best_test_value"], number),
            "test regret": tables.each(frame["test_regret"], fixed(2)),
        }
    )
    return [Files([PageTable(shown, texts.ORACLE, file="oracle", raw=frame)])]


def _how(found: Analyses) -> list[Item]:
    """Return how final models are compared; nothing without fold values."""
    return [] if won(found.cv_tests).empty else [Note(texts.CV_TESTS, soft=True)]


def _left_out(found: Analyses, measured: list[Panel]) -> int:
    """Return how many repetitions do not count."""
    names = {panel.problem for panel in measured}
    runs = [runs for runs in found.selection_runs if runs.panel.problem in names]
    return sum(int(np.isnan(part.gap / part.scale).all(axis=0).sum()) for part in runs)
