"""A pilot: the few runs of a plan from which the seconds of all others are foretold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import lcm

from bench.execution.plan import Plan
from bench.job import Job
from bench.store import RunRecord, Sink

RUNS_EACH = 2
"""Runs that a pilot sees of each strategy and of each problem: two are the fewest with a spread."""


@dataclass(frozen=True, slots=True)
class RunCost:
    """What a run took.

    Args:
        strategy: label.
        problem: label.
        evaluation_s: wall-clock seconds of its evaluations.
        own_s: seconds of the strategy, in ask and tell.
        rest_s: all other seconds, among them the import of libraries by the first runs of a worker.
    """

    strategy: str
    problem: str
    evaluation_s: float
    own_s: float
    rest_s: float


def run_costs(sink: Sink) -> list[RunCost]:
    """Return what each run with a whole budget took, of those that are recorded.

    Args:
        sink: where the runs of a sweep are.
    """
    return [found for record in sink.records() if (found := _cost(record)) is not None]


def _cost(record: RunRecord) -> RunCost | None:
    end, spec = record.end, record.spec
    if end is None or end.n_trials < spec.trials:
        return None
    evaluations = sum(float(trial["evaluation_wall_s"]) for trial in record.trials)
    own = sum(float(trial["ask_s"]) + float(trial["tell_s"]) for trial in record.trials)
    # Of one that was stopped and went on, the end counts its last process only.
    rest = max(end.run_seconds - evaluations - own, 0.0)
    return RunCost(spec.strategy.label, spec.problem.label, evaluations, own, rest)


def pilot(plan: Plan, seen: Sequence[RunCost]) -> Plan:
    """Return the plan of a pilot: so many runs of `plan` that each strategy and problem is seen.

    Strategies and problems are paired in turn, so that a strategy is seen on different problems.
    Each run is the first of its pair that is still to do.

    Args:
        plan: of the sweep.
        seen: what is known already.
    """
    first: dict[tuple[str, str], Job] = {}
    for job in plan.todo:
        if job.id not in plan.skips:
            first.setdefault(job.pair, job)
    strategies, problems = (list(dict.fromkeys(pair[i] for pair in first)) for i in (0, 1))
    of_strategy = Counter(cost.strategy for cost in seen)
    of_problem = Counter(cost.problem for cost in seen)
    jobs = []
    for pair in _in_turn(strategies, problems):
        needed = of_strategy[pair[0]] < RUNS_EACH or of_problem[pair[1]] < RUNS_EACH
        if needed and pair in first:
            jobs.append(first.pop(pair))
            of_strategy[pair[0]] += 1
            of_problem[pair[1]] += 1
    return replace(plan, todo=jobs, skips={}, done=0, resumed=0, damaged=[], edited={})


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
