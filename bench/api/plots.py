"""The plots of the page by name, on axes of one's own or of pyplot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from bench.analyses import Analyses
from bench.analysis.stopping import comparable
from bench.errors import UserError
from bench.mpl.matplotlib_defaults import pyplot
from bench.plots import style
from bench.plots.clocks import plot_bands
from bench.plots.leaderboard import plot_leaderboard
from bench.plots.overhead import plot_strategy_seconds
from bench.plots.pairwise import plot_pairwise
from bench.plots.profiles import plot_profiles
from bench.plots.ranks import plot_ranks_over_budget
from bench.plots.selection import plot_selection
from bench.plots.significance import plot_mean_ranks
from bench.plots.stopping import plot_stopping
from bench.plots.targets import plot_ecdf
from bench.report.sections.common import in_order, line_styles

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Styles = Mapping[str, Mapping[str, Any]]


class PlotError(UserError, ValueError):
    """A plot that does not exist, or has nothing to show."""


def draw(found: Analyses, name: str, ax: Axes | None) -> Axes:
    """Draw a plot and return its axes.

    Args:
        found: what is drawn.
        name: a key of `PLOTS`.
        ax: where to draw; a new figure of pyplot otherwise.

    Raises:
        PlotError: there is no such plot, or nothing to draw.
    """
    if name not in PLOTS:
        raise PlotError(f"a plot must be one of {', '.join(PLOTS)}, got {name!r}; choose one")
    if not found.panels:
        raise PlotError(
            "a plot needs a completed trial, the result has none; see the reasons in its notes"
        )
    # Outside the style, with whose end a notebook would forget to show what is drawn later.
    figure: Any = pyplot().figure(figsize=(style.WIDTH, 4.0)) if ax is None else None
    with style.applied():
        if ax is None:
            figure.set(facecolor=style.PAPER, layout_engine="constrained")
            ax = figure.subplots()
        PLOTS[name](found, line_styles(found), ax)
        if name not in _WITHOUT_LEGEND and ax.get_legend_handles_labels()[1]:
            ax.legend(fontsize="small")
    return ax


def _convergence(found: Analyses, styles: Styles, ax: Any) -> None:
    label = "normalised regret (lower is better)"
    plot_bands(
        found.convergence,
        styles,
        title="Regret over all problems",
        xlabel=f"{found.unit}s",
        ylabel=label,
        wide=True,
        ax=ax,
    )


def _leaderboard(found: Analyses, styles: Styles, ax: Any) -> None:
    plot_leaderboard(found.board, styles, ax)


def _ranks(found: Analyses, styles: Styles, ax: Any) -> None:
    plot_ranks_over_budget(found.ranks, styles, ax)


def _significance(found: Analyses, styles: Styles, ax: Any) -> None:
    if found.mean_ranks["rank"].notna().sum() < 2 or len(found.panels) < 2:
        raise PlotError(
            "the plot 'significance' needs two strategies and two problems, the result has fewer; "
            "run more"
        )
    plot_mean_ranks(found.mean_ranks, found.cliques, styles, ax)


def _targets(found: Analyses, styles: Styles, ax: Any) -> None:
    if not found.ecdf["share"].notna().any():
        raise PlotError(
            "the plot 'targets' needs random search with enough repetitions to set targets, the "
            "result has none; run the strategy random, with more repetitions"
        )
    plot_ecdf(found.ecdf, styles, ax)


def _profiles(found: Analyses, styles: Styles, ax: Any) -> None:
    plot_profiles(found.profiles, styles, ax)


def _pairwise(found: Analyses, styles: Styles, ax: Any) -> None:
    names = in_order(found)
    wide = found.pairwise.pivot(index="strategy", columns="other", values="improvement")
    plot_pairwise(
        wide.reindex(index=names, columns=names),
        label="probability that the row is better",
        title="Probability of improvement",
        ax=ax,
    )


def _selection(found: Analyses, styles: Styles, ax: Any) -> None:
    plot_selection(found.selected, styles, ax)


def _stopping(found: Analyses, styles: Styles, ax: Any) -> None:
    plot_stopping(comparable(found.stopping), styles, ax)


def _overhead(found: Analyses, styles: Styles, ax: Any) -> None:
    if not found.timed:
        raise PlotError(
            "the plot 'overhead' needs the seconds of every trial, they are not known; "
            "load results that have evaluation_s, ask_s and tell_s"
        )
    plot_strategy_seconds(found.overhead, styles, ax)


PLOTS: dict[str, Callable[[Analyses, Styles, Any], None]] = {
    "convergence": _convergence,
    "leaderboard": _leaderboard,
    "ranks": _ranks,
    "significance": _significance,
    "targets": _targets,
    "profiles": _profiles,
    "pairwise": _pairwise,
    "selection": _selection,
    "stopping": _stopping,
    "overhead": _overhead,
}
"""Name, that of the analysis, -> what draws it."""

_WITHOUT_LEGEND = frozenset({"leaderboard", "significance", "pairwise"})
"""Plots that name the strategies beside their rows."""
