"""The figures of a report, each drawn ready to be written."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from bench.report import style
from bench.report.plots import bands as band_plots
from bench.report.plots import leaderboard as rank_plots
from bench.report.plots import overhead as overhead_plots

if TYPE_CHECKING:
    import pandas as pd

F = TypeVar("F", bound=Callable[..., Any])
Looks = Mapping[str, Mapping[str, Any]]


def _styled(draw: F) -> F:
    @functools.wraps(draw)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        import matplotlib

        with matplotlib.rc_context(style.RC):
            return draw(*args, **kwargs)

    return wrapper  # type: ignore[return-value]


def value_label(metric: str, direction: str, known: bool) -> str:
    """Return what the value axis says, by whether the optimum is known."""
    return "regret (lower is better)" if known else style.axis_label(metric, direction)


@_styled
def problem(
    frame: pd.DataFrame, rows: pd.DataFrame, looks: Looks, *, clock: str, title: str
) -> Any:
    """Draw one problem's bands on one clock."""
    seconds = clock == "seconds"
    axes = _panel(
        frame,
        rows,
        looks,
        title=style.shown(title, 56),
        xlabel="seconds of evaluation and strategy" if seconds else "trials",
        log_x=seconds and len(frame) > 0,
        ax=None,
    )
    band_plots.legend_below([axes], list(looks))
    return axes


@_styled
def overview(
    trials: pd.DataFrame, frame: pd.DataFrame, problems: Sequence[str], looks: Looks
) -> Any:
    """Draw all problems' bands against trials, a panel each, with one legend."""
    from matplotlib.figure import Figure

    there = [name for name in problems if (trials["problem"] == name).any()]
    columns = min(3, len(there))
    rows = -(-len(there) // columns)
    figure = Figure(figsize=(max(8.0, 4.3 * columns), 3.3 * rows + 0.8), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False).ravel()
    for panel, name in zip(panels, there, strict=False):
        part = trials[trials["problem"] == name]
        band = frame[frame["problem"] == name]
        title = style.shown(name, 30)
        _panel(band, part, looks, title=title, xlabel="trials", ax=panel)
    for panel in panels[len(there) :]:
        panel.set_axis_off()
    band_plots.legend_below(list(panels), list(looks))
    return panels[0]


@_styled
def ranks(board: pd.DataFrame, looks: Looks) -> Any:
    """Draw the leaderboard."""
    return rank_plots.plot_ranks(board, looks)


@_styled
def strategy_seconds(frame: pd.DataFrame, looks: Looks) -> Any:
    """Draw the strategies' own time."""
    axes = overhead_plots.plot_strategy_seconds(frame, looks)
    band_plots.legend_below([axes], list(looks))
    return axes


def _panel(
    frame: pd.DataFrame,
    rows: pd.DataFrame,
    looks: Looks,
    *,
    title: str,
    xlabel: str,
    ax: Any,
    log_x: bool = False,
) -> Any:
    metric, direction = str(rows["metric"].iloc[0]), str(rows["direction"].iloc[0])
    known = bool(rows["optimum"].notna().all())
    label = value_label(metric, direction, known)
    axes = band_plots.plot_bands(
        frame,
        looks,
        title=title,
        xlabel=xlabel,
        ylabel=label,
        wide=known,
        log_x=log_x,
        ax=ax,
    )
    if not known:
        band_plots.focus(axes, frame)
    return axes
