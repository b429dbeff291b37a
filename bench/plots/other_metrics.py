"""What the choice by each metric loses under every other metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from bench.plots import style
from bench.plots.axes import new_axes
from bench.prose.quantities import fixed

if TYPE_CHECKING:
    import pandas as pd

CELL_INCHES = 0.42
"""Height of a row."""

LEAST_SCALE = 0.1
"""A loss of full colour, unless one is larger: what is next to nothing should look so."""


def plot_other_metrics(
    frame: pd.DataFrame, *, scale: float = 0.0, title: str = "", ax: Any = None
) -> Any:
    """Draw the losses of a kind of task as coloured cells with numbers, and return the axes.

    Args:
        frame: chosen_by, scored_by, loss, n_tuned: a row a pair of metrics, in the order to show.
        scale: the loss of full colour; without, the largest of the frame.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    names = list(dict.fromkeys([*frame["chosen_by"], *frame["scored_by"]]))
    if ax is None:
        ax = new_axes(height=1.6 + CELL_INCHES * len(names))
    wide = frame.pivot(index="chosen_by", columns="scored_by", values="loss")
    # The choice by the metric itself loses nothing.
    values = wide.reindex(index=names, columns=names).to_numpy(dtype=float, copy=True)
    np.fill_diagonal(values, 0.0)
    most = max(scale, np.nanmax(np.abs(values)), LEAST_SCALE)
    # Vermilion is worse, as everywhere.
    colours = style.diverging().reversed()
    ax.imshow(values, cmap=colours, vmin=-most, vmax=most, interpolation="none", aspect="auto")
    show = fixed(2)
    for row, column in np.argwhere(~np.isnan(values)):
        text = show(values[row, column]) if row != column else "0"
        ax.text(column, row, text, ha="center", va="center", color=style.INK, fontsize=10)
    tuned = set(frame.loc[frame["n_tuned"] > 0, "chosen_by"])
    ax.set_xticks(range(len(names)), [name.replace(" ", "\n") for name in names], size=9.5)
    labels = [f"{name} *" if name in tuned else name for name in names]
    ax.set_yticks(range(len(names)), [style.shown(label, 20) for label in labels])
    ax.grid(visible=False)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.set(
        title=style.shown(title[:1].upper() + title[1:], 48), xlabel="scored by", ylabel="chosen by"
    )
    return ax
