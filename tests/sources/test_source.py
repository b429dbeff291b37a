"""Folders as sources: what a sweep holds, and what several of them make together."""

from __future__ import annotations

import os
import shutil

import orjson
import pandas as pd
import pytest

from bench import registry
from bench.panels.panel import to_panels
from bench.sources import source as source_module
from bench.sources.datasets import block_of
from bench.sources.merge import MergeError, from_folders
from bench.sources.source import from_folder
from bench.spec import Entry
from bench.store import Store, StoreError
from bench.testing import toys
from problems._bundled import LOADERS
from problems._generated import NAMED


@pytest.fixture
def done(make_sweep, run_here, tmp_path):
    """Do a small sweep in a folder of this name."""

    def make(name, strategies=("Random", "Climber"), problems=("Sphere",), **values):
        sweep = make_sweep(list(strategies), list(problems), **values)
        return run_here(sweep, tmp_path / name).folder

    return make


def merged(*folders):
    return from_folders(folders, command="tunebench report")


@pytest.mark.parametrize("limit", ["evaluation_timeout", "memory"])
def test_problems_with_other_limits_are_kept_apart(done, limit):
    folders = done("a"), done("b", **{limit: 5000.0})
    source = merged(*folders)
    assert source.problems == ("Sphere (a)", "Sphere (b)")
    assert any(f"differs between the folders in {limit}" in note for note in source.notes)
    assert not source.runs.duplicated(["strategy", "problem", "repetition"]).any()


def test_a_folder_gives_all_that_was_recorded(done):
    folder = done("a", problems=("Sphere", "Flaky"))
    source = from_folder(folder, command="the command")
    assert (source.title, source.command, source.seeds) == ("tiny", "the command", (5,))
    assert (source.strategies, source.problems) == (("Random", "Climber"), ("Sphere", "Flaky"))
    assert (source.repetitions, source.notes, source.timed) == (2, (), True)
    assert {"config", "fold_values", "unordered", "strategy_version"} <= set(source.trials.columns)
    assert len(source.environments) == 1
    assert len(source.runs) == 8
    panels = to_panels(
        source.trials, source.runs, strategies=source.strategies, problems=source.problems
    )
    assert [panel.ran.all() for panel in panels] == [True, True]


def test_a_large_sweep_is_read_without_what_no_analysis_takes(done, monkeypatch):
    folder = done("a")
    Store(folder).pack()
    monkeypatch.setattr(source_module, "MAX_TRIALS_IN_FULL", 10)
    trials = from_folder(folder, command="").trials
    assert len(trials) == 32
    assert not {"config", "fold_values", "strategy_settings"} & set(trials.columns)


def test_a_library_that_changed_between_runs_is_reported(done, forged):
    folder = done("a")
    runs = from_folder(folder, command="").runs
    for run, version in zip(
        runs[runs["strategy"] == "Climber"]["run"], ("1.9", "2.0"), strict=True
    ):
        path = folder / "runs" / f"{run}.jsonl"
        forged(path, b'"library":""', b'"library":"climb %s"' % version.encode())
    assert from_folder(folder, command="").notes == (
        "the strategy Climber ran with several libraries: climb 1.9, climb 2.0",
    )


def test_a_library_that_a_skipped_run_lacked_is_no_other_one(done, monkeypatch):
    strategies = ("Random", "NeedsNothing")
    monkeypatch.setattr(toys.NeedsNothing, "requires", ("numpy",))
    done("a", strategies)
    monkeypatch.setattr(toys.NeedsNothing, "requires", ("no_such_package_anywhere",))
    source = from_folder(done("a", strategies, repetitions=3), command="")
    assert source.runs["status"].value_counts().to_dict() == {"completed": 5, "skipped": 1}
    assert source.notes == ()


def test_what_is_left_out_and_what_is_missing_are_named(done):
    folder = done("a", strategies=("Random", "Climber", "Raises"))
    sweep = orjson.loads((folder / "sweep.json").read_bytes())
    sweep["strategies"] = [*sweep["strategies"][:2], dict(sweep["strategies"][2], version=9)]
    (folder / "sweep.json").write_bytes(orjson.dumps(sweep))
    first = sorted((folder / "runs").glob("*.jsonl"))[0]
    first.write_bytes(b"garbage\n")
    notes = from_folder(folder, command="").notes
    assert any(f"left out: {first} is damaged" in note for note in notes)
    assert any("of another sweep or version" in note for note in notes)
    assert "no run of Raises on Sphere" in notes
    with pytest.raises(StoreError, match=r"must hold sweep\.json"):
        from_folder(folder / "runs", command="")


def test_folders_with_other_strategies_make_one_matrix(done):
    source = merged(done("a", ("Random",), ("Sphere",)), done("b", ("Climber",), ("Sphere",)))
    assert (source.strategies, source.problems) == (("Random", "Climber"), ("Sphere",))
    assert source.notes == ("strategies by folder: Random from a; Climber from b",)
    assert len(source.runs) == 4
    (panel,) = to_panels(
        source.trials, source.runs, strategies=source.strategies, problems=source.problems
    )
    assert panel.ran.all()


@pytest.mark.parametrize("packed", [False, True], ids=["loose", "packed"])
def test_a_folder_without_a_trial_joins_others(done, packed):
    skipped = done("b", ("Declines",))
    if packed:
        Store(skipped).pack()
    source = merged(done("a", ("Random",), ("Flaky",)), skipped)
    assert set(source.trials["strategy"]) == {"Random"}
    assert set(source.runs["status"]) == {"completed", "skipped"}


def test_a_run_that_stands_in_two_folders_counts_once(done, tmp_path):
    folder = done("a")
    shutil.copytree(folder, tmp_path / "b")
    source, once = merged(folder, tmp_path / "b"), from_folder(folder, command="")
    pd.testing.assert_frame_equal(source.trials, once.trials)
    assert source.notes == ("4 runs that stand in several folders count once",)
    for path in sorted((tmp_path / "b" / "runs").glob("*.jsonl"))[1:]:
        path.unlink()
    source = merged(folder, tmp_path / "b")
    assert source.notes == ("1 run that stands in several folders counts once",)


def test_of_two_attempts_the_finished_one_counts(done, tmp_path):
    folder = done("a")
    shutil.copytree(folder, tmp_path / "b")
    path = sorted((folder / "runs").glob("*.jsonl"))[0]
    path.with_suffix(".part").write_bytes(b"".join(path.read_bytes().splitlines(True)[:3]))
    path.unlink()
    assert set(merged(folder, tmp_path / "b").runs["status"]) == {"completed"}


def test_what_differs_under_one_label_is_kept_apart(done, parts):
    one = done("a", problems=(parts("Sphere", "p", shift=0.5),))
    two = done("b", problems=(parts("Sphere", "p", shift=0.25),))
    source = merged(one, two)
    assert source.problems == ("p (a)", "p (b)")
    assert set(source.runs["problem"]) == set(source.trials["problem"]) == set(source.problems)
    assert source.notes[0] == (
        "the problem p differs between the folders in shift: kept apart as p (a), p (b)"
    )
    # The same data: no independent evidence.
    assert len(set(source.datasets.values())) == 1


@pytest.mark.parametrize("order", ["ab", "ba"])
def test_a_run_that_was_done_comes_before_a_skipped_one(done, monkeypatch, order):
    strategies = ("Random", "NeedsNothing")
    folders = {"a": done("a", strategies)}
    monkeypatch.setattr(toys.NeedsNothing, "requires", ())
    folders["b"] = done("b", strategies)
    source = merged(*(folders[name] for name in order))
    assert set(source.runs["status"]) == {"completed"}
    assert set(source.trials["strategy"]) == {*strategies}


def test_other_budgets_and_versions_are_kept_apart(done):
    one, two = done("a"), done("b", trials=4)
    source = merged(one, two)
    assert source.problems == ("Sphere (a)", "Sphere (b)")
    assert any("count them twice as evidence" in note for note in source.notes)
    sweep = orjson.loads((two / "sweep.json").read_bytes())
    sweep["trials"] = 8
    sweep["strategies"][0]["version"] = 7
    (two / "sweep.json").write_bytes(orjson.dumps(sweep))
    source = merged(one, two)
    assert source.strategies == ("Random (a)", "Random (b)", "Climber")
    assert any("the strategy Random differs between the folders in version" in n
               for n in source.notes)  # fmt: skip


def test_repetitions_of_another_seed_are_further_ones(done):
    source = merged(done("a"), done("b", seed=6))
    assert source.seeds == (5, 6)
    assert source.repetitions == 4
    assert sorted(source.runs["repetition"]) == [0, 0, 1, 1, 2, 2, 3, 3]
    assert set(source.trials["repetition"]) == {0, 1, 2, 3}
    assert "several master seeds: repetitions 0–1 from seed 5, 2–3 from seed 6" in source.notes


@pytest.mark.slow
def test_labels_that_look_the_same_are_refused(done, parts):
    one, two = (done(name, problems=(parts("Sphere", label),)) for name, label in ("ap", "bp"))
    assert merged(one, two).problems == ("p",)
    three = done("c", problems=(parts("Sphere", "p "),))
    with pytest.raises(MergeError, match=r"each problem must have .* got 'p' and 'p '; report the"):
        merged(one, three)


def test_a_folder_whose_name_is_no_utf_8(done, parts, tmp_path):
    one, two = (
        done(name, problems=(parts("Sphere", "p", shift=x),))
        for name, x in zip("ab", (0.5, 0.25), strict=True)
    )
    two = two.rename(tmp_path / os.fsdecode(b"b\xff"))
    assert merged(one, two).problems == ("p (a)", "p (b\N{REPLACEMENT CHARACTER})")


def test_one_version_with_two_directions_is_refused(done, forged):
    folder = done("a")
    other = done("b", ("Raises", "Random"))
    for path in (other / "runs").glob("*.jsonl"):
        forged(path, b'"direction":"minimize"', b'"direction":"maximize"')
    with pytest.raises(MergeError, match=r"must have one direction, Sphere has .*; report the"):
        merged(other, folder)


@pytest.mark.parametrize(
    ("name", "settings", "dataset", "function"),
    [
        ("svm-wine", '{"data":"wine","folds":5}', "wine", False),
        ("table-svm-wine", "{}", "wine", False),
        ("noisy:table-svm-wine", '{"of":{"name":"table-svm-wine","settings":{}}}', "wine", False),
        ("noisy", '{"of":{"name":"branin","settings":{"shifted":true}}}', "branin", True),
        ("branin", '{"shifted":true}', "branin", True),
        ("table:gone.parquet", "{}", "table:gone.parquet", True),
        ("mine.py:Problem", "{}", "mine.py:Problem", True),
        # A metric has a name, but is no problem inside a problem.
        ("in-memory object:f", '{"metric":{"name":"value","direction":"minimize"}}',
         "in-memory object:f", True),
    ],
)  # fmt: skip
def test_the_data_set_of_a_problem(name, settings, dataset, function):
    assert block_of(name, settings) == (dataset, function)
    # What is recorded is the same.
    assert block_of(name, settings, dataset) == (dataset, function)


@pytest.mark.parametrize(
    ("recorded", "function"),
    [("wine", False), ("openml:31", False), ("flats.csv", False), ("generated:rows=200", False),
     ("branin", True), ("bbob:f1", True), ("mine.py:Problem", True)],
)  # fmt: skip
@pytest.mark.parametrize(
    ("name", "settings"),
    [("table:gone.parquet", '{"path":"gone.parquet"}'),
     ("noisy:table:gone.parquet",
      '{"of":{"name":"table:gone.parquet","settings":{"path":"gone.parquet"}}}')],
)  # fmt: skip
def test_a_table_of_ones_own_has_the_data_set_that_was_recorded(name, settings, recorded, function):
    assert block_of(name, settings, recorded) == (recorded, function)


def test_no_data_set_has_the_name_of_a_problem():
    assert not set(registry.PROBLEMS.own()) & {*LOADERS, *NAMED}


def test_a_source_knows_its_functions(done):
    noisy = Entry("noisy", "n", {"of": "branin"})
    # A problem may be called as its data set is.
    problems = (Entry("branin"), noisy, Entry("table-svm-wine", "wine"), Entry("table-tree-wine"))
    source = from_folder(done("a", ("Random",), problems), command="")
    assert source.functions == {"branin", "n"}
    assert list(source.datasets.values()) == ["branin", "branin", "wine", "wine"]


def test_simulated_workers_are_named_and_others_of_one_label_kept_apart(done):
    four = done("a", workers=4)
    note = "4 simulated workers in each run of Random, Climber"
    assert from_folder(four, command="").notes == (note,)
    source = merged(four, done("b"))
    assert set(source.strategies) == {"Random (a)", "Random (b)", "Climber (a)", "Climber (b)"}
    assert any(text.startswith("the strategy Random differs between the folders in workers")
               for text in source.notes)  # fmt: skip
    assert "4 simulated workers in each run of Random (a), Climber (a)" in source.notes
    both = merged(four, done("c", workers=4, synchronous=True)).notes
    assert any("in synchronous: kept apart" in text for text in both)
    assert from_folder(done("d"), command="").notes == ()
