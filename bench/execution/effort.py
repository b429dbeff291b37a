"""The effort of a sweep by its repetitions: time, bytes, and the difference it can detect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bench.execution.forecast import Forecast, Seconds
from bench.execution.pilot import RunCost
from bench.execution.plan import Plan
from bench.inference.planning import TYPICAL_SD, prospect

MAX_PROPOSED_REPETITIONS = 10_000
"""Repetitions that are proposed at most."""

USUAL_REPETITIONS = (5, 10, 20, 30, 50, 100)
"""Numbers of repetitions whose effort is shown beside that of the sweep's own."""

Runs = Counter[tuple[str, str]]
"""(strategy, problem) -> how many runs."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a number of repetitions takes and detects.

    Args:
        repetitions: of each strategy on each problem.
        wall_s: wall-clock seconds of the runs that are left.
        detectable: difference in normalised regret, on this problem set with a power of 0.8; inf
            where none is.
    """

    repetitions: int
    wall_s: float
    detectable: float


class Effort:
    """What a sweep still takes, by the number of its repetitions.

    Args:
        plan: of the sweep.
        seen: what runs of it took.
        jobs: worker processes.
    """

    def __init__(self, plan: Plan, seen: Sequence[RunCost], jobs: int) -> None:
        self.sweep, self.jobs = plan.sweep, jobs
        self._plan = plan
        self._forecast = Forecast(seen)
        self._done = {(*cost.pair, cost.repetition) for cost in seen}

    def left(self, repetitions: int | None = None) -> Runs:
        """Return how many runs of each pair are left to do.

        Args:
            repetitions: 1 or more, by default those of the sweep. A strategy that has fewer of its
                own keeps them.
        """
        found: Runs = Counter()
        for strategy, count in self._repetitions(repetitions).items():
            for problem in (entry.label for entry in self.sweep.problems):
                if (strategy, problem) in self._plan.cells:
                    missing = ((strategy, problem, r) not in self._done for r in range(count))
                    found[strategy, problem] = sum(missing)
        return found

    def computing(self, runs: Runs) -> Seconds:
        """Return the seconds of some runs, one after the other."""
        return self._forecast.total(runs)

    def wall(self, runs: Runs) -> Seconds:
        """Return the wall-clock seconds of some runs on all workers, which start first."""
        if not runs.total():
            return Seconds(0.0, 0.0, 0.0)
        # At the end the workers wait for the last run, half as long as that takes on average.
        longest = max(self._forecast.run(*pair) for pair, count in runs.items() if count)
        waiting = self._forecast.imports_s + (longest / 2 if self.jobs > 1 else 0.0)
        return self.computing(runs).times(1 / self.jobs, waiting)

    def size(self, runs: Runs) -> float:
        """Return the bytes of the files of some runs; 0 where it is unknown."""
        return self._forecast.size(runs)

    def detectable(self, repetitions: int | None = None) -> float:
        """Return the difference that so many repetitions can detect; inf where they detect none.

        Args:
            repetitions: as for `left`.
        """
        plan, counts = self._plan, self._repetitions(repetitions)
        return prospect(
            plan.cells, plan.datasets, counts, TYPICAL_SD, functions=plan.functions
        ).difference

    def choices(self) -> Iterator[Choice]:
        """Yield what the sweep's and the usual numbers of repetitions take and detect."""
        for count in sorted({*USUAL_REPETITIONS, self.sweep.repetitions}):
            yield self.choice(count)

    def choice(self, repetitions: int) -> Choice:
        """Return what a number of repetitions takes and detects."""
        wall = self.wall(self.left(repetitions)).expected
        return Choice(repetitions, wall, self.detectable(repetitions))

    def within(self, seconds: float) -> int:
        """Return the most repetitions that are expected to take so long at most; 0: none.

        Args:
            seconds: wall-clock time.
        """
        return _last(lambda count: self.wall(self.left(count)).expected <= seconds)

    def detecting(self, difference: float) -> int:
        """Return the fewest repetitions that detect a difference; 0: no number of them.

        Args:
            difference: in normalised regret, above 0.
        """
        enough = _last(lambda count: self.detectable(count) > difference) + 1
        return enough if enough <= MAX_PROPOSED_REPETITIONS else 0

    def _repetitions(self, repetitions: int | None) -> dict[str, int]:
        count = self.sweep.repetitions if repetitions is None else repetitions
        return {
            entry.label: count if entry.repetitions is None else min(count, entry.repetitions)
            for entry in self.sweep.strategies
        }


def _last(holds: Callable[[int], bool]) -> int:
    """Return the last number up to the limit for which it holds, if it holds for all below."""
    low, high = 0, 1
    while high <= MAX_PROPOSED_REPETITIONS and holds(high):
        low, high = high, 2 * high
    high = min(high, MAX_PROPOSED_REPETITIONS + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
