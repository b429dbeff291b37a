"""Nested subsets of the rows that a model is fitted to: a smaller one lies inside a larger one."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from problems._splits import Rows


@dataclass(frozen=True, slots=True, eq=False)
class NestedRows:
    """The rows of a part in the order in which larger and larger subsets take them.

    Args:
        order: places in the part.
        ends: how many rows a subset may have, ascending; the last is all of them.
        least: the fewest rows that hold every class of the part.
    """

    order: Rows
    ends: Rows
    least: int

    def subset(self, step: int, steps: int) -> Rows:
        """Return the places of ⌈rows · step / steps⌉ rows, ascending; more where they must be.

        A group is taken as a whole, and every class of the part is there.

        Args:
            step: from 1 to `steps`.
            steps: of a full evaluation.
        """
        wanted = max(share_of(len(self.order), step, steps), self.least)
        return np.sort(self.order[: self.ends[np.searchsorted(self.ends, wanted)]])


def nested_rows(
    rows: int,
    *,
    classes: NDArray[Any] | None = None,
    groups: NDArray[Any] | None = None,
    in_time: bool = False,
    seed: Sequence[int],
) -> NestedRows:
    """Return the order of a part's rows: by shares of the classes, by groups, or backwards in time.

    With classes and no groups, every subset has each class' share of its rows, rounded up or down.
    With groups they come in random order, those first that bring a class which is not there yet.
    In time the latest rows come first.

    Args:
        rows: how many there are, 1 or more.
        classes: the class of every row, or None.
        groups: the group of every row, or None.
        in_time: whether the rows are a time series; then the seed decides nothing.
        seed: decides the order.
    """
    rng = np.random.default_rng(list(seed))
    ends = np.arange(1, rows + 1)
    if in_time:
        order = ends[::-1] - 1
    elif groups is not None:
        order, ends = _by_groups(classes, groups, rng)
    elif classes is not None:
        order = _in_proportion(classes, rng)
    else:
        order = rng.permutation(rows)
    least = 1 if classes is None else 1 + max(_first_places(classes[order]))
    return NestedRows(order, ends, int(least))


def share_of(count: int, step: int, steps: int) -> int:
    """Return ⌈count · step / steps⌉, calculated in integers.

    >>> [share_of(100, step, 81) for step in (1, 27, 81)]
    [2, 34, 100]
    """
    return -(-count * step // steps)


def places_in_proportion(members: Sequence[int]) -> list[int]:
    """Return the class of each place so that every beginning has the classes' shares.

    Among the first k of n places a class of m members has ⌊k·m/n⌋ or ⌈k·m/n⌉. Its j-th member has
    the places for which that holds, and the earliest of the last places goes first. Reference:
    Baruah, Cohen, Plaxton & Varvel, "Proportionate progress: a notion of fairness in resource
    allocation", Algorithmica 15, 1996.

    Args:
        members: of each class, 0 or more.

    >>> places_in_proportion([2, 6])
    [1, 0, 1, 1, 1, 0, 1, 1]
    """
    total, placed, found = sum(members), [0] * len(members), list[int]()
    waiting = [(0, code) for code, count in enumerate(members) if count]
    ready: list[tuple[int, int]] = []
    for place in range(total):
        while waiting and waiting[0][0] <= place:
            _, code = heapq.heappop(waiting)
            heapq.heappush(ready, (-(-(placed[code] + 1) * total // members[code]), code))
        _, code = heapq.heappop(ready)
        found.append(code)
        placed[code] += 1
        if placed[code] < members[code]:
            first = placed[code] * total // members[code]
            heapq.heappush(waiting, (max(first, place + 1), code))
    return found


def _in_proportion(classes: NDArray[Any], rng: np.random.Generator) -> Rows:
    _, codes, members = np.unique(classes, return_inverse=True, return_counts=True)
    shuffled = rng.permutation(len(codes))
    by_class = shuffled[np.argsort(codes[shuffled], kind="stable")]
    # The places of the first class, then those of the second: each gets its rows as shuffled.
    places = np.argsort(places_in_proportion(members.tolist()), kind="stable")
    order = np.empty(len(codes), dtype=np.intp)
    order[places] = by_class
    return order


def _by_groups(
    classes: NDArray[Any] | None, groups: NDArray[Any], rng: np.random.Generator
) -> tuple[Rows, Rows]:
    """Return the order of the rows, and after how many of them a group ends."""
    names, codes = np.unique(groups, return_inverse=True)
    place = rng.permutation(len(names))[codes]
    if classes is not None:
        firsts = [int(place[classes == name].min()) for name in np.unique(classes)]
        in_front = np.isin(np.arange(len(names)), firsts)
        moved = np.empty(len(names), dtype=np.intp)
        moved[np.argsort(~in_front, kind="stable")] = np.arange(len(names))
        place = moved[place]
    return np.argsort(place, kind="stable"), np.cumsum(np.bincount(place))


def _first_places(values: NDArray[Any]) -> list[int]:
    """Return where each of the different values stands first."""
    return [int(place) for place in np.unique(values, return_index=True)[1]]
