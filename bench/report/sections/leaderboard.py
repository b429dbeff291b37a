"""The leaderboard: scores over all problems with intervals and tie groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.prose.phrases import number
from bench.prose.quantities import fixed
from bench.prose.sections import leaderboard as texts
from bench.report import tables
from bench.report.page import Item, Note, PageTable
from bench.report.sections.common import line_styles

if TYPE_CHECKING:
    import pandas as pd


def items(found: Analyses) -> list[Item]:
    """Return what stands under the heading Leaderboard."""
    if not found.panels:
        return [Note(texts.nothing(len(found.source.trials) > 0))]
    board = found.board
    digits, short = fixed(2), number
    columns = {
        "strategy": board["strategy"],
        "group": tables.each(board["group"].astype(float), lambda v: f"{v:.0f}"),
        "mean rank of runs": tables.each(board["rank"], digits),
        "rank, 95 %": tables.spans(board["rank_low"], board["rank_high"], digits),
        "regret": tables.each(board["mean"], short),
        "regret, 95 %": tables.spans(board["mean_low"], board["mean_high"]),
        **_bounded(board),
        "IQM": tables.each(board["iqm"], short),
        "AUC": tables.each(board["auc"], short),
        "best on": board["n_best"].astype(str) + " of " + board["n_all_problems"].astype(str),
    }
    if (board["n_problems"] < board["n_all_problems"]).any():
        columns["problems"] = board["n_problems"].astype(str)
    table = tables.texts(columns)
    return [
        PageTable(table, "Leaderboard", styles=line_styles(found), file="leaderboard", raw=board),
        Note(_reading(found), soft=True),
        *[Note(text) for text in (texts.missing(found.missing), _unranked(found)) if text],
    ]


def _bounded(board: pd.DataFrame) -> dict[str, list[str]]:
    """Return the column of bounded regret; none where it is regret itself."""
    if np.allclose(board["bounded"], board["mean"], rtol=1e-9, atol=0, equal_nan=True):
        return {}
    return {"bounded regret": tables.each(board["bounded"], number)}


def _reading(found: Analyses) -> str:
    return texts.reading(
        when=found.when,
        ends=found.ends,
        ranked=int(found.board["rank"].count()),
        bounded=bool(_bounded(found.board)),
        short=found.short,
        repetitions=found.repetitions,
    )


def _unranked(found: Analyses) -> str:
    there = {panel.problem for panel in found.panels}
    return texts.unranked([name for name in found.source.problems if name not in there])
