"""The section of the strategies' own time."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.captions import overhead as texts
from bench.prose.phrases import number
from bench.prose.quantities import percent
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles

TITLE = "Strategy overhead"

HIDDEN = ["first tenth, ms", "last tenth, ms", "runs"]
"""Columns that only the files have; the figure shows how time grows."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section.

    Args:
        found: the analyses.
        builder: draws.
    """
    if not found.timed:
        return Section("overhead", TITLE, texts.UNTIMED, [])
    frame = found.own_time.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    table = tables.texts(
        {
            "strategy": frame.index,
            "ask + tell, ms per trial": tables.each(frame["ms_per_trial"], number),
            "first tenth, ms": tables.each(frame["ms_first"], number),
            "last tenth, ms": tables.each(frame["ms_last"], number),
            "share of run time": tables.each(frame["share"], percent),
            "runs": frame["n_runs"].astype(str),
        }
    )
    items: list[Item] = [
        builder.figure(
            figures.strategy_seconds,
            found.overhead,
            line_styles(found),
            name="overhead",
            label=texts.LABEL,
            caption=texts.CAPTION,
        ),
        PageTable(
            table.drop(columns=HIDDEN),
            TITLE,
            styles=line_styles(found),
            file="overhead",
            raw=found.own_time,
            whole=table,
        ),
        Note(texts.SHARE, soft=True),
    ]
    return Section("overhead", TITLE, texts.sentence(frame["ms_per_trial"] / 1000), items)
