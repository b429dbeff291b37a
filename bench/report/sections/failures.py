"""The section of what did not go as planned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from bench.analyses import Analyses
from bench.panels.panel import STOPPED
from bench.panels.rounding import tied
from bench.prose.phrases import listed
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles
from bench.sources.tidy_runs import SHORT
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MOST = 100
"""Rows the page shows."""

LONGEST = 300
"""Characters of a reason that the page shows: one may be a program's whole output."""

NUMBER = r"[-+]?\d[\d.,_]*(?:[eE][-+]?\d+)?"
"""What reasons that are one may differ in."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title, frame = "Failures, skips, unused budgets", found.accounts
    if frame.empty:
        sentence = "Every run used its whole budget and no trial failed."
        return Section("accounts", title, sentence, [])
    kinds = set(frame["kind"])
    rule = Markup(
        "Failed trials cost their full price and count; a run that ended without any completed "
        "trial counts as the problem’s worst completed value, in tables, ranks and curves, and as "
        "its worst test value."
    )
    if STOPPED in kinds:
        rule += Markup(
            f" An <em>{STOPPED}</em> strategy had nothing more to suggest and keeps its last value."
        )
    if SHORT in kinds:
        rule += Markup(
            f" A <em>{SHORT}</em> run has fewer trials than the longest of its problem; the table "
            "does not say why. It keeps its last value."
        )
    cut = frame["reason"].str.len() > LONGEST
    shown = _grouped(frame.assign(reason=frame["reason"].where(~cut, frame["reason"].map(_cut))))
    text = ("problems", "strategy", "reason")
    items: list[Item] = [
        Note(rule),
        PageTable(shown.head(MOST), "Failures, skips and short runs", text, file="accounts",
                  raw=frame),
    ]  # fmt: skip
    if len(frame) > len(shown) or len(shown) > MOST:
        items.append(Note(f"All {many(len(frame), 'row')}, one a problem and reason, "
                          "are in tables/accounts.csv."))  # fmt: skip
    if cut.any():
        items.append(Note(f"Reasons are cut after {LONGEST} characters; they are whole in "
                          "tables/accounts.csv."))  # fmt: skip
    if found.panels:
        items += _two_rules(found)
    return Section("accounts", title, _counts(found), items)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for all problems and reasons that differ in numbers alone."""
    alike = frame["reason"].str.replace(NUMBER, "#", regex=True)
    groups = frame.groupby(["kind", "strategy", alike.rename("alike")], sort=False, observed=True)
    return tables.texts(
        {
            "kind": [kind for (kind, _, _), _ in groups],
            "strategy": [strategy for (_, strategy, _), _ in groups],
            "problems": [listed(list(dict.fromkeys(part["problem"]))) for _, part in groups],
            "count": [f"{part['count'].sum():,}" for _, part in groups],
            "reason": [_reason(list(dict.fromkeys(part["reason"]))) for _, part in groups],
        }
    )


def _reason(reasons: Sequence[str]) -> str:
    """Return the first of some reasons, and how many more differ from it in their numbers."""
    more = len(reasons) - 1
    return reasons[0] + (f" (and {more:,} more with other numbers)" if more else "")


def _cut(reason: str) -> str:
    return reason if len(reason) <= LONGEST else f"{reason[:LONGEST]}…"


def _counts(found: Analyses) -> str:
    """Return how many trials failed and how many runs did not end as planned, in words."""
    frame = found.accounts
    trials = int(frame.loc[frame["kind"] == "trial failed", "count"].sum())
    runs = int(frame["count"].sum()) - trials
    whole = len(found.source.trials), len(found.source.runs)
    short = SHORT in set(frame["kind"])
    what = "are shorter than others" if short else "ended before the budget was used"
    return (
        f"{trials:,} of {many(whole[0], 'trial')} failed; {runs:,} of {many(whole[1], 'run')} "
        f"{what}, or were skipped."
    )


def _two_rules(found: Analyses) -> list[Item]:
    frame = found.two_rules.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    order = [
        frame[name].dropna().sort_values(kind="stable", key=tied).index
        for name in ("worst", "typical")
    ]
    same = order[0].equals(order[1])
    table = tables.texts(
        {
            "strategy": frame.index,
            "as the worst": tables.each(frame["worst"], tables.number),
            "as one random draw": tables.each(frame["typical"], tables.number),
            "failed trials": tables.each(frame["failed"], tables.percent),
            "runs without a value": tables.each(frame["empty"], tables.percent),
        }
    )
    text = (
        "Mean normalised regret if what fails counts as the worst completed value (the rule of "
        "this page), and if it counts as a regret of 1, what stands for one random draw. "
        + ("Both lead to the same order." if same else "The two lead to different orders: the "
           "conclusion hangs on the rule.")
    )  # fmt: skip
    return [
        Note(text),
        PageTable(table, "Two rules for failures", looks=line_styles(found), file="two-rules",
                  raw=frame.reset_index()),
    ]  # fmt: skip
