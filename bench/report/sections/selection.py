"""The section of selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

from bench.analysis import selection
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.findings import Findings
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import in_order

NO_DEFAULT = " It cannot be told, since the strategy default did not run."


def section(found: Findings, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title = "Overfitting to the validation score"
    by_problem = found.selection
    if by_problem.empty or not (by_problem["runs"] > 0).any():
        return Section("selection", title, "No test value was measured, so it cannot be told.", [])
    frame = selection.by_strategy(by_problem).set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    frame = frame[frame["problems"] > 0]
    number = tables.fixed(3)
    table = tables.texts(
        {
            "strategy": frame.index,
            "gap": tables.each(frame["relative_gap"], number),
            "overtuned runs": tables.each(frame["overtuned"], tables.percent),
            "overtuning": tables.each(frame["normalised_overtuning"], number),
            "worse than the default": tables.each(frame["worse"], tables.percent),
            "problems": frame["problems"].astype(str),
        }
    )
    text = (
        "After the whole budget, in units of normalised regret, means over problems. Gap: how "
        "much worse the test value of the final incumbent is than its validation value. "
        "Overtuning (Schneider, Bischl & Feurer 2025): how much better a test value an earlier "
        "incumbent had; a run with any is overtuned. Worse than the default: the share of runs "
        "whose final test value is worse than that of the problem’s default configuration in the "
        "same repetition."
    )
    items: list[Item] = [
        PageTable(table, "Validation against test", looks=found.looks, file="selection",
                  raw=by_problem),
        Note(text + ("" if frame["worse"].notna().any() else NO_DEFAULT), soft=True),
    ]  # fmt: skip
    sentence = "How much of what tuning gained on the validation score is lost on held-out data."
    return Section("selection", title, sentence, items)
