"""Sweeps that stop what is settled: what a look does, what resumes, what is refused."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from threadpoolctl import threadpool_limits

from bench.execution.execute import Progress, execute
from bench.execution.in_process import InProcess
from bench.execution.looking import Looked, LooksError, do_run, looks_at, plan_run
from bench.execution.merge_folders import merge_folders
from bench.execution.plan import resolve
from bench.execution.reference import AgainstError, read_reference
from bench.execution.shards import Shard
from bench.execution.sweep_status import Watch
from bench.panels.looks import Looks
from bench.run import RunStatus
from bench.sources.merge import MergeError, from_folders
from bench.sources.source import from_folder, looks_of
from bench.spec import Entry, Sweep
from bench.store import Memory, Store, StoreError
from bench.testing.refusals import refusal

TWINS = Entry("random"), Entry("random", label="twin")
PROBLEMS = tuple(map(Entry, ("branin", "levy", "rastrigin")))


def sweep_of(*strategies: Entry, **changes) -> Sweep:
    return Sweep(
        "looked",
        strategies or (*TWINS, Entry("default")),
        PROBLEMS,
        **({"trials": 6, "repetitions": 15} | changes),
    )


def plan_of(sweep, sink, recorded=None, *, in_looks=True, **options):
    return plan_run(sweep, sink, recorded, in_looks=in_looks, **options)


def done(sweep, sink, recorded=None, *, breaks_in=None, in_looks=True, **options):
    """Do a sweep in looks, in this process; Ctrl-C comes in the part of that number."""
    parts = []

    def do(plan):
        parts.append(len(plan.todo))
        if len(parts) == breaks_in:
            plan = replace(plan, todo=plan.todo[: len(plan.todo) // 2])
        with threadpool_limits(1):
            found = execute(plan, sink, InProcess(sink))
        if len(parts) == breaks_in:
            raise KeyboardInterrupt
        return found

    said: list[Looked] = []
    plan = plan_of(sweep, sink, recorded, in_looks=in_looks, **options)
    plan, progress = do_run(plan, sink, do, said.append, in_looks=in_looks)
    return plan, progress, said, parts


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A folder in which a sweep was done in looks, and what was said."""
    store = Store(tmp_path_factory.mktemp("looked"))
    return store, done(sweep_of(), store)


def test_what_is_far_behind_stops_and_twins_go_to_the_end(whole):
    store, (plan, progress, said, parts) = whole
    assert [str(look) for look in said] == [
        "after 5 of 15 repetitions: random, twin and default go on",
        "after 10 of 15 repetitions: default is settled and stops; random and twin go on",
        "after 15 of 15 repetitions: all are done",
    ]
    assert parts == [45, 45, 30]
    assert progress.done == progress.runs - 15 == 120
    assert plan.sweep.fewer == {"default": 10}
    assert looks_of(store) == plan.looks
    assert Sweep.from_dict(store.sweep()) == plan.sweep


def test_values_are_those_of_the_sweep_without_looks(whole, run_here, values, tmp_path):
    all_of_them = values(run_here(sweep_of(), tmp_path))
    stops = all_of_them["strategy"] == "default"
    kept = all_of_them[~stops | (all_of_them["repetition"] < 10)].reset_index(drop=True)
    pd.testing.assert_frame_equal(values(whole[0]), kept)


def test_in_memory_it_is_the_same(whole):
    assert done(sweep_of(), Memory())[0].looks == whole[1][0].looks


@pytest.mark.parametrize("part", [1, 2, 3])
def test_what_was_interrupted_goes_on_and_comes_to_the_same(whole, values, tmp_path, part):
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        done(sweep_of(), store, breaks_in=part)
    found = looks_of(store)
    assert found is not None
    assert found.made == 5 * (part - 1)
    plan, *_ = done(sweep_of(), store, found)
    assert plan.looks == whole[1][0].looks
    pd.testing.assert_frame_equal(values(store), values(whole[0]))


def test_a_look_that_was_not_recorded_is_made_again(whole, tmp_path):
    # A kill comes after the last run of a look, before the next part has begun.
    store = Store(tmp_path)
    plan = plan_of(sweep_of(), store)
    first = replace(plan, todo=[job for job in plan.todo if job.spec.repetition < 5])
    execute(first, store, InProcess(store))
    _, _, said, parts = done(sweep_of(), store, looks_of(store))
    assert said == whole[1][2]
    assert parts == [0, 45, 30]


def test_a_sweep_that_is_over_does_nothing(whole):
    store, (plan, *_) = whole
    before = store.sweep_path.read_bytes()
    again, progress, said, parts = done(sweep_of(), store, looks_of(store))
    assert (again.looks, said, parts, progress.done) == (plan.looks, [], [0], 0)
    assert store.sweep_path.read_bytes() == before


def test_without_looks_the_rest_is_done_and_then_nothing_is_left_of_them(whole, values, tmp_path):
    store = Store(tmp_path)
    done(sweep_of(), store)
    seen = looks_of(store)
    with pytest.raises(KeyboardInterrupt):
        done(sweep_of(), store, seen, breaks_in=1, in_looks=False)
    # Until all is done the looks chose what is there, so the tests know of them.
    assert looks_of(store) == seen
    source = from_folder(tmp_path, command="")
    assert source.looks == seen
    _, _, said, parts = done(sweep_of(), store, seen, in_looks=False)
    assert (said, parts) == ([], [8])
    assert looks_of(store) is None
    assert from_folder(tmp_path, command="").fewer == {}
    assert len(values(store)) == 3 * (15 + 15) * 6 + 3 * 15


@pytest.mark.parametrize(
    "options", [{"shard": Shard(1, 2)}, {"sweep": {"repetitions": 10}}, {"sweep": {"trials": 7}}]
)
def test_without_looks_another_sweep_is_refused_too(whole, options):
    store, _ = whole
    sweep = replace(sweep_of(), **options.pop("sweep", {}))
    message = refusal(LooksError, plan_of, sweep, store, looks_of(store), in_looks=False, **options)
    assert "results that were looked at must stay one sweep" in message


def test_what_a_look_has_seen_is_not_repeated(whole):
    store, _ = whole
    again = {"retry": (RunStatus.FAILED,)}
    message = refusal(LooksError, plan_of, sweep_of(), store, looks_of(store), **again)
    assert message.startswith("'retry' must be left out after a look")
    assert plan_of(sweep_of(), store, looks_of(store), in_looks=False, **again).looks is not None


def test_runs_beyond_what_was_settled_are_named(tmp_path, run_here):
    store = run_here(sweep_of(), tmp_path)
    done(sweep_of(), store)
    (note,) = [n for n in from_folder(tmp_path, command="").notes if n.startswith("left out")]
    assert note == "left out: 15 runs beyond where their strategies were settled"


def test_a_strategy_with_fewer_repetitions_holds_nobody_up(whole, tmp_path):
    sweep = sweep_of(*TWINS, Entry("sobol", repetitions=7))
    plan, _, said, parts = done(sweep, Store(tmp_path))
    assert plan.looks is not None
    assert dict(plan.looks.planned) == {"random": 15, "twin": 15, "sobol": 7}
    assert parts[:2] == [45, 3 * (5 + 5 + 2)]
    assert [look.going_on for look in said][1] == ("random", "twin")
    # Their pairs with it stay undecided whatever comes, and it is no reason to go on.
    alike = sweep_of(Entry("random"), Entry("default"), Entry("sobol", repetitions=6))
    plan, *_ = done(alike, Memory())
    assert plan.looks is not None
    assert {"random", "default"} <= plan.looks.stopped.keys()


def test_who_cannot_run_holds_nobody_up():
    # It has no evaluations that cost less to choose, so its runs are skipped.
    sweep = sweep_of(*TWINS, Entry("default"), Entry("hyperband"))
    plan, _, said, _ = done(sweep, Memory())
    assert said[1].stopped == ("default",)
    assert said[0].going_on == ("random", "twin", "default")
    assert plan.looks is not None
    assert "hyperband" not in plan.looks.stopped


def test_the_page_names_what_the_looks_stopped(whole):
    source = from_folder(whole[0].folder, command="")
    assert source.looks == whole[1][0].looks
    assert (
        "settled, so without further repetitions: default after 10 repetitions (Looks, in Method)"
        in (source.notes)
    )


def test_status_counts_what_is_still_to_come(whole, tmp_path):
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        done(sweep_of(), store, breaks_in=2)
    found = Watch(store, Sweep.from_dict(store.sweep())).look(0.0)
    assert (found.n_done, found.n_runs) == (45 + 22, 135)


@pytest.mark.parametrize(
    "change",
    [
        {"repetitions": 20},
        {"trials": 7},
        {"seed": 2},
        {"problems": PROBLEMS[:2]},
        {"strategies": TWINS},
    ],
)
def test_a_sweep_that_changed_after_a_look_is_refused(whole, change):
    store, _ = whole
    message = refusal(LooksError, plan_of, replace(sweep_of(), **change), store, looks_of(store))
    assert "this one changed after 15 repetitions" in message
    assert message.endswith("use another folder")


def test_a_sweep_may_change_before_the_first_look(tmp_path):
    store = Store(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        done(sweep_of(), store, breaks_in=1)
    plan = plan_of(sweep_of(repetitions=30), store, looks_of(store))
    assert plan.looks is not None
    assert plan.looks.times == [5, 10, 15, 20, 25, 30]


@pytest.mark.parametrize(
    ("most", "times"),
    [(3, [3]), (5, [5]), (8, [5, 8]), (30, [5, 10, 15, 20, 25, 30]), (32, [6, 12, 18, 24, 30, 32])],
)  # fmt: skip
def test_there_are_six_looks_at_most_after_five_repetitions_each_or_more(most, times):
    assert looks_at(resolve(sweep_of(repetitions=most))).times == times


def test_one_strategy_is_refused():
    message = refusal(LooksError, plan_of, sweep_of(Entry("random")), Memory())
    assert message == (
        "'stop_when_decided' must have two strategies or more to compare, got random alone; "
        "add one, or leave it out"
    )


def test_a_shard_and_a_reference_are_refused(run_here, tmp_path):
    shard = refusal(LooksError, plan_of, sweep_of(), Memory(), shard=Shard(1, 2))
    assert "must be left out with a shard, which does not see the runs of the others" in shard
    reference = read_reference(run_here(sweep_of(repetitions=1), tmp_path).folder)
    message = refusal(LooksError, plan_of, sweep_of(), Memory(), reference=reference)
    assert "must be left out with 'against', whose strategies have all their" in message


def test_it_stands_beside_no_other_folder(whole, run_here, tmp_path):
    other = run_here(sweep_of(Entry("sobol"), Entry("halton")), tmp_path / "other").folder
    folders = [whole[0].folder, other]
    alone = "a sweep that stopped what was settled stands alone, since its tests know its own looks"
    assert alone in refusal(MergeError, from_folders, folders, command="")
    assert alone in refusal(MergeError, merge_folders, folders, tmp_path / "merged")
    assert alone in refusal(MergeError, merge_folders, folders[:1], tmp_path / "merged")
    assert not (tmp_path / "merged").exists()
    assert "must be a sweep with all its repetitions" in refusal(
        AgainstError, read_reference, whole[0].folder
    )


@pytest.mark.parametrize(
    "looks",
    [
        None,
        7,
        {},
        {"each": 0, "planned": {"a": 5}, "stopped": {}, "made": 0, "runs": ""},
        {"each": 5, "planned": {"a": 10}, "stopped": {}, "made": 7, "runs": ""},
        {"each": 5, "planned": {"a": 10}, "stopped": {"b": 5}, "made": 5, "runs": ""},
        {"each": 5, "planned": {"a": 10}, "stopped": {"a": 10}, "made": 5, "runs": ""},
    ],
)
def test_damaged_looks_are_one_line(whole, tmp_path, looks):
    store = Store(tmp_path)
    store.create(whole[0].sweep() | {"looks": looks})
    message = refusal(StoreError, looks_of, store)
    assert "sweep.json is damaged (its looks" in message


def test_what_was_done_in_parts_adds_up():
    first, more = Progress(10), Progress(5)
    first.seconds, more.seconds = 1.0, 2.5
    first.trials, more.trials = 20, 30
    first.reasons, more.reasons = {": failed": ["a"]}, {": failed": ["b"], ": crashed": ["c"]}
    more.trouble = "fewer workers"
    first.add(more)
    assert (first.runs, first.seconds, first.trials) == (10, 3.5, 50)
    assert first.reasons == {": failed": ["a", "b"], ": crashed": ["c"]}
    assert list(first.lines()) == ["a, and 1 more run: failed", "c: crashed", "fewer workers"]


def test_a_look_names_many_strategies_shortly():
    looks = Looks(5, dict.fromkeys("abcdefg", 10), made=5)
    text = str(Looked(looks, (), tuple("abcdefg")))
    assert text == "after 5 of 10 repetitions: a, b, c, d and 3 more go on"
