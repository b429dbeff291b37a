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
    every = [point for found in points.values() for point in found]
    return {
        name: Sparkline(
            f"{name}: {curve(found)}",
            _path(found, every),
            style.themed(styles[name]["color"]),
        )
        for name, found in points.items()
    }


def _path(points: Points, every: Points) -> str:
    """Return a step curve on the axes that all points need."""
    if not points:
        return ""
    last = max(x for x, _ in every)
    first = min(x for x, _ in every)
    low, high = min(y for _, y in every), max(y for _, y in every)
    positive = [y for _, y in every if y > 0]
    log = bool(positive) and high >= LOG_FROM * min(positive)
    if log:
        low = max(min(positive), high / 10**DECADES)

    def height(value: float) -> str:
        ends = [math.log(max(v, low)) if log else v for v in (value, low, high)]
        share = (ends[0] - ends[1]) / (ends[2] - ends[1]) if high > low else 0.0
        return f"{HEIGHT - MARGIN - share * (HEIGHT - 2 * MARGIN):.4g}"

    def place(x: float) -> str:
        share = (x - first) / (last + 1 - first)
        return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.4g}"

    # The value of the last trial holds for a trial, as every other one.
    (x, y), *rest = points
    path, end = f"M{place(x)} {height(y)}", points[-1][0] + 1
    for x, value in rest:
        if value != y:
            path += f"H{place(x)}V{height(value)}"
        y = value
    return f"{path}H{place(end)}"
