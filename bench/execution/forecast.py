"""A forecast: the seconds and bytes of runs, from what those of a pilot took."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from bench.execution.pilot import RunCost
from bench.inference.estimates import ALPHA, quantile

UNKNOWN_VARIATION = 1.0
"""The squared coefficient of variation where no strategy or problem was seen twice."""


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
    runs that were seen, and the shortest start, since what first runs import is there afterwards.
    How much the runs of one strategy or problem differ, as a share of their mean, is pooled over
    all of them; where those of one differ more, as if its time depends on the problem, its own
    counts. The interval of a total follows from that: Student's, on the logarithm, since errors are
    shares.

    Args:
        seen: what runs took.

    Attributes:
        imports_s: what a worker imports takes, by the longest start.
    """

    def __init__(self, seen: Sequence[RunCost]) -> None:
        self._strategy = _Part((cost.strategy, cost.strategy_s) for cost in seen)
        self._problem = _Part((cost.problem, cost.evaluation_s) for cost in seen)
        self._size = _Part((cost.strategy, float(cost.size)) for cost in seen if cost.size)
        # A run that was ended from outside has recorded no start.
        starts = [cost.start_s for cost in seen if cost.start_s > 0] or [0.0]
        self._start_s = min(starts)
        self.imports_s = max(starts) - min(starts)

    def run(self, strategy: str, problem: str) -> float:
        """Return the expected seconds of a run.

        Args:
            strategy: label; of one that was not seen the mean of the others is taken.
            problem: label, the same.
        """
        return self._strategy.of(strategy) + self._problem.of(problem) + self._start_s

    def total(self, runs: Mapping[tuple[str, str], int]) -> Seconds:
        """Return how long runs take, one after the other.

        Args:
            runs: (strategy, problem) -> how many.
        """
        expected = sum(count * self.run(*pair) for pair, count in runs.items())
        if not expected:
            return Seconds(0.0, 0.0, 0.0)
        variance = self._strategy.variance(_by(runs, 0)) + self._problem.variance(_by(runs, 1))
        freedom = self._strategy.freedom + self._problem.freedom
        width = float(quantile(1 - ALPHA / 2, np.array(freedom or math.inf)))
        factor = math.exp(width * math.sqrt(math.log1p(variance / expected**2)))
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

    Attributes:
        freedom: degrees of freedom of the pooled variation.
    """

    def __init__(self, values: Iterable[tuple[str, float]]) -> None:
        groups: dict[str, list[float]] = defaultdict(list)
        for label, value in values:
            groups[label].append(value)
        self._counts = {label: len(found) for label, found in groups.items()}
        self._means = {label: sum(found) / len(found) for label, found in groups.items()}
        self._overall = sum(self._means.values()) / max(len(self._means), 1)
        own = {
            label: sum((value / self._means[label] - 1) ** 2 for value in found) / (len(found) - 1)
            for label, found in groups.items()
            if len(found) > 1 and self._means[label] > 0
        }
        self.freedom = sum(len(groups[label]) - 1 for label in own)
        squares = sum((len(groups[label]) - 1) * share for label, share in own.items())
        self._pooled = squares / self.freedom if own else UNKNOWN_VARIATION
        self._own = own

    def of(self, label: str) -> float:
        """Return the mean of a label; of an unknown one that of the others."""
        return self._means.get(label, self._overall)

    def variance(self, runs: Mapping[str, int]) -> float:
        """Return the variance of the estimated sum over so many runs by label."""
        return sum(
            (count * self.of(label)) ** 2
            * max(self._own.get(label, 0.0), self._pooled)
            / self._counts.get(label, 1)
            for label, count in runs.items()
        )


def _by(runs: Mapping[tuple[str, str], int], place: int) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for pair, count in runs.items():
        found[pair[place]] += count
    return found
