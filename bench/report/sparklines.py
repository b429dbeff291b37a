"""Small curves for the rows of a table, all on the same axes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.captions.leaderboard import curve
from bench.plots import style

if TYPE_CHECKING:
    import pandas as pd

WIDTH, HEIGHT = 96, 28
"""Of a small curve, in pixels."""

MARGIN = 2.0

LOG_FROM = 3
"""The ratio of the largest to the smallest value from which the value axis is logarithmic."""

DECADES = 4
"""What a logarithmic axis shows at most: a curve that falls further ends at its lower edge."""

PICTURE = Markup(
    '<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
    'role="img" aria-label="{label}" style="color: {color}">'
    '<path d="{path}"/></svg>'
)

Points = list[tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Sparkline:
    """A small curve.

    Args:
        label: what a screen reader says.
        path: of the curve, as SVG has it.
        color: of its line.
    """

    label: str
    path: str
    color: str

    @property
    def data(self) -> tuple[str, str]:
        """What differs between curves of the same strategy."""
        return self.label, self.path

    @property
    def svg(self) -> Markup:
        """The curve as a picture."""
        return PICTURE.format(
            width=WIDTH, height=HEIGHT, label=self.label, color=self.color, path=self.path
        )


def sparklines(
    frame: pd.DataFrame, styles: Mapping[str, Mapping[str, Any]], names: Sequence[str]
) -> dict[str, Sparkline]:
    """Return strategy -> a small curve, all on the same axes.

    Args:
        frame: strategy, x, median; steps, so a value holds until the next x.
        styles: strategy -> line properties.
        names: the strategies; one without a point has an empty picture.
    """
    points: dict[str, Points] = {name: [] for name in names}
    for name, part in frame.groupby("strategy", sort=False, observed=True):
        if name in points:
            values = part.sort_values("x")[["x", "median"]].to_numpy(dtype=float)
            points[str(name)] = [(x, y) for x, y in values.tolist() if math.isfinite(y)]
    axes = _axes([point for found in points.values() for point in found])
    return {
        name: Sparkline(
            f"{name}: {curve(found)}",
            _path(found, axes) if found else "",
            style.themed(styles[name]["color"]),
        )
        for name, found in points.items()
    }


@dataclass(frozen=True, slots=True)
class _Axes:
    """What all curves need: the first and last trial, the ends of the values, their scale."""

    first: float = 0.0
    last: float = 0.0
    low: float = 0.0
    high: float = 0.0
    log: bool = False

    def height(self, value: float) -> str:
        found = (value, self.low, self.high)
        ends = [math.log(max(v, self.low)) if self.log else v for v in found]
        share = (ends[0] - ends[1]) / (ends[2] - ends[1]) if self.high > self.low else 0.0
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.4g}"

    def place(self, x: float) -> str:
        share = (x - self.first) / (self.last + 1 - self.first)
        return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.4g}"


def _axes(points: Points) -> _Axes:
    if not points:
        return _Axes()
    trials, values = zip(*points, strict=True)
    low, high = min(values), max(values)
    positive = [y for y in values if y > 0]
    log = bool(positive) and high >= LOG_FROM * min(positive)
    if log:
        low = max(min(positive), high / 10**DECADES)
    return _Axes(min(trials), max(trials), low, high, log)


def _path(points: Points, axes: _Axes) -> str:
    """Return a step curve of one point or more."""
    # The value of the last trial holds for a trial, as every other one.
    (x, y), *rest = points
    path, end = f"M{axes.place(x)} {axes.height(y)}", points[-1][0] + 1
    for x, value in rest:
        if value != y:
            path += f"H{axes.place(x)}V{axes.height(value)}"
        y = value
    return f"{path}H{axes.place(end)}"
