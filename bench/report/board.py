"""The leaderboard as a page shows it: rows that can be sorted, of several choices of problems."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from bench.report.page import PageTable, render
from bench.report.sparklines import Sparkline

SORTED_DIGITS = 6
"""Significant digits by which rows are sorted."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the leaderboard.

    Args:
        title: its head.
        unit: below the head, in small.
        text: whether it holds words.
        falls: whether the largest value comes first when a reader sorts by the column.
        rank: 1: shown on a telephone, 2: from a tablet on, 3: on a wide screen, and all of them
            where the reader asks for all columns.
        default: whether the rows come in the order of this column.
    """

    title: str
    unit: str = ""
    text: bool = False
    falls: bool = False
    rank: int = 2
    default: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of the leaderboard.

    Args:
        text: what it says.
        value: by which rows are sorted; NaN comes last.
        interval: below the text, in small.
    """

    text: str
    value: float = math.nan
    interval: str = ""

    @property
    def key(self) -> str:
        """The value as a script reads it; empty where there is none."""
        return "" if math.isnan(self.value) else f"{self.value:.{SORTED_DIGITS}g}"


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the leaderboard.

    Args:
        strategy: its label.
        color: of its line.
        cells: of all columns but the strategy and the curve.
        curve: as `bench.report.sparklines` gives it.
    """

    strategy: str
    color: str
    cells: Sequence[Cell]
    curve: Sparkline


@dataclass(frozen=True, slots=True)
class View:
    """The rows for one choice of problems.

    Args:
        name: of the choice.
        note: which problems it leaves; empty for all.
        rows: for each choice of the budget, in the order of mean rank.
    """

    name: str
    note: str
    rows: Sequence[Sequence[Row]]


@dataclass(frozen=True, slots=True)
class BoardTable(PageTable):
    """The leaderboard; as a table of texts it is what is written into files.

    Args:
        columns: of all views; the first is the strategy, the last its curve.
        views: the first is shown, the others can be chosen.
        budgets: the choices of the budget; the first is shown.
        when: for each of them, at which point of a run scores are taken, as the caption says it.
        how: what opens the paragraphs on how it is computed.
        paragraphs: how it is computed.
    """

    kind: ClassVar[str] = "board"

    columns: Sequence[Column] = ()
    views: Sequence[View] = ()
    budgets: Sequence[str] = ()
    when: Sequence[str] = ()
    how: str = ""
    paragraphs: Sequence[str] = field(default_factory=tuple)

    @property
    def rows(self) -> str:
        """The rows of the first view and budget as HTML."""
        page: Mapping[str, object] = {"rows": self.views[0].rows[0], "columns": self.columns}
        return render("leaderboard-rows.html.j2", page)

    @property
    def choices(self) -> str:
        """The views as JSON that may stand inside a script element.

        It has budgets, when, and views: name, note, curves (strategy -> what it says, its path) and
        boards: of each budget the rows, which are the strategy and of each cell its text, what rows
        are sorted by, and its interval if there is one. A script changes the rows of the page,
        which have all else.
        """
        data = {
            "budgets": list(self.budgets),
            "when": list(self.when),
            "views": [
                {
                    "name": view.name,
                    "note": view.note,
                    "curves": {row.strategy: row.curve.data for row in view.rows[0]},
                    "boards": [[_data(row) for row in rows] for rows in view.rows],
                }
                for view in self.views
            ],
        }
        text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
        # An element ends at "</script", whatever stands around it.
        return text.replace("<", "\\u003c")


def _data(row: Row) -> list[object]:
    cells = [[cell.text, cell.key, cell.interval] for cell in row.cells]
    return [row.strategy, *(cell if cell[-1] else cell[:-1] for cell in cells)]
