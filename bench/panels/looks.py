"""The looks at a sweep that stops strategies whose comparisons are settled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bench.panels.arrays import Array, Ints

Side = tuple["Looks | None", str]
"""The looks at the sweep of a strategy, None where there are none, and its label."""


@dataclass(frozen=True, slots=True)
class Looks:
    """After how many repetitions a sweep is looked at, and how far that is done.

    Args:
        each: repetitions between two looks; the last look is at the most repetitions.
        planned: strategy -> the most repetitions that it can have.
        stopped: strategy -> after how many repetitions a look stopped it, of those that one did.
        made: repetitions at the last look that was made; 0 before the first.
        runs: a fingerprint of the runs that were planned; "" where nobody asks for it.
    """

    each: int
    planned: Mapping[str, int]
    stopped: Mapping[str, int] = field(default_factory=dict)
    made: int = 0
    runs: str = ""

    @property
    def times(self) -> list[int]:
        """After how many repetitions there are looks, as far as any strategy goes."""
        most = max(self.planned.values())
        return [*range(self.each, most, self.each), most]

    @property
    def next(self) -> int:
        """Repetitions at the next look; the most there are after the last one."""
        return next((n for n in self.times if n > self.made), self.times[-1])

    @property
    def is_over(self) -> bool:
        """Whether the last look was made, or stopped all strategies that could go on."""
        ends = (self.stopped.get(label, most) for label, most in self.planned.items())
        return self.made >= max(ends)

    def seen_of(self, label: str) -> int:
        """Return how many repetitions of a strategy the looks have seen."""
        return min(self.stopped.get(label, self.planned[label]), self.made)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that `from_dict` takes back."""
        return {
            "each": self.each,
            "planned": dict(self.planned),
            "stopped": dict(self.stopped),
            "made": self.made,
            "runs": self.runs,
        }

    @staticmethod
    def from_dict(data: Mapping[str, Any]) -> Looks:
        """Return the looks that plain data describe.

        Raises:
            ValueError: they contradict each other.
            KeyError, TypeError: they are something else.
        """
        found = Looks(
            int(data["each"]),
            {str(label): int(n) for label, n in data["planned"].items()},
            {str(label): int(n) for label, n in data["stopped"].items()},
            int(data["made"]),
            str(data["runs"]),
        )
        if found.each < 1 or not found.planned or found.made not in (0, *found.times):
            raise ValueError("no looks")
        for label, n in found.stopped.items():
            if n not in found.times or not n <= min(found.made, found.planned[label]):
                raise ValueError(f"{label} was stopped at no look")
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """The looks at M pairs.

    Args:
        times: shape (L,): after how many repetitions, increasing.
        fractions: shape (L, M): that number as a share of the most repetitions the pair can have;
            NaN where the pair was not looked at, because one of the two had stopped.
    """

    times: Ints
    fractions: Array

    @property
    def last(self) -> Ints:
        """The repetitions at the last look at each pair, shape (M,); 0 where there was none."""
        found: Ints = np.where(np.isnan(self.fractions), 0, self.times[:, None]).max(
            axis=0, initial=0
        )
        return found


def schedule(pairs: Sequence[tuple[Side, Side]]) -> Schedule | None:
    """Return the looks at pairs of strategies; None where no sweep was looked at.

    A pair is looked at as long as both strategies have new repetitions.

    Args:
        pairs: both sides of each.
    """
    if all(looks is None for pair in pairs for looks, _ in pair):
        return None
    found: list[dict[int, float]] = []
    for pair in pairs:
        sides = [(looks, label) for looks, label in pair if looks is not None]
        most = min(looks.planned[label] for looks, label in sides)
        made = min(looks.seen_of(label) for looks, label in sides)
        every = {n for looks, _ in sides for n in range(looks.each, most, looks.each)} | {most}
        found.append({n: n / most for n in every if n <= made})
    times = sorted({n for known in found for n in known})
    shares = [[known.get(n, np.nan) for known in found] for n in times]
    return Schedule(np.array(times, dtype=np.int64), np.reshape(shares, (len(times), len(pairs))))
