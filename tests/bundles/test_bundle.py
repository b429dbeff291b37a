"""Results folders as bundles: what is in one, and that it is the same wherever it is made."""

from __future__ import annotations

import csv
import hashlib
import re
from dataclasses import replace
from typing import Any

import orjson
import pytest

from bench import registry
from bench.bundles.archive import BundleError, read_manifest, write_archive
from bench.bundles.bundle import opened_results, write_bundle
from bench.bundles.lock import lock
from bench.bundles.splits import of_rows, split_plan
from bench.sources.fingerprint import fingerprint
from bench.sources.source import from_folder
from bench.spec import Entry, Sweep
from bench.store import Store, StoreError
from bench.testing.refusals import refusal


def no_report(source, folder):
    """Write a report that a test can look at."""
    folder.mkdir()
    (folder / "index.html").write_text(source.command, encoding="utf-8")


@pytest.fixture
def recorded(make_sweep, run_here, tmp_path):
    """Eight runs of toys, as loose files."""
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky"])
    return run_here(sweep, tmp_path / "mine", made_in={"git": "0123abc-dirty", "python": "3.11.9"})


def bundled(folder, name="mine.zip"):
    out = folder.parent / name
    return out, write_bundle(folder, out, no_report)


def held(path):
    with opened_results(path) as folder:
        files = [file for file in folder.rglob("*") if file.is_file()]
        return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_a_bundle_holds_everything_that_a_report_is_made_of(recorded):
    path, made = bundled(recorded.folder)
    assert made.notes == ()
    assert set(held(path)) == {
        "sweep.json", "trials.parquet", "environments.json",
        "fingerprints.json", "splits.csv", "lock.txt", "report/index.html",
    }  # fmt: skip
    with opened_results(path) as folder:
        assert fingerprint(from_folder(folder, command="").trials) == made.fingerprint
        assert len(list(Store(folder).records())) == 8
    assert fingerprint(from_folder(recorded.folder, command="").trials) == made.fingerprint
    assert read_manifest(path)["fingerprint"] == made.fingerprint
    assert held(path)["report/index.html"] == b"tunebench report tiny.zip"


def test_the_same_folder_is_the_same_bytes_packed_or_not_and_under_any_name(recorded):
    path, _ = bundled(recorded.folder)
    before = path.read_bytes()
    assert bundled(recorded.folder, "other.zip")[0].read_bytes() == before
    recorded.pack()
    assert bundled(recorded.folder)[0].read_bytes() == before
    assert held(path)["trials.parquet"] == recorded.pack_path.read_bytes()
    assert {p.name for p in path.parent.iterdir()} == {"mine", "mine.zip", "other.zip"}


def test_nothing_is_written_into_the_folder(recorded):
    files = {p: p.stat().st_mtime_ns for p in recorded.folder.rglob("*")}
    bundled(recorded.folder)
    assert {p: p.stat().st_mtime_ns for p in recorded.folder.rglob("*")} == files


@pytest.mark.parametrize("packed", [False, True])
def test_what_is_left_out_is_said(recorded, make_sweep, run_here, packed):
    if packed:
        recorded.pack()
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=3)
    run_here(sweep, recorded.folder)
    (last,) = [r.id for r in recorded.records() if r.spec.repetition == 2]
    path = recorded.run_path(last)
    path.write_bytes(b"\n".join(path.read_bytes().splitlines()[:-1]) + b"\n")
    path.rename(path.with_suffix(".part"))
    (recorded.runs_path / "0000.jsonl").write_bytes(b"{}\n")
    out, made = bundled(recorded.folder)
    with opened_results(out) as folder:
        assert len(list(Store(folder).records())) == 2
        assert from_folder(folder, command="").notes == ()
    damaged, *rest = made.notes
    assert re.fullmatch(r"left out: .*0000\.jsonl is damaged \(.*\)", damaged)
    assert rest == ["left out: 1 unfinished run", "left out: 6 runs of another sweep or version"]


def test_a_record_of_a_verification_is_in_and_no_file_that_a_link_leads_to(recorded, tmp_path):
    (tmp_path / "secret").write_bytes(b"{}")
    (recorded.folder / "verified.json").symlink_to(tmp_path / "secret")
    assert "verified.json" not in held(bundled(recorded.folder)[0])
    (recorded.folder / "verified.json").unlink()
    (recorded.folder / "verified.json").write_bytes(b"{}")
    assert held(bundled(recorded.folder)[0])["verified.json"] == b"{}"


def test_a_sweep_without_a_finished_run_is_refused(recorded):
    for run in list(recorded.records()):
        recorded.run_path(run.id).unlink()
    message = refusal(StoreError, bundled, recorded.folder)
    assert "a bundle needs a finished run, " in message
    assert str(recorded.folder) in message
    assert not (recorded.folder.parent / "mine.zip").exists()


def test_only_a_bundle_is_replaced(recorded, tmp_path):
    path, _ = bundled(recorded.folder)
    before = path.read_bytes()
    path.write_bytes(before[:-1])
    message = refusal(BundleError, bundled, recorded.folder)
    assert "a bundle replaces an earlier bundle only, " in message
    assert path.read_bytes() == before[:-1]
    (tmp_path / "folder.zip").mkdir()
    assert "is something else" in refusal(BundleError, bundled, recorded.folder, "folder.zip")
    message = refusal(BundleError, bundled, recorded.folder, "mine.tar")
    assert "must have a name that ends with .zip" in message


def test_an_interrupted_report_leaves_nothing(recorded, tmp_path):
    def interrupted(source, folder):
        folder.mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_bundle(recorded.folder, tmp_path / "mine.zip", interrupted)
    assert {p.name for p in tmp_path.iterdir()} == {"mine"}


def test_a_folder_that_cannot_be_written_is_named_before_the_work(recorded, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(BundleError, match="cannot be written"):
        write_bundle(recorded.folder, tmp_path / "file" / "mine.zip", lambda *_: 1 / 0)


def test_errors_inside_a_bundle_name_the_bundle(recorded, tmp_path):
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "sweep.json").write_bytes(b"[]")
    write_archive(tmp_path / "wrong.zip", tmp_path / "wrong", {})

    def read():
        with opened_results(tmp_path / "wrong.zip") as folder:
            from_folder(folder, command="")

    assert str(tmp_path / "wrong.zip" / "sweep.json") in refusal(StoreError, read)


@pytest.mark.parametrize("name", ["..zip", ".zip", "...zip", "a b.zip", "käse.ZIP"])
def test_a_bundle_may_have_any_name(recorded, tmp_path, name):
    path, _ = bundled(recorded.folder)
    path = path.rename(tmp_path / name) if name != ".zip" else path
    with opened_results(path) as folder:
        assert folder.parent.name.startswith("tunebench-")
        assert (folder / "sweep.json").is_file()
    assert not folder.exists()


def test_fingerprints_tell_revision_code_and_data(run_here, make_sweep, parts_file, tmp_path):
    data = tmp_path / "houses.csv"
    rows = "\n".join(f"{i},{i % 7},{2 * i + i % 7}" for i in range(60))
    data.write_text(f"a,b,y\n{rows}\n", encoding="utf-8")
    entry = Entry("tree", label="houses", settings={"data": str(data), "target": "y"})
    sweep = Sweep("mine", (parts_file("Random", "mine"), Entry("tpe")), (entry,), trials=2,
                  repetitions=1)  # fmt: skip
    store = run_here(sweep, tmp_path / "mine", made_in={"git": "0123abc-dirty"})
    found = orjson.loads(held(bundled(store.folder)[0])["fingerprints.json"])
    assert found["revisions"] == [{"git": "0123abc", "clean": False}]
    mine, tpe = found["strategies"]
    assert re.fullmatch("[0-9a-f]{16,64}", mine["code"])
    assert mine["code"] == Sweep.from_dict(store.sweep()).strategies[0].code
    assert "code" not in tpe
    assert tpe["library"][0].startswith("optuna ")
    (houses,) = found["problems"]
    assert houses["data"] == [hashlib.sha256(data.read_bytes()).hexdigest()[:16]]
    assert houses["data_set"] == [str(data)]


def plan(store):
    path, _ = bundled(store.folder)
    return list(csv.DictReader(held(path)["splits.csv"].decode().splitlines()))


def test_the_split_plan_has_what_each_problem_was_measured_on(run_here, tmp_path):
    problems = [
        Entry("tree-wine"), Entry("table-tree-wine"), Entry("branin"),
        Entry("shifted", settings={"of": {"name": "tree-wine", "settings": {}}}),
        Entry("tree-wine", label="reshuffled", settings={"reshuffle": True}),
    ]  # fmt: skip
    sweep = Sweep("mine", (Entry("random"),), tuple(problems), trials=1, repetitions=2)
    store = run_here(sweep, tmp_path / "mine")
    rows = {(row["problem"], row["repetition"]): row for row in plan(store)}
    assert len(rows) == 10
    seeds = {
        (r.spec.problem.label, str(r.spec.repetition)): str(r.header["facts"]["problem_seed"])
        for r in store.records()
    }
    assert {key: row["problem_seed"] for key, row in rows.items()} == seeds
    live: Any = registry.PROBLEMS.create(Entry("tree-wine"))
    split = live.split(live.load(), int(seeds["tree-wine", "1"]))
    first, second = rows["tree-wine", "0"], rows["tree-wine", "1"]
    assert (second["kind"], second["n_train"], second["n_test"]) == ("rows", "133", "45")
    assert second["n_folds"] == str(len(split.folds))
    parts = [split.train, split.test, *(part for fold in split.folds for part in fold)]
    assert second["fingerprint"] == of_rows(parts) != first["fingerprint"]
    other = rows["reshuffled", "1"]
    assert other["fingerprint"] == of_rows([split.train, split.test])
    assert other["note"] == "each configuration has folds of its own"
    assert rows["shifted", "0"]["kind"] == "rows"
    table: Any = registry.PROBLEMS.create(Entry("table-tree-wine"))
    row = rows["table-tree-wine", "1"]
    assert row["table_split"] == str(table.split_of(int(row["problem_seed"])))
    assert row["fingerprint"] == hashlib.sha256(table.file.read_bytes()).hexdigest()[:16]
    assert rows["branin", "0"]["kind"] == "function"


def test_row_numbers_have_this_fingerprint():
    numbers = [2, 5, 7, 1, 9]
    text = b"".join(n.to_bytes(8, "little") for n in numbers)
    assert of_rows([[5, 7], [9]]) == hashlib.sha256(text).hexdigest()[:16]


def test_no_code_of_anybody_is_run_for_the_split_plan(make_sweep, run_here, parts_file, tmp_path):
    entry = parts_file("Sphere", "sphere")
    inside = Entry("shifted", label="moved", settings={"of": {"name": entry.name, "settings": {}}})
    store = run_here(make_sweep(["Random"], [entry, inside]), tmp_path / "mine")
    (tmp_path / "parts.py").write_text("open('ran', 'w')\nraise SystemExit\n", encoding="utf-8")
    for row in plan(store):
        assert (row["kind"], row["note"]) == (
            "unknown", "a problem that does not come with tunebench"
        )  # fmt: skip
    assert not list(tmp_path.rglob("ran"))


def test_another_version_of_a_problem_has_no_splits_here(run_here, tmp_path):
    sweep = Sweep("mine", (Entry("random"),), (Entry("branin"),), trials=1, repetitions=1)
    store = run_here(sweep, tmp_path / "mine")
    resolved = Sweep.from_dict(store.sweep())
    other = replace(resolved, problems=(replace(resolved.problems[0], version=7),))
    (row,) = csv.DictReader(split_plan(other, store.headers()).splitlines())
    assert row["note"] == "another version of the problem, or of its data, is installed"


def test_the_lock_has_a_line_for_each_library_and_no_address():
    first, *lines = lock(["pytest"]).splitlines()
    assert re.fullmatch(r"# Python 3\.\d+\.\d+, tunebench .+", first)
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.+!-]+", line) for line in lines)
    names = [line.partition("==")[0] for line in lines]
    assert names == sorted(names)
    # Directly, of an extra, indirectly, and of somebody else's strategy.
    assert set(names) >= {"numpy", "scikit-learn", "cmaes", "packaging", "pytest"}
    assert "mypy" not in names
