"""The clock of a run: which simulated worker evaluates what, and what finishes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush

from bench.core import Suggestion, Trial

_set = object.__setattr__


class Schedule:
    """Workers that evaluate at the same time, on two clocks.

    The first one decides in which order trials finish. On it the strategy takes no time, and an
    evaluation its recorded cost, so that what a strategy sees does not depend on how fast the
    machine is. An evaluation without a cost of its own takes what the budget pays for it, as a
    share of a full one; an own cost in an earlier trial says that the problem has costs, and that
    the measured seconds count.

    The second one is recorded. On it the strategy's seconds count, one after the other, and an
    evaluation starts when its suggestion is there. A trial that would overtake one that finishes
    before it on the first clock starts as much later.

    Args:
        workers: evaluations at a time.

    Attributes:
        now: when the strategy is free, in seconds on the recorded clock; what `tell` takes is
            added by whoever calls it.
        running: trials that are being evaluated: when each finishes on the first clock, its number,
            the trial, and its suggestion as the strategy made it. A heap.
        idle: workers without a trial. A heap.
    """

    def __init__(self, workers: int = 1) -> None:
        self.now = 0.0
        self.running: list[tuple[float, int, Trial, Suggestion]] = []
        self.idle = list(range(workers))
        self._decided = 0.0
        self._latest = 0.0
        self._has_costs = False

    def start(self, trial: Trial, suggestion: Suggestion) -> None:
        """Give a trial to the first idle worker; its clock says when, had it no other before it.

        Args:
            trial: with what came of its evaluation, and with the worker `idle[0]`.
            suggestion: as the strategy made it.
        """
        heappop(self.idle)
        self.now += trial.ask_seconds
        # Where the problem has no cost, that of the trial is the harness's own clock, to the bit.
        # One that went on costs less than was measured, and an earlier one began anew.
        if trial.cost != trial.evaluation_wall_seconds and not trial.continued_from:
            self._has_costs = True
        share = trial.suggestion.fidelity - trial.continued_from
        seconds = trial.cost if self._has_costs else share
        heappush(self.running, (self._decided + seconds, trial.number, trial, suggestion))

    def finish(self, replay: Replay) -> tuple[Trial, Suggestion, bool]:
        """Return the trial that finishes first, its suggestion, and whether it is new.

        Args:
            replay: what finished first in an earlier attempt, which is no longer new.
        """
        known = self._replayed(replay) if replay.order else None
        decided, _, trial, suggestion = heappop(self.running) if known is None else known
        # What is measured again after an interruption may take less than what finished before it.
        if decided > self._decided:
            self._decided = decided
        if trial.finished < self._latest:
            _set(trial, "started", max(trial.started, self._latest - trial.cost))
            _set(trial, "finished", self._latest)
        self._latest = finished = trial.finished
        if finished > self.now:
            self.now = finished
        heappush(self.idle, trial.worker)
        return trial, suggestion, known is None

    def _replayed(self, replay: Replay) -> tuple[float, int, Trial, Suggestion] | None:
        """Return what finished first in the earlier attempt; None ends the replay: it is not here.

        Of a live problem another trial, measured again, may be over before it by now.
        """
        for place, item in enumerate(self.running):
            if item[1] == replay.order[-1]:
                replay.order.pop()
                del self.running[place]
                heapify(self.running)
                return item
        replay.end()
        return None


class Replay:
    """The trials of an earlier attempt, for as long as the strategy does what it did then.

    Args:
        recorded: in the order in which they were reported to the strategy.

    Attributes:
        order: the numbers of those that are left, the next one last.
    """

    def __init__(self, recorded: Sequence[Trial]) -> None:
        self._known = {trial.number: trial for trial in recorded}
        self.order = [trial.number for trial in reversed(recorded)]

    def evaluated(self, number: int, suggestion: Suggestion) -> Trial | None:
        """Return the recorded trial of a suggestion, or None: it was not reported then.

        Another suggestion than the recorded one ends the replay.
        """
        trial = self._known.get(number)
        if trial is None:
            return None
        if trial.suggestion != suggestion:
            self.end()
            return None
        # A copy: where the replay ends before it is reported, its clock is another one.
        return replace(trial)

    def end(self) -> None:
        """Forget what is left."""
        self._known.clear()
        self.order.clear()
