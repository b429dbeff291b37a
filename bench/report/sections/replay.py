"""The section of time: who is ahead on the clock, and what an evaluation must cost for that."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.time.replay import sets_deadline
from bench.panels.rounding import at_most
from bench.prose.phrases import number
from bench.prose.quantities import NONE
from bench.prose.sections import replay as texts
from bench.report import tables
from bench.report.drawing import Builder
from bench.report.page import Details, Item, Note, PageTable, Section
from bench.report.sections import breakeven
from bench.report.sections.common import in_order, line_styles, ran

if TYPE_CHECKING:
    pass


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title = "Wall-clock time"
    if not found.timed:
        return Section("time", title, texts.UNTIMED, [])
    deadline = texts.deadline([sets_deadline(panel) for panel in found.panels])
    least = _least(found)
    items: list[Item] = [
        Note(texts.how(deadline)),
        _replayed(found),
        Details([Note(texts.DETAILS, soft=True)]),
        *breakeven.items(found, chain.from_iterable(least)),
    ]
    # Of one strategy there is nothing to say.
    sentence = texts.sentence(least if len(ran(found)) > 1 else {}, deadline)
    return Section("time", title, sentence, items)


def _least(found: Analyses) -> dict[tuple[str, ...], list[float | None]]:
    """Return the strategies whose regret is the least -> for which seconds of an evaluation."""
    least: dict[tuple[str, ...], list[float | None]] = {}
    for (cost, workers), frame in found.deadlines.items():
        # A mean over fewer problems is not comparable.
        known = frame[frame["n_problems"] == len(found.panels)].set_index("strategy")["regret"]
        if workers == 1 and len(known):
            names = tuple(str(name) for name in known.index[at_most(known, known.min())])
            least.setdefault(names, []).append(cost)
    return least


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
