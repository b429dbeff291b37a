"""How far a sweep is, from what a folder holds at a moment."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.execution.plan import make_plan
from bench.execution.shards import Shard
from bench.execution.sweep_status import Watch
from bench.run import RunStatus
from bench.store import Store
from bench.store.ends import read_ends

START = 1_000_000.0
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def done(make_sweep, run_here, tmp_path):
    """A sweep of 8 runs, of which 4 fail; each took a second by its record's clock of files."""
    sweep = make_sweep(["Random", "Raises"], ["Sphere", "Flaky"])
    return make_plan(sweep, Store(tmp_path / "x")).sweep, run_here(sweep, tmp_path / "done")


def dated(store, runs, seconds):
    """Give files of runs the time of their last change."""
    for run in runs:
        for suffix in (".jsonl", ".part"):
            path = store.run_path(run).with_suffix(suffix)
            if path.exists():
                os.utime(path, (seconds, seconds))


def cut(store, run, trials):
    """Make a finished run an unfinished one with so many trials."""
    path = store.run_path(run)
    lines = path.read_bytes().splitlines(keepends=True)
    path.with_suffix(".part").write_bytes(b"".join(lines[: 1 + trials]))
    path.unlink()


def test_the_ends_are_those_of_the_records(done):
    _, store = done
    records = {record.id: record for record in store.records()}
    ends = read_ends(store)
    assert ends.ended == {run: record.end for run, record in records.items()}
    assert (ends.begun, ends.damaged) == ({}, {})
    store.pack()
    packed = read_ends(store)
    assert (packed.ended, packed.changed) == (ends.ended, {})


@pytest.mark.parametrize("kind", ["loose", "packed"])
@pytest.mark.parametrize("schema", [1, 2, 3])
def test_the_ends_of_every_schema_are_read(schema, kind):
    store = Store(DATA / f"schema-{schema}" / kind)
    ends = read_ends(store)
    assert ends.ended == {record.id: record.end for record in store.records() if record.end}
    assert len(ends.ended) > 2
    assert ends.damaged == {}


def test_long_lines_are_read_whole(done):
    _, store = done
    run = next(iter(read_ends(store).ended))
    record = next(record for record in store.records() if record.id == run)
    record.trials[-1]["config"] = {"x": "long " * 5_000}
    store.take(record)
    ends = read_ends(store)
    assert (ends.ended[run], ends.damaged) == (record.end, {})


def test_what_does_not_end_as_a_run_is_damaged(done):
    _, store = done
    paths = sorted(store.runs_path.glob("*.jsonl"))
    content = paths[1].read_bytes()
    paths[0].write_bytes(b"")
    paths[1].write_bytes(content.replace(b'"n_trials":', b'"n_trial5":'))
    paths[2].write_bytes(paths[2].read_bytes()[:-5])
    paths[3].write_bytes(b"garbage\n")
    assert sorted(read_ends(store).damaged) == paths[:4]
    assert set(read_ends(store).damaged.values()) >= {"it stops before its end"}


def test_a_sweep_that_nobody_does_has_neither_rate_nor_time_left(done):
    sweep, store = done
    runs = sorted(path.stem for path in store.runs_path.glob("*.jsonl"))
    label = {record.id: record.spec.strategy.label for record in store.records()}
    (random, gone, *_) = (run for run in runs if label[run] == "Random")
    cut(store, random, 3)
    store.run_path(gone).unlink()
    found = Watch(store, sweep).look(START)
    assert found.counts == {
        "Random": {"completed": 2, "unfinished": 1, "missing": 1},
        "Raises": {"failed": 4},
    }
    assert (found.n_runs, found.n_done, found.is_running) == (8, 6, False)
    assert (found.runs_per_s, found.trials_per_s, found.left_s, found.running) == (None,) * 3 + (
        [],
    )
    # Two runs of 8 trials, one of 3, and four that failed at the fourth.
    assert found.n_trials == 2 * 8 + 3 + 4 * 3
    ((text, specs),) = found.failures.items()
    assert text == ": failed: ask raised RuntimeError: out of ideas"
    assert len(specs) == 4


def test_rate_and_time_left_by_hand(make_sweep, run_here, tmp_path):
    """Four runs of 10 s each are done after 20 s, and one of two that are left is half done."""
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=7)
    store = run_here(sweep, tmp_path / "r")
    resolved = make_plan(sweep, store).sweep
    by_repetition = {record.spec.repetition: record for record in store.records()}
    for record in by_repetition.values():
        assert record.end is not None
        object.__setattr__(record.end, "run_seconds", 10.0)
        store.take(record)
    runs = [by_repetition[i].id for i in range(7)]
    dated(store, runs[:4], START + 15)
    dated(store, runs[4:5], START - 100)  # done by an earlier call
    cut(store, runs[5], 4)  # of 8 trials
    dated(store, runs[5:6], START + 19)
    store.run_path(runs[6]).unlink()
    os.utime(store.sweep_path, (START, START))
    with store.lock():
        found = Watch(store, resolved).look(START + 20)
    assert found.is_running
    assert found.counts == {"Random": {"completed": 5, "running": 1, "missing": 1}}
    assert [(spec.repetition, trials) for spec, trials in found.running] == [(5, 4)]
    assert found.runs_per_s == 4 / 20
    assert found.trials_per_s == 4 * 8 / 20
    # 45 s of runs in 20 s; half of a run and a whole one are left, 15 s.
    assert found.left_s == pytest.approx({"Random": 15 / (45 / 20)})


def test_an_unfinished_run_of_an_earlier_call_is_not_running(done):
    sweep, store = done
    run = sorted(path.stem for path in store.runs_path.glob("*.jsonl"))[0]
    cut(store, run, 2)
    dated(store, [run], START - 1)
    os.utime(store.sweep_path, (START, START))
    with store.lock():
        found = Watch(store, sweep).look(START + 1)
        assert found.running == []
        dated(store, [run], START + 0.5)
        assert len(Watch(store, sweep).look(START + 1).running) == 1
    assert (
        sum(kinds["unfinished"] for kinds in Watch(store, sweep).look(START).counts.values()) == 1
    )


def test_a_run_that_is_repeated_is_running(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Raises"], ["Sphere"], repetitions=1)
    store = run_here(sweep, tmp_path / "r")
    resolved = make_plan(sweep, store).sweep
    (record,) = store.records()
    store.run_path(record.id).with_suffix(".part").write_bytes(b"a header\na trial\n")
    os.utime(store.sweep_path, (START, START))
    with store.lock():
        found = Watch(store, resolved).look(START + 1)
    assert found.counts == {"Raises": {"running": 1}}
    assert found.failures == {}
    assert Watch(store, resolved).look(START + 1).counts == {"Raises": {"failed": 1}}


def test_of_a_shard_its_own_runs_are_counted_and_what_else_is_there(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random", "Climber"], ["Sphere"])
    store = run_here(sweep, tmp_path / "r", shard=Shard(1, 4))
    plan = make_plan(sweep, store, shard=Shard(2, 4))
    store.create(plan.recorded)
    found = Watch(store, plan.sweep).look(START)
    assert (found.shard, found.n_runs, found.n_done) == ("2/4", 2, 1)


def test_only_what_changed_is_read_again(done, monkeypatch):
    sweep, store = done
    watch = Watch(store, sweep)
    before = watch.look(START)
    run = sorted(path.stem for path in store.runs_path.glob("*.jsonl"))[0]
    kept = [path for path in store.runs_path.iterdir() if path.stem != run]
    for path in kept:  # whoever read them again would find that they are no runs
        stat = path.stat()
        path.write_bytes(b"garbage\n")
        os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert watch.look(START) == before
    store.run_path(run).unlink()
    assert watch.look(START).n_done == before.n_done - 1


def test_a_lock_is_seen_and_nothing_is_written_to_see_it(tmp_path):
    store = Store(tmp_path / "r")
    assert not store.is_changing()
    assert not store.folder.exists()
    with store.lock():
        assert store.is_changing()
        assert Store(store.folder).is_changing()
    assert not store.is_changing()
    (tmp_path / "elsewhere").touch()
    (store.folder / ".lock").unlink()
    (store.folder / ".lock").symlink_to(tmp_path / "elsewhere")
    assert not store.is_changing()


def test_a_skipped_run_is_done(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Declines"], ["Sphere"], repetitions=1)
    store = run_here(sweep, tmp_path / "r")
    found = Watch(store, make_plan(sweep, store).sweep).look(START)
    assert found.counts == {"Declines": {RunStatus.SKIPPED: 1}}
    assert (found.n_done, found.failures) == (1, {})
