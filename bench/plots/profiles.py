"""Performance profiles: the share of runs within each regret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.plots import style
from bench.plots.axes import after, log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_profiles(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw the share of runs within each normalised regret above 0 and return the axes.

    Args:
        frame: strategy, tau, share, low, high.
        styles: strategy -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    return plot_shares(
        frame[frame["tau"] > 0].dropna(subset="share"),
        styles,
        x="tau",
        xlabel="normalised regret τ",
        ylabel="share of runs within τ (higher is better)",
        title="Performance profiles",
        ax=ax,
    )


def plot_shares(
    frame: pd.DataFrame,
    styles: Mapping[str, Mapping[str, Any]],
    *,
    x: str,
    xlabel: str,
    ylabel: str,
    title: str = "",
    ax: Any = None,
) -> Any:
    """Draw a share against x for each strategy, with a band where there is one.

    Args:
        frame: strategy, the column `x`, share, and low and high or neither.
        styles: strategy -> line properties, in the order of the legend.
        x: a column, on a log scale where all of it is above 0.
        xlabel: text.
        ylabel: text.
        title: text.
        ax: where to draw; a new figure otherwise.
    """
    import pandas as pd

    ax = new_axes() if ax is None else ax
    for strategy, line in styles.items():
        part = frame[frame["strategy"] == strategy].sort_values(x)
        if part.empty:
            continue
        end = part.iloc[[-1]].assign(**{x: after(part[x].iloc[-1], trials=x == "budget")})
        part = pd.concat([part, end])
        ax.step(part[x], part["share"], where="post", label=style.shown(strategy), **line)
        if "low" in part and not style.is_faint(line):
            shade = {"color": line["color"], "alpha": min(0.13, 0.6 / len(styles)), "lw": 0}
            ax.fill_between(part[x], part["low"], part["high"], step="post", **shade)
    if len(frame) and (frame[x] > 0).all() and frame[x].nunique() > 1:
        log_scale(ax.xaxis)
    ax.set(title=title, xlabel=xlabel, ylabel=style.upright(ylabel), ylim=(-0.02, 1.02))
    ax.margins(x=0.02)
    return ax
