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

Box = tuple[float, float, float, float]

MARGIN = 0.05
"""Share of the height between the largest value and the words above it."""

ROOM = 0.16
"""Share of the height that a line of words gets above the marks."""

SHORT_SHARE = 0.2
"""A run of less than this share of the median run has its numbers in words: its mark, such as that
of the default configuration, would press all others onto each other."""

MARK, NAME_SIZE, LETTER = 4.5, 8, 0.62
"""Points from the middle of a mark to a name, points of a name, and width of a letter to height."""

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


def label_pareto(frame: pd.DataFrame, ax: Any) -> None:
    """Write the names of the Pareto set beside its marks, of the best first, where there is room.

    A name that would cover a mark or another name is left to the legend. The axes must have their
    last size and limits.

    Args:
        frame: of the same cost as what is drawn.
        ax: as `plot_time_quality` gives it.
    """
    known = frame[(frame["run_s"] > 0) & frame["bounded"].notna()]
    known = known[known["run_s"] >= SHORT_SHARE * known["run_s"].median()]
    scale = 72 / ax.figure.dpi
    points = ax.transData.transform(known[["run_s", "bounded"]].to_numpy(dtype=float)) * scale
    (left, bottom), (right, top) = ax.get_window_extent().get_points() * scale
    # Boxes in points: left, bottom, right, top.
    taken = [(x - MARK, y - MARK, x + MARK, y + MARK) for x, y in points]
    front = known.assign(x=points[:, 0], y=points[:, 1])[known["pareto"].astype(bool)]
    for row in front.sort_values("bounded").itertuples():
        name = style.shown(str(row.strategy))
        wide = LETTER * NAME_SIZE * len(name)
        for across, up in ((1, 1), (-1, -1), (1, -1), (-1, 1)):
            x = row.x + (MARK if across > 0 else -MARK - wide)
            y = row.y + (1 if up > 0 else -1 - NAME_SIZE)
            box = (x, y, x + wide, y + NAME_SIZE)
            inside = box[0] >= left and box[1] >= bottom and box[2] <= right and box[3] <= top
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                ax.annotate(
                    name, (row.run_s, row.bounded), size=NAME_SIZE, color=style.INK,
                    xytext=(across * MARK, up), textcoords="offset points",
                    ha="left" if across > 0 else "right", va="bottom" if up > 0 else "top",
                )  # fmt: skip
                break


def _overlap(one: Box, other: Box) -> bool:
    apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    return not apart


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
