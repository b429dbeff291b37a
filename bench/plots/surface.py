"""Response surfaces: a heat map over two parameters, slices along one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plots import style
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd

LINE, BEST = style.BLUE, style.VERMILION

# Face and edge are paper and ink, so a mark can be seen on every colour, on a dark page too.
MARKS: Mapping[str, Mapping[str, Any]] = {
    name: {
        "marker": marker,
        "markersize": size,
        "markerfacecolor": style.PAPER,
        "markeredgecolor": style.INK,
        "markeredgewidth": 1.6,
        "linestyle": "none",
    }
    for name, marker, size in (("default", "D", 9), ("best", "*", 17))
}

MAX_TICKS = 9

STRETCH = 3
"""Power of the colour scale: near the best, where tuning decides, small differences show."""


def plot_heat_map(
    frame: pd.DataFrame,
    *,
    label: str,
    maximize: bool,
    limit: float,
    marks: Mapping[str, tuple[str, str]],
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw values over two parameters, the better the brighter, and return the axes.

    Colour is the cube of how far a value has come from the limit to the best one.

    Args:
        frame: a row a value of y, a column a value of x; the axes' names are those of its axes.
        label: of the colour bar.
        maximize: whether larger values are better.
        limit: the worst value that gets a colour of its own.
        marks: "default" and "best" -> values of x and y.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    import matplotlib

    ax = new_axes(8.0, 5.2) if ax is None else ax
    values = frame.to_numpy(dtype=float)
    best = float(np.nanmax(values) if maximize else np.nanmin(values))
    way = np.clip((values - limit) / (best - limit), 0.0, 1.0)
    # Perceptually uniform and made for the colour-blind; few steps keep the file small.
    colours = matplotlib.colormaps["cividis"].resampled(64)
    image = ax.imshow(
        way**STRETCH,
        cmap=colours,
        vmin=0.0,
        vmax=1.0,
        origin="lower",
        extent=(0, values.shape[1], 0, values.shape[0]),
        aspect="auto",
        interpolation="none",  # a pixel a cell, which an SVG holds in a few bytes
    )
    beyond = np.nanmin(values) < limit if maximize else np.nanmax(values) > limit
    bar = ax.figure.colorbar(image, ax=ax, label=label, extend="min" if beyond else "neither")
    ticks = np.linspace(0.0, 1.0, 6)
    bar.set_ticks(ticks, labels=_digits(limit + (best - limit) * ticks ** (1 / STRETCH)))
    bar.outline.set_visible(False)
    for axis, levels, name in (
        (ax.xaxis, frame.columns, frame.columns.name),
        (ax.yaxis, frame.index, frame.index.name),
    ):
        set_values(axis, [str(level) for level in levels], offset=0.5)
        axis.set_label_text(style.shown(str(name)))
    columns, index = list(frame.columns), list(frame.index)
    for mark, (x, y) in marks.items():
        place = columns.index(x) + 0.5, index.index(y) + 0.5
        ax.plot(*place, label=mark, clip_on=False, zorder=3, **MARKS[mark])
    ax.grid(visible=False)
    ax.set_title(title)
    return ax


def plot_slice(
    frame: pd.DataFrame,
    *,
    ordered: bool,
    marks: Mapping[str, str],
    absent: str = "",
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw median, quartiles and best at each level of a parameter and return the axes.

    Args:
        frame: `level`, `low`, `median`, `high`, `best`, in the order to show.
        ordered: whether neighbours belong together, so that lines connect them.
        marks: "default" and "best" -> level.
        absent: the level that says the parameter does not exist, the last one if it is there.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes(4.0, 3.0) if ax is None else ax
    levels = frame["level"].tolist()
    # Being absent is a level, but no neighbour of any.
    inside = sum(level != absent for level in levels) if ordered else 0
    x = np.arange(len(levels))
    low, median, high, best = (
        frame[name].to_numpy(dtype=float) for name in ("low", "median", "high", "best")
    )
    ax.fill_between(x[:inside], low[:inside], high[:inside], color=LINE, alpha=0.2, lw=0)
    ax.plot(x[:inside], median[:inside], color=LINE)
    ax.plot(x[:inside], best[:inside], color=BEST, linestyle=(0, (4, 2)), linewidth=1.4)
    ax.vlines(x[inside:], low[inside:], high[inside:], color=LINE, alpha=0.35, lw=7)
    # Marks of many neighbours would run into each other.
    size = min(1.0, 12 / len(levels))
    ax.plot(x, median, "o", color=LINE, markersize=4.5 * size, label="median and quartiles")
    ax.plot(x, best, "_", color=BEST, markersize=9 * size, markeredgewidth=2 * size, label="best")
    for mark, place in _apart(marks, levels).items():
        # On the lower edge, where it hides no value.
        ax.plot(
            place,
            0.0,
            transform=ax.get_xaxis_transform(),
            label=f"level of the {mark} configuration",
            clip_on=False,
            zorder=4,
            **{**MARKS[mark], "markersize": 0.8 * MARKS[mark]["markersize"]},
        )
    set_values(ax.xaxis, levels, most=6)
    # Below the marks, which stand on the axis.
    ax.xaxis.set_tick_params(pad=8)
    ax.set_xlim(-0.5, len(levels) - 0.5)
    ax.set_title(style.shown(title, 30), fontsize=11)
    return ax


def set_values(axis: Any, levels: Sequence[str], *, offset: float = 0.0, most: int = 0) -> None:
    """Label the positions of values, evenly thinned where there are too many to read."""
    step = -(-len(levels) // (most or MAX_TICKS))
    places = range(0, len(levels), step)
    axis.set_ticks([place + offset for place in places], [_short(levels[i]) for i in places])
    longest = max(len(_short(levels[i])) for i in places)
    if axis.axis_name == "x" and longest * len(places) > (24 if most else 56):
        axis.set_tick_params(rotation=40)
        for tick in axis.get_ticklabels():
            tick.set(horizontalalignment="right", rotation_mode="anchor")
    axis.set_tick_params(which="both", length=3)


def _apart(marks: Mapping[str, str], levels: Sequence[str]) -> dict[str, float]:
    """Return where marks stand: at their values, or side by side around them if too near."""
    places = {mark: float(levels.index(level)) for mark, level in marks.items()}
    room = 0.07 * len(levels)
    if len(places) == 2 and max(places.values()) - min(places.values()) < room:
        middle = sum(places.values()) / 2
        ordered = sorted(places, key=lambda mark: (places[mark], mark != "default"))
        places = {mark: middle + room * (i - 0.5) for i, mark in enumerate(ordered)}
    return places


def _short(level: str) -> str:
    """Return a level as an axis shows it: numbers with three digits."""
    try:
        number = float(level)
    except ValueError:
        return level if len(level) <= 16 else f"{level[:15]}…"
    return f"{number:.0f}" if 1000 <= abs(number) < 100_000 else f"{number:.3g}"


def _digits(values: Iterable[float]) -> list[str]:
    """Return numbers with as few digits as they differ in, three or more."""
    numbers = list(values)
    for digits in range(3, 9):
        texts = [f"{number:.{digits}g}" for number in numbers]
        if len(set(texts)) == len(set(numbers)):
            break
    return texts
