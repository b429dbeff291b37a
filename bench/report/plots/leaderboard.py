"""Mean ranks with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.report import style
from bench.report.plots.bands import new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_ranks(frame: pd.DataFrame, looks: Mapping[str, Mapping[str, Any]], ax: Any = None) -> Any:
    """Draw mean ranks with their intervals, the best on top, and return the axes.

    Args:
        frame: strategy, rank, and ends of its intervals: rank_low, rank_high (a thick line),
            rank_new_low, rank_new_high (a thin one).
        looks: strategy -> line properties.
        ax: where to draw; a new figure otherwise.
    """
    ranked = frame.dropna(subset="rank")
    ax = new_axes(8.0, 1.4 + 0.42 * max(len(ranked), 2)) if ax is None else ax
    for position, row in enumerate(ranked.itertuples()):
        colour = looks[row.strategy]["color"]
        new, these = (row.rank_new_low, row.rank_new_high), (row.rank_low, row.rank_high)
        ax.plot(new, [position] * 2, color=colour, linewidth=1.2, marker="|", markersize=6)
        ax.plot(these, [position] * 2, color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot(row.rank, position, "o", color=colour, markersize=8)
    ax.set_yticks(range(len(ranked)), [style.shown(name, 36) for name in ranked["strategy"]])
    ax.set_ylim(len(ranked) - 0.4, -0.6)
    ax.grid(axis="y", visible=False)
    ax.set(title="Mean rank over problems", xlabel="rank (lower is better)")
    return ax
