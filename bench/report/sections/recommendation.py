"""The section of the recommendation: which strategy to use at which cost of an evaluation."""

from __future__ import annotations

import numpy as np

from bench.analyses import Analyses
from bench.analysis.time.replay import sets_deadline
from bench.captions import recommendation as texts
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Bullets, Details, Item, Note, PageTable, Section
from bench.report.sections import kinds
from bench.report.sections.common import line_styles


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    if not found.timed:
        return Section("recommendation", texts.TITLE, texts.UNTIMED, kinds.items(found))
    frame = found.recommendation
    answers = texts.answers(frame)
    if not answers:
        return Section("recommendation", texts.TITLE, texts.NOTHING, kinds.items(found))
    limited = not np.allclose(frame["bounded"], frame["regret"], rtol=1e-9, atol=0, equal_nan=True)
    score = "bounded regret" if limited else "regret"
    of = texts.clock([sets_deadline(panel) for panel in found.panels])
    first, *more = texts.sentences(answers, of)
    how = texts.how(
        score=score,
        of=of,
        paired=any(answer.paired for answer in answers),
        simplest=texts.names_simplest(answers),
    )
    rows = texts.table(answers)
    table = tables.texts({name: [row[name] for row in rows] for name in rows[0]})
    items: list[Item] = [
        *([Bullets(more)] if more else []),
        PageTable(table, texts.LABEL, text=list(table.columns)[1:], file="recommendation",
                  raw=frame),
        *[Note(text) for text in [texts.empty(frame)] if text],
        *kinds.items(found),
        builder.figure(
            figures.time_quality,
            found.time_quality,
            line_styles(found),
            score=score,
            name="time-quality",
            label=texts.FIGURE,
            caption=texts.caption(score, found.repetitions),
        ),
        Details([Note(text, soft=True) for text in how]),
    ]  # fmt: skip
    return Section("recommendation", texts.TITLE, first, items, open=True)
