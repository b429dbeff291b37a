"""What an evaluation must cost for one strategy to be faster than another."""

from __future__ import annotations

from bench.analyses import Analyses
from bench.captions import breakeven as texts
from bench.report import tables
from bench.report.page import Files, Item, Note, PageTable
from bench.report.sections.common import BASELINE, in_order, ran

MAX_COLUMNS = 12
"""Strategies up to which every pair has a cell."""


def items(found: Analyses) -> list[Item]:
    """Return a sentence on random search, and the table of all pairs as a file.

    Args:
        found: the analyses.
    """
    frame = found.breakeven
    if frame.empty:
        return []
    names = in_order(found)
    few = len(names) <= MAX_COLUMNS
    others = names if few or BASELINE not in ran(found) else [BASELINE]
    costs = found.breakeven_costs
    shown = costs[costs["other"].isin([*others, BASELINE])]
    pairs = dict(list(shown.groupby(["strategy", "other"])))
    cells = {pair: texts.cost(part) for pair, part in pairs.items() if pair[1] in others}
    columns = {
        f"than {other}": [cells.get((name, other), "") for name in names] for other in others
    }
    budget = max(panel.budget for panel in found.panels)
    start = {
        "start-up, trials": [texts.startup(found.startups.get(name), budget) for name in names]
    }
    table = tables.texts({"faster": names, **(start if found.startups else {}), **columns})
    against = {name: pairs[name, BASELINE] for name in names if (name, BASELINE) in pairs}
    sentence = texts.against(BASELINE, against)
    return [
        *([Note(sentence)] if sentence else []),
        Files([PageTable(table, texts.LABEL, file="breakeven", raw=frame)]),
    ]


def how(found: Analyses) -> list[str]:
    """Return how break-even costs are computed; nothing without one.

    Args:
        found: the analyses.
    """
    if found.breakeven.empty:
        return []
    after = found.breakeven_costs["target_budget"].unique()
    return [texts.target(after, bool(found.startups))]
