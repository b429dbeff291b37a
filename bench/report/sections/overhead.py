"""The section of the strategies' own time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, PageTable, Section
from bench.report.sections.common import in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    if not found.timed:
        why = "Not every row holds its seconds, so nothing can be said of it."
        return Section("overhead", "Strategy overhead", why, [])
    frame = found.own_time.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    table = tables.texts(
        {
            "strategy": frame.index,
            "a trial": tables.each(frame["ms_per_trial"] / 1000, tables.duration),
            "first tenth": tables.each(frame["ms_first"] / 1000, tables.duration),
            "last tenth": tables.each(frame["ms_last"] / 1000, tables.duration),
            "share of all time": tables.each(frame["share"], tables.percent),
            "runs": frame["runs"].astype(str),
        }
    )
    items: list[Item] = [
        builder.figure(
            figures.strategy_seconds,
            found.overhead,
            line_styles(found),
            name="overhead",
            label="Milliseconds a trial each strategy takes itself, against the trial number",
            caption="Time a strategy takes to suggest and to learn, by trial: median and quartiles "
            "over all runs that got so far; a line may jump where some end.",
        ),
        PageTable(table, "Strategy overhead", looks=line_styles(found), file="overhead",
                  raw=found.own_time),
    ]  # fmt: skip
    return Section("overhead", "Strategy overhead", _told(frame["ms_per_trial"] / 1000), items)


def _told(seconds: pd.Series) -> str:
    """Return what the cheapest and the dearest take for a trial, in words."""
    seconds = seconds.dropna()
    if seconds.empty:
        return "No strategy finished a trial."
    low, high = (tables.duration(float(end)) for end in (seconds.min(), seconds.max()))
    span = f"from {low} ({seconds.idxmin()}) to {high} ({seconds.idxmax()})"
    span = low if low == high else span
    return f"To suggest and to learn takes {span} a trial, the median over runs."
