"""Axes of a figure: their size, a log scale, the end of a curve, one legend below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from bench.mpl import fonts
from bench.plots import style


def new_axes(width: float = style.WIDTH, height: float = 4.0) -> Any:
    """Return the axes of a new figure of that size in inches."""
    with style.applied():
        from matplotlib.figure import Figure

        return Figure(figsize=(width, height), layout="constrained").add_subplot()


def log_scale(axis: Any) -> None:
    """Put an axis on a log scale with plain numbers; at 2 and 5 too where decades are few.

    An upright axis of less than a decade has 3 and 7 as well.
    """
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    (axis.axes.set_xscale if axis.axis_name == "x" else axis.axes.set_yscale)("log")
    low, high = sorted(axis.get_view_interval())
    plain = FuncFormatter(lambda value, _: f"{value:g}")
    axis.set_major_formatter(plain)
    # Where there are decades enough: nine ticks in each can be a third of a drawing's time.
    axis.set_minor_locator(NullLocator())
    if high < 100 * low:
        # Upright there is room for more labels in a line than along a narrow axis.
        few = axis.axis_name == "y" and high < 10 * low
        axis.set_minor_locator(LogLocator(subs=(2, 3, 5, 7) if few else (2, 5)))
        axis.set_minor_formatter(plain)
        # Labels of both kinds stand in one line.
        axis.set_tick_params(which="both", length=3.5, pad=3.5)


def after(last: float, *, trials: bool) -> float:
    """Return until where the last value of a step curve is drawn: a trial, or a bit of a log scale.

    Args:
        last: where it begins.
        trials: whether x is a number of trials.
    """
    return last + 1 if trials else 1.1 * last


def legend_of(panels: Sequence[Any], styles: Mapping[str, Mapping[str, Any]]) -> float:
    """Put a legend of strategies under the panels, of the faint ones how many, as `legend_below`.

    Args:
        panels: the axes, of one figure.
        styles: strategy -> line properties, in the order of the legend.
    """
    names = [name for name, line in styles.items() if not style.is_faint(line)]
    faint = len(styles) - len(names)
    if faint:
        others = f"{faint} others"
        panels[0].plot([], [], label=others, **style.FAINT)
        names.append(others)
    return legend_below(panels, names)


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
