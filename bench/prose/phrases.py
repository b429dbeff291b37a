"""Numbers, intervals and names as sentences have them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from bench.words import many

MINUS = "\N{MINUS SIGN}"

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")

_LARGE, _SMALL = 6, -6
"""Powers of ten from which, and up to which, a number is written with one."""


def number(value: float, finest: int | None = None) -> str:
    """Return a number with two significant digits.

    Args:
        value: any; one that is not finite has a word or sign.
        finest: the power of ten of the last digit at least; what rounds to nothing there is "0".
    """
    if math.isnan(value):
        return "unknown"
    sign = MINUS if value < 0 else ""
    if math.isinf(value):
        return f"{sign}∞"
    if value == 0:
        return "0"
    digits, power = _parts(value)
    last = power - 1 if finest is None else max(power - 1, finest)
    if last < power and not _SMALL < power < _LARGE:
        return f"{sign}{digits} × 10{str(power).translate(_RAISED)}"
    text = f"{round(abs(value), -last):,.{max(0, -last)}f}"
    return f"{sign}{text}" if text.strip("0.") else "0"


def interval(low: float, high: float) -> str:
    """Return an interval as "0.020 to 0.051"; nothing where an end is unknown or infinite.

    The end that is nearer to 0 gets one decimal more than the other at most.

    Args:
        low: its lower end.
        high: its upper end.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    widest = max(abs(low), abs(high))
    finest = _parts(widest)[1] - 2 if widest else 0
    return f"{number(low, finest)} to {number(high, finest)}"


def with_repetitions(name: str, fewer: Mapping[str, int]) -> str:
    """Return the name of a strategy, with its repetitions where it has fewer than others.

    >>> with_repetitions("gp", {"gp": 3})
    'gp (3 repetitions)'

    Args:
        name: of the strategy.
        fewer: strategy -> its repetitions, of those with fewer.
    """
    return f"{name} ({many(fewer[name], 'repetition')})" if name in fewer else name


def first_of_all(name: str, names: Sequence[str]) -> list[str]:
    """Return names with a certain one first, if it is there; the others stay in their order.

    >>> first_of_all("random", ["gp", "tpe", "random"])
    ['random', 'gp', 'tpe']

    Args:
        name: that a long list must not leave out.
        names: any.
    """
    return sorted(names, key=lambda other: other != name)


def listed(names: Sequence[str], most: int = 4) -> str:
    """Return names as "a, b and c"; of too many the first ones and how many more there are.

    Args:
        names: one or more.
        most: that are named.
    """
    # To name one more is no longer than to say that there is one.
    rest = len(names) - most
    parts = list(names) if rest <= 1 else [*names[:most], f"{rest:,} more"]
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _parts(value: float) -> tuple[str, int]:
    """Return the first two digits, rounded, and the power of ten of the first."""
    digits, power = f"{abs(value):.1e}".split("e")
    return digits, int(power)


def axis_label(metric: str, direction: str) -> str:
    """Return the metric's name and which way is better."""
    better = "higher" if direction == "maximize" else "lower"
    return f"{metric.replace('_', ' ')} ({better} is better)"


def value_label(metric: str, direction: str, known: bool) -> str:
    """Return what the axis of a problem's values says, by whether the optimum is known."""
    if known:
        return "distance to the optimum (lower is better)"
    return axis_label(metric, direction)
