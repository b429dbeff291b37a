from __future__ import annotations

import math
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from bench.api.sweep_files import sweep_named
from bench.execution.effort import Effort
from bench.execution.pilot import RunCost, pilot, run_costs
from bench.execution.plan import make_plan
from bench.inference.planning import prospect
from bench.store import Memory, Store

STRATEGIES, PROBLEMS = ("Random", "Climber"), ("Sphere", "Flaky")


@pytest.fixture
def effort_of(make_sweep):
    """The effort of a sweep of whose pairs so many repetitions are there."""

    def make(done=1, jobs=1, strategy_s=2.0, slow=None, **values):
        sweep = make_sweep(STRATEGIES, PROBLEMS, **values)
        if slow is not None:
            first, second = sweep.strategies
            sweep = replace(sweep, strategies=(first, replace(second, repetitions=slow)))
        seen = [
            RunCost(*pair, r, 3.0, strategy_s, 1.0, size=1000)
            for pair in product(STRATEGIES, PROBLEMS)
            for r in range(done)
        ]
        return Effort(make_plan(sweep, Memory()), seen, jobs)

    return make


def test_runs_that_are_there_are_not_left(effort_of):
    effort = effort_of(done=2, repetitions=5)
    assert set(effort.left()) == set(product(STRATEGIES, PROBLEMS))
    assert set(effort.left().values()) == {3}
    assert effort.left(1).total() == 0
    assert effort.left(7).total() == 4 * 5


def test_a_strategy_keeps_fewer_repetitions_of_its_own(effort_of):
    effort = effort_of(done=1, repetitions=5, slow=3)
    assert {k[0]: n for k, n in effort.left().items()} == {"Random": 4, "Climber": 2}
    assert {k[0]: n for k, n in effort.left(2).items()} == {"Random": 1, "Climber": 1}


def test_a_pair_that_cannot_run_is_not_left(make_sweep):
    plan = make_plan(make_sweep(["Random", "Declines"], ["Sphere"]), Memory())
    assert set(Effort(plan, [], 1).left()) == {("Random", "Sphere")}


def test_wall_clock_time_is_shared_by_workers_that_wait_for_the_last_run(effort_of):
    one, four = effort_of(repetitions=5), effort_of(repetitions=5, jobs=4)
    runs = one.left()
    assert one.computing(runs).expected == pytest.approx(16 * 6)
    assert one.wall(runs).expected == pytest.approx(16 * 6)
    assert four.wall(runs).expected == pytest.approx(16 * 6 / 4 + 3)
    assert four.wall(four.left(1)).expected == 0


def test_bytes_are_those_of_the_files(effort_of):
    effort = effort_of(repetitions=3)
    assert effort.size(effort.left()) == pytest.approx(8 * 1000)


def test_the_detectable_difference_is_that_of_the_prospect(effort_of):
    effort = effort_of(repetitions=5, slow=3)
    cells = set(product(STRATEGIES, PROBLEMS))
    datasets = {name: name for name in PROBLEMS}
    counts = {"Random": 20, "Climber": 3}
    expected = prospect(cells, datasets, counts, 0.1).difference
    assert effort.detectable(20) == pytest.approx(expected)
    assert math.isinf(effort.detectable(1))
    assert [choice.repetitions for choice in effort.choices()] == [5, 10, 20, 30, 50, 100]
    assert 7 in [choice.repetitions for choice in effort_of(repetitions=7).choices()]


@pytest.mark.parametrize("seconds", [1, 24, 25, 100, 1000, 12_345])
def test_within_a_time_are_the_most_repetitions(effort_of, seconds):
    effort = effort_of(repetitions=2)
    fits = [n for n in range(1, 700) if effort.wall(effort.left(n)).expected <= seconds]
    assert effort.within(seconds) == max(fits, default=0)


def test_within_a_time_that_one_repetition_exceeds_there_is_none(make_sweep):
    seen = [RunCost("Random", "Sphere", 5, 1.0, 1.0, 0.0)]
    effort = Effort(make_plan(make_sweep(STRATEGIES, PROBLEMS), Memory()), seen, 1)
    assert [effort.within(seconds) for seconds in (7.9, 8, 15.9, 16, 1e9)] == [0, 1, 1, 2, 10_000]


@pytest.mark.parametrize("difference", [0.5, 0.1, 0.05, 0.031, 0.02])
def test_a_difference_needs_the_fewest_repetitions_that_detect_it(effort_of, difference):
    effort = effort_of(repetitions=2)
    counts = range(1, 250)
    assert effort.detecting(difference) == next(
        count for count in counts if effort.detectable(count) <= difference
    )


def test_a_difference_that_no_number_of_repetitions_detects(effort_of):
    assert effort_of(repetitions=2).detecting(1e-6) == 0
    assert effort_of(repetitions=5, slow=3).detecting(0.01) == 0


@pytest.mark.slow
def test_a_pilot_of_a_published_sweep_foretells_what_it_took():
    store = Store(Path(__file__).parents[2] / "results" / "quick")
    plan = make_plan(sweep_named("quick", {}), Memory())
    costs = {(*cost.pair, cost.repetition): cost for cost in run_costs(plan.sweep, store)}
    assert len(costs) == len(plan.todo)
    keys = [(*job.pair, job.spec.repetition) for job in pilot(plan, []).todo]
    seen = [costs.pop(key) for key in keys]
    effort = Effort(plan, seen, 1)
    assert effort.left().total() == len(costs)
    took = sum(cost.evaluation_s + cost.strategy_s + cost.start_s for cost in costs.values())
    forecast = effort.computing(effort.left())
    assert forecast.low < took < forecast.high
