"""The curves of a page as the JSON its script draws from."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.panels.arrays import Array
from bench.plots import style

if TYPE_CHECKING:
    import pandas as pd

VALUES = ("median", "low", "high")
DIGITS = 5


@dataclass(frozen=True, slots=True)
class Clock:
    """What curves are drawn against.

    Args:
        name: on its button.
        label: of the axis.
        frame: problem, strategy, x, median, low, high; steps, so a value holds until the next x.
        log: whether the axis starts on a log scale.
        whole: whether only integers mean something, as with trials.
    """

    name: str
    label: str
    frame: pd.DataFrame
    log: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What a chart shows at a time: one problem, or all of them together.

    Args:
        problem: as in the frames.
        label: of the value axis.
        wide: the axis shows all values, on a log scale if they span a factor of three; otherwise
            it shows where the curves end up, so that one bad start hides nothing.
    """

    problem: str
    label: str
    wide: bool


def to_json(
    clocks: Sequence[Clock],
    views: Sequence[View],
    styles: Mapping[str, Mapping[str, Any]],
    *,
    hidden: Collection[str] = (),
) -> str:
    """Return the curves as JSON that may stand inside a script element.

    Args:
        clocks: the first is the one to begin with.
        views: the first is the one to begin with; those without a curve are left out.
        styles: strategy -> line properties, in the order of the legend.
        hidden: strategies that are shown only when they are asked for.

    Returns:
        An object of `strategies` (name, color, dash in pixels, hidden where it is), `clocks` (name,
        label, log, whole) and `views` (name, label, wide, log, `curves`: for each clock strategy
        number -> x, medians, lows, highs; only points at which something changes, and the last).
        Numbers have five digits. Where the band has no width anywhere, lows and highs are left out.
    """
    parts = [_tables(clock.frame) for clock in clocks]
    shown = []
    for view in views:
        curves = [
            {
                str(number): curve
                for number, strategy in enumerate(styles)
                if (curve := _curve(part.get((view.problem, strategy)))) is not None
            }
            for part in parts
        ]
        if any(curves):
            log = view.wide and _spans([curve[1] for found in curves for curve in found.values()])
            shown.append(
                {
                    "name": view.problem,
                    "label": view.label,
                    "wide": view.wide,
                    "log": log,
                    "curves": curves,
                }
            )
    data = {
        "strategies": [
            {
                "name": name,
                "color": style.themed(line["color"]),
                "dash": _dash(line["linestyle"]),
                **({"hidden": True} if name in hidden else {}),
            }
            for name, line in styles.items()
        ],
        "clocks": [
            {"name": clock.name, "label": clock.label, "log": clock.log, "whole": clock.whole}
            for clock in clocks
        ],
        "views": shown,
    }
    # An element ends at "</script", whatever stands around it.
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c")


def _tables(frame: pd.DataFrame) -> dict[tuple[str, str], Array]:
    """Return (problem, strategy) -> x and values, in the order of x."""
    if not len(frame):
        return {}
    # One array for all: to take hundreds of small frames apart costs a second.
    frame = frame.sort_values("x", kind="stable", ignore_index=True)
    table = frame[["x", *VALUES]].to_numpy(dtype=float)
    places = frame.groupby(["problem", "strategy"], sort=False, observed=True).indices
    return {(str(name[0]), str(name[1])): table[rows] for name, rows in places.items()}


def _curve(table: Array | None) -> list[list[float]] | None:
    """Return x and values where something changes, or None without any value."""
    if table is None:
        return None
    table = table[np.isfinite(table[:, :2]).all(axis=1)]
    if not len(table):
        return None
    # A curve without a band has one of no width.
    table[:, 2:] = np.where(np.isfinite(table[:, 2:]), table[:, 2:], table[:, 1:2])
    table = _rounded(table)
    kept = np.ones(len(table), dtype=bool)
    kept[1:-1] = (table[1:-1, 1:] != table[:-2, 1:]).any(axis=1)
    x, median, low, high = ([_plain(v) for v in column] for column in table[kept].T.tolist())
    return [x, median] if low == median == high else [x, median, low, high]


def _rounded(values: Array) -> Array:
    """Return numbers with a few digits."""
    sizes = np.abs(values)
    powers = np.floor(np.log10(np.where(sizes > 0, sizes, 1.0)))
    # A power of ten that is too small to be one, or too large, would lose the number.
    steps = np.clip(DIGITS - 1 - powers, -300, 300)
    large, small = 10.0 ** np.maximum(steps, 0), 10.0 ** np.maximum(-steps, 0)
    found: Array = np.round(values * large / small) / large * small
    return found


def _plain(number: float) -> float:
    """Return integers as such, which are written without a point."""
    return int(number) if abs(number) < 1e9 and number.is_integer() else number


def _spans(medians: Sequence[Sequence[float]]) -> bool:
    positive = [value for values in medians for value in values if value > 0]
    return len(positive) > 0 and max(positive) >= 3 * min(positive)


def _dash(line: Any, width: float = 2.0) -> list[float]:
    """Return a line style of matplotlib, whose dashes count in widths, in pixels."""
    return [] if line == "-" else [width * part for part in line[1]]
