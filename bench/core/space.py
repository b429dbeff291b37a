"""Search spaces: named distributions and the conditions under which each parameter exists."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from bench.core.distributions import KINDS, Distribution, Scalar, values_of

Config = dict[str, Any]
"""Parameter name -> value, a Scalar; Any, so that code can calculate with what its space holds."""


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

    def configs(self) -> Iterator[Config]:
        """Yield every active configuration of a finite space, the last parameter fastest.

        Raises:
            ValueError: a parameter is a continuum.
        """
        axes = [(name, values_of(name, dist)) for name, dist in self._items]

        def grow(config: Config, axis: int) -> Iterator[Config]:
            # Axes of one value are set in a loop: a call each would nest too deep.
            while axis < len(axes):
                name, values = axes[axis]
                axis += 1
                if not self.exists(name, config):
                    continue
                if len(values) == 1:
                    config[name] = values[0]
                    continue
                for value in values:
                    yield from grow({**config, name: value}, axis)
                return
            yield config

        return grow({}, 0)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back."""
        return {
            "parameters": {
                name: {"kind": type(dist).__name__, **dataclasses.asdict(dist)}  # type: ignore[call-overload]
                for name, dist in self._items
            },
            "conditions": {
                name: {parent: list(values) for parent, values in parents.items()}
                for name, parents in self.conditions.items()
            },
            "default": self.default,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> SearchSpace:
        """Return the space that `to_dict` gave.

        Raises:
            ValueError: not such a description; the message says where.
        """
        given = data.get("parameters")
        if not isinstance(given, Mapping):
            raise ValueError(f"a space must have a table 'parameters', got {given!r}")
        parameters = {}
        for name, fields in given.items():
            if not isinstance(fields, Mapping) or fields.get("kind") not in KINDS:
                raise ValueError(
                    f"parameter {name!r} must have a kind, one of {', '.join(KINDS)}, "
                    f"got {fields!r}"
                )
            values = {key: tuple(v) if isinstance(v, list) else v for key, v in fields.items()}
            del values["kind"]
            try:
                parameters[name] = KINDS[fields["kind"]](**values)
            except (TypeError, ValueError) as error:
                raise ValueError(f"parameter {name!r}: {error}") from None
        return SearchSpace(
            parameters, conditions=data.get("conditions"), default=data.get("default")
        )
