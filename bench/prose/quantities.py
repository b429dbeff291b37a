"""Quantities in the units and digits of a table: shares, p-values, seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

NONE = "–"
"""What stands where nothing is known."""


def fixed(digits: int) -> Callable[[float], str]:
    """Return what shows a number with so many decimals."""
    return lambda value: _signed(f"{value:.{digits}f}")


def resolving(values: Iterable[float]) -> Callable[[float], str]:
    """Return what shows numbers so that they can be told apart, all with as many decimals.

    Four digits of the largest, more where they differ later; where they span more than a factor of
    a thousand each has four digits of its own.

    Args:
        values: those that will be shown, and others in their unit.
    """
    sizes = sorted(abs(v) for v in values if v == v and v not in (0, math.inf, -math.inf))
    if not sizes or sizes[-1] > 1000 * sizes[0] or not 1e-4 <= sizes[-1] < 1e7:
        return significant
    spread = sizes[-1] - sizes[0] or sizes[-1]
    first, told = (math.floor(math.log10(number)) for number in (sizes[-1], spread))
    return fixed(min(max(3 - first, 1 - told, 0), 8))


def significant(value: float) -> str:
    """Return a number with four digits."""
    return _signed(f"{value:.4g}")


def percent(value: float) -> str:
    """Return a share in whole percents, what is nearly none or nearly all as such."""
    if 0 < value < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < value < 1 else f"{100 * value:.0f} %"


def probability(value: float) -> str:
    """Return a p-value or a probability."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def equation(name: str, value: float) -> str:
    """Return what a p-value is, as an equation or less than something."""
    return f"{name} < 0.001" if value < 0.001 else f"{name} = {value:.3f}"


def duration(seconds: float) -> str:
    """Return seconds in the unit in which they are told."""
    for size, unit in ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):g} {unit}"
    return "0 s" if seconds == 0 else "< 1 µs"


def _signed(text: str) -> str:
    if not text.startswith("-"):
        return text
    # What rounds to nothing is on no side of it.
    return f"−{text[1:]}" if text.strip("-0.") else text[1:]
