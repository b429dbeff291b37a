"""Curves with their bands, on a clock."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.panels.arrays import Array
from bench.plots import style
from bench.plots.axes import after, log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_bands(
    frame: pd.DataFrame,
    styles: Mapping[str, Mapping[str, Any]],
    *,
    ylabel: str,
    xlabel: str = "trials",
    wide: bool = False,
    log_x: bool = False,
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw the bands of one problem and return the axes.

    Args:
        frame: strategy, x, median, low, high; steps, so a value holds until the next x.
        styles: strategy -> line properties, in the order of the legend.
        ylabel: text.
        xlabel: text.
        title: text.
        wide: put the values on a log scale if they span a factor of three.
        log_x: put x on a log scale.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    # One array for all: to take a frame apart curve by curve takes as long as to draw it.
    table = frame[["x", "median", "low", "high"]].to_numpy(dtype=float)
    places = frame.groupby("strategy", sort=False, observed=True).indices
    for strategy, line in styles.items():
        if strategy not in places:
            continue
        band = steps(table[places[strategy]])
        x, *values = np.append(band, band[-1:], axis=0).T
        x[-1] = after(x[-1], trials=not log_x)
        median, low, high = values
        ax.step(x, median, where="post", label=style.shown(strategy), **line)
        if style.is_faint(line):
            continue
        # Where many bands lie on each other they must not add up to a wall.
        shade = {"color": line["color"], "alpha": min(0.13, 0.6 / len(styles)), "lw": 0}
        ax.fill_between(x, low, high, step="post", **shade)
    if wide and _spans(ax, 3):
        log_scale(ax.yaxis)
        _end_at_the_floor(ax)
    if log_x:
        log_scale(ax.xaxis)
    else:
        ax.xaxis.get_major_locator().set_params(integer=True)
    ax.set(title=title, xlabel=xlabel, ylabel=style.upright(ylabel))
    ax.margins(x=0.02)
    return ax


def _end_at_the_floor(ax: Any) -> None:
    """Let bands that reach 0 or less, which a log scale lacks, end where the axis does."""
    floor = ax.get_ylim()[0]
    for band in ax.collections:
        for path in band.get_paths():
            path.vertices[:, 1] = np.maximum(path.vertices[:, 1], floor)
    ax.set_ylim(bottom=floor)


def steps(band: Array) -> Array:
    """Return the rows of one curve in order of x, without those at which nothing changes.

    The first and the last stay. What is drawn is the same, from a tenth of the points.

    Args:
        band: shape (rows, 4): x, median, low, high.
    """
    band = band[np.argsort(band[:, 0], kind="stable")]
    kept = np.ones(len(band), dtype=bool)
    kept[1:-1] = (band[1:-1, 1:] != band[:-2, 1:]).any(axis=1)
    found: Array = band[kept]
    return found


def focus(ax: Any, frame: pd.DataFrame) -> None:
    """Limit the value axis to where the medians end up, so one bad start hides nothing.

    Bands and curves that leave the picture do so visibly, at its edge.
    """
    if frame.empty:
        return
    ends = frame.sort_values("x").groupby("strategy").tail(1)
    later = frame["x"] >= np.quantile(frame["x"], 0.4 if ax.get_xscale() == "log" else 0.15)
    middle = frame.loc[later, ["low", "high", "median"]]
    values = np.concatenate([middle.to_numpy().ravel(), ends[["low", "high"]].to_numpy().ravel()])
    low, high = np.quantile(values, [0.02, 0.98])
    low, high = min(low, ends["low"].min()), max(high, ends["high"].max())
    room = 0.06 * (high - low)
    if room > 0:
        ax.set_ylim(low - room, high + room)


def _spans(ax: Any, factor: float) -> bool:
    """Whether the curves' positive values differ by a factor, so that a log scale helps."""
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    values = np.concatenate(lines) if lines else np.empty(0)
    positive = values[values > 0]
    return len(positive) > 0 and bool(positive.max() >= factor * positive.min())
