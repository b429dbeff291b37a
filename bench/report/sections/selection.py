"""The section of selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.selection import DEFAULT
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.findings import Findings
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import in_order

if TYPE_CHECKING:
    import pandas as pd

NO_DEFAULT = " It cannot be told, since the strategy default did not run."
CHOOSES_NOTHING = f" The {DEFAULT} chooses nothing: its gap is that of the splits alone."


def section(found: Findings, builder: Builder) -> Section:
    """Return the section."""
    title = "Overfitting to the validation score"
    frame = found.selected.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    frame = frame[frame["problems"] > 0]
    if frame.empty:
        return Section("selection", title, "No test value was measured, so it cannot be told.", [])
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
            found.looks,
            name="selection",
            label="Gap between test and validation, and overtuning, of each strategy",
            caption="What choosing by the validation value costs: circles, how much worse the test "
            "value of the final incumbent is than its validation value; diamonds, how much better "
            "a test value an earlier incumbent had. 95 % intervals: thick for these problems "
            "(repetitions resampled), thin for new problems (data sets resampled too). All "
            "strategies share the splits, which move their gaps together."
            + (CHOOSES_NOTHING if DEFAULT in frame.index else ""),
        ),
        PageTable(table, "Validation against test", looks=found.looks, file="selection",
                  raw=found.selection),
        Note(text + ("" if frame["worse"].notna().any() else NO_DEFAULT), soft=True),
    ]  # fmt: skip
    return Section("selection", title, _told(frame.drop(index=DEFAULT, errors="ignore")), items)


def _told(frame: pd.DataFrame) -> str:
    """Return how many runs were overtuned and how many end worse than the default, in words."""
    if frame.empty:
        return "What choosing by the validation score costs on held-out data."
    text = f"{_between(frame['overtuned'])} of the runs had a better test value before their end"
    if frame["worse"].notna().any():
        text += f", {_between(frame['worse'])} end worse than the default configuration"
    return text + (", by strategy." if len(frame) > 1 else ".")


def _between(shares: pd.Series) -> str:
    ends = [tables.percent(share) for share in (shares.min(), shares.max())]
    return " to ".join(dict.fromkeys(ends))
