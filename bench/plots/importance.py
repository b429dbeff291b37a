"""Importance of parameters: bars with the spread over trees, and trials over two parameters."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plots import style
from bench.plots.axes import log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd

BAR_INCHES = 0.32
"""Height of a bar and the gap below it."""

MIN_LOG_RATIO = 100
"""Largest over smallest value from which an axis is logarithmic, as samplers draw such ranges."""


def plot_importance(frame: pd.DataFrame, *, title: str = "", ax: Any = None) -> Any:
    """Draw the importance of the parameters of a problem, the largest on top, and return the axes.

    Args:
        frame: parameter, share, low, high, when, in the order to show.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes(height=1.2 + BAR_INCHES * len(frame)) if ax is None else ax
    y = np.arange(len(frame))
    share, low, high = (frame[name].to_numpy(dtype=float) for name in ("share", "low", "high"))
    ax.barh(y, share, color=style.BLUE, height=0.6, alpha=0.85)
    # A mean over trees may lie outside the middle of them.
    ax.hlines(y, low, high, color=style.INK, linewidth=1.4)
    names = [
        f"{name} *" if when else str(name)
        for name, when in zip(frame["parameter"], frame["when"], strict=True)
    ]
    ax.set_yticks(y, [style.shown(name, 24) for name in names])
    ax.set_ylim(len(frame) - 0.4, -0.6)
    ax.set_xlim(0, 1)
    ax.grid(axis="y", visible=False)
    ax.set(title=style.shown(title, 48), xlabel="share of the variance of the validation value")
    return ax


def plot_trials(frame: pd.DataFrame, *, label: str, title: str = "", ax: Any = None) -> Any:
    """Draw trials over two parameters, the better the brighter, and return the axes.

    Args:
        frame: a row a trial: x, y (values of the parameters), rank (the share of the trials that
            are worse, in [0, 1]), is_best; the names of the parameters are in `frame.attrs`.
        label: of the colour bar.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes(height=4.2) if ax is None else ax
    x, y = (_placed(frame[name]) for name in ("x", "y"))
    points = ax.scatter(
        x, y, c=frame["rank"], cmap="cividis", vmin=0, vmax=1, s=26, edgecolors=style.INK,
        linewidths=0.4,
    )  # fmt: skip
    best = frame["is_best"].to_numpy(dtype=bool)
    ax.plot(
        x[best], y[best], "*", markersize=17, markerfacecolor=style.PAPER,
        markeredgecolor=style.INK, markeredgewidth=1.6, label="best",
    )  # fmt: skip
    bar = ax.figure.colorbar(points, ax=ax, label=label)
    bar.outline.set_visible(False)
    for name, axis in (("x", ax.xaxis), ("y", ax.yaxis)):
        _scale(axis, frame[name])
        axis.set_label_text(style.shown(str(frame.attrs[name]), 40))
    ax.set_title(style.shown(title, 48))
    return ax


def _are_numbers(values: Sequence[Any]) -> bool:
    return all(isinstance(v, int | float) and not isinstance(v, bool) for v in values)


def _placed(values: Sequence[Any]) -> Any:
    """Return where values stand on an axis: categories one beside the other."""
    found = list(values)
    if _are_numbers(found):
        return np.array(found, dtype=float)
    names = sorted({str(value) for value in found})
    # Side by side, or most trials of a category would be hidden.
    spread = np.random.default_rng(0).uniform(-0.2, 0.2, len(found))
    return np.array([names.index(str(value)) for value in found], dtype=float) + spread


def _scale(axis: Any, values: Sequence[Any]) -> None:
    """Give an axis the scale and the ticks that suit its values."""
    from matplotlib.ticker import MaxNLocator

    found = list(values)
    if not _are_numbers(found):
        names = sorted({str(value) for value in found})
        axis.set_ticks(range(len(names)), [style.shown(name, 16) for name in names])
    elif min(found) > 0 and max(found) >= MIN_LOG_RATIO * min(found):
        log_scale(axis)
    elif all(float(value).is_integer() for value in found):
        axis.set_major_locator(MaxNLocator(integer=True))
