"""What strategies themselves cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots.axes import log_scale
from bench.plots.clocks import plot_bands

if TYPE_CHECKING:
    import pandas as pd


def plot_strategy_seconds(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw the strategy's milliseconds a trial against the trial number and return the axes."""
    scaled = frame.assign(**{name: 1000 * frame[name] for name in ("median", "low", "high")})
    ax = plot_bands(
        scaled,
        styles,
        title="The strategy's own time",
        xlabel="trial",
        ylabel="ask + tell, milliseconds (lower is better)",
        ax=ax,
    )
    if (scaled["low"] > 0).any():
        log_scale(ax.yaxis)
    return ax
