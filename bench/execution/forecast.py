"""A forecast: the seconds that runs will take, from those of a pilot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.execution.pilot import RunCost

WIDTH = 1.96
"""Standard errors to each side, on the log scale: a 95 % interval where errors are log-normal."""

UNKNOWN_SPREAD = 1.0
"""The coefficient of variation that is taken where no strategy or problem has a second run."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Seconds of one kind, by label.

    Args:
        mean: label -> the mean of its runs.
        count: label -> how many they are.
        variation: the coefficient of variation of the runs of one label, pooled over labels.
    """

    mean: Mapping[str, float]
    count: Mapping[str, int]
    variation: float

    def of(self, label: str) -> float:
        """Return the seconds of a run; of an unknown label the mean of the others."""
        if label in self.mean:
            return self.mean[label]
        return sum(self.mean.values()) / len(self.mean) if self.mean else 0.0

    def variance(self, runs: Mapping[str, float]) -> float:
        """Return the variance of the sum of so many runs by label that the means leave."""
        return sum(
            (n * self.of(label) * self.variation) ** 2 / self.count.get(label, 1)
            for label, n in runs.items()
        )


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long some runs will take in all.

    Args:
        expected: seconds of all of them, one after the other.
        low, high: ends of the 95 % interval.
    """

    expected: float
    low: float
    high: float

    def times(self, factor: float, plus: float = 0.0) -> Seconds:
        """Return so many times as long, and so many seconds more."""
        return Seconds(
            self.expected * factor + plus, self.low * factor + plus, self.high * factor + plus
        )


class Forecast:
    """The seconds of runs, from those of a pilot.

    A run takes the evaluations of its problem and the seconds of its strategy, both means over the
    runs of the pilot, and what the run with the least of it took for anything else: the imports of
    the first runs do not come again. How much the runs of one strategy or problem differ, as shares of
    their mean, is pooled over all of them; the interval of a total follows from that, with errors
    that are log-normal.

    Args:
        seen: what the runs of the pilot took.
    """

    def __init__(self, seen: Sequence[RunCost]) -> None:
        self._own = _part((cost.strategy, cost.own_s) for cost in seen)
        self._evaluation = _part((cost.problem, cost.evaluation_s) for cost in seen)
        self._rest = min((cost.rest_s for cost in seen), default=0.0)

    def run(self, strategy: str, problem: str) -> float:
        """Return the expected seconds of a run.

        Args:
            strategy: label.
            problem: label.
        """
        return self._own.of(strategy) + self._evaluation.of(problem) + self._rest

    def total(self, runs: Mapping[tuple[str, str], int]) -> Seconds:
        """Return how long runs take, one after the other.

        Args:
            runs: (strategy, problem) -> how many.
        """
        expected = sum(count * self.run(*pair) for pair, count in runs.items())
        if not expected:
            return Seconds(0.0, 0.0, 0.0)
        variance = self._own.variance(_by(runs, 0)) + self._evaluation.variance(_by(runs, 1))
        factor = math.exp(WIDTH * math.sqrt(math.log1p(variance / expected**2)))
        return Seconds(expected, expected / factor, expected * factor)


def most_repetitions(seconds: Callable[[int], float], limit: float, largest: int) -> int:
    """Return the most repetitions that take no more than a limit; 0 where one takes more.

    Args:
        seconds: repetitions -> how long they take, which more do not shorten.
        limit: seconds.
        largest: that is returned.
    """
    low, high = 0, 1
    while high <= largest and seconds(high) <= limit:
        low, high = high, 2 * high
    high = min(high, largest + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if seconds(middle) <= limit else (low, middle)
    return low


def fewest_repetitions(difference: Callable[[int], float], wanted: float, largest: int) -> int:
    """Return the fewest repetitions that detect a difference; 0 where no number of them does.

    Args:
        difference: repetitions -> what they detect, of which more detect no larger one only.
        wanted: the difference.
        largest: that is returned.
    """
    if difference(largest) > wanted:
        return 0
    low, high = 0, largest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if difference(middle) <= wanted else (middle, high)
    return high


def _part(values: Iterable[tuple[str, float]]) -> _Part:
    groups: dict[str, list[float]] = defaultdict(list)
    for label, seconds in values:
        groups[label].append(seconds)
    mean = {label: sum(found) / len(found) for label, found in groups.items()}
    squares = freedom = 0.0
    for label, found in groups.items():
        if len(found) > 1 and mean[label] > 0:
            squares += sum((value / mean[label] - 1) ** 2 for value in found)
            freedom += len(found) - 1
    variation = math.sqrt(squares / freedom) if freedom else UNKNOWN_SPREAD
    return _Part(mean, {label: len(found) for label, found in groups.items()}, variation)


def _by(runs: Mapping[tuple[str, str], int], place: int) -> dict[str, float]:
    found: dict[str, float] = defaultdict(float)
    for pair, count in runs.items():
        found[pair[place]] += count
    return dict(found)
