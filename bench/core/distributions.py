"""Distributions: the values one parameter can take, and their natural measure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Protocol

import numpy as np

Scalar = float | int | str | bool | None


class Distribution(Protocol):
    """The values one parameter can take, and their natural (uniform) measure."""

    def from_unit(self, u: float) -> Scalar:
        """Return the value at quantile `u` in [0, 1]; 0 and 1 give the end points."""
        ...

    def to_unit(self, value: Scalar) -> float:
        """Return a quantile in [0, 1] whose value is `value`."""
        ...

    def check(self, value: object) -> Scalar:
        """Return `value` as a plain Python value; raise ValueError if it is not inside."""
        ...

    @property
    def size(self) -> int | None:
        """The number of values, or None when they are a continuum."""
        ...


def _check_bounds(low: float, high: float, log: bool) -> None:
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"bounds must be finite, got low={low}, high={high}")
    if low > high:
        raise ValueError(f"low must not exceed high, got low={low}, high={high}; swap them")
    if log and low <= 0:
        raise ValueError(f"a log scale needs low > 0, got low={low}; raise low or drop log=True")
    if not math.isfinite(high / low if log else high - low):
        raise ValueError(
            f"a range must be within what a float can span, got low={low}, high={high}; narrow it"
        )


@dataclass(frozen=True, slots=True)
class Float:
    """A real number in [low, high], uniform or (`log=True`) log-uniform."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "low", float(self.low))
            object.__setattr__(self, "high", float(self.high))
        except OverflowError:
            raise ValueError("bounds must be finite, one is beyond what a float holds") from None
        _check_bounds(self.low, self.high, self.log)

    @property
    def size(self) -> int | None:
        return 1 if self.low == self.high else None

    def from_unit(self, u: float) -> float:
        low, high = self.low, self.high
        if u >= 1.0:
            return high  # rounding may miss it by an ulp
        value = low * (high / low) ** u if self.log else low + u * (high - low)
        return low if value < low else high if value > high else value

    def to_unit(self, value: Scalar) -> float:
        x = float(value)  # type: ignore[arg-type]
        if self.low == self.high:
            return 0.5
        if self.log:
            return math.log(x / self.low) / math.log(self.high / self.low)
        return (x - self.low) / (self.high - self.low)

    def check(self, value: object) -> float:
        if type(value) is not float:
            if isinstance(value, bool | np.bool_) or not isinstance(value, Real):
                raise ValueError(f"must be a real number, got {value!r}")
            value = float(value)
        if self.low <= value <= self.high:
            return value
        raise ValueError(f"must be in [{self.low:g}, {self.high:g}], got {value!r}")


@dataclass(frozen=True, slots=True)
class Int:
    """An integer in [low, high], both included, uniform or (`log=True`) log-uniform."""

    low: int
    high: int
    log: bool = False

    def __post_init__(self) -> None:
        if not (isinstance(self.low, Integral) and isinstance(self.high, Integral)):
            raise ValueError(f"Int bounds must be whole, got {self.low!r} and {self.high!r}")
        object.__setattr__(self, "low", int(self.low))
        object.__setattr__(self, "high", int(self.high))
        # What a record can hold.
        if max(abs(self.low), abs(self.high)) >= 2**63:
            raise ValueError(f"Int bounds must fit 64 bits, got {self.low} and {self.high}")
        _check_bounds(self.low, self.high, self.log)

    @property
    def size(self) -> int | None:
        return self.high - self.low + 1

    def from_unit(self, u: float) -> int:
        # Each value owns a cell one unit wide, on the log scale too, so end values are not halved.
        low, high = self.low, self.high
        if self.log:
            value = round((low - 0.5) * ((high + 0.5) / (low - 0.5)) ** u)
        else:
            value = low + int(u * (high - low + 1))
        return low if value < low else high if value > high else value

    def to_unit(self, value: Scalar) -> float:
        x = int(value)  # type: ignore[arg-type]
        if self.low == self.high:
            return 0.5
        if self.log:
            return math.log(x / (self.low - 0.5)) / math.log((self.high + 0.5) / (self.low - 0.5))
        return (x - self.low + 0.5) / (self.high - self.low + 1)

    def check(self, value: object) -> int:
        if type(value) is not int:
            if isinstance(value, bool | np.bool_) or not isinstance(value, Integral):
                raise ValueError(f"must be an integer, got {value!r}")
            value = int(value)
        if self.low <= value <= self.high:
            return value
        raise ValueError(f"must be in {{{self.low}, …, {self.high}}}, got {value!r}")


@dataclass(frozen=True, slots=True)
class Ordinal:
    """One of a few numbers in ascending order, such as the points of a grid.

    Its scale is the position: neighbours are as far apart as any other neighbours.
    """

    values: tuple[float | int, ...]

    def __post_init__(self) -> None:
        # numpy's scalars would not be plain data in a record.
        plain = tuple(v.item() if isinstance(v, np.generic) else v for v in self.values)
        object.__setattr__(self, "values", plain)
        if not plain:
            raise ValueError("an Ordinal needs at least one value, got none")
        for value in plain:
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise ValueError(
                    f"the values of an Ordinal must be numbers, got {value!r}; "
                    "Categorical takes other values"
                )
            # What a record can hold.
            if isinstance(value, int) and abs(value) >= 2**63:
                raise ValueError(f"the whole values of an Ordinal must fit 64 bits, got {value}")
            if not math.isfinite(value):
                raise ValueError(f"the values of an Ordinal must be finite, got {value!r}")
        for before, after in itertools.pairwise(plain):
            if not before < after:
                raise ValueError(
                    f"the values of an Ordinal must ascend, got {before!r} before {after!r}"
                )

    @property
    def size(self) -> int | None:
        return len(self.values)

    def from_unit(self, u: float) -> float | int:
        return self.values[min(int(u * len(self.values)), len(self.values) - 1)]

    def to_unit(self, value: Scalar) -> float:
        return (self.values.index(value) + 0.5) / len(self.values)

    def check(self, value: object) -> float | int:
        if not isinstance(value, bool | np.bool_):
            for level in self.values:
                if level == value:
                    return level
        raise ValueError(f"must be one of {list(self.values)}, got {value!r}")


@dataclass(frozen=True, slots=True)
class Categorical:
    """One of a few unordered values: strings, numbers, booleans or None."""

    choices: tuple[Scalar, ...]

    def __post_init__(self) -> None:
        # numpy's scalars would not be plain data in a record.
        plain = (c.item() if isinstance(c, np.generic) else c for c in self.choices)
        object.__setattr__(self, "choices", tuple(plain))
        if not self.choices:
            raise ValueError("a Categorical needs at least one choice, got none")
        for choice in self.choices:
            if choice is not None and not isinstance(choice, str | int | float | bool):
                raise ValueError(
                    f"choices must be strings, numbers, booleans or None, got {choice!r}; "
                    "name it with a string"
                )
            if isinstance(choice, float) and not math.isfinite(choice):
                raise ValueError(f"numbers to choose from must be finite, got {choice!r}")
        if len(set(self.choices)) < len(self.choices):
            raise ValueError(f"choices must differ (1, 1.0 and True are equal), got {self.choices}")

    @property
    def size(self) -> int | None:
        return len(self.choices)

    def from_unit(self, u: float) -> Scalar:
        return self.choices[min(int(u * len(self.choices)), len(self.choices) - 1)]

    def to_unit(self, value: Scalar) -> float:
        return (self.choices.index(value) + 0.5) / len(self.choices)

    def check(self, value: object) -> Scalar:
        # The choice itself is returned, so numpy's str_ and bool_ become plain values.
        for choice in self.choices:
            if choice is value or choice == value:
                return choice
        raise ValueError(f"must be one of {list(self.choices)}, got {value!r}")


KINDS: dict[str, type[Any]] = {cls.__name__: cls for cls in (Float, Int, Ordinal, Categorical)}
"""The distributions by name."""


def values_of(name: str, distribution: Distribution) -> Sequence[Scalar]:
    """Return all values of a distribution that has finitely many, integers as a range.

    Raises:
        ValueError: it is a continuum; `name` says whose.
    """
    match distribution:
        case Categorical(values) | Ordinal(values):
            return list(values)
        case Int(low, high):
            return range(low, high + 1)
    if distribution.size == 1:
        return [distribution.from_unit(0.5)]
    raise ValueError(f"only finitely many values can be enumerated, {name!r} has a continuum")


def shares_of(distribution: Distribution) -> list[float]:
    """Return the probability of each value of a distribution that has finitely many, in order."""
    size = distribution.size or 1
    match distribution:
        case Int(low, high, log=True):
            whole = math.log((high + 0.5) / (low - 0.5))
            return [math.log((v + 0.5) / (v - 0.5)) / whole for v in range(low, high + 1)]
    return [1 / size] * size
