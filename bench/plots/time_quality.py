"""Regret of a whole run against the seconds that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.axes import log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_time_quality(
    frame: pd.DataFrame,
    styles: Mapping[str, Mapping[str, Any]],
    *,
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw mean regret with its interval against the seconds of a run and return the axes.

    Marks of the Pareto set are filled and joined, all others are hollow.

    Args:
        frame: of one cost of an evaluation: strategy, run_s, bounded, low, high, pareto. A strategy
            whose time or regret is not known is left out.
        styles: strategy -> line properties, in the order of the legend.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    known = frame[(frame["run_s"] > 0) & frame["bounded"].notna()].set_index("strategy")
    front = known[known["pareto"]].sort_values("run_s")
    # The best that is reached holds until the next of them has come to its end.
    ax.step(
        front["run_s"], front["bounded"], where="post", color=style.INK, linewidth=1, zorder=1.5
    )
    for strategy, line in styles.items():
        if strategy not in known.index:
            continue
        row = known.loc[strategy]
        at, colour = row["run_s"], line["color"]
        ax.plot([at, at], [row["low"], row["high"]], color=colour, linewidth=1.2, alpha=0.6)
        mark = {"marker": "o", "linestyle": "none", "color": colour, "markersize": 7}
        inside = colour if row["pareto"] else style.PAPER
        ax.plot(at, row["bounded"], **mark, markerfacecolor=inside, markeredgewidth=1.6)
        # A legend of hollow marks would be of one panel only.
        ax.plot([], [], **mark, label=style.shown(strategy))
    ax.margins(x=0.12)
    log_scale(ax.xaxis)
    ax.set(title=title)
    return ax
