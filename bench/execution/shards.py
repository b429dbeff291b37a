"""Shards: fixed parts of a sweep that machines can do without knowing of each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bench.spec import RunSpec, SpecError

MAX_SHARDS = 10_000
"""Shards of a sweep."""


@dataclass(frozen=True, slots=True)
class Shard:
    """One of the parts into which the runs of a sweep are dealt; 1 of 1 is the whole sweep.

    Args:
        number: from 1.
        count: how many parts there are.
    """

    number: int = 1
    count: int = 1

    @staticmethod
    def parse(text: str) -> Shard:
        """Return the shard that a text such as 3/10 names.

        >>> Shard.parse("3/10")
        Shard(number=3, count=10)

        Raises:
            SpecError: it names none.
        """
        found = re.fullmatch(r"\s*(\d{1,9})\s*/\s*(\d{1,9})\s*", text, re.ASCII)
        number, count = map(int, found.groups()) if found else (0, 0)
        if not 1 <= number <= count <= MAX_SHARDS:
            raise SpecError(
                f"'shard' must be I/N with I from 1 to N and N at most {MAX_SHARDS:,}, got "
                f"{text!r}; for example shard = 3/10"
            )
        return Shard(number, count)

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    @property
    def suffix(self) -> str:
        """What tells the folder of a shard from those of the others; "" of the whole sweep."""
        return "" if self.count == 1 else f"-{self.number}-of-{self.count}"

    def holds(self, specs: Sequence[RunSpec]) -> list[bool]:
        """Return which runs of a sweep are in the shard.

        Args:
            specs: all of them, in the order of `Sweep.expand`.
        """
        return [number == self.number for number in deal(specs, self.count)]


WHOLE = Shard()
"""All runs of a sweep."""


def deal(specs: Sequence[RunSpec], count: int) -> list[int]:
    """Return the number of the shard, from 1, of each run of a sweep.

    What a run costs is not known before it was measured, but it depends on its strategy and its
    problem. So each run in turn goes to the shard that has the fewest runs of its pair; of those,
    to the one with the fewest of its strategy and its problem together; of those, to the one with
    the fewest in all; of those, to the first. The runs of a pair differ by one at most between
    shards. More repetitions move no run to another shard.

    Args:
        specs: in the order of `Sweep.expand`.
        count: shards, 1 or more.
    """
    if count == 1:
        return [1] * len(specs)
    numbers: list[int] = []
    total = _none(count)
    held: dict[tuple[str, ...], npt.NDArray[np.int64]] = defaultdict(lambda: _none(count))
    beyond = len(specs) + 1
    for spec in specs:
        strategy, problem = spec.strategy.label, spec.problem.label
        of_pair = held[strategy, problem]
        of_both = held["strategy", strategy, ""], held["problem", problem, ""]
        few = (of_pair * 2 * beyond + of_both[0] + of_both[1]) * beyond + total
        place = int(few.argmin())
        for counts in (of_pair, *of_both, total):
            counts[place] += 1
        numbers.append(place + 1)
    return numbers


def _none(count: int) -> npt.NDArray[np.int64]:
    return np.zeros(count, dtype=np.int64)
