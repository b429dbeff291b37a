"""Strategies against each other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plots import style
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd

MAX_STRATEGIES_WITH_NUMBERS = 14
"""More strategies than that leave no room for numbers in the cells."""


def plot_pairwise(frame: pd.DataFrame, *, label: str, title: str = "", ax: Any = None) -> Any:
    """Draw probabilities as coloured cells with their numbers in percent, and return the axes.

    Args:
        frame: a row and a column a strategy, from 0 to 1, ½ where none of both is better; NaN
            cells stay empty.
        label: of the colour bar.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    count = len(frame)
    written = count <= MAX_STRATEGIES_WITH_NUMBERS
    side = (0.32 if written else 0.16) * count
    ax = new_axes(max(style.WIDTH, 1.6 + side), 2.6 + side) if ax is None else ax
    values = frame.to_numpy(dtype=float)
    image = ax.imshow(
        values, cmap=style.diverging(), vmin=0.0, vmax=1.0, interpolation="none", aspect="auto"
    )
    if written:
        for row, column in np.argwhere(~np.isnan(values)):
            text = f"{100 * values[row, column]:.0f}"
            ax.text(column, row, text, ha="center", va="center", color=style.INK, fontsize=10)
    names = [style.shown(name, 24) for name in frame.index]
    turned = {"rotation": 45, "rotation_mode": "anchor"} if written else {"rotation": 90}
    ax.set_xticks(range(count), names, ha="right" if written else "center", **turned)
    ax.set_yticks(range(count), names)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(
        image, ax=ax, label=label, location="bottom", shrink=0.8, aspect=40, format=_percent
    )
    bar.outline.set_visible(False)
    ax.set_title(title)
    return ax


def _percent(value: float, _: int) -> str:
    return f"{100 * value:.0f} %"
