"""The probability of the wrong winner against the number of repetitions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.captions.stability import sizes
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_wrong_winner(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None, *, title: str = ""
) -> Any:
    """Draw the probability in percent, a line a number of data sets, and return the axes.

    Args:
        frame: n_datasets, n_repetitions, wrong_share.
        styles: number of data sets, as `bench.captions.stability.sizes` gives it -> line
            properties.
        ax: where to draw; a new figure otherwise.
        title: text.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax = new_axes() if ax is None else ax
    for number, part in frame.groupby("n_datasets", sort=True):
        label = sizes(int(number))
        x, y = part["n_repetitions"], 100 * part["wrong_share"]
        ax.plot(x, y, marker="o", markersize=6, label=label, **styles[label])
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(sorted(frame["n_repetitions"].unique())))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.set_ylim(bottom=0)
    ax.set(title=title, xlabel="repetitions", ylabel="wrong winner, % of draws")
    return ax
