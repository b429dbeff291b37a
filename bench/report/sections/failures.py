"""The section of what did not go as planned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.failures import TRIAL_KINDS
from bench.captions import failures as texts
from bench.panels.rounding import tied
from bench.prose.phrases import listed, number
from bench.prose.quantities import percent
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.page import Files, Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles
from bench.sources.tidy_runs import SHORT

if TYPE_CHECKING:
    import pandas as pd

MAX_ROWS = 100
"""Rows the page shows."""

MAX_SHOWN_REASON_LENGTH = 300
"""Characters of a reason that the page shows: one may be a program's whole output."""

NUMBER = r"[-+]?\d[\d.,_]*(?:[eE][-+]?\d+)?"
"""What reasons that are one may differ in."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title, frame = "Failures", found.failures
    if frame.empty:
        return Section("failures", title, texts.NO_FAILURES, [])
    cut = frame["reason"].str.len() > MAX_SHOWN_REASON_LENGTH
    shown = _grouped(frame.assign(reason=frame["reason"].where(~cut, frame["reason"].map(_cut))))
    words = ("problems", "strategy", "reason")
    items: list[Item] = [
        Note(texts.rule(set(frame["kind"]))),
        PageTable(shown.head(MAX_ROWS), "Failures, skips and short runs", words, file="failures",
                  raw=frame),
    ]  # fmt: skip
    if len(shown) > MAX_ROWS:
        items.append(Note(texts.all_rows(len(frame))))
    if cut.any():
        items.append(Note(texts.cut_reasons(MAX_SHOWN_REASON_LENGTH)))
    if found.panels:
        items += _two_rules(found)
    return Section("failures", title, _counts(found), items)


def _grouped(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a row for all problems and reasons that differ in numbers alone."""
    alike = frame["reason"].str.replace(NUMBER, "#", regex=True)
    groups = frame.groupby(["kind", "strategy", alike.rename("alike")], sort=False, observed=True)
    return tables.texts(
        {
            "kind": [kind for (kind, _, _), _ in groups],
            "strategy": [strategy for (_, strategy, _), _ in groups],
            "problems": [listed(list(dict.fromkeys(part["problem"]))) for _, part in groups],
            "count": [f"{part['n'].sum():,}" for _, part in groups],
            "reason": [_reason(list(dict.fromkeys(part["reason"]))) for _, part in groups],
        }
    )


def _reason(reasons: Sequence[str]) -> str:
    """Return the first of some reasons, and how many more differ from it in their numbers."""
    more = len(reasons) - 1
    return reasons[0] + (f" (and {more:,} more with other numbers)" if more else "")


def _cut(reason: str) -> str:
    return (
        reason if len(reason) <= MAX_SHOWN_REASON_LENGTH else f"{reason[:MAX_SHOWN_REASON_LENGTH]}…"
    )


def _counts(found: Analyses) -> str:
    """Return how many trials failed and how many runs did not end as planned, in words."""
    frame = found.failures
    trials = int(frame.loc[frame["kind"].isin(TRIAL_KINDS.values()), "n"].sum())
    runs = int(frame["n"].sum()) - trials
    return texts.counts(
        trials,
        len(found.source.trials),
        runs,
        len(found.source.runs),
        short=SHORT in set(frame["kind"]),
    )


def _two_rules(found: Analyses) -> list[Item]:
    frame = found.two_rules.set_index("strategy")
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    failed = bool((frame[["failed_share", "empty_share"]] > 0).any(axis=None))
    order = [
        frame[name].dropna().sort_values(kind="stable", key=tied).index
        for name in ("worst", "typical")
    ]
    table = tables.texts(
        {
            "strategy": frame.index,
            "as the worst": tables.each(frame["worst"], number),
            "as one random draw": tables.each(frame["typical"], number),
            "failed trials": tables.each(frame["failed_share"], percent),
            "runs without a value": tables.each(frame["empty_share"], percent),
        }
    )
    shown = PageTable(
        table,
        "Two rules for failures",
        styles=line_styles(found),
        file="two-rules",
        raw=frame.reset_index(),
    )
    if not failed:
        # Without a failure both rules are one.
        return [Files([shown])]
    return [Note(texts.two_rules(order[0].equals(order[1]))), shown]
