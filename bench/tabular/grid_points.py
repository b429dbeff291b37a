"""Search spaces made finite: every number becomes one of a few grid points."""

from __future__ import annotations

from collections.abc import Mapping

from bench.core.distributions import Categorical, Distribution, Float, Int, Ordinal, Scalar
from bench.core.space import SearchSpace

MAX_GRID_POINTS = 10_000
"""Grid points of one number."""


def discretise(space: SearchSpace, grid_points: int | Mapping[str, int]) -> SearchSpace:
    """Return the space with a few grid points a number, evenly spaced on its own scale.

    Both bounds are grid points, and so is the default: the level nearest to it between the bounds
    becomes the default; where there is none it is added. Choices keep all their values, and so do
    integers with no more values than grid points, and parameters that others depend on.

    Args:
        space: any space.
        grid_points: how many a number gets, 2 to 10,000: one count for all, or counts by name
            with "" for all the others.

    Raises:
        ValueError: a count out of its range, an unknown name, or a number left without a count.
    """
    counts = grid_points if isinstance(grid_points, Mapping) else {"": grid_points}
    for name, count in counts.items():
        if name and name not in space.parameters:
            raise ValueError(f"grid points must name parameters of {list(space)}, got {name!r}")
        if (
            isinstance(count, bool)
            or not isinstance(count, int)
            or not 2 <= count <= MAX_GRID_POINTS
        ):
            raise ValueError(
                f"grid points must be integers from 2 to {MAX_GRID_POINTS:,}, got {count!r}"
            )
    parents = {parent for names in space.conditions.values() for parent in names}
    default = space.default or {}
    parameters: dict[str, Distribution] = {}
    for name, distribution in space.parameters.items():
        count = counts.get(name, counts.get("", 0))
        if _stays(distribution, count, name in parents):
            parameters[name] = distribution
        elif count:
            parameters[name] = Ordinal(_grid_points(distribution, count, default.get(name)))
        else:
            raise ValueError(
                f"a number needs grid points, {name!r} has none; name it, or give a count"
            )
    return SearchSpace(parameters, conditions=space.conditions, default=space.default)


def _stays(distribution: Distribution, count: int, is_parent: bool) -> bool:
    size = distribution.size
    if size is None:
        return False
    few = isinstance(distribution, Int) and size <= count
    return few or is_parent or size == 1 or isinstance(distribution, Categorical | Ordinal)


def _grid_points(
    distribution: Distribution, count: int, default: Scalar
) -> tuple[float | int, ...]:
    # Neighbouring grid points of a short axis may round to the same value.
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
