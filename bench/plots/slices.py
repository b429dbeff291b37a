"""Training, validation and test scores along one parameter."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bench.captions.slices import TEST, TRAIN, VALIDATION
from bench.plots import style
from bench.plots.axes import log_scale, new_axes
from bench.plots.importance import MIN_LOG_RATIO

if TYPE_CHECKING:
    import pandas as pd

LINES: dict[str, tuple[str, dict[str, Any]]] = {
    TRAIN: ("train", {"color": style.VERMILION, "linestyle": style.DASHES[1], "marker": "s"}),
    VALIDATION: ("validation", {"color": style.BLUE, "linestyle": "-", "marker": "o"}),
    TEST: ("test", {"color": style.INK, "linestyle": style.DASHES[2], "marker": "D"}),
}
"""Name in the legend -> the column of the frame, and how its line looks."""

TICKS = 4
"""On the axis of a parameter at most: three panels stand side by side."""


def plot_slices(frame: pd.DataFrame, ax: Any = None) -> Any:
    """Draw the medians and quartiles in the bins of a parameter, and return the axes.

    Args:
        frame: of one problem and parameter: parameter, low, high, centre, and of train, validation
            and test the median, _q1 and _q3.
        ax: where to draw; a new figure otherwise.
    """
    from matplotlib.ticker import LogLocator, MaxNLocator

    ax = new_axes() if ax is None else ax
    x = frame["centre"].to_numpy(dtype=float)
    for label, (part, line) in LINES.items():
        if frame[part].notna().any():
            ax.fill_between(
                x, frame[f"{part}_q1"], frame[f"{part}_q3"], color=line["color"], alpha=0.13,
                linewidth=0,
            )  # fmt: skip
            ax.plot(x, frame[part], markersize=4, linewidth=1.8, label=label, **line)
    low, high = frame["low"].min(), frame["high"].max()
    whole = all(float(end).is_integer() for end in [*frame["low"], *frame["high"]])
    if low > 0 and high >= MIN_LOG_RATIO * low:
        log_scale(ax.xaxis)
        ax.xaxis.set_major_locator(LogLocator(numticks=TICKS))
    else:
        ax.xaxis.set_major_locator(MaxNLocator(TICKS - 1, integer=whole))
    ax.set_xlabel(style.shown(str(frame["parameter"].iloc[0]), 16))
    return ax
