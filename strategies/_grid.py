"""Grids on spaces with conditions: how many grid points fit a budget, and the points they make."""

from collections import Counter
from collections.abc import Iterable, Mapping

from bench import Categorical, Config, SearchSpace
from strategies._axis import Placement, size, values, width

Blocked = frozenset[str]
"""Parameters that the value of an earlier one keeps from being active."""


def grid(space: SearchSpace, limit: int, placement: Placement) -> list[Config]:
    """Return the points of the largest grid of the rule, in lexicographic order.

    Choices get all their values where that fits. Then the active axes that have more values get
    one more level each in turn, in declared order, until no one more fits on any of them. An axis
    that is active in no point adds none, whatever its grid points, and waits with one.

    Args:
        space: what to put a grid on.
        limit: how many points it may have, 1 or more.
        placement: where the grid points of an axis lie.
    """
    grid_points = _GridPoints(space, limit, placement)
    grid_points.grow()
    return grid_points.points()


class _GridPoints:
    """The number of grid points of each axis; the points of their product are counted, not made.

    An accepted step raises grid points of active axes; only axes declared later can thereby become
    inactive and fall back to one level. So the grid points ascend in lexicographic order, below the
    sizes of the axes, and growth ends.
    """

    def __init__(self, space: SearchSpace, limit: int, placement: Placement) -> None:
        self._space, self._limit, self._placement = space, limit, placement
        self._sizes = {name: size(axis) for name, axis in space.parameters.items()}
        self._children: dict[str, frozenset[str]] = {}
        for child, parents in space.conditions.items():
            for parent in parents:
                self._children[parent] = self._children.get(parent, frozenset()) | {child}
        self._tied = _parents_first(space, self._children)
        self._free = [name for name in space if name not in self._tied]
        self._known: dict[tuple[str, int], Mapping[Blocked, int]] = {}
        self._grid_points = dict.fromkeys(space, 1)
        self._total, self._active = self._count(self._grid_points)

    def grow(self) -> None:
        """Raise grid points until one more fits on no axis."""
        for name, axis in self._space.parameters.items():
            if isinstance(axis, Categorical):
                self._raise(name, self._sizes[name])
        while raised := [
            name for name in self._space if self._raise(name, self._grid_points[name] + 1)
        ]:
            self._leap(raised)

    def points(self) -> list[Config]:
        """Return the distinct active configurations."""
        configs: list[Config] = [{}]
        for name, level in self._grid_points.items():
            first, *others = values(self._space.parameters[name], level, self._placement)
            grown: list[Config] = []
            for config in configs:
                grown.append(config)
                # An inactive parameter does not multiply.
                if self._space.exists(name, config):
                    grown.extend({**config, name: value} for value in others)
                    config[name] = first
            configs = grown
        return configs

    def _raise(self, name: str, level: int) -> bool:
        """Give an active axis this many grid points, if it has so many and they fit."""
        old = self._grid_points[name]
        if name not in self._active or not old < level <= self._sizes[name]:
            return False
        if name in self._tied:
            return self._take(self._grid_points | {name: level})
        # Spaces may have thousands of axes without conditions: these are not counted again.
        total = self._total // self._width(name, old) * self._width(name, level)
        if total > self._limit:
            return False
        self._grid_points[name], self._total = level, total
        return True

    def _leap(self, names: Iterable[str]) -> None:
        """Raise the axes by as many whole turns at once as fit.

        An axis that becomes active takes part in the next turn, so a leap ends where one does.
        """
        turns = 1
        while turns <= self._limit and self._count(self._turned(names, turns))[0] <= self._limit:
            turns *= 2
        while turns > 1:
            turns //= 2
            self._take(self._turned(names, turns), leaving=self._active)

    def _turned(self, names: Iterable[str], turns: int) -> dict[str, int]:
        return self._grid_points | {
            n: min(self._grid_points[n] + turns, self._sizes[n]) for n in names
        }

    def _take(self, grid_points: Mapping[str, int], leaving: set[str] | None = None) -> bool:
        """Accept higher counts if they fit, and leave these axes active where any are given."""
        total, active = self._count(grid_points)
        if total > self._limit or active != (leaving or active):
            return False
        self._grid_points = {name: n if name in active else 1 for name, n in grid_points.items()}
        self._total, self._active = total, active
        return True

    def _count(self, grid_points: Mapping[str, int]) -> tuple[int, set[str]]:
        """Return the number of points and the axes active in some; no more once over the limit."""
        total, active = 1, set(self._free)
        for name in self._free:
            total *= self._width(name, grid_points[name])
            if total > self._limit:
                return total, active
        # Points alike in all that later axes hang on are counted together.
        counts: Mapping[Blocked, int] = {frozenset(): total}
        for name in self._tied:
            grown: Counter[Blocked] = Counter()
            for blocked, count in counts.items():
                if name in blocked:
                    grown[blocked - {name} | self._children.get(name, frozenset())] += count
                    continue
                active.add(name)
                for more, ways in self._ways(name, grid_points[name]).items():
                    grown[blocked | more] += count * ways
            counts, total = grown, grown.total()
            if total > self._limit:
                break
        return total, active

    def _width(self, name: str, level: int) -> int:
        return sum(self._ways(name, level).values())

    def _ways(self, name: str, level: int) -> Mapping[Blocked, int]:
        """Return how many of an axis' values block which of its children."""
        if (name, level) not in self._known:
            self._known[name, level] = self._measure(name, level)
        return self._known[name, level]

    def _measure(self, name: str, level: int) -> Mapping[Blocked, int]:
        children = self._children.get(name, frozenset())
        axis = self._space.parameters[name]
        if not children:
            return {frozenset(): width(axis, level, self._placement)}
        found = set(values(axis, level, self._placement))
        allowed = {child: self._space.conditions[child][name] for child in children}
        named = found & {value for some in allowed.values() for value in some}
        ways = Counter(
            frozenset(child for child, some in allowed.items() if value not in some)
            for value in named
        )
        ways[children] += len(found) - len(named)
        return +ways


def _parents_first(space: SearchSpace, children: Mapping[str, Blocked]) -> dict[str, None]:
    """Return what is in conditions, parents before children and these as soon as may be.

    So few combinations of parents need to be distinguished while points are counted.
    """
    found: dict[str, None] = {}
    conditions = space.conditions
    waiting = [n for n in reversed(list(space)) if n in children and not conditions.get(n)]
    while waiting:
        name = waiting.pop()
        found[name] = None
        ready = {c for c in children.get(name, ()) if conditions[c].keys() <= found.keys()}
        waiting.extend(sorted(ready))
    return found
