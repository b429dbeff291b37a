"""The section of simulated workers: how much faster a run is with several, and what it loses."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.analyses import Analyses
from bench.analysis.time.workers import without_cost
from bench.captions import workers as texts
from bench.plots import style
from bench.prose.phrases import number
from bench.prose.quantities import NONE, aligned, percent
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Bullets, Details, Item, Note, PageTable, Section
from bench.report.sections.common import line_styles

if TYPE_CHECKING:
    import pandas as pd


def section(found: Analyses, builder: Builder) -> Section | None:
    """Return the section; None for a sweep whose runs have one worker each."""
    frame = found.workers
    if frame.empty:
        return None
    first, *more = texts.sentences(frame, found.when) or [texts.nothing(frame)]
    styles = _styles(found)
    timed = bool(frame["speedup"].notna().any())
    targets = bool(frame["target_speedup"].notna().any())
    notes = [texts.alone(frame), texts.untimed(without_cost(found.source.trials))]
    whole = _table(frame, timed)
    items: list[Item] = [
        *([Bullets(more)] if more else []),
        *_figure(found, builder, timed),
        PageTable(
            whole[(frame["n_workers"] > 1).to_numpy()],
            texts.LABEL,
            styles=styles,
            file="workers",
            raw=frame,
            whole=whole,
        ),
        *[Note(text) for text in notes if text],
        Details(
            [
                Note(text, soft=True)
                for text in texts.how(timed=timed, targets=targets, when=found.when)
            ]
        ),
    ]
    return Section("workers", texts.TITLE, first, items)


def _figure(found: Analyses, builder: Builder, timed: bool) -> list[Item]:
    """Return the figure; nothing where no family has a run with one worker."""
    if not found.workers["loss"].notna().any():
        return []
    return [
        builder.figure(
            figures.workers,
            found.workers,
            _styles(found),
            name="workers",
            label=texts.FIGURE,
            caption=texts.caption(timed=timed, repetitions=found.repetitions),
        )
    ]


def _styles(found: Analyses) -> dict[str, dict[str, Any]]:
    """Return family -> line properties: the colour of its first strategy, each its own dashes."""
    lines, styles = line_styles(found), {}
    dashes: dict[str, Any] = {}
    for row in found.workers.drop_duplicates("family").itertuples():
        colour = lines[row.strategy]["color"]
        dash = next(dashes.setdefault(colour, itertools.cycle(style.DASHES)))
        styles[str(row.family)] = {"color": colour, "linestyle": dash}
    return styles


def _table(frame: pd.DataFrame, timed: bool) -> pd.DataFrame:
    columns = {
        "strategy": frame["family"],
        "workers": tables.each(frame["n_workers"], "{:,}".format),
    }
    if timed:
        columns["speed-up (95 %)"] = _with_interval(frame, "speedup", number)
        columns["efficiency"] = tables.each(frame["efficiency"], percent)
    columns["loss (95 %)"] = _with_interval(frame, "loss", aligned(frame["loss"]))
    if timed:
        columns["to equal regret (95 %)"] = _with_interval(frame, "target_speedup", number)
        columns["missed"] = tables.each(frame["missed_share"], percent)
    if frame["busy_share"].notna().any():
        columns["busy"] = tables.each(frame["busy_share"], percent)
    return tables.texts(columns)


def _with_interval(frame: pd.DataFrame, name: str, show: Callable[[float], str]) -> list[str]:
    spans = tables.spans(frame[f"{name}_low"], frame[f"{name}_high"], show)
    values = tables.each(frame[name], show)
    return [v if span == NONE else f"{v} ({span})" for v, span in zip(values, spans, strict=True)]
