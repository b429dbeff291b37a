"""Transforms of the space: another problem, shifted, permuted, discretised or embedded."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import count, islice
from typing import Any

from bench import (
    Categorical,
    Config,
    Distribution,
    Float,
    Int,
    Ordinal,
    Scalar,
    SearchSpace,
    discretise,
)
from problems._transforms import Reparametrised, generator

MAX_AXES = 100_000
"""Of an embedding: each axis is an object."""


@dataclass
class Shifted(Reparametrised):
    """Another problem, each axis moved by the seed, cyclically on its own scale.

    The move is a bijection that keeps the measure, so the optimum and the distribution of a
    random draw are those of the inner problem. What leaves the box at one end comes back at the
    other: where it does there is a cliff, unless both ends have the same value. The default
    configuration moves as well: it stands for another one at each seed.

    Parameters that others depend on stay, since their values decide what exists, and so do whole
    numbers on a log scale, since no move keeps their unequal shares.
    """

    name = "shifted"

    def __post_init__(self) -> None:
        super().__post_init__()
        # One entry: a run has one seed.
        self._moves = lru_cache(maxsize=1)(partial(_moves, self.space, self._depth))

    def inner(self, config: Config, seed: int) -> Config:
        moves = self._moves(seed)
        return {name: moves[name](value) for name, value in config.items()}


@dataclass
class Permuted(Reparametrised):
    """Another problem, the roles of its axes permuted by the seed.

    Axes of one kind and size change roles among themselves: floats by their quantile, whole
    numbers (on a log scale: those with the same bounds), ordinals and choices by position.
    Parameters with conditions or in conditions keep theirs. It is a bijection that keeps the
    measure, so the optimum and the distribution of a random draw are those of the inner problem.
    The default configuration stands for another one at each seed.
    """

    name = "permuted"

    def __post_init__(self) -> None:
        super().__post_init__()
        self._roles = lru_cache(maxsize=1)(partial(_roles, self.space, self._depth))

    def inner(self, config: Config, seed: int) -> Config:
        found = dict(config)
        for name, source, change in self._roles(seed):
            found[name] = change(config[source])
        return found


@dataclass
class Discretised(Reparametrised):
    """Another problem on a finite part of its space: every number on a few grid points.

    Its optimum is unknown, since the inner one need not lie on the grid points.

    Args:
        grid_points: how many a number gets, 2 or more: one count for all, or a table of counts by
            name with "" for all the others.

    Raises:
        ValueError: a count below 2, a name that is not there, or a number left without a count.
    """

    name = "discretised"

    grid_points: int | dict[str, int] = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        self.space = discretise(self.space, self.grid_points)

    def best(self, inner: float | None) -> float | None:
        return None

    def inner(self, config: Config, seed: int) -> Config:
        return config


@dataclass
class Embedded(Reparametrised):
    """Another problem among axes that do nothing; its effective dimension stays.

    Reference: Wang et al., "Bayesian Optimization in a Billion Dimensions via Random Embeddings",
    JAIR 55, 2016.

    Args:
        dimension: the number of parameters in all; those added are floats in [0, 1].

    Raises:
        ValueError: unless whole, no less than the inner problem has, and 100,000 at most.
    """

    name = "embedded"

    dimension: int = 10

    def __post_init__(self) -> None:
        super().__post_init__()
        space, dimension = self.space, self.dimension
        whole = isinstance(dimension, int) and not isinstance(dimension, bool)
        if not (whole and len(space) <= dimension <= MAX_AXES):
            raise ValueError(
                f"dimension must be an integer, no less than the {len(space)} parameters of "
                f"{self.of.name} and no more than {MAX_AXES:,}, got {dimension!r}; for example "
                f"{len(space) + 8}"
            )
        names = (name for i in count(1) if (name := f"idle{i}") not in space.parameters)
        idle = list(islice(names, dimension - len(space)))
        self.space = SearchSpace(
            {**space.parameters, **dict.fromkeys(idle, Float(0, 1))},
            conditions=space.conditions,
            default=None if space.default is None else space.default | dict.fromkeys(idle, 0.5),
        )

    def inner(self, config: Config, seed: int) -> Config:
        known = self.of.space.parameters
        return {name: value for name, value in config.items() if name in known}


Change = Callable[[Any], Scalar]


def _moves(space: SearchSpace, depth: int, seed: int) -> dict[str, Change]:
    shares = generator(seed, depth).random(len(space)).tolist()
    parents = _parents(space)
    return {
        name: _same if name in parents else _cyclic(axis, share)
        for (name, axis), share in zip(space.parameters.items(), shares, strict=True)
    }


def _same(value: Scalar) -> Scalar:
    return value


def _cyclic(axis: Distribution, share: float) -> Change:
    """Return the move along an axis by a share of its length, in [0, 1)."""
    match axis:
        case Int(low, log=False):
            size = axis.high - low + 1
            steps = int(share * size) - low
            return lambda value: low + (value + steps) % size
        case Ordinal(values) | Categorical(values):
            steps = int(share * len(values))
            return dict(zip(values, values[steps:] + values[:steps], strict=True)).__getitem__
        case Float() if axis.size is None:
            return lambda value: axis.from_unit((axis.to_unit(value) + share) % 1.0)
    return _same


def _roles(space: SearchSpace, depth: int, seed: int) -> list[tuple[str, str, Change]]:
    """Return what changes: an inner parameter, the one it gets its value from, and how."""
    rng = generator(seed, depth)
    fixed = _parents(space) | set(space.conditions)
    alike: dict[Hashable, list[str]] = {}
    for name, axis in space.parameters.items():
        if name not in fixed:
            alike.setdefault(_kind(axis), []).append(name)
    return [
        (name, names[k], _as_on(space.parameters[names[k]], space.parameters[name]))
        for names in alike.values()
        for name, k in zip(names, rng.permutation(len(names)).tolist(), strict=True)
    ]


def _kind(axis: Distribution) -> Hashable:
    """Return what axes must share to change roles: then their cells match one to one."""
    return axis if isinstance(axis, Int) and axis.log else (type(axis), axis.size)


def _as_on(source: Distribution, target: Distribution) -> Change:
    """Return the map from a value of one axis to that of another at the same quantile."""
    if source == target:
        return _same
    return lambda value: target.from_unit(source.to_unit(value))


def _parents(space: SearchSpace) -> set[str]:
    return {parent for parents in space.conditions.values() for parent in parents}
