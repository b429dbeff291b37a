"""A forecast: the seconds and bytes of runs, from what those of a pilot took."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.execution.pilot import RunCost

WIDTH = 1.96
"""Standard errors to each side, on the log scale: a 95 % interval where errors are log-normal."""

UNKNOWN_VARIATION = 1.0
"""The coefficient of variation that is taken where no strategy or problem has a second run."""


@dataclass(frozen=True, slots=True)
class Seconds:
    """How long some runs will take in all.

    Args:
        expected: seconds.
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
    """The seconds and bytes of runs, from what those of a pilot took.

    A run takes the evaluations of its problem and the seconds of its strategy, both means over the
    runs that were seen, and `other_s` of the run with the least of it: what first runs take for
    imports does not come again. How much the runs of one strategy or problem differ, as a share of
    their mean, is pooled over all strategies or problems; the interval of a total follows from
    that, with errors that are log-normal.

    Args:
        seen: what runs took.

    Attributes:
        start_s: what a worker takes for imports, by the run that took longest for them.
    """

    def __init__(self, seen: Sequence[RunCost]) -> None:
        self._strategy = _Part((cost.strategy, cost.strategy_s) for cost in seen)
        self._problem = _Part((cost.problem, cost.evaluation_s) for cost in seen)
        self._size = _Part((cost.strategy, float(cost.size)) for cost in seen if cost.size)
        others = [cost.other_s for cost in seen] or [0.0]
        self._other_s = min(others)
        self.start_s = max(others) - min(others)

    def run(self, strategy: str, problem: str) -> float:
        """Return the expected seconds of a run.

        Args:
            strategy: label; of one that was not seen the mean of the others is taken.
            problem: label, the same.
        """
        return self._strategy.of(strategy) + self._problem.of(problem) + self._other_s

    def total(self, runs: Mapping[tuple[str, str], int]) -> Seconds:
        """Return how long runs take, one after the other.

        Args:
            runs: (strategy, problem) -> how many.
        """
        expected = sum(count * self.run(*pair) for pair, count in runs.items())
        if not expected:
            return Seconds(0.0, 0.0, 0.0)
        variance = self._strategy.variance(_by(runs, 0)) + self._problem.variance(_by(runs, 1))
        factor = math.exp(WIDTH * math.sqrt(math.log1p(variance / expected**2)))
        return Seconds(expected, expected / factor, expected * factor)

    def size(self, runs: Mapping[tuple[str, str], int]) -> float:
        """Return the bytes of the files of runs; 0 where no file was seen.

        Args:
            runs: (strategy, problem) -> how many.
        """
        return sum(count * self._size.of(pair[0]) for pair, count in runs.items())


class _Part:
    """What runs take of one kind, by a label.

    Args:
        values: label and number of each run.
    """

    def __init__(self, values: Iterable[tuple[str, float]]) -> None:
        groups: dict[str, list[float]] = defaultdict(list)
        for label, value in values:
            groups[label].append(value)
        self._counts = {label: len(found) for label, found in groups.items()}
        self._means = {label: sum(found) / len(found) for label, found in groups.items()}
        self._overall = sum(self._means.values()) / max(len(self._means), 1)
        several = {k: g for k, g in groups.items() if len(g) > 1 and self._means[k] > 0}
        squares = sum((x / self._means[k] - 1) ** 2 for k, group in several.items() for x in group)
        freedom = sum(len(group) - 1 for group in several.values())
        self._variation = math.sqrt(squares / freedom) if freedom else UNKNOWN_VARIATION

    def of(self, label: str) -> float:
        """Return the mean of a label; of an unknown one that of the others."""
        return self._means.get(label, self._overall)

    def variance(self, runs: Mapping[str, int]) -> float:
        """Return the variance of the estimated sum over so many runs by label."""
        return sum(
            (count * self.of(label) * self._variation) ** 2 / self._counts.get(label, 1)
            for label, count in runs.items()
        )


def _by(runs: Mapping[tuple[str, str], int], place: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for pair, count in runs.items():
        found[pair[place]] += count
    return found
