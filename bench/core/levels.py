"""Search spaces made finite: every number becomes one of a few levels."""

from __future__ import annotations

from collections.abc import Mapping

from bench.core.distributions import Categorical, Distribution, Float, Ordinal, Scalar
from bench.core.space import SearchSpace


def discretise(space: SearchSpace, levels: int | Mapping[str, int]) -> SearchSpace:
    """Return the space with its numbers on a few levels each, evenly spaced on their own scales.

    Both bounds are levels; the level nearest the default becomes the default, so that it stays in
    the space. Choices keep all their values, and so do whole numbers with no more of them than
    levels, and those that others depend on.

    Args:
        space: any space.
        levels: how many a number gets, 2 or more: one count for all, or counts by name with ""
            for all the others.

    Raises:
        ValueError: a count below 2, a name that is not there, or a number left without a count.
    """
    counts = levels if isinstance(levels, Mapping) else {"": levels}
    for name, count in counts.items():
        if name and name not in space.parameters:
            raise ValueError(f"levels must name parameters of {list(space)}, got {name!r}")
        if isinstance(count, bool) or not isinstance(count, int) or count < 2:
            raise ValueError(f"levels must be whole numbers, 2 or more, got {count!r}")
    parents = {parent for names in space.conditions.values() for parent in names}
    default = space.default or {}
    parameters: dict[str, Distribution] = {}
    for name, distribution in space.parameters.items():
        count = counts.get(name, counts.get("", 0))
        size = distribution.size
        whole = isinstance(distribution, Categorical | Ordinal) or size == 1 or name in parents
        if whole and size is not None:
            parameters[name] = distribution
        elif count:
            parameters[name] = Ordinal(_levels(distribution, count, default.get(name)))
        else:
            raise ValueError(f"a number needs levels, {name!r} has none; name it, or give a count")
    return SearchSpace(parameters, conditions=space.conditions, default=space.default)


def _levels(distribution: Distribution, count: int, default: Scalar) -> tuple[float | int, ...]:
    values = [distribution.from_unit(k / (count - 1)) for k in range(count)]
    if isinstance(distribution, Float):
        # Six digits between the bounds: 0.01 reads better than 0.010000000000000002.
        values[1:-1] = [float(f"{value:.6g}") for value in values[1:-1]]
    # Neighbouring levels of a short axis may round to the same value.
    found: list[Scalar] = list(dict.fromkeys(values))
    if default is not None and default not in found:
        at = distribution.to_unit(default)
        nearest = min(found, key=lambda value: abs(distribution.to_unit(value) - at))
        found[found.index(nearest)] = default
    return tuple(found)  # type: ignore[arg-type]
