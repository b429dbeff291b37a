"""What choosing by the validation value cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.leaderboard import plot_rows

if TYPE_CHECKING:
    import pandas as pd

MARKERS = {
    "gap": ("o", "gap: test − validation"),
    "overtuning": ("D", "overtuning: test − best of earlier incumbents"),
}


def plot_selection(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw gap and overtuning with their intervals, a row a strategy, and return the axes.

    Args:
        frame: strategy, gap, overtuning, and the ends of their intervals as `plot_rows` takes them.
        styles: strategy -> line properties.
        ax: where to draw; a new figure otherwise.
    """
    ax = plot_rows(frame, styles, {name: marker for name, (marker, _) in MARKERS.items()}, ax)
    ax.axvline(0, color=style.INK, linewidth=0.8, zorder=0.9)
    for marker, label in MARKERS.values():
        ax.plot([], [], marker, color=style.INK, markersize=8, label=label)
    ax.set(title="Validation against test", xlabel="normalised regret (lower is better)")
    return ax
