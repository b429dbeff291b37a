"""Shards: fixed parts of a sweep, which together are the whole of it."""

from __future__ import annotations

from collections import Counter

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.execution.plan import make_plan
from bench.execution.shards import WHOLE, Shard, deal
from bench.spec import Entry, SpecError, Sweep
from bench.store import Store


def sweep_of(strategies, problems, repetitions, fewer=0):
    """Return a sweep of names alone; the first strategy may have fewer repetitions."""
    entries = [Entry(f"s{i}") for i in range(strategies)]
    if fewer:
        entries[0] = Entry("s0", repetitions=min(fewer, repetitions))
    return Sweep(
        "dealt",
        tuple(entries),
        tuple(Entry(f"p{i}") for i in range(problems)),
        repetitions=repetitions,
    )


def counts_of(specs, numbers, shards, key):
    """Return for each value of a key its runs in each shard."""
    found = {}
    for spec, number in zip(specs, numbers, strict=True):
        found.setdefault(key(spec), Counter())[number] += 1
    return [[count[i] for i in range(1, shards + 1)] for count in found.values()]


def spread(specs, numbers, shards, key):
    return max(max(row) - min(row) for row in counts_of(specs, numbers, shards, key))


sizes = st.integers(1, 9)


@settings(max_examples=60, deadline=None)
@given(sizes, sizes, sizes, st.integers(0, 4), st.integers(1, 12))
def test_runs_of_a_pair_differ_by_one_at_most_between_shards(
    strategies, problems, repetitions, fewer, shards
):
    specs = list(sweep_of(strategies, problems, repetitions, fewer).expand())
    numbers = deal(specs, shards)
    assert set(numbers) <= set(range(1, shards + 1))
    pair = lambda spec: (spec.strategy.label, spec.problem.label)  # noqa: E731
    assert spread(specs, numbers, shards, pair) <= 1


@pytest.mark.parametrize(
    ("strategies", "problems", "repetitions", "shards"),
    [(20, 38, 20, 10), (20, 38, 3, 10), (3, 5, 1, 7), (6, 7, 30, 8), (8, 1, 5, 16)],
)
def test_strategies_and_problems_are_spread_too(strategies, problems, repetitions, shards):
    specs = list(sweep_of(strategies, problems, repetitions).expand())
    numbers = deal(specs, shards)
    assert spread(specs, numbers, shards, lambda spec: spec.strategy.label) <= 3
    assert spread(specs, numbers, shards, lambda spec: spec.problem.label) <= 3
    assert spread(specs, numbers, shards, lambda spec: "all") <= 3


def test_shards_by_hand():
    specs = list(sweep_of(2, 2, 1).expand())
    # s0 on p0; s1 shares the problem; p1 has both shards free, of which the second has less.
    assert [f"{spec.strategy.label} {spec.problem.label}" for spec in specs] == [
        "s0 p0",
        "s1 p0",
        "s0 p1",
        "s1 p1",
    ]
    assert deal(specs, 2) == [1, 2, 2, 1]
    assert deal(specs, 1) == [1, 1, 1, 1]
    assert deal(specs, 9) == [1, 2, 3, 4]


def test_more_repetitions_move_no_run():
    few, many = (deal(list(sweep_of(4, 5, n).expand()), 7) for n in (3, 11))
    assert many[: len(few)] == few


def test_the_shards_of_a_sweep_are_the_whole_of_it_bit_for_bit(
    make_sweep, run_here, values, tmp_path
):
    sweep = make_sweep(["Random", "Climber", "Raises"], ["Sphere", "Flaky"], repetitions=3)
    whole = run_here(sweep, tmp_path / "whole")
    parts = [run_here(sweep, tmp_path / f"{i}", shard=Shard(i, 4)) for i in range(1, 5)]
    ids = [record.id for store in parts for record in store.records()]
    assert len(ids) == len(set(ids)) == 18
    assert sorted(ids) == sorted(record.id for record in whole.records())
    columns = ["strategy", "problem", "repetition", "trial_number"]
    found = pd.concat([values(store) for store in parts]).sort_values(columns)
    pd.testing.assert_frame_equal(found.reset_index(drop=True), values(whole))


def test_a_shard_resumes_and_leaves_the_runs_of_others_alone(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky"])
    first, second = Shard(1, 2), Shard(2, 2)
    store = run_here(sweep, tmp_path, shard=first)
    plan = make_plan(sweep, store, shard=first)
    assert (plan.todo, plan.done) == ([], 4)
    plan = make_plan(sweep, store, shard=second)
    assert (len(plan.todo), plan.done) == (4, 0)
    # What the sweep can find out does not depend on the shard.
    assert plan.cells == make_plan(sweep, Store(tmp_path / "nothing")).cells
    assert len(make_plan(sweep, store).todo) == 4


def test_the_folder_of_a_shard_holds_the_whole_sweep(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"])
    plan = make_plan(sweep, Store(tmp_path), shard=Shard(2, 2))
    assert plan.recorded == plan.sweep.to_dict() | {"shard": "2/2"}
    Store(tmp_path).create(plan.recorded)
    assert Store(tmp_path).sweep() == plan.sweep.to_dict()
    whole = make_plan(sweep, Store(tmp_path))
    assert whole.recorded == whole.sweep.to_dict()


def test_the_name_of_a_shard():
    assert Shard.parse(" 3 / 10 ") == Shard(3, 10)
    assert (str(Shard(3, 10)), Shard(3, 10).suffix, WHOLE.suffix) == ("3/10", "-3-of-10", "")


@pytest.mark.parametrize("text", ["", "3", "0/10", "11/10", "1/0", "-1/3", "1/3/5", "½", "1/99999"])
def test_what_names_no_shard_is_refused(text):
    with pytest.raises(SpecError, match=r"'shard' must be I/N with I from 1 to N.*got .*3/10"):
        Shard.parse(text)
