from __future__ import annotations

from collections import Counter
from itertools import product

import pytest

from bench.execution.execute import execute
from bench.execution.in_process import InProcess
from bench.execution.pilot import RUNS_EACH, RunCost, pilot, run_costs
from bench.execution.plan import make_plan
from bench.run import RunStatus
from bench.store import Memory, Store
from bench.testing.sweeps import entry_of

STRATEGIES, PROBLEMS = ["Random", "Climber"], ["Sphere", "Flaky"]


@pytest.mark.parametrize(
    ("strategies", "problems"), [(1, 1), (1, 5), (5, 1), (2, 2), (3, 3), (2, 4), (4, 6), (6, 4)]
)
def test_each_strategy_and_each_problem_is_seen_twice(make_sweep, strategies, problems):
    entries = (
        [entry_of(name, f"{name}-{i}") for i in range(count)]
        for name, count in (("Random", strategies), ("Sphere", problems))
    )
    plan = make_plan(make_sweep(*entries, repetitions=5), Memory())
    found = pilot(plan, [])
    for place, count in enumerate((strategies, problems)):
        seen = Counter(job.pair[place] for job in found.todo)
        assert len(seen) == count
        assert min(seen.values()) >= RUNS_EACH
    # No more runs than the larger side needs, and no repetition before the pair has the first.
    assert len(found.todo) == RUNS_EACH * max(strategies, problems)
    assert {job.id for job in found.todo} <= {job.id for job in plan.todo}
    for pair, count in Counter(job.pair for job in found.todo).items():
        repetitions = {job.spec.repetition for job in found.todo if job.pair == pair}
        assert repetitions == set(range(count))


def test_runs_that_are_known_are_not_done_again(make_sweep):
    plan = make_plan(make_sweep(STRATEGIES, PROBLEMS), Memory())
    seen = [RunCost(*pair, 0, 1.0, 1.0, 0.0) for pair in product(STRATEGIES, PROBLEMS)]
    assert pilot(plan, seen).todo == []
    missing = pilot(plan, [cost for cost in seen if cost.strategy == "Random"]).todo
    assert Counter(job.spec.strategy.label for job in missing) == {"Climber": 2}


def test_the_runs_of_a_pilot_count_and_nothing_runs_the_second_time(make_sweep, tmp_path):
    # One that stops early, and one whose runs fail.
    sweep = make_sweep(["Random", "Permutation", "Raises"], ["Table"], repetitions=4, trials=120)
    store = Store(tmp_path)
    plan = make_plan(sweep, store)
    first = pilot(plan, run_costs(plan.sweep, store))
    done = execute(first, store, InProcess(store))
    assert len(done.by_status) == 3
    again = make_plan(sweep, store)
    assert again.done == len(first.todo) > 0
    assert pilot(again, run_costs(again.sweep, store)).todo == []


def test_what_cannot_run_is_no_part_of_a_pilot(make_sweep):
    plan = make_plan(make_sweep(["Random", "Declines"], PROBLEMS), Memory())
    found = pilot(plan, [])
    assert {job.spec.strategy.label for job in found.todo} == {"Random"}
    assert found.skips == {}


def test_costs_are_those_of_the_records(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=2)
    store = run_here(sweep, tmp_path)
    costs = run_costs(make_plan(sweep, store).sweep, store)
    records = {record.spec.repetition: record for record in store.records()}
    assert sorted(cost.repetition for cost in costs) == [0, 1]
    for cost in costs:
        record = records[cost.repetition]
        assert cost.pair == ("Random", "Sphere")
        assert cost.evaluation_s == sum(t["evaluation_wall_s"] for t in record.trials)
        assert cost.start_s == record.end.start_seconds
        assert cost.strategy_s >= sum(t["ask_s"] + t["tell_s"] for t in record.trials)
        whole = cost.evaluation_s + cost.strategy_s + cost.start_s
        assert whole == pytest.approx(record.end.run_seconds)
        assert cost.size == store.run_path(record.id).stat().st_size
    store.pack()
    assert {cost.size for cost in run_costs(make_plan(sweep, store).sweep, store)} == {0}


def test_runs_of_another_budget_and_unfinished_ones_are_not_counted(make_sweep, run_here, tmp_path):
    store = run_here(make_sweep(["Random"], ["Sphere"], trials=3), tmp_path)
    sweep = make_plan(make_sweep(["Random"], ["Sphere"], trials=4), store).sweep
    assert run_costs(sweep, store) == []
    store = run_here(sweep, tmp_path)
    for path in list(store.runs_path.glob("*.jsonl")):
        lines = path.read_bytes().splitlines(keepends=True)
        path.with_suffix(".part").write_bytes(b"".join(lines[:-1]))
        path.unlink()
    assert make_plan(sweep, store).resumed == 2
    assert run_costs(sweep, store) == []


def test_a_skipped_run_took_nothing_and_a_damaged_one_is_unknown(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Declines"], ["Sphere"], repetitions=2)
    store = run_here(sweep, tmp_path)
    statuses = Counter(record.end.status for record in store.records())
    assert statuses == {RunStatus.COMPLETED: 2, RunStatus.SKIPPED: 2}
    resolved = make_plan(sweep, store).sweep
    assert {cost.strategy for cost in run_costs(resolved, store)} == {"Random"}
    path = next(p for p in store.runs_path.iterdir() if b'"Random"' in p.read_bytes())
    path.write_bytes(b"garbage\n")
    assert len(run_costs(resolved, store)) == 1
    # The file is set aside by the pilot as by any sweep.
    assert pilot(make_plan(sweep, store), []).damaged
