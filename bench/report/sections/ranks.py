"""The section of ranks: at the end, over the budget, and which differ significantly."""

from __future__ import annotations

import math

from bench.analyses import Analyses
from bench.captions import ranks as texts
from bench.prose.quantities import percent
from bench.prose.samples import Sample
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, curve_styles, line_styles, ran


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    items: list[Item] = [
        builder.figure(
            figures.leaderboard,
            found.board,
            line_styles(found),
            name="ranks",
            label=texts.RANKS_LABEL,
            caption=texts.RANKS_CAPTION,
        ),
        builder.figure(
            figures.ranks_over_budget,
            found.ranks,
            curve_styles(found),
            name="ranks-over-budget",
            label=texts.BUDGET_LABEL,
            caption=texts.BUDGET_CAPTION,
        ),
        *_critical(found, builder),
        *_crossings(found),
    ]
    sentence = texts.sentence(found.friedman.iloc[0], found.wilcoxon, _sample(found))
    return Section("ranks", "Ranks", sentence, items)


def _critical(found: Analyses, builder: Builder) -> list[Item]:
    test = found.friedman.iloc[0]
    blocks, count = int(test["blocks"]), int(test["strategies"])
    if count < 2 or blocks < 2 or math.isnan(test["p"]):
        return [Note(texts.no_test(count, _sample(found)))]
    text = texts.test(test, found.wilcoxon, _sample(found), *found.untested)
    figure = builder.figure(
        figures.mean_ranks,
        found.mean_ranks,
        found.cliques,
        line_styles(found),
        name="critical",
        label=texts.CRITICAL_LABEL,
        caption=texts.CRITICAL_CAPTION,
    )
    return [Note(text), figure]


def _sample(found: Analyses) -> Sample:
    """Return what the test over data sets is over."""
    blocks = found.summaries.index
    problems = sum(panel.dataset in blocks for panel in found.panels)
    return Sample(problems, len(blocks), len(found.functions.intersection(blocks)))


def _crossings(found: Analyses) -> list[Item]:
    names = ran(found)
    if not names:
        return []
    frame = found.crossings
    baseline = BASELINE if BASELINE in names else names[-1]
    part = frame[(frame["other"] == baseline)].set_index("strategy")
    part = part.loc[[name for name in names if name in part.index]]
    if part.empty:
        return []
    table = tables.texts(
        {
            "strategy": part.index,
            f"ahead of {baseline} from trial": [
                texts.crossing(row) for row in part.to_dict("records")
            ],
            "95 % interval": [texts.between(row) for row in part.to_dict("records")],
            "never ahead": tables.each(part["never_share"], percent),
        }
    )
    return [
        Note(texts.crossings(baseline)),
        PageTable(
            table.drop(columns="never ahead"),
            f"Crossing budgets against {baseline}",
            styles=line_styles(found),
            file="crossings",
            raw=frame,
            whole=table,
        ),
    ]
