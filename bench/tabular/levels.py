"""Search spaces made finite: every number becomes one of a few levels."""

from __future__ import annotations

from collections.abc import Mapping

from bench.core.distributions import Categorical, Distribution, Float, Int, Ordinal, Scalar
from bench.core.space import SearchSpace

MAX_LEVELS = 10_000
"""Levels of one number."""


def discretise(space: SearchSpace, levels: int | Mapping[str, int]) -> SearchSpace:
    """Return the space with its numbers on a few levels each, evenly spaced on their own scales.

    Both bounds are levels, and so is the default: the level nearest to it between the bounds
    becomes the default; where there is none it is added. Choices keep all their values, and so do
    whole numbers with no more of them than levels, and those that others depend on.

    Args:
        space: any space.
        levels: how many a number gets, 2 to 10,000: one count for all, or counts by name with ""
            for all the others.

    Raises:
        ValueError: a count out of its range, an unknown name, or a number left without a count.
    """
    counts = levels if isinstance(levels, Mapping) else {"": levels}
    for name, count in counts.items():
        if name and name not in space.parameters:
            raise ValueError(f"levels must name parameters of {list(space)}, got {name!r}")
        if isinstance(count, bool) or not isinstance(count, int) or not 2 <= count <= MAX_LEVELS:
            raise ValueError(
                f"levels must be whole numbers from 2 to {MAX_LEVELS:,}, got {count!r}"
            )
    parents = {parent for names in space.conditions.values() for parent in names}
    default = space.default or {}
    parameters: dict[str, Distribution] = {}
    for name, distribution in space.parameters.items():
        count = counts.get(name, counts.get("", 0))
        if _stays(distribution, count, name in parents):
            parameters[name] = distribution
        elif count:
            parameters[name] = Ordinal(_levels(distribution, count, default.get(name)))
        else:
            raise ValueError(f"a number needs levels, {name!r} has none; name it, or give a count")
    return SearchSpace(parameters, conditions=space.conditions, default=space.default)


def _stays(distribution: Distribution, count: int, is_parent: bool) -> bool:
    size = distribution.size
    if size is None:
        return False
    few = isinstance(distribution, Int) and size <= count
    return few or is_parent or size == 1 or isinstance(distribution, Categorical | Ordinal)


def _levels(distribution: Distribution, count: int, default: Scalar) -> tuple[float | int, ...]:
    # Neighbouring levels of a short axis may round to the same value.
    found = list(dict.fromkeys(_level(distribution, k, count) for k in range(count)))
    if default is not None and default not in found:
        at = distribution.to_unit(default)
        between = found[1:-1]
        if between:
            nearest = min(between, key=lambda value: abs(distribution.to_unit(value) - at))
            found[found.index(nearest)] = default
        else:
            found.insert(1, default)
    return tuple(found)  # type: ignore[arg-type]


def _level(distribution: Distribution, k: int, count: int) -> Scalar:
    u = k / (count - 1)
    value = distribution.from_unit(u)
    if isinstance(distribution, Float) and 0 < k < count - 1:
        # Six digits read better (0.01, not 0.010000000000000002) where they move no level by
        # more than a thousandth of the way to the next one.
        short = float(f"{value:.6g}")
        if abs(distribution.to_unit(short) - u) <= 1e-3 / (count - 1):
            return short
    return value
