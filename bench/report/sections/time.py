"""The section of time: who is ahead on the clock, and what an evaluation must cost for that."""

from __future__ import annotations

import math

from bench.report import tables
from bench.report.drawing import Builder
from bench.report.findings import Findings
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, ran

MOST = 12
"""Strategies up to which every pair has a cell."""


def section(found: Findings, builder: Builder) -> Section:
    """Return the section."""
    del builder
    title = "Wall-clock and break-even"
    if not found.timed:
        why = "The rows hold no seconds, so nothing can be said of time."
        return Section("time", title, why, [])
    replayed, even = _replayed(found), _even(found)
    items: list[Item] = [
        Note(
            f"{_deadline(found)}, this is the normalised regret each strategy "
            "has reached by then (mean over repetitions, then problems; trials it came to), if an "
            "evaluation took so long. The schedule is ideal: nothing but evaluations and the "
            "strategy’s own recorded seconds takes time. With several workers it flatters "
            "strategies that learn: they suggest as if every earlier result were known."
        ),
        replayed,
        *even,
    ]
    return Section("time", title, "Who is ahead when time is counted, not trials.", items)


def _deadline(found: Findings) -> str:
    """Return when the deadline is, as `replay.at_deadline` sets it."""
    usual, first = "When random search has spent its budget", "when the first strategy has"
    there = [
        bool(panel.ran[panel.strategies.index(BASELINE)].any())
        if BASELINE in panel.strategies
        else False
        for panel in found.panels
    ]
    if all(there):
        return usual
    return (
        f"{usual}, or without it {first}" if any(there) else "W" + first[1:] + " spent its budget"
    )


def _replayed(found: Findings) -> PageTable:
    import pandas as pd

    columns: dict[str, list[str]] = {"strategy": list(found.source.strategies)}
    raw = []
    for (cost, workers), frame in found.deadlines.items():
        name = "as recorded" if cost is None else f"{tables.duration(cost)} each"
        name += f", {workers} workers" if workers > 1 else ""
        columns[name] = [
            tables.NONE
            if regret != regret
            else f"{tables.number(regret)} ({tables.percent(share)})"
            for regret, share in zip(frame["regret"], frame["trials"], strict=True)
        ]
        raw.append(frame.assign(cost=cost, workers=workers))
    order = in_order(found)
    table = tables.texts(columns).set_index("strategy", drop=False).loc[order]
    label = "Regret at the deadline, by seconds an evaluation takes"
    return PageTable(table, label, looks=found.looks, file="replay", raw=pd.concat(raw))


def _even(found: Findings) -> list[Item]:
    frame = found.breakeven
    if frame.empty:
        return []
    names = in_order(found)
    many_ = len(names) > MOST
    others = [BASELINE] if many_ and BASELINE in ran(found) else names
    rows = frame.to_dict("records")
    costs = {(row["strategy"], row["other"]): row["cost"] for row in rows}
    texts = [_cost(row, costs.get((row["other"], row["strategy"]), math.nan)) for row in rows]
    shown = frame.assign(text=texts)
    wide = shown.pivot(index="strategy", columns="other", values="text").reindex(
        index=names, columns=others, fill_value=""
    )
    wide = wide.fillna("")
    table = tables.texts({"faster": names, **{f"than {name}": wide[name] for name in others}})
    text = (
        "Break-even: how long an evaluation must take for the strategy of the row to reach the "
        "target (what random search reaches after half the budget, at most 50 trials) sooner than "
        "that of the column; median over problems. Below that, the time it takes itself is not "
        "worth the trials it saves, and the other one is the faster."
    )
    return [
        Note(text),
        PageTable(table, "Break-even evaluation cost", looks=found.looks, file="breakeven",
                  raw=frame),
    ]  # fmt: skip


def _cost(row: dict[str, float], other: float) -> str:
    """Return a break-even cost in words, given that of the same pair the other way round."""
    cost = row["cost"]
    if cost != cost:
        return "equal" if row["equal"] else tables.NONE
    if math.isinf(cost) and row["below"] and 0 < other < math.inf:
        return f"below {tables.duration(other)}"
    if math.isinf(cost):
        # A median over problems: it may be faster on up to half of them.
        return "on half at most" if row["always"] or row["above"] else "never"
    return "always" if cost == 0 else f"above {tables.duration(cost)}"
