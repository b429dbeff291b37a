"""Search spaces: named distributions and the conditions under which each parameter exists."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

Scalar = float | int | str | bool | None
Config = dict[str, Any]
"""Parameter name -> value, a Scalar; Any, so that code can calculate with what its space holds."""


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
    """A whole number in [low, high], both included, uniform or (`log=True`) log-uniform."""

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
                raise ValueError(f"must be a whole number, got {value!r}")
            value = int(value)
        if self.low <= value <= self.high:
            return value
        raise ValueError(f"must be in {{{self.low}, …, {self.high}}}, got {value!r}")


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


class SearchSpace:
    """An ordered set of named distributions with the conditions between them.

    Args:
        parameters: name -> distribution; a parent stands before the parameters it conditions.
        conditions: name -> {parent: values}; the parameter exists only when every parent exists
            and has one of its values.
        default: the configuration a user would get without tuning, or None.

    Raises:
        ValueError: an unknown or later parent, a value the parent cannot take, a default outside.
    """

    __slots__ = ("_items", "conditions", "default", "parameters")

    def __init__(
        self,
        parameters: Mapping[str, Distribution],
        *,
        conditions: Mapping[str, Mapping[str, Sequence[Scalar]]] | None = None,
        default: Mapping[str, Scalar] | None = None,
    ) -> None:
        if not parameters:
            raise ValueError("a search space needs at least one parameter, got none")
        self.parameters: Mapping[str, Distribution] = MappingProxyType(dict(parameters))
        self.conditions: Mapping[str, Mapping[str, tuple[Scalar, ...]]] = MappingProxyType(
            {
                name: MappingProxyType({p: tuple(values) for p, values in parents.items()})
                for name, parents in (conditions or {}).items()
            }
        )
        self._items = tuple(self.parameters.items())
        self._check_conditions()
        self.default: Config | None = None if default is None else self.check(default)

    def _check_conditions(self) -> None:
        order = list(self.parameters)
        for name, parents in self.conditions.items():
            if name not in self.parameters:
                raise ValueError(f"a condition must name a parameter, got {name!r}; have {order}")
            for parent, values in parents.items():
                if parent not in order[: order.index(name)]:
                    raise ValueError(
                        f"the parent of {name!r} must be declared before it, got {parent!r}"
                    )
                for value in values:
                    try:
                        self.parameters[parent].check(value)
                    except ValueError as error:
                        raise ValueError(f"condition of {name!r} on {parent!r}: {error}") from None

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[str]:
        return iter(self.parameters)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, SearchSpace)
            and self._items == other._items
            and dict(self.conditions) == dict(other.conditions)
            and self.default == other.default
        )

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        conditions = {name: dict(parents) for name, parents in self.conditions.items()}
        return f"SearchSpace({dict(self.parameters)}, conditions={conditions})"

    def sample(self, rng: np.random.Generator) -> Config:
        """Return one independent draw, uniform on each parameter's own scale.

        Every parameter is drawn, then the inactive ones are dropped, so the number of random
        numbers used does not depend on what was drawn.
        """
        return self.from_unit(rng.random(len(self._items)).tolist())

    def from_unit(self, point: Sequence[float]) -> Config:
        """Return the active configuration at `point`, one quantile in [0, 1] a parameter."""
        items = zip(self._items, point, strict=True)
        return self.active({name: dist.from_unit(u) for (name, dist), u in items})

    def to_unit(self, config: Mapping[str, Scalar]) -> list[float]:
        """Return the quantiles of `config` in declared order; inactive parameters give 0.5."""
        return [dist.to_unit(config[n]) if n in config else 0.5 for n, dist in self._items]

    def exists(self, name: str, config: Mapping[str, Scalar]) -> bool:
        """Return whether a parameter exists, given the active ones declared before it."""
        parents = self.conditions.get(name)
        return parents is None or all(p in config and config[p] in v for p, v in parents.items())

    def active(self, config: Config) -> Config:
        """Return `config` in declared order, without the parameters that do not exist in it."""
        if not self.conditions:
            return config
        kept: Config = {}
        for name in self.parameters:
            if name in config and self.exists(name, kept):
                kept[name] = config[name]
        return kept

    def check(self, config: Mapping[str, object]) -> Config:
        """Return `config` as plain values in declared order, inactive parameters dropped.

        Raises:
            ValueError: an unknown or missing parameter, or a value outside its distribution.
        """
        conditions = self.conditions
        checked: Config = {}
        for name, distribution in self._items:
            # The first test keeps spaces without conditions, the common case, fast.
            if conditions and not self.exists(name, checked):
                continue
            try:
                checked[name] = distribution.check(config[name])
            except KeyError:
                raise ValueError(
                    f"a configuration must set {name!r}, got only {list(config)}"
                ) from None
            except ValueError as error:
                raise ValueError(f"parameter {name!r} {error}") from None
        if len(checked) != len(config):
            unknown = [name for name in config if name not in self.parameters]
            if unknown:
                raise ValueError(
                    f"a configuration may set only {list(self.parameters)}, got {unknown}"
                )
        return checked

    def flat(self) -> SearchSpace:
        """Return the same parameters without conditions, for strategies that cannot do them.

        The default keeps its active values; inactive ones get the middle of their distribution.
        """
        default = self.default
        if default is not None:
            middle = {name: dist.from_unit(0.5) for name, dist in self._items}
            default = middle | default
        return SearchSpace(self.parameters, default=default)
