"""Curves with their bands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.report import fonts, style

if TYPE_CHECKING:
    import pandas as pd


def plot_bands(
    frame: pd.DataFrame,
    looks: Mapping[str, Mapping[str, Any]],
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
        looks: strategy -> line properties, in the order of the legend.
        ylabel: text.
        xlabel: text.
        title: text.
        wide: put the values on a log scale if they span a factor of three.
        log_x: put x on a log scale.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    for strategy, look in looks.items():
        band = steps(frame[frame["strategy"] == strategy])
        if band.empty:
            continue
        values = {name: band[name].to_numpy(dtype=float) for name in ("median", "low", "high")}
        x = band["x"].to_numpy(dtype=float)
        x = np.append(x, after(x[-1], trials=not log_x))
        values = {name: np.append(array, array[-1]) for name, array in values.items()}
        ax.step(x, values["median"], where="post", label=style.shown(strategy), **look)
        # Where many bands lie on each other they must not add up to a wall.
        shade = {"color": look["color"], "alpha": min(0.13, 0.6 / len(looks)), "lw": 0}
        ax.fill_between(x, values["low"], values["high"], step="post", **shade)
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


def after(last: float, *, trials: bool) -> float:
    """Return until where the last value of a step curve is drawn: a trial, or a bit of a log scale.

    Args:
        last: where it begins.
        trials: whether x is a number of trials.
    """
    return last + 1 if trials else 1.1 * last


def steps(band: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of one curve in order of x, without those at which nothing changes.

    The first and the last stay. What is drawn is the same, from a tenth of the points.
    """
    band = band.sort_values("x")
    values = band[["median", "low", "high"]].to_numpy(dtype=float)
    kept = np.ones(len(band), dtype=bool)
    kept[1:-1] = (values[1:-1] != values[:-2]).any(axis=1)
    return band[kept]


def log_scale(axis: Any) -> None:
    """Put an axis on a log scale with plain numbers; at 2 and 5 too where decades are few."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    (axis.axes.set_xscale if axis.axis_name == "x" else axis.axes.set_yscale)("log")
    low, high = sorted(axis.get_view_interval())
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    axis.set_major_formatter(plain)
    # Where there are decades enough: nine ticks in each can be a third of a drawing's time.
    axis.set_minor_locator(NullLocator())
    if high < 100 * low:
        axis.set_minor_locator(LogLocator(subs=(2, 5)))
        axis.set_minor_formatter(plain)
        # Labels of both kinds stand in one line.
        axis.set_tick_params(which="both", length=3.5, pad=3.5)


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


def new_axes(width: float = style.WIDTH, height: float = 4.0) -> Any:
    """Return the axes of a new figure of that size in inches."""
    with style.applied():
        from matplotlib.figure import Figure

        return Figure(figsize=(width, height), layout="constrained").add_subplot()


def legend_below(panels: Sequence[Any], names: Sequence[str]) -> float:
    """Put one legend of all panels under them, where it covers nothing, and return its inches.

    It is no wider than one of them.

    The figure gets higher by what is more than two lines. One that has no layout engine must leave
    the legend its room.

    Args:
        panels: the axes, of one figure.
        names: strategies in the order of the legend; those that no panel has are left out.
    """
    handles: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    labels = [label for label in map(style.shown, names) if label in handles]
    if not labels:
        return 0.0
    figure = panels[0].figure
    columns = _columns(labels, figure.get_figwidth() / len(panels))
    heights = [label.count("\n") + 1 for label in labels]
    lines = int(max(part.sum() for part in np.array_split(heights, columns)))
    # The first two lines have their room in the size; more must not take it from the panels.
    figure.set_figheight(figure.get_figheight() + 0.25 * max(0, lines - 2))
    outside = "outside " if figure.get_layout_engine() is not None else ""
    legend = figure.legend(
        [handles[label] for label in labels],
        labels,
        loc=f"{outside}lower center",
        ncols=columns,
        handlelength=3.2,
    )
    legend.set_gid("legend")
    return 0.25 * lines + 0.2


def _columns(labels: Sequence[str], width: float) -> int:
    """Return into how many columns a legend of so many inches can be put, evenly filled."""
    widths = [0.9 + 0.1 * max(map(fonts.width, label.split("\n"))) for label in labels]
    count = len(labels)
    while count > 1 and sum(part.max() for part in np.array_split(widths, count)) > width:
        count -= 1
    rows = -(-len(labels) // count)
    return -(-len(labels) // rows)


def _spans(ax: Any, factor: float) -> bool:
    """Whether the curves' positive values differ by a factor, so that a log scale helps."""
    lines = [np.asarray(line.get_ydata(), dtype=float) for line in ax.get_lines()]
    values = np.concatenate(lines) if lines else np.empty(0)
    positive = values[values > 0]
    return len(positive) > 0 and bool(positive.max() >= factor * positive.min())
