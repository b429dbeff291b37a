"""Speed-up and loss against the number of workers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.axes import log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd

IDEAL = "ideal: workers"
"""The line on which as many workers are as many times as fast."""


def plot_speedup(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw speed-up against workers on log scales, beside the ideal, and return the axes.

    Args:
        frame: as `plot_by_workers` takes it, with speedup, speedup_low, speedup_high.
        styles: family -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    ends = [1, int(frame["n_workers"].max())]
    ax.plot(ends, ends, color=style.INK, linewidth=1, linestyle=(0, (4, 3)), label=IDEAL, zorder=1)
    ax = plot_by_workers(frame, "speedup", styles, ax=ax)
    log_scale(ax.yaxis)
    ax.set(title="Speed-up", ylabel="times as fast as one worker")
    return ax


def plot_loss(frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None) -> Any:
    """Draw the loss of regret against workers, on a log scale of them, and return the axes.

    Args:
        frame: as `plot_by_workers` takes it, with loss, loss_low, loss_high.
        styles: family -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    ax = plot_by_workers(frame, "loss", styles, ax=ax)
    ax.axhline(0, color=style.INK, linewidth=0.8, zorder=0.9)
    ax.set(title="Loss", ylabel="loss of regret")
    return ax


def plot_by_workers(
    frame: pd.DataFrame, score: str, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw a score with its interval against the number of workers, a line a family.

    Families stand a little beside each other, so that their intervals do not hide one another.

    Args:
        frame: family, n_workers, and the score with `_low` and `_high`. Rows without the score are
            left out, and of several rows of a family with as many workers the first one counts.
        score: name of the column.
        styles: family -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

    ax = new_axes() if ax is None else ax
    known = frame[frame[score].notna()].drop_duplicates(["family", "n_workers"])
    drawn = [family for family in styles if family in set(known["family"])]
    for place, family in enumerate(drawn):
        part, line = known[known["family"] == family].sort_values("n_workers"), styles[family]
        x = part["n_workers"] * 1.02 ** (place - (len(drawn) - 1) / 2)
        ax.vlines(x, part[f"{score}_low"], part[f"{score}_high"], color=line["color"], alpha=0.6)
        ax.plot(x, part[score], marker="o", markersize=6, label=style.shown(family), **line)
    ax.set_xscale("log")
    ax.xaxis.set_major_locator(FixedLocator(sorted({1, *frame["n_workers"]})))
    ax.xaxis.set_minor_locator(NullLocator())
    ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    ax.set(xlabel="simulated workers")
    return ax
