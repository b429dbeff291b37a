"""Ranks over the budget."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots.clocks import plot_bands

if TYPE_CHECKING:
    import pandas as pd


def plot_ranks_over_budget(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw mean ranks against trials, the best on top, and return the axes.

    Args:
        frame: strategy, trials, rank, low, high.
        styles: strategy -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    bands = frame.rename(columns={"budget": "x", "rank": "median"}).dropna(subset="median")
    ax = plot_bands(
        bands,
        styles,
        title="Mean rank of runs over the budget",
        ylabel="mean rank of runs (lower is better)",
        ax=ax,
    )
    ax.invert_yaxis()
    return ax
