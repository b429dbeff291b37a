"""Scores of strategies with their intervals, a row each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_leaderboard(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw mean ranks with their intervals, the best on top, and return the axes.

    Args:
        frame: strategy, rank, and the ends of its intervals as `plot_rows` takes them.
        styles: strategy -> line properties.
        ax: where to draw; a new figure otherwise.
    """
    ax = plot_rows(frame.dropna(subset="rank"), styles, {"rank": "o"}, ax)
    ax.set(title="Mean rank of runs", xlabel="mean rank of runs (lower is better)")
    return ax


def plot_rows(
    frame: pd.DataFrame,
    styles: Mapping[str, Mapping[str, Any]],
    scores: Mapping[str, str],
    ax: Any = None,
) -> Any:
    """Draw scores with their intervals, a row a strategy, the first on top, and return the axes.

    Args:
        frame: strategy, and of each score its column and ends of its intervals: _low, _high (a
            thick line), _new_low, _new_high (a thin one).
        styles: strategy -> line properties.
        scores: column -> marker; several stand below each other in a strategy's row.
        ax: where to draw; a new figure otherwise.
    """
    room = 0.42 + 0.2 * (len(scores) - 1)
    ax = new_axes(height=1.4 + room * max(len(frame), 2)) if ax is None else ax
    for row, (_, values) in enumerate(frame.iterrows()):
        colour = styles[values["strategy"]]["color"]
        for place, (name, marker) in enumerate(scores.items()):
            y = row + 0.36 * (place - (len(scores) - 1) / 2)
            these, new = (
                values[[f"{name}{kind}_low", f"{name}{kind}_high"]] for kind in ("", "_new")
            )
            ax.plot(new, [y] * 2, color=colour, linewidth=1.2, marker="|", markersize=6)
            ax.plot(these, [y] * 2, color=colour, linewidth=4, solid_capstyle="butt")
            ax.plot(values[name], y, marker, color=colour, markersize=8)
    ax.set_yticks(range(len(frame)), [style.shown(name, 28) for name in frame["strategy"]])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    return ax
