"""The leaderboard: scores over all problems with intervals and tie groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.report import tables
from bench.report.page import Item, Note, PageTable
from bench.report.sections.common import line_styles
from bench.sources.source import listed
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

ADVISED = 20
"""Repetitions from which intervals are good."""


def items(found: Analyses) -> list[Item]:
    """Return what stands under the heading Leaderboard."""
    if not found.panels:
        any_trial = len(found.source.trials) > 0
        full = "No run has a full evaluation with a value"
        why = full if any_trial else "No trial has been recorded"
        return [Note(f"{why}: nothing can be concluded.")]
    board = found.board
    fixed, short = tables.fixed(2), tables.number
    columns = {
        "strategy": board["strategy"],
        "group": tables.each(board["group"].astype(float), lambda v: f"{v:.0f}"),
        "mean rank of runs": tables.each(board["rank"], fixed),
        "rank, 95 %": tables.spans(board["rank_low"], board["rank_high"], fixed),
        "regret": tables.each(board["mean"], short),
        "regret, 95 %": tables.spans(board["mean_low"], board["mean_high"]),
        **_bounded(board),
        "IQM": tables.each(board["iqm"], short),
        "AUC": tables.each(board["auc"], short),
        "best on": board["best"].astype(str) + " of " + board["of"].astype(str),
    }
    if (board["problems"] < board["of"]).any():
        columns["problems"] = board["problems"].astype(str)
    table = tables.texts(columns)
    return [
        PageTable(table, "Leaderboard", looks=line_styles(found), file="leaderboard", raw=board),
        Note(_how(found), soft=True),
        *[Note(text) for text in (_missing(found), _unranked(found)) if text],
    ]


def _bounded(board: pd.DataFrame) -> dict[str, list[str]]:
    """Return the column of bounded regret; none where it is regret itself."""
    if np.allclose(board["bounded"], board["mean"], rtol=1e-9, atol=0, equal_nan=True):
        return {}
    return {"bounded regret": tables.each(board["bounded"], tables.number)}


def _how(found: Analyses) -> str:
    count = int(found.board["rank"].count())
    middle = f"{(count + 1) / 2:g}"
    same = f"; strategies that do not differ would all be at {middle}" if count > 1 else ""
    text = (
        f"{found.when[0].upper()}{found.when[1:]}. Ranks are taken in each problem and repetition, "
        f"averaged over repetitions, then problems{same}. Regret is normalised: {found.ends}; "
        "mean, interquartile mean (IQM) and area under the curve over the logarithm of trials "
        "(AUC), every problem weighing the same. A rank counts how often a strategy is ahead, "
        "regret by how much, so the two may disagree. Strategies of a group are not told apart "
        "from its first by the verdicts for these problems, which are corrected for all pairs, so "
        "intervals of two that share a group may lie apart. “Best on” counts the best median; ties "
        "count for each. Intervals: 95 %, repetitions are the sample, so they speak of these "
        "problems; those for new problems are in the figure under Ranks and in "
        "tables/leaderboard.csv."
    )
    if _bounded(found.board):
        text += " Bounded regret is regret up to 1 and 2 − 1 / regret beyond; verdicts go by it."
    if found.short:
        text += (
            f" Left out, since they have fewer trials: {listed(found.short)}; “best on” is of "
            "all problems."
        )
    if found.repetitions < ADVISED:
        text += (
            f" With {many(found.repetitions, 'common repetition')} a problem they are rough; "
            f"{ADVISED} or more are advised."
            if found.repetitions > 1
            else " A single repetition gives no interval at all."
        )
    return text


def _missing(found: Analyses) -> str:
    gone = found.missing
    if gone.empty:
        return ""
    cells = [
        f"{row.strategy} on {row.problem}" + (f" ({row.there} of {row.of})" if row.there else "")
        for row in gone.itertuples()
    ]
    return (
        f"Missing, wholly or some repetitions: {listed(cells)}. A strategy that lacks "
        "problems is ranked against each other one on those both have; its means are over fewer "
        "problems and not comparable. Of a problem those repetitions count that all have."
    )


def _unranked(found: Analyses) -> str:
    there = {panel.problem for panel in found.panels}
    gone = [problem for problem in found.source.problems if problem not in there]
    if not gone:
        return ""
    return f"Not ranked, since no trial of a run that ended has completed: {listed(gone)}."
