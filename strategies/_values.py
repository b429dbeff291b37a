"""What a library drew, as a value of the space."""

from typing import Any

from bench import Categorical, Distribution, Float, Int, Ordinal, Scalar


def plain(drawn: Any, kind: Distribution) -> Scalar:
    """Return a drawn number, or the value at a drawn position, as a plain value inside its bounds.

    A log scale, and rounding in a library, may leave the bounds in the last digit.

    >>> plain(1.0000000000000002, Float(0, 1)), plain(2, Categorical(("a", "b", "c")))
    (1.0, 'c')
    """
    match kind:
        case Ordinal(values) | Categorical(values):
            return values[int(drawn)]
        case Float(low, high):
            return min(max(float(drawn), low), high)
        case Int(low, high):
            return min(max(int(drawn), low), high)
    raise TypeError(f"a parameter must be Float, Int, Ordinal or Categorical, got {kind!r}")
