"""What an evaluation must cost for one strategy to be faster than another."""

from __future__ import annotations

from collections.abc import Iterable

from bench.analyses import Analyses
from bench.prose.sections import breakeven as texts
from bench.report import tables
from bench.report.page import Details, Item, Note, PageTable
from bench.report.sections.common import BASELINE, in_order, line_styles, ran

MAX_COLUMNS = 12
"""Strategies up to which every pair has a cell."""


def items(found: Analyses, least: Iterable[str]) -> list[Item]:
    """Return the table of break-even costs and what is to be read beside it.

    Args:
        found: the analyses.
        least: the strategies whose regret at a deadline is the least.
    """
    frame = found.breakeven
    if frame.empty:
        return []
    names = in_order(found)
    few = len(names) <= MAX_COLUMNS
    others = names if few or BASELINE not in ran(found) else [BASELINE]
    # What a reader decides on: random search, or else the best.
    first = BASELINE if BASELINE in others else names[0]
    cells: dict[tuple[str, str], str] = {
        pair: texts.cost(part)
        for pair, part in found.breakeven_costs.groupby(["strategy", "other"])
    }
    columns = {
        f"than {other}": [cells.get((name, other), "") for name in names] for other in others
    }
    budget = max(panel.budget for panel in found.panels)
    start = {
        "start-up, trials": [texts.startup(found.startups.get(name), budget) for name in names]
    }
    table = tables.texts({"faster": names, **(start if found.startups else {}), **columns})
    never = {
        name: [
            other for (one, other), text in cells.items() if one == name and texts.is_never(text)
        ]
        for name in dict.fromkeys(least)
    }
    after = found.breakeven_costs["target_budget"].unique()
    shown = table.drop(columns=[name for name in columns if name != f"than {first}"])
    return [
        Note(texts.HOW),
        PageTable(
            shown,
            "Break-even evaluation cost",
            styles=line_styles(found),
            file="breakeven",
            raw=frame,
            whole=table,
        ),
        Details(
            [
                Note(texts.target(after, bool(found.startups)), soft=True),
                *[
                    Note(texts.two_orders(name, others), soft=True)
                    for name, others in never.items()
                    if others
                ],
            ]
        ),
    ]
