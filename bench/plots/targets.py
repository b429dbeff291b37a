"""The share of targets that are reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots.profiles import plot_shares

if TYPE_CHECKING:
    import pandas as pd


def plot_ecdf(frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None) -> Any:
    """Draw the share of targets reached against trials and return the axes.

    Args:
        frame: strategy, trials, share, low, high.
        styles: strategy -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    return plot_shares(
        frame.dropna(subset="share"),
        styles,
        x="budget",
        xlabel="trials",
        ylabel="share of targets reached (higher is better)",
        title="Targets reached",
        ax=ax,
    )
