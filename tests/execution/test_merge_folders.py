"""Results folders put together: everything once, what is missing named, contradictions refused."""

from __future__ import annotations

import dataclasses
import errno
import os
from pathlib import Path

import pandas as pd
import pytest

from bench.execution.merge_folders import merge_folders
from bench.execution.plan import make_plan
from bench.execution.shards import Shard
from bench.run import End, RunStatus
from bench.sources.merge import MergeError
from bench.spec import Entry
from bench.store import Store, StoreError
from bench.testing.refusals import refusal
from bench.testing.sweeps import entry_of, forge

STRATEGIES, PROBLEMS = ["Random", "Climber", "Raises"], ["Sphere", "Flaky"]


@pytest.fixture
def shards(make_sweep, run_here, tmp_path):
    """The three shards of a sweep of 12 runs, in folders of their own."""
    sweep, folders = make_sweep(STRATEGIES, PROBLEMS), []
    for number in (1, 2, 3):
        shard, folder = Shard(number, 3), tmp_path / f"shard-{number}"
        store = run_here(sweep, folder, shard=shard)
        store.create(make_plan(sweep, store, shard=shard).recorded)
        folders.append(folder)
    return sweep, folders


def merged(folders, out):
    merge_folders(folders, out)
    return Store(out)


def files_of(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_shards_are_the_whole_sweep_file_by_file(shards, run_here, values, tmp_path):
    sweep, folders = shards
    found = merge_folders(folders, tmp_path / "out")
    assert (found.missing, found.notes) == (0, [])
    assert dict(found.statuses) == {"completed": 8, "failed": 4}
    store, whole = Store(tmp_path / "out"), run_here(sweep, tmp_path / "whole")
    pd.testing.assert_frame_equal(values(store), values(whole))
    assert store.sweep() == whole.sweep()
    assert store.shard() == ""
    own = {name: data for folder in folders for name, data in files_of(folder).items()}
    runs = {name: data for name, data in files_of(tmp_path / "out").items() if "runs/" in name}
    assert runs == {name: data for name, data in own.items() if "runs/" in name}
    # It is a results folder as any other, with nothing left to do.
    assert make_plan(sweep, store).todo == []


def test_packed_folders_are_merged_as_loose_ones(shards, values, tmp_path):
    _, folders = shards
    loose = values(merged(folders, tmp_path / "loose"))
    for folder in folders[:2]:
        Store(folder).pack()
    pd.testing.assert_frame_equal(values(merged(folders, tmp_path / "packed")), loose)


def test_what_is_missing_is_named_and_done_by_a_run(shards, run_here, values, tmp_path):
    sweep, folders = shards
    found = merge_folders(folders[:2], tmp_path / "out")
    assert found.missing == 4
    (note,) = found.notes
    assert note.startswith("4 runs are missing (no folder has shard 3/3): ")
    gone = make_plan(sweep, Store(tmp_path / "x"), shard=Shard(3, 3)).todo
    assert all(f"{' on '.join(job.pair)} (" in note for job in gone)
    run_here(sweep, tmp_path / "out")
    whole = run_here(sweep, tmp_path / "whole")
    pd.testing.assert_frame_equal(values(Store(tmp_path / "out")), values(whole))


def test_more_repetitions_and_another_strategy_join(make_sweep, run_here, tmp_path):
    few = make_sweep(["Random"], ["Sphere"], repetitions=2)
    more = make_sweep(["Random", "Climber"], ["Sphere"], repetitions=3)
    more = dataclasses.replace(
        more,
        strategies=(more.strategies[0], dataclasses.replace(more.strategies[1], repetitions=1)),
    )
    folders = [run_here(few, tmp_path / "few").folder, run_here(more, tmp_path / "more").folder]
    found = merge_folders(folders, tmp_path / "out")
    assert [(e.label, found.sweep.repetitions_of(e)) for e in found.sweep.strategies] == [
        ("Random", 3),
        ("Climber", 1),
    ]
    assert (dict(found.statuses), found.missing, found.notes) == ({"completed": 4}, 0, [])


def test_of_two_attempts_the_one_that_got_further_counts(make_sweep, run_here, values, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=1)
    whole = run_here(sweep, tmp_path / "whole")
    (job,) = make_plan(sweep, Store(tmp_path / "nothing")).todo
    (record,) = whole.records()
    broken, begun = Store(tmp_path / "broken"), Store(tmp_path / "begun")
    for store, end in ((broken, End(RunStatus.CRASHED, "died", 3)), (begun, None)):
        store.create(whole.sweep())
        store.take(dataclasses.replace(record, trials=record.trials[:3], end=end))
    for name, order, status in [
        ("a", [broken, whole, begun], "completed"),
        ("b", [begun, broken], "crashed"),
        ("c", [begun], "unfinished"),
    ]:
        found = merge_folders([store.folder for store in order], tmp_path / name)
        assert dict(found.statuses) == {status: 1}
    pd.testing.assert_frame_equal(values(Store(tmp_path / "a")), values(whole))
    # An unfinished run stays one that is gone on with.
    assert make_plan(sweep, Store(tmp_path / "c")).resumed == 1
    assert job.id == record.id


def test_other_values_of_a_run_are_refused(shards, tmp_path):
    _, folders = shards
    twin = tmp_path / "twin"
    Store(twin).create(Store(folders[0]).sweep())
    for record in Store(folders[0]).records():
        Store(twin).take(record)
    merge_folders([folders[0], twin], tmp_path / "same")
    path, value = next(
        (path, line[line.index(b'"value":') :].split(b",")[0])
        for path in sorted((twin / "runs").iterdir())
        for line in path.read_bytes().splitlines()
        if b'"trial_number":2' in line and b'"value":' in line
    )
    forge(path, value, b'"value":0.123')
    said = refusal(MergeError, merge_folders, [folders[0], twin], tmp_path / "out")
    assert said.startswith("a run must have the same values in all folders, ")
    assert (
        f"its trial 2 has value {value.split(b':')[1].decode()} in {folders[0]}, 0.123 in" in said
    )
    assert said.endswith("; find out which folder is right, and leave the other one out")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize(
    ("strategies", "values", "what"),
    [
        (["Random"], {"trials": 9}, "must have the same trials, A has 8, B 9; "),
        (["Random"], {"seed": 6}, "must have the same seed, A has 5, B 6; "),
        (["Random"], {"workers": 2}, "must have the same workers, A has 1, B 2; "),
        (
            [entry_of("Raises", "Random")],
            {},
            "the strategy Random differs between A and B in name, after, step; ",
        ),
    ],
)
def test_other_conditions_and_meanings_are_refused(
    make_sweep, run_here, tmp_path, monkeypatch, strategies, values, what
):
    monkeypatch.chdir(tmp_path)
    run_here(make_sweep(["Random"], ["Sphere"]), Path("A"))
    run_here(make_sweep(strategies, ["Sphere"], **values), Path("B"))
    said = refusal(MergeError, merge_folders, [Path("A"), Path("B")], Path("out"))
    assert what in said
    assert said.endswith(
        "`tunebench report A B --out …` reports them side by side, or leave one of them out"
    )


def test_another_version_and_another_optimum_are_refused(make_sweep, run_here, tmp_path):
    a = run_here(make_sweep(["Random"], ["Sphere"]), tmp_path / "a").folder
    b = run_here(make_sweep(["Climber"], ["Sphere"]), tmp_path / "b").folder
    for path in (b / "runs").iterdir():
        forge(path, b'"optimum":0.0', b'"optimum":0.5')
    said = refusal(MergeError, merge_folders, [a, b], tmp_path / "out")
    assert "Sphere differs: its optimum in repetition " in said
    assert f"is 0.0 in {a}, 0.5 in {b}; merge folders that one version of the problem" in said
    sweep = (b / "sweep.json").read_bytes()
    (b / "sweep.json").write_bytes(sweep.replace(b'"version": 1', b'"version": 2'))
    said = refusal(MergeError, merge_folders, [a, b], tmp_path / "out")
    assert "the problem Sphere differs between" in said
    assert " in version; " in said


def test_only_a_new_folder_is_written_and_what_a_killed_merge_left_is_gone(shards, tmp_path):
    _, folders = shards
    said = refusal(MergeError, merge_folders, folders, folders[0])
    assert said == (
        f"results are merged into a new folder, {folders[0]} exists; name another one, or remove it"
    )
    out = tmp_path / "out"
    out.mkdir()  # an empty one is as good as none
    left = tmp_path / ".out.merging" / "runs"
    left.mkdir(parents=True)
    (left / "0123456789abcdef.jsonl").write_bytes(b"half of a run")
    assert len(list(merged(folders, out).records())) == 12
    assert not left.parent.exists()
    other = tmp_path / "other"
    (tmp_path / ".other.merging").symlink_to(folders[0])
    assert "which is a link to another place" in refusal(MergeError, merge_folders, folders, other)
    assert len(list(Store(folders[0]).records())) == 4


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (KeyboardInterrupt(), KeyboardInterrupt),
        (OSError(errno.ENOSPC, "No space left on device"), StoreError),
    ],
)
def test_a_merge_that_ends_early_leaves_nothing(shards, tmp_path, monkeypatch, raised, error):
    _, folders = shards
    before = [files_of(folder) for folder in folders]
    many = iter([None, None, raised])

    def replace_(self, target):
        if (found := next(many, None)) is not None:
            raise found
        os.replace(self, target)

    monkeypatch.setattr(Path, "replace", replace_)
    with pytest.raises(error):
        merge_folders(folders, tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["shard-1", "shard-2", "shard-3"]
    assert [files_of(folder) for folder in folders] == before


def test_other_runs_damaged_ones_and_mixed_libraries_are_said(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"])
    a = run_here(sweep, tmp_path / "a").folder
    run_here(dataclasses.replace(sweep, trials=9), a)
    run_here(sweep, a)  # the last sweep is the one that counts
    b = run_here(make_sweep(["Random"], ["Flaky"]), tmp_path / "b").folder
    runs = sorted((b / "runs").iterdir())
    runs[0].write_bytes(b"garbage\n")
    forge(runs[1], b'"library":""', b'"library":"optuna 4"')
    for path in (a / "runs").iterdir():
        forge(path, b'"library":""', b'"library":"optuna 5"')
    found = merge_folders([a, b], tmp_path / "out")
    assert found.notes[1].startswith(f"left out: {runs[0]} is damaged (a line is not JSON ")
    del found.notes[1]
    assert found.notes == [
        f"left out: 2 runs of another sweep or version in {a}",
        "the strategy Random ran with several libraries: optuna 4, optuna 5",
        "1 run is missing: Random on Flaky (1)",
    ]


def test_a_strategy_that_has_fewer_repetitions_here_has_them_all_there(
    make_sweep, run_here, tmp_path
):
    few = make_sweep([Entry("random", repetitions=1)], ["Sphere"])
    a = run_here(few, tmp_path / "a").folder
    b = run_here(make_sweep([Entry("random")], ["Sphere"]), tmp_path / "b").folder
    found = merge_folders([a, b], tmp_path / "out")
    assert found.sweep.fewer == {}
    assert dict(found.statuses) == {"completed": 2}
