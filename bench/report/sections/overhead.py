"""The section of the strategies' own time."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.prose.quantities import duration, percent
from bench.prose.sections import overhead as texts
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, PageTable, Section
from bench.report.sections.common import in_order, line_styles


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    if not found.timed:
        return Section("overhead", "Strategy overhead", texts.UNTIMED, [])
    frame = found.own_time.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    table = tables.texts(
        {
            "strategy": frame.index,
            "a trial": tables.each(frame["ms_per_trial"] / 1000, duration),
            "first tenth": tables.each(frame["ms_first"] / 1000, duration),
            "last tenth": tables.each(frame["ms_last"] / 1000, duration),
            "share of all time": tables.each(frame["share"], percent),
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
        PageTable(table, "Strategy overhead", styles=line_styles(found), file="overhead",
                  raw=found.own_time),
    ]  # fmt: skip
    sentence = texts.sentence(frame["ms_per_trial"] / 1000)
    return Section("overhead", "Strategy overhead", sentence, items)
