"""One axis of a grid: its grid points, and how many values they are without making them."""

import math
import struct
import sys
from typing import Literal

from bench import Categorical, Distribution, Float, Int, Ordinal, Scalar

Placement = Literal["endpoints", "centres"]
"""Where grid points lie: the outer ones on the bounds, or each in the middle of its share."""


def size(axis: Distribution) -> int:
    """Return the number of values of an axis; a Float's are the floats between its bounds."""
    if isinstance(axis, Float):
        return _rank(axis.high) - _rank(axis.low) + 1
    assert axis.size is not None
    return axis.size


def values(axis: Distribution, level: int, placement: Placement) -> list[Scalar]:
    """Return the values of an axis with that many grid points, all of them where it has no more."""
    if isinstance(axis, Categorical):
        return list(axis.choices[:level])
    if level == size(axis):
        return _all(axis)
    # Neighbouring grid points of a short axis may round to the same value.
    return list(dict.fromkeys(axis.from_unit(_quantile(k, level, placement)) for k in range(level)))


def width(axis: Distribution, level: int, placement: Placement) -> int:
    """Return the number of values of an axis with that many grid points."""
    if isinstance(axis, Categorical) or level in (1, size(axis)) or _are_apart(axis, level):
        return level
    if isinstance(axis, Int) and axis.log:
        return _log_width(axis, level, placement)
    return len(values(axis, level, placement))


def _quantile(k: int, level: int, placement: Placement) -> float:
    if level == 1:
        return 0.5
    return k / (level - 1) if placement == "endpoints" else (k + 0.5) / level


def _all(axis: Distribution) -> list[Scalar]:
    match axis:
        case Int(low, high):
            return list(range(low, high + 1))
        case Ordinal(known):
            return list(known)
    assert isinstance(axis, Float)
    found = [axis.low]
    while found[-1] < axis.high:
        found.append(math.nextafter(found[-1], math.inf))
    return list(found)


def _rank(x: float) -> int:
    """Return the position of a float among all floats, 0 for zero (IEEE 754, binary64)."""
    bits: int = struct.unpack("<q", struct.pack("<d", abs(x)))[0]
    return bits if x > 0 else -bits


def _are_apart(axis: Distribution, level: int) -> bool:
    """Return whether neighbouring grid points differ by more than any rounding."""
    match axis:
        case Float(low, high, log=True):
            return low >= sys.float_info.min and math.log(high / low) / level > 2**-38
        case Float(low, high):
            return (high - low) / level > 8 * math.ulp(max(abs(low), abs(high)))
        case Int(log=True):
            return False
    return 2 * level <= size(axis) and level < 2**40


def _log_width(axis: Int, level: int, placement: Placement) -> int:
    """Return the number of values of integers on a log scale, whose gaps widen upwards.

    Where grid points are less than 1 apart no integer between them is left out; where they are
    more than 1 apart no two round to the same. Around 1 they are made.
    """

    def value(k: int) -> int:
        return axis.from_unit(_quantile(k, level, placement))

    first = _quantile(0, level, placement)
    span = math.log((axis.high + 0.5) / (axis.low - 0.5))
    # Before it is rounded level k is start · e^(k·step); the next one is e^step - 1 of it higher.
    start = (axis.low - 0.5) * math.exp(first * span)
    step = (_quantile(1, level, placement) - first) * span
    dense, sparse = (
        min(max(math.ceil(math.log(gap / math.expm1(step) / start) / step), 0), level - 1)
        for gap in (1 - 1e-6, 1 + 1e-6)
    )
    between = len({value(k) for k in range(dense, sparse + 1)})
    return value(dense) - value(0) + between + level - 1 - sparse
