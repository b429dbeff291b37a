"""Regret left against the budget spent where rules would have stopped."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.analysis.stopping import REGRET_BOUND
from bench.plots import style
from bench.plots.axes import new_axes

if TYPE_CHECKING:
    import pandas as pd

MARKERS = ("s", "o", "D", "^", "X")
"""Of the rules, in the order of the frame."""


def plot_stopping(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw mean regret at the stop with its interval, a mark a rule and strategy; return the axes.

    The marks of a strategy are joined, but for the regret bound: it is no amount of patience.

    Args:
        frame: rule, strategy, saved_share, bounded, bounded_low, bounded_high; a rule has the same
            marker everywhere.
        styles: strategy -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes(height=4.6) if ax is None else ax
    markers = dict(zip(frame["rule"].unique(), MARKERS, strict=False))
    for strategy, line in styles.items():
        part = frame[frame["strategy"] == strategy]
        if part.empty:
            continue
        part = part.assign(spent=100 * (1 - part["saved_share"])).sort_values("spent")
        joined = part[part["rule"] != REGRET_BOUND]
        label = style.shown(strategy)
        ax.plot(joined["spent"], joined["bounded"], label=label, **line, linewidth=1.4)
        for at, (_, row) in zip(part["spent"], part.iterrows(), strict=True):
            ends = row[["bounded_low", "bounded_high"]]
            ax.plot([at, at], ends, color=line["color"], linewidth=1.2, alpha=0.6)
            mark = {"color": line["color"], "markersize": 7}
            ax.plot(at, row["bounded"], markers[row["rule"]], **mark)
    for rule, marker in markers.items():
        ax.plot([], [], marker, color=style.INK, markersize=7, label=style.shown(rule))
    ax.set(
        title="Regret left at the stop",
        xlabel="share of the budget spent, %",
        ylabel=style.upright("mean bounded regret (lower is better)"),
    )
    ax.margins(x=0.06)
    return ax
