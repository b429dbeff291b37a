"""The picture of a table: a heat map where two numbers decide most, otherwise slices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bench.analysis.landscape import importance, surface
from bench.book import texts
from bench.core import Categorical, Metric, SearchSpace
from bench.measured.problems import ABSENT, Landscape, Measured
from bench.plots import style
from bench.plots.surface import plot_heat_map, plot_slice
from bench.prose import phrases

MIN_PAIR_SHARE = 0.75
"""Share of the better half's variance from which two numbers are shown as a heat map."""

MAX_PANELS = 6


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawn figure with what is to be read beside it."""

    axes: Any
    caption: str


def draw(measured: Measured, space: SearchSpace, metric: Metric, name: str) -> Picture:
    """Draw the response surface of a measured table.

    Args:
        measured: with a landscape.
        space: of the table.
        metric: of the table.
        name: of the problem, for the title.
    """
    assert measured.landscape is not None
    pair = _pair(measured, space)
    with style.applied():
        heat = pair and _heat(measured.landscape, metric, name, *pair, whole=len(space) == 2)
        return heat or _slices(measured, space, metric, name)


def _pair(measured: Measured, space: SearchSpace) -> tuple[str, str] | None:
    """Return the two parameters of a heat map, or None where slices show more."""
    assert measured.subsets is not None
    names = list(space)
    if len(space) > 2:
        pairs = measured.subsets[measured.subsets["size"] == 2]
        if pairs.empty or pairs["share"].iloc[0] < MIN_PAIR_SHARE:
            return None
        names = list(pairs["parameters"].iloc[0])
    numbers = [name for name in names if not isinstance(space.parameters[name], Categorical)]
    free = [name for name in numbers if name not in space.conditions]
    return (free[0], free[1]) if len(free) == 2 else None


def _heat(
    found: Landscape, metric: Metric, name: str, x: str, y: str, *, whole: bool
) -> Picture | None:
    losses = surface.heat_map(found.configs, found.mean, x, y)
    frame = (metric.sign * losses).rename_axis(index=y, columns=x)
    best, worst = float(losses.min(axis=None)), float(losses.max(axis=None))
    quartile = importance.weighted_quantile(found.mean, found.weights, 0.75)
    # Where three quarters of all draws are as good as the best, up to the worst; a map of one
    # colour shows nothing.
    limit = next((loss for loss in (min(quartile, worst), worst) if loss > best), None)
    if limit is None:
        return None
    marks = {
        mark: (str(found.configs[x].iloc[at]), str(found.configs[y].iloc[at]))
        for mark, at in _marked(found)
    }
    axes = plot_heat_map(
        frame,
        label=phrases.axis_label(metric.name, metric.direction),
        maximize=metric.direction == "maximize",
        limit=metric.sign * limit,
        marks=marks,
        title=style.shown(name, 56),
    )
    _legend(axes.figure, [axes])
    caption = texts.heat_caption(metric.name, whole=whole, cut=limit < worst)
    return Picture(axes, caption)


def _slices(measured: Measured, space: SearchSpace, metric: Metric, name: str) -> Picture:
    from matplotlib.figure import Figure

    found = measured.landscape
    assert found is not None
    names = by_importance(measured)[:MAX_PANELS]
    frame = surface.slices(found.configs, found.mean, found.weights, names)
    values = ["low", "median", "high", "best"]
    frame[values] *= metric.sign
    columns = min(3, len(names))
    rows = -(-len(names) // columns)
    figure = Figure(figsize=(max(5.0, 3.5 * columns), 2.7 * rows + 1.0), layout="constrained")
    panels = figure.subplots(rows, columns, squeeze=False, sharey=True).ravel()
    for panel, parameter in zip(panels, names, strict=False):
        levels = frame[frame["parameter"] == parameter]
        plot_slice(
            levels,
            ordered=not isinstance(space.parameters[parameter], Categorical),
            marks={mark: str(found.configs[parameter].iloc[at]) for mark, at in _marked(found)},
            absent=ABSENT,
            title=parameter,
            ax=panel,
        )
    for panel in panels[len(names) :]:
        panel.set_axis_off()
    label = phrases.axis_label(metric.name, metric.direction)
    figure.supylabel(label, fontsize=11)
    figure.suptitle(style.shown(name, 56), x=0.01, ha="left", fontsize=13, fontweight="bold")
    _legend(figure, list(panels[: len(names)]))
    return Picture(panels[0], texts.slices_caption(metric.name, len(names), len(space)))


def by_importance(measured: Measured) -> list[str]:
    """Return the parameters by all their effects on the better half's loss, largest first."""
    better = measured.better
    assert better is not None
    names = [effect[0] for effect in better["effect"] if len(effect) == 1]
    total = {
        name: sum(
            share
            for effect, share in zip(better["effect"], better["share"], strict=True)
            if name in effect and share == share
        )
        for name in names
    }
    return sorted(names, key=lambda name: -total[name])


def _marked(found: Landscape) -> list[tuple[str, int]]:
    marked = [] if found.default is None else [("default", found.default)]
    return [*marked, ("best", found.best)]


def _legend(figure: Any, panels: list[Any]) -> None:
    """Put one legend of all panels under them."""
    handles: dict[str, Any] = {}
    for panel in panels:
        for handle, label in zip(*panel.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    figure.legend(
        list(handles.values()),
        list(handles),
        loc="outside lower center",
        ncols=min(4, len(handles)),
        fontsize=10,
    )
