"""Mean ranks with their intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.report import style
from bench.report.plots.bands import new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_ranks(frame: pd.DataFrame, looks: Mapping[str, Mapping[str, Any]], ax: Any = None) -> Any:
    """Draw mean ranks with 95 % intervals, the best on top, and return the axes."""
    ranked = frame.dropna(subset="rank")
    ax = new_axes(8.0, 1.4 + 0.42 * max(len(ranked), 2)) if ax is None else ax
    for position, row in enumerate(ranked.itertuples()):
        colour = looks[row.strategy]["color"]
        ax.plot([row.low, row.high], [position] * 2, color=colour, solid_capstyle="round")
        ax.plot(row.rank, position, "o", color=colour, markersize=8)
    ax.set_yticks(range(len(ranked)), [style.shown(name, 36) for name in ranked["strategy"]])
    ax.invert_yaxis()
    ax.grid(axis="y", visible=False)
    ax.set(title="Mean rank over problems", xlabel="rank (lower is better)")
    return ax
