"""Regret of a whole run against the seconds that it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plots import style
from bench.plots.axes import log_scale, new_axes
from bench.prose.phrases import number
from bench.prose.quantities import duration

if TYPE_CHECKING:
    import pandas as pd


MARGIN = 0.05
"""Share of the height between the largest value and the words above it."""

ROOM = 0.16
"""Share of the height that a line of words gets above the marks."""

SHORT_SHARE = 0.2
"""A run of less than this share of the median run has its numbers in words: its mark, such as that
of the default configuration, would press all others onto each other."""

MIN_LOG_RATIO = 5
"""Longest over shortest run from which seconds are on a log scale."""


def plot_time_quality(
    frame: pd.DataFrame,
    styles: Mapping[str, Mapping[str, Any]],
    *,
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw mean regret with its interval against the seconds of a run and return the axes.

    Marks of the Pareto set are filled and joined, all others are hollow. Regret is on a log scale
    where all of it is above 0. Strategies with much shorter runs (`SHORT_SHARE`) are named in the
    plot with regret and time.

    Args:
        frame: of one cost of an evaluation: strategy, run_s, bounded, low, high, pareto. A strategy
            whose time or regret is not known is left out.
        styles: strategy -> line properties, in the order of the legend.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    known = frame[(frame["run_s"] > 0) & frame["bounded"].notna()].set_index("strategy")
    short = known["run_s"] < SHORT_SHARE * known["run_s"].median()
    drawn = known[~short]
    bottom = _bottom(drawn)
    for strategy, line in styles.items():
        if strategy not in drawn.index:
            continue
        row = drawn.loc[strategy]
        at, colour = row["run_s"], line["color"]
        # What is beyond the axis would still widen the picture.
        low = row["low"] if bottom is None else np.maximum(row["low"], bottom)
        ax.plot([at, at], [low, row["high"]], color=colour, linewidth=1.2, alpha=0.6)
        mark = {"marker": "o", "linestyle": "none", "color": colour, "markersize": 7}
        inside = colour if row["pareto"] else style.PAPER
        ax.plot(at, row["bounded"], **mark, markerfacecolor=inside, markeredgewidth=1.6)
        # A legend of hollow marks would be of one panel only.
        ax.plot([], [], **mark, label=style.shown(strategy))
    ax.margins(x=0.12)
    _scales(ax, drawn, bottom)
    front = drawn[drawn["pareto"]].sort_values("run_s")
    # The best that is reached holds until the next of them has come to its end.
    ax.step(
        front["run_s"], front["bounded"], where="post", color=style.INK, linewidth=1, zorder=1.5
    )
    if short.any():
        said = [
            f"{style.shown(str(name))}: {number(row['bounded'])} after {duration(row['run_s'])}"
            for name, row in known[short].iterrows()
        ]
        ax.text(0.03, 0.97, "\n".join(said), transform=ax.transAxes, va="top", size=9)
        _leave_room(ax, float(drawn[["bounded", "high"]].max().max()), ROOM * len(said))
    ax.set(title=title)
    return ax


def _bottom(drawn: pd.DataFrame) -> float | None:
    """Return the lower end of a log scale of regret; None where regret has a linear one.

    An interval that reaches 0 has no end on a log scale: the marks set the lower end.
    """
    least = float(drawn["bounded"].min()) if len(drawn) else 0.0
    if not least > 0:
        return None
    lowest = max(float(drawn["low"].min()), least / 2) if drawn["low"].notna().any() else least
    return 0.9 * lowest


def _scales(ax: Any, drawn: pd.DataFrame, bottom: float | None) -> None:
    """Choose the scales of both axes by the marks."""
    from matplotlib.ticker import MaxNLocator

    if drawn.empty:
        return
    if drawn["run_s"].max() >= MIN_LOG_RATIO * drawn["run_s"].min():
        log_scale(ax.xaxis)
    else:
        ax.xaxis.set_major_locator(MaxNLocator(4))
        ax.ticklabel_format(axis="x", useOffset=False, style="plain")
    if bottom is not None:
        ax.set_yscale("log")
        ax.set_ylim(bottom=bottom)
        log_scale(ax.yaxis)


def _leave_room(ax: Any, most: float, share: float) -> None:
    """Leave a share of the height free above the largest value, however many axes share it."""
    low = ax.get_ylim()[0]
    up = (1 + MARGIN) / (1 - share)
    logarithmic = ax.get_yscale() == "log"
    ax.set_ylim(top=low * (most / low) ** up if logarithmic else low + up * (most - low))
