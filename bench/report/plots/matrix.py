"""A number for each pair of strategies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.report import style
from bench.report.plots.bands import new_axes

if TYPE_CHECKING:
    import pandas as pd

MOST_WRITTEN = 14
"""More strategies than that leave no room for numbers in the cells."""


def plot_matrix(frame: pd.DataFrame, *, label: str, title: str = "", ax: Any = None) -> Any:
    """Draw probabilities as coloured cells with their numbers, and return the axes.

    Args:
        frame: a row and a column a strategy, from 0 to 1, ½ where none of both is better; NaN
            cells stay empty.
        label: of the colour bar.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    import matplotlib

    count = len(frame)
    side = max(3.2, 0.72 * min(count, MOST_WRITTEN) + 0.16 * max(0, count - MOST_WRITTEN))
    ax = new_axes(side + 3.4, side + 1.6) if ax is None else ax
    # Blue against orange, pale in the middle: also told apart by the colour-blind.
    colours = matplotlib.colormaps["PuOr"].resampled(64)
    values = frame.to_numpy(dtype=float)
    image = ax.imshow(values, cmap=colours, vmin=0.0, vmax=1.0, interpolation="none")
    if count <= MOST_WRITTEN:
        for row, column in np.argwhere(~np.isnan(values)):
            value = values[row, column]
            dark = abs(value - 0.5) > 0.3
            # Colours of their own, not ink and paper: the cells stay the same in the dark.
            colour = "#fefefe" if dark else "#1c2025"
            ax.text(
                column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=10
            )
    names = [style.shown(name, 24) for name in frame.index]
    ax.set_xticks(range(count), names, rotation=45, ha="right", rotation_mode="anchor")
    ax.set_yticks(range(count), names)
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    bar = ax.figure.colorbar(image, ax=ax, label=label, shrink=0.8)
    bar.outline.set_visible(False)
    ax.set_title(title)
    return ax
