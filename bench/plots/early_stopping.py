"""Rank correlations of cheaper evaluations, and what early stopping gains against them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bench.captions.early_stopping import MEAN, PROBLEM
from bench.plots import style
from bench.plots.axes import log_scale, new_axes

if TYPE_CHECKING:
    import pandas as pd


def plot_rank_correlations(problems: pd.DataFrame, steps: pd.DataFrame, ax: Any = None) -> Any:
    """Draw τ of each step by its share of a full evaluation, where it is 1, and return the axes.

    Args:
        problems: problem, share, tau: a line a problem.
        steps: share, tau, tau_low, tau_high: means over problems, with intervals.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    label: str | None = PROBLEM
    for _, part in problems.dropna(subset="tau").groupby("problem", sort=False):
        ax.plot(
            [*part["share"], 1.0], [*part["tau"], 1.0], color=style.INK, alpha=0.3, linewidth=1.2,
            label=label,
        )  # fmt: skip
        label = None
    known = steps.dropna(subset="tau")
    ax.vlines(known["share"], known["tau_low"], known["tau_high"], color=style.BLUE, linewidth=3)
    ax.plot([*known["share"], 1.0], [*known["tau"], 1.0], "o-", color=style.BLUE, label=MEAN)
    ax.set_ylim(top=1.04)
    log_scale(ax.xaxis)
    ax.set(
        title="Rank correlation by step",
        xlabel="share of a full evaluation",
        ylabel="Kendall's τ with full evaluations",
    )
    return ax


def plot_against_random(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], ax: Any = None
) -> Any:
    """Draw what early stopping gains by the rank correlation at the lowest step; return the axes.

    Args:
        frame: strategy, tau, difference: a point a strategy and problem.
        styles: strategy -> line properties, in the order of the legend.
        ax: where to draw; a new figure otherwise.
    """
    ax = new_axes() if ax is None else ax
    for strategy, line in styles.items():
        part = frame[frame["strategy"] == strategy]
        if len(part):
            ax.plot(
                part["tau"], part["difference"], "o", color=line["color"], alpha=0.85,
                label=style.shown(strategy),
            )  # fmt: skip
    ax.axhline(0, color=style.INK, linewidth=0.8, zorder=0.9)
    ax.set(
        title="Regret against random",
        xlabel="Kendall's τ at the lowest step",
        ylabel="regret minus random's\n(lower is better)",
    )
    return ax
