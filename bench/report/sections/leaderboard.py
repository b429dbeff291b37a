"""The leaderboard: scores over all problems, and over each kind of problem, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.analyses import Analyses
from bench.captions import leaderboard as texts
from bench.captions import tags
from bench.curves.kinds import tag_of
from bench.plots import style
from bench.prose.phrases import number
from bench.prose.quantities import NONE, aligned, fixed
from bench.report import tables
from bench.report.board import BoardTable, Cell, Column, Row, View
from bench.report.page import Item, Note
from bench.report.sections.common import is_bounded, line_styles
from bench.report.sparklines import sparklines

if TYPE_CHECKING:
    import pandas as pd


LIMITS = {"timeout_share": "Timed out", "out_of_memory_share": "Out of memory"}
"""Share of the trials that a limit ended -> the title of its column."""


def items(found: Analyses) -> list[Item]:
    """Return what stands under the heading Leaderboard."""
    if not found.panels:
        return [Note(texts.nothing(len(found.source.trials) > 0))]
    board = found.board
    table = BoardTable(
        _narrow(board),
        "Leaderboard",
        styles=line_styles(found),
        file="leaderboard",
        raw=board,
        columns=_columns(board),
        views=_views(found),
        budgets=[texts.budget(budget, found.unit) for budget in found.budgets_to_compare],
        when=[
            found.when if place == 0 else texts.when(budget, found.unit)
            for place, budget in enumerate(found.budgets_to_compare)
        ],
        how=texts.HOW,
        paragraphs=texts.how(
            bounded=is_bounded(board),
            speed=_timed(board),
            kinds=len(found.boards_by_kind) > 1,
            budgets=len(found.budgets_to_compare) > 1,
            limits=[title for name, title in LIMITS.items() if name in board],
        ),
    )
    notes = [Note(text) for text in (texts.missing(found.missing), _unranked(found)) if text]
    return [Note(_reading(found), soft=True), table, *notes]


def by_tag(found: Analyses) -> pd.DataFrame:
    """Return the leaderboards of the kinds of problems, below each other; empty without any.

    Returns:
        The columns of `bench.analysis.boards.board` behind tag (of two both, with a comma) and
        budget (trials; the largest of all problems where scores are taken at the end of each).
    """
    import pandas as pd

    longest = max((panel.budget for panel in found.panels), default=0)
    parts = [
        frame.assign(tag=tag_of(key), budget=budget or longest)
        for boards in found.boards_by_kind
        for key in boards.kind.keys
        for budget, frame in boards.frames.items()
    ]
    if not parts:
        return pd.DataFrame()
    found_rows = pd.concat(parts, ignore_index=True)
    return found_rows[["tag", "budget", *found_rows.columns.drop(["tag", "budget"])]]


def _narrow(board: pd.DataFrame) -> pd.DataFrame:
    """Return the table of texts that files hold and other pages quote."""
    rank, regret = fixed(2), aligned(board["mean"])
    columns = {
        "strategy": board["strategy"],
        "group": _groups(board),
        "mean rank (95 %)": _with_interval(board, "rank", rank),
        "regret (95 %)": _with_interval(board, "mean", regret),
        "n": _of(board, "n_runs"),
        "failed (%)": tables.each(100 * board["failed_share"], fixed(1)),
    }
    for name, title in LIMITS.items():
        if name in board:
            columns[f"{title.lower()} (%)"] = tables.each(100 * board[name], fixed(1))
    if _timed(board):
        columns["suggestions/s"] = tables.each(board["suggestions_per_s"], number)
    return tables.texts(columns)


def _with_interval(board: pd.DataFrame, name: str, show: Any) -> list[str]:
    spans = tables.spans(board[f"{name}_low"], board[f"{name}_high"], show)
    values = tables.each(board[name], show)
    return [v if span == NONE else f"{v} ({span})" for v, span in zip(values, spans, strict=True)]


def _groups(board: pd.DataFrame) -> list[str]:
    return tables.each(board["group"].astype(float), lambda value: f"{value:.0f}")


def _of(board: pd.DataFrame, name: str) -> list[str]:
    """Return a count and what it is out of, `n_x` of `n_all_x`."""
    whole = board["n_all_problems" if name == "n_best" else f"n_all_{name.removeprefix('n_')}"]
    return [f"{count} of {total}" for count, total in zip(board[name], whole, strict=True)]


def _timed(board: pd.DataFrame) -> bool:
    """Return whether the speed of any strategy is known."""
    return bool(board["suggestions_per_s"].notna().any())


def _lacks_problems(board: pd.DataFrame) -> bool:
    return bool((board["n_problems"] < board["n_all_problems"]).any())


def _columns(board: pd.DataFrame) -> list[Column]:
    """Return the columns of the page, those of `_cells` between strategy and curve."""
    return [
        Column("Strategy", text=True, rank=1),
        Column("Group"),
        Column("Mean rank", "95 % interval", rank=1, default=True),
        Column("Regret", "95 % interval", rank=1),
        *([Column("Bounded", "regret", rank=3)] if is_bounded(board) else []),
        Column("IQM", "regret", rank=3),
        Column("AUC", "regret", rank=3),
        Column("Best median", "problems", falls=True, rank=3),
        *([Column("Compared on", "problems", falls=True)] if _lacks_problems(board) else []),
        Column("n", "runs", falls=True),
        Column("Failed", "%"),
        *(Column(title, "%") for name, title in LIMITS.items() if name in board),
        *([Column("Speed", "suggestions/s", falls=True)] if _timed(board) else []),
        Column("Curve", "over trials"),
    ]


def _cells(part: pd.DataFrame, board: pd.DataFrame) -> list[list[Cell]]:
    """Return the cells of `_columns`, column by column.

    Args:
        part: the leaderboard to show.
        board: that of all problems, which decides which columns there are.
    """
    columns = [
        _numbers(part, "group", lambda value: f"{value:.0f}"),
        _numbers(part, "rank", fixed(2), spans=True),
        _numbers(part, "mean", aligned(part["mean"]), spans=True),
    ]
    if is_bounded(board):
        columns.append(_numbers(part, "bounded", aligned(part["bounded"])))
    columns += [_numbers(part, name, aligned(part[name])) for name in ("iqm", "auc")]
    columns.append(_counts(part, "n_best"))
    if _lacks_problems(board):
        columns.append(_counts(part, "n_problems"))
    columns.append(_counts(part, "n_runs"))
    failed = part.assign(failed=100 * part["failed_share"])
    columns.append(_numbers(failed, "failed", fixed(1)))
    for name in [name for name in LIMITS if name in board]:
        columns.append(_numbers(part.assign(share=100 * part[name]), "share", fixed(1)))
    if _timed(board):
        columns.append(_numbers(part, "suggestions_per_s", number))
    return columns


def _numbers(frame: pd.DataFrame, name: str, show: Any, *, spans: bool = False) -> list[Cell]:
    values = frame[name].astype(float)
    intervals = (
        tables.spans(frame[f"{name}_low"], frame[f"{name}_high"], show)
        if spans
        else [NONE] * len(frame)
    )
    shown = tables.each(values, show)
    return [
        Cell(text, value, "" if span == NONE else span)
        for text, value, span in zip(shown, values.tolist(), intervals, strict=True)
    ]


def _counts(frame: pd.DataFrame, name: str) -> list[Cell]:
    values = frame[name].astype(float).tolist()
    return [Cell(text, value) for text, value in zip(_of(frame, name), values, strict=True)]


def _views(found: Analyses) -> list[View]:
    """Return the leaderboards of all problems and of each kind, at each budget."""
    total = len(found.panels)
    styles = line_styles(found)
    views = []
    for boards in sorted(found.boards_by_kind, key=lambda boards: tags.order(boards.kind.tags)):
        names, kind = next(iter(boards.frames.values()))["strategy"].astype(str), boards.kind
        curves = sparklines(boards.convergence, styles, list(names))
        name = texts.tagged(kind.tags, len(kind.problems)) if kind.keys else texts.every(total)
        note = texts.chosen(kind.problems, total) if kind.keys else ""
        rows = [
            [
                Row(label, style.themed(styles[label]["color"]), cells, curves[label])
                for label, *cells in zip(frame["strategy"].astype(str), *_cells(frame, found.board),
                                         strict=True)
            ]
            for frame in boards.frames.values()
        ]  # fmt: skip
        views.append(View(name, note, rows))
    return views


def _reading(found: Analyses) -> str:
    return texts.reading(
        when=found.when,
        ranked=int(found.board["rank"].count()),
        short=found.short,
        repetitions=found.repetitions,
        fewer=found.source.fewer,
    )


def _unranked(found: Analyses) -> str:
    there = {panel.problem for panel in found.panels}
    return texts.unranked([name for name in found.source.problems if name not in there])
