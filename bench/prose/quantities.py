"""Quantities in the units and digits of a table: shares, p-values, seconds."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from bench.prose.phrases import number

NONE = "–"
"""What stands where nothing is known."""


def fixed(digits: int) -> Callable[[float], str]:
    """Return what shows a number with so many decimals."""
    return lambda value: _signed(f"{value:.{digits}f}")


def resolving(values: Iterable[float]) -> Callable[[float], str]:
    """Return what shows numbers so that they differ as texts, all with as many decimals.

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


def aligned(values: Iterable[float]) -> Callable[[float], str]:
    """Return what shows effects with two significant digits of the smallest, and all alike.

    The largest gets two decimals more than its two digits need at most. Where that is not enough
    for the smallest, it has fewer digits.

    Args:
        values: those that will be shown.

    Returns:
        What shows a value: with the same number of decimals each, or, where numbers are too large
        or too small to be written out, by `bench.prose.phrases.number`.

    >>> [aligned([0.14, 1.2])(value) for value in (0.14, 1.2)]
    ['0.14', '1.20']
    """
    sizes = sorted(abs(v) for v in values if v == v and v not in (0, math.inf, -math.inf))
    if not sizes:
        return fixed(2)
    if not 1e-4 <= sizes[-1] < 1e6:
        return number
    smallest, largest = (math.floor(math.log10(size)) for size in (sizes[0], sizes[-1]))
    return fixed(max(min(1 - smallest, 3 - largest), 0))


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


def equation(name: str, value: float, *, sign: str = "=") -> str:
    """Return what a p-value is, as an equation or less than something.

    >>> equation("p", 0.0131), equation("p", 0.0001), equation("p", 0.02, sign="≤")
    ('p = 0.013', 'p < 0.001', 'p ≤ 0.020')
    """
    return f"{name} < 0.001" if value < 0.001 else f"{name} {sign} {value:.3f}"


def duration(seconds: float) -> str:
    """Return seconds as text, in the unit that suits them."""
    for size, unit in ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):g} {unit}"
    return "0 s" if seconds == 0 else "< 1 µs"


def _signed(text: str) -> str:
    if not text.startswith("-"):
        return text
    # What rounds to nothing is on no side of it.
    return f"−{text[1:]}" if text.strip("-0.") else text[1:]
