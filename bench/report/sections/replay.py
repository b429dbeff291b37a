"""The section of time: what each strategy has reached when its time is up."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.analysis.time.replay import sets_deadline
from bench.captions import replay as texts
from bench.prose.phrases import number
from bench.prose.quantities import NONE
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.page import Details, Item, Note, PageTable, Section
from bench.report.sections import breakeven
from bench.report.sections.common import in_order, line_styles


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title = "Wall-clock time"
    if not found.timed:
        return Section("time", title, texts.UNTIMED, [])
    deadline = texts.deadline([sets_deadline(panel) for panel in found.panels])
    items: list[Item] = [
        _replayed(found),
        *breakeven.items(found),
        Details([Note(text, soft=True) for text in (texts.DETAILS, *breakeven.how(found))]),
    ]
    return Section("time", title, texts.sentence(deadline), items)


def _replayed(found: Analyses) -> PageTable:
    import pandas as pd

    shown, whole = ({"strategy": list(found.source.strategies)} for _ in range(2))
    raw = []
    for place, ((cost, workers), frame) in enumerate(found.deadlines.items()):
        name = texts.schedule(cost, workers)
        whole[name] = [
            NONE if row.regret != row.regret else texts.reached(row) for row in frame.itertuples()
        ]
        # Of several workers the page shows what was asked for, which comes first.
        if workers == 1 or place == 0:
            shown[name] = tables.each(frame["regret"], number)
        raw.append(frame.assign(evaluation_s=cost, n_workers=workers))
    frames = [
        tables.texts(columns).set_index("strategy", drop=False).loc[in_order(found)]
        for columns in (shown, whole)
    ]
    return PageTable(
        frames[0],
        texts.LABEL,
        styles=line_styles(found),
        file="replay",
        raw=pd.concat(raw),
        whole=frames[1],
    )
