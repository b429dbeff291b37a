"""A pilot: the few runs of a plan from which the seconds of all others are foretold."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import lcm

from bench.execution.plan import Plan
from bench.job import Job
from bench.run import End, RunStatus
from bench.spec import Sweep
from bench.store import RunRecord, Store

RUNS_EACH = 2
"""Runs that a pilot sees of each strategy and of each problem: two are the fewest with a spread."""


@dataclass(frozen=True, slots=True)
class RunCost:
    """What a run took.

    Args:
        strategy: label.
        problem: label.
        repetition: from 0.
        evaluation_s: wall-clock seconds of its evaluations.
        strategy_s: seconds in ask and tell, and of the harness between trials, whose number is up
            to the strategy.
        start_s: seconds of the strategy's start, in which first runs of a worker import libraries.
        size: bytes of its file; 0 where it is packed.
    """

    strategy: str
    problem: str
    repetition: int
    evaluation_s: float
    strategy_s: float
    start_s: float
    size: int = 0

    @property
    def pair(self) -> tuple[str, str]:
        """The labels of strategy and problem."""
        return self.strategy, self.problem


def run_costs(sweep: Sweep, store: Store) -> list[RunCost]:
    """Return what the runs of a sweep took that are recorded and ended, failed ones included.

    Runs of other trials, settings or code that lie in the same folder do not count.

    Args:
        sweep: resolved; runs of more repetitions than it has count, too.
        store: where its runs are.
    """
    ids = {spec.id for spec in sweep.expand() if spec.repetition == 0}
    return [
        _cost(record, end, store)
        for record in store.records([])
        if (end := record.end) is not None
        and end.status is not RunStatus.SKIPPED
        and replace(record.spec, repetition=0).id in ids
    ]


def _cost(record: RunRecord, end: End, store: Store) -> RunCost:
    spec, path = record.spec, store.run_path(record.id)
    evaluation = sum(float(trial["evaluation_wall_s"]) for trial in record.trials)
    asked = sum(float(trial["ask_s"]) + float(trial["tell_s"]) for trial in record.trials)
    # Of a run that was stopped and went on, the end counts its last process only.
    strategy = max(end.run_seconds - end.start_seconds - evaluation, asked)
    if end.status in (RunStatus.TIMEOUT, RunStatus.CRASHED):
        # An evaluation was cut off, as most often it is: its seconds are those of the problem.
        evaluation, strategy = max(end.run_seconds - asked, evaluation), asked
    return RunCost(
        spec.strategy.label,
        spec.problem.label,
        spec.repetition,
        evaluation_s=evaluation,
        strategy_s=strategy,
        start_s=end.start_seconds,
        size=path.stat().st_size if path.exists() else 0,
    )


def pilot(plan: Plan, seen: Sequence[RunCost]) -> Plan:
    """Return the plan of a pilot: so many runs of `plan` that each strategy and problem is seen.

    Strategies and problems are paired in turn, so that a strategy is seen on different problems.
    The first repetitions of a pair come first.

    Args:
        plan: of the sweep.
        seen: what is known already.
    """
    waiting: dict[tuple[str, str], deque[Job]] = defaultdict(deque)
    for job in plan.todo:
        if job.id not in plan.skips:
            waiting[job.pair].append(job)
    pairs = list(_in_turn(*(list(dict.fromkeys(pair[i] for pair in waiting)) for i in (0, 1))))
    counts = [Counter(cost.pair[i] for cost in seen) for i in (0, 1)]
    jobs = []
    # Runs that tell of both a strategy and a problem first: fewer are needed then.
    for needed, pair in product((all, any), RUNS_EACH * pairs):
        is_rare = (count[label] < RUNS_EACH for count, label in zip(counts, pair, strict=True))
        if needed(is_rare) and waiting[pair]:
            jobs.append(waiting[pair].popleft())
            for count, label in zip(counts, pair, strict=True):
                count[label] += 1
    return replace(plan, todo=jobs, skips={})


def _in_turn(strategies: Sequence[str], problems: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield all pairs, so that each strategy and each problem comes as early as possible.

    >>> list(_in_turn("ab", "pq"))
    [('a', 'p'), ('b', 'q'), ('a', 'q'), ('b', 'p')]
    """
    count, others = len(strategies), len(problems)
    if not count or not others:
        return
    turn = lcm(count, others)
    for place in range(count * others):
        yield strategies[place % count], problems[(place + place // turn) % others]
