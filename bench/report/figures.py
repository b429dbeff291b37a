"""The figures of a report, each drawn ready to be written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bench.captions.early_stopping import MEAN, PROBLEM
from bench.plots import style
from bench.plots.axes import legend_below, legend_of
from bench.plots.clocks import focus, plot_bands
from bench.plots.early_stopping import plot_against_random, plot_rank_correlations
from bench.plots.importance import BAR_INCHES, plot_importance, plot_trials
from bench.plots.leaderboard import plot_leaderboard
from bench.plots.other_metrics import CELL_INCHES, plot_other_metrics
from bench.plots.overhead import plot_strategy_seconds
from bench.plots.pairwise import plot_pairwise
from bench.plots.profiles import plot_profiles
from bench.plots.ranks import plot_ranks_over_budget
from bench.plots.selection import MARKERS, plot_selection
from bench.plots.significance import plot_mean_ranks
from bench.plots.slices import LINES, plot_slices
from bench.plots.stopping import plot_stopping
from bench.plots.targets import plot_ecdf
from bench.plots.time_quality import label_pareto, plot_time_quality
from bench.plots.workers import IDEAL, plot_loss, plot_speedup
from bench.plots.wrong_winner import plot_wrong_winner
from bench.prose.quantities import duration

if TYPE_CHECKING:
    import pandas as pd

    from bench.analysis.early_stopping import EarlyStopping

F = TypeVar("F", bound=Callable[..., Any])
Styles = Mapping[str, Mapping[str, Any]]


def _styled(draw: F) -> F:
    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        with style.applied():
            return draw(*args, **kwargs)

    return wrapper  # type: ignore[return-value]


def _with_legend(axes: Any, styles: Styles) -> Any:
    legend_of([axes], styles)
    return axes


def _in_halves(panels: Sequence[Any], legend: float, title: str) -> None:
    """Lay out panels beside each other, with a title above them and one legend below.

    Args:
        panels: the axes, of one figure without a layout engine.
        legend: the inches that the legend takes.
        title: text.
    """
    figure = panels[0].figure
    column = figure.get_figwidth() / len(panels)
    width, height = figure.get_size_inches()
    text = style.shown(title, int(6.9 * column))
    title_height = 0.3 + 0.2 * (text.count("\n") + 1)
    # Room in inches: a layout that is searched for costs as much time as a drawing, and there is
    # such a figure for every problem.
    left, right = 1.1, 0.2
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        bottom=(legend + 0.55) / height,
        top=1 - title_height / height,
        wspace=(left + right) / (column - left - right),
    )
    # Two equal halves: a narrow page puts one below the other, with the legend between.
    panels[-1].set_gid("second" if len(panels) > 1 else None)
    figure.text(0.15 / width, 1 - 0.12 / height, text, va="top", size=13)


@_styled
def clocks(
    frames: Mapping[str, pd.DataFrame],
    styles: Styles,
    *,
    title: str,
    ylabel: str,
    known: bool,
    unit: str,
) -> Any:
    """Draw one problem's bands, a panel for each clock.

    Args:
        frames: clock (trials, seconds) -> strategy, x, median, low, high.
        styles: strategy -> line properties.
        title: text.
        ylabel: what the values are.
        known: whether they are distances to a known optimum.
        unit: what the budget counts.
    """
    from matplotlib.figure import Figure

    column = 5.5 if len(frames) > 1 else style.WIDTH
    figure = Figure(figsize=(column * len(frames), 4.5))
    panels = figure.subplots(1, len(frames), squeeze=False).ravel()
    for panel, (clock, frame) in zip(panels, frames.items(), strict=True):
        seconds = clock == "seconds"
        plot_bands(
            frame,
            styles,
            xlabel="seconds of evaluation and strategy" if seconds else f"{unit}s",
            ylabel=ylabel,
            wide=known,
            log_x=seconds and len(frame) > 0,
            ax=panel,
        )
        if not known:
            focus(panel, frame)
    _in_halves(list(panels), legend_of(list(panels), styles), title)
    return panels[0]


@_styled
def convergence(frame: pd.DataFrame, styles: Styles, *, unit: str) -> Any:
    """Draw the mean normalised regret against the budget, which counts a unit."""
    return _with_legend(
        plot_bands(
            frame,
            styles,
            title="Regret over all problems",
            xlabel=f"{unit}s",
            ylabel="normalised regret (lower is better)",
            wide=True,
        ),
        styles,
    )


@_styled
def leaderboard(board: pd.DataFrame, styles: Styles) -> Any:
    """Draw the leaderboard."""
    return plot_leaderboard(board, styles)


@_styled
def ranks_over_budget(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw mean ranks against trials."""
    return _with_legend(plot_ranks_over_budget(frame, styles), styles)


@_styled
def mean_ranks(ranks: pd.DataFrame, cliques: Sequence[Sequence[str]], styles: Styles) -> Any:
    """Draw the critical-difference diagram."""
    return plot_mean_ranks(ranks, cliques, styles)


@_styled
def ecdf(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw the share of targets reached against trials."""
    return _with_legend(plot_ecdf(frame, styles), styles)


@_styled
def profiles(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw the share of runs within each normalised regret."""
    return _with_legend(plot_profiles(frame, styles), styles)


@_styled
def pairwise(frame: pd.DataFrame) -> Any:
    """Draw the probabilities of improvement."""
    return plot_pairwise(
        frame, label="probability that the row is better", title="Probability of improvement"
    )


@_styled
def selection(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw what selection cost."""
    axes = plot_selection(frame, styles)
    legend_below([axes], [label for _, label in MARKERS.values()])
    return axes


@_styled
def early_stopping(found: EarlyStopping, styles: Styles) -> Any:
    """Draw how well steps order configurations, and what early stopping gains by that.

    Args:
        found: with a step at least; without differences to random search it is one panel.
        styles: strategy -> line properties.
    """
    from matplotlib.figure import Figure

    found = found.without_bias()
    points = found.against.dropna(subset="tau")
    count = 2 if len(points) else 1
    figure = Figure(figsize=(5.5 * count, 4.5))
    panels = figure.subplots(1, count, squeeze=False).ravel()
    plot_rank_correlations(found.problems, found.steps, panels[0])
    if count == 2:
        plot_against_random(points, styles, panels[1])
    _in_halves(list(panels), legend_below(list(panels), [MEAN, PROBLEM, *styles]), "")
    return panels[0]


@_styled
def stopping(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw the regret left where rules stop."""
    axes = plot_stopping(frame, styles)
    legend_below([axes], [*styles, *frame["rule"].unique()])
    return axes


@_styled
def strategy_seconds(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw the strategies' own time."""
    return _with_legend(plot_strategy_seconds(frame, styles), styles)


@_styled
def time_quality(frame: pd.DataFrame, styles: Styles, *, score: str) -> Any:
    """Draw regret against the time of a run, a panel for each cost of an evaluation.

    Args:
        frame: as `bench.analysis.time.time_quality.time_quality` gives it.
        styles: strategy -> line properties.
        score: what the values are.
    """
    from matplotlib.figure import Figure

    costs = sorted(frame["evaluation_s"].unique())
    rows = -(-len(costs) // 2)
    figure = Figure(figsize=(style.WIDTH, 2.6 * rows + 0.7))
    panels = figure.subplots(rows, 2, sharey=True, squeeze=False)
    for panel, cost in zip(panels.ravel(), costs, strict=False):
        of = frame[frame["evaluation_s"] == cost]
        plot_time_quality(of, styles, title=f"{duration(cost)} an evaluation", ax=panel)
    for panel in panels.ravel()[len(costs) :]:
        panel.set_visible(False)
    for panel in panels[-1]:
        panel.set_xlabel("seconds of a run")
    legend = legend_below([panels[0, 0]], list(styles))
    # Room in inches, as in `clocks`.
    width, height = figure.get_size_inches()
    left, right, bottom, top, between, apart = 0.85, 0.2, legend + 0.6, 0.4, 0.3, 0.75
    across, upright = (width - left - right - between) / 2, height - bottom - top
    figure.subplots_adjust(
        left=left / width,
        right=1 - right / width,
        bottom=bottom / height,
        top=1 - top / height,
        wspace=between / across,
        hspace=apart * rows / (upright - apart * (rows - 1)),
    )
    for panel, cost in zip(panels.ravel(), costs, strict=False):
        label_pareto(frame[frame["evaluation_s"] == cost], panel)
    middle = (bottom + upright / 2) / height
    figure.supylabel(f"mean {score} (lower is better)", size=11, x=0.12 / width, y=middle)
    return panels[0, 0]


@_styled
def workers(frame: pd.DataFrame, styles: Styles) -> Any:
    """Draw speed-up and loss against the number of workers; loss alone without a speed-up.

    Args:
        frame: as `bench.analysis.time.workers.workers` gives it.
        styles: family -> line properties.
    """
    from matplotlib.figure import Figure

    plots = [*([plot_speedup] if frame["speedup"].notna().any() else []), plot_loss]
    column = 5.5 if len(plots) > 1 else style.WIDTH
    figure = Figure(figsize=(column * len(plots), 4.5))
    panels = list(figure.subplots(1, len(plots), squeeze=False).ravel())
    for panel, plot in zip(panels, plots, strict=True):
        plot(frame, styles, ax=panel)
    _in_halves(panels, legend_below(panels, [*styles, IDEAL]), "")
    return panels[0]


@_styled
def wrong_winner(parts: Mapping[str, pd.DataFrame], styles: Styles) -> Any:
    """Draw the probability of the wrong winner, a panel for each title.

    Args:
        parts: title -> n_datasets, n_repetitions, wrong_share.
        styles: number of data sets -> line properties.
    """
    from matplotlib.figure import Figure

    column = 5.5 if len(parts) > 1 else style.WIDTH
    figure = Figure(figsize=(column * len(parts), 4.5))
    panels = list(figure.subplots(1, len(parts), squeeze=False).ravel())
    for panel, (title, frame) in zip(panels, parts.items(), strict=True):
        plot_wrong_winner(frame, styles, panel, title=style.shown(title))
    _in_halves(panels, legend_below(panels, list(styles)), "")
    return panels[0]


@_styled
def importance(frame: pd.DataFrame) -> Any:
    """Draw the importance of the parameters, a panel for each problem."""
    from matplotlib.figure import Figure

    parts = list(frame.groupby("problem", sort=False))
    counts = [len(part) for _, part in parts]
    figure = Figure(
        figsize=(style.WIDTH, BAR_INCHES * sum(counts) + 1.2 * len(parts)), layout="constrained"
    )
    panels = figure.subplots(len(parts), 1, squeeze=False, height_ratios=counts).ravel()
    for panel, (name, part) in zip(panels, parts, strict=True):
        plot_importance(part, title=str(name), ax=panel)
        if panel is not panels[-1]:
            panel.set_xlabel("")
    return panels[0]


@_styled
def trials_over_two(frame: pd.DataFrame, title: str) -> Any:
    """Draw the trials of a problem over its two most important parameters."""
    return plot_trials(frame, label="share of the trials that are worse", title=title)


@_styled
def other_metrics(frame: pd.DataFrame) -> Any:
    """Draw what the choice by each metric loses under every other, a panel a kind of task.

    Args:
        frame: as `bench.analysis.other_metrics.other_metrics` gives it.
    """
    from matplotlib.figure import Figure

    parts = list(frame.groupby("kind", sort=False))
    counts = [part["scored_by"].nunique() for _, part in parts]
    figure = Figure(
        figsize=(style.WIDTH, CELL_INCHES * sum(counts) + 1.3 * len(parts)), layout="constrained"
    )
    panels = figure.subplots(len(parts), 1, squeeze=False, height_ratios=counts).ravel()
    for panel, (kind, part) in zip(panels, parts, strict=True):
        plot_other_metrics(part, scale=frame["loss"].abs().max(), title=str(kind), ax=panel)
        if panel is not panels[-1]:
            panel.set_xlabel("")
    return panels[0]


@_styled
def slices(frames: Sequence[pd.DataFrame], title: str, ylabel: str) -> Any:
    """Draw the scores of a problem along its parameters, a panel each.

    Args:
        frames: of each parameter, as `bench.analysis.slices.slices` gives them.
        title: text.
        ylabel: what the scores are.
    """
    from matplotlib.figure import Figure

    figure = Figure(figsize=(style.WIDTH, 3.4), layout="constrained")
    panels = figure.subplots(1, len(frames), sharey=True, squeeze=False).ravel()
    for panel, frame in zip(panels, frames, strict=True):
        plot_slices(frame, panel)
    panels[0].set_ylabel(style.upright(ylabel))
    panels[0].set_title(style.shown(title, 48))
    # All panels have the same lines.
    legend_below([panels[0]], list(LINES))
    return panels[0]
