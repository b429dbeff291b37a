"""The figures of a report, each drawn ready to be written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bench.report import style
from bench.report.plots import bands as band_plots
from bench.report.plots import leaderboard as rank_plots
from bench.report.plots import matrix as matrix_plots
from bench.report.plots import overhead as overhead_plots
from bench.report.plots import ranks as budget_plots
from bench.report.plots import selection as selection_plots
from bench.report.plots import shares as share_plots

if TYPE_CHECKING:
    import pandas as pd

F = TypeVar("F", bound=Callable[..., Any])
Looks = Mapping[str, Mapping[str, Any]]


def _styled(draw: F) -> F:
    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with style.applied():
            return draw(*args, **kwargs)

    return wrapper  # type: ignore[return-value]


def _with_legend(axes: Any, looks: Looks) -> Any:
    band_plots.legend_below([axes], list(looks))
    return axes


@_styled
def problem(
    frames: Mapping[str, pd.DataFrame], looks: Looks, *, title: str, ylabel: str, known: bool
) -> Any:
    """Draw one problem's bands, a panel for each clock.

    Args:
        frames: clock (trials, seconds) -> strategy, x, median, low, high.
        looks: strategy -> line properties.
        title: text.
        ylabel: what the values are.
        known: whether they are distances to a known optimum.
    """
    from matplotlib.figure import Figure

    column = 5.5 if len(frames) > 1 else style.WIDTH
    figure = Figure(figsize=(column * len(frames), 4.5))
    panels = figure.subplots(1, len(frames), squeeze=False).ravel()
    for panel, (clock, frame) in zip(panels, frames.items(), strict=True):
        seconds = clock == "seconds"
        band_plots.plot_bands(
            frame,
            looks,
            xlabel="seconds of evaluation and strategy" if seconds else clock,
            ylabel=ylabel,
            wide=known,
            log_x=seconds and len(frame) > 0,
            ax=panel,
        )
        if not known:
            band_plots.focus(panel, frame)
    legend = band_plots.legend_below(list(panels), list(looks))
    width, height = figure.get_size_inches()
    text = style.shown(title, int(6.9 * column))
    head = 0.3 + 0.2 * (text.count("\n") + 1)
    # Room in inches: a layout that is searched for costs as much time as a drawing, and there is
    # such a figure for every problem.
    left, right = 1.1, 0.2
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        bottom=(legend + 0.55) / height,
        top=1 - head / height,
        wspace=(left + right) / (column - left - right),
    )
    # Two equal halves: a narrow page puts one below the other, with the legend between.
    panels[-1].set_gid("second" if len(panels) > 1 else None)
    figure.text(0.15 / width, 1 - 0.12 / height, text, va="top", size=13)
    return panels[0]


@_styled
def convergence(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw the mean normalised regret against trials."""
    return _with_legend(
        band_plots.plot_bands(
            frame,
            looks,
            title="Regret over all problems",
            ylabel="normalised regret (lower is better)",
            wide=True,
        ),
        looks,
    )


@_styled
def ranks(board: pd.DataFrame, looks: Looks) -> Any:
    """Draw the leaderboard."""
    return rank_plots.plot_ranks(board, looks)


@_styled
def ranks_over_budget(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw mean ranks against trials."""
    return _with_legend(budget_plots.plot_ranks_over_budget(frame, looks), looks)


@_styled
def critical(ranks: pd.DataFrame, cliques: Sequence[Sequence[str]], looks: Looks) -> Any:
    """Draw the critical-difference diagram."""
    return budget_plots.plot_critical(ranks, cliques, looks)


@_styled
def ecdf(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw the share of targets reached against trials."""
    return _with_legend(
        share_plots.plot_shares(
            frame.dropna(subset="share"),
            looks,
            x="trials",
            xlabel="trials",
            ylabel="share of targets reached (higher is better)",
            title="Targets reached",
        ),
        looks,
    )


@_styled
def profiles(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw the share of runs within each normalised regret."""
    return _with_legend(
        share_plots.plot_shares(
            frame[frame["tau"] > 0].dropna(subset="share"),
            looks,
            x="tau",
            xlabel="normalised regret τ",
            ylabel="share of runs within τ (higher is better)",
            title="Performance profiles",
        ),
        looks,
    )


@_styled
def matrix(frame: pd.DataFrame) -> Any:
    """Draw the probabilities of improvement."""
    return matrix_plots.plot_matrix(
        frame, label="probability that the row is better", title="Probability of improvement"
    )


@_styled
def selection(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw what selection cost."""
    axes = selection_plots.plot_selection(frame, looks)
    band_plots.legend_below([axes], [label for _, label in selection_plots.MARKERS.values()])
    return axes


@_styled
def strategy_seconds(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw the strategies' own time."""
    return _with_legend(overhead_plots.plot_strategy_seconds(frame, looks), looks)
