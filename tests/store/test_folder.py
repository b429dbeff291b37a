"""A results folder and its readers, whatever lies in it."""

from __future__ import annotations

import pytest

from bench.run import End, RunStatus
from bench.store import Store, StoreError
from bench.store import contents as folder_module
from bench.testing.records import (
    a_folder,
    a_link_that_leads_nowhere,
    a_link_to_itself,
    failed,
    job,
    run_files,
)


def test_a_path_that_is_no_folder_is_reported(folder):
    with pytest.raises(StoreError, match=r"must hold sweep.json, .* does not, it is not there;"):
        Store(folder).sweep()
    assert list(Store(folder).records()) == []
    assert not folder.exists()


def test_rows_have_their_kinds_whatever_there_is(folder, begin):
    store = Store(folder)
    empty = store.rows()
    assert len(empty) == 0
    store.create({})
    writer, _ = begin(store, job())
    writer.append(failed(0), 0)
    rows = store.rows()
    assert list(rows.columns) == list(empty.columns)
    assert rows["value"].isna().all()
    assert (rows["value"].dtype, rows["unordered"].dtype) == (float, bool)
    assert rows["reason"].tolist() == ["ValueError: a\nb"]


@pytest.mark.parametrize("happening", ["it ends", "it is packed"])
def test_a_reader_survives_what_happens_while_it_reads(done, monkeypatch, happening):
    path = run_files(done)[0]
    listed = path.with_suffix(".part") if happening == "it ends" else path
    path.rename(listed)
    read, happened = folder_module.read_run, []  # type: ignore[attr-defined]

    def meanwhile(which):
        if which == listed and not happened:
            happened.append(which)
            if happening == "it ends":
                listed.rename(path)
            else:
                done.pack()
        return read(which)

    monkeypatch.setattr(folder_module, "read_run", meanwhile)
    records = list(done.records())
    assert happened
    assert [record.id for record in records if record.id == path.stem] == [path.stem]
    assert all(record.end is not None for record in records)


def test_environments_are_listed_once_each(folder, begin):
    store, ids = Store(folder), {job(repetition).id for repetition in range(3)}
    store.create({})
    for repetition, python in enumerate(("3", "3", "4")):
        writer, _ = begin(store, job(repetition), python)
        writer.close(End(RunStatus.STOPPED_EARLY))
    assert store.environments(ids) == [{"python": "3"}, {"python": "4"}]
    store.pack()
    assert store.environments(ids) == [{"python": "3"}, {"python": "4"}]


def test_a_folder_that_cannot_be_made_is_reported(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot be written .*; use another folder"):
        Store(tmp_path / "file" / "results").create({})


@pytest.mark.parametrize("spoil", [a_folder, a_link_that_leads_nowhere, a_link_to_itself])
def test_a_run_file_that_cannot_be_read_is_an_error(done, readers, spoil):
    path = run_files(done)[0]
    spoil(path)
    for reader in readers(done):
        with pytest.raises(
            StoreError, match=rf"{path} cannot be read \(.*\); check its permissions"
        ):
            reader()


@pytest.mark.parametrize("kind", ["a file", "a link that leads nowhere", "a link to itself"])
def test_runs_that_cannot_be_listed_are_not_taken_for_none(done, readers, kind):
    runs = done.folder / "runs"
    runs.rename(done.folder / "gone")
    if kind == "a file":
        runs.write_text("no folder", encoding="utf-8")
    else:
        runs.symlink_to(runs if kind == "a link to itself" else done.folder / "nowhere")
    for reader in readers(done):
        told = rf"{runs} (cannot be read \(.*\); check its permissions|is a link to .*; remove)"
        with pytest.raises(StoreError, match=told):
            reader()


def test_a_file_is_no_results_folder(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(
        StoreError, match=r"must hold sweep.json, .*file does not, it is a file; name a folder"
    ):
        Store(tmp_path / "file").sweep()


def test_a_sweep_that_cannot_be_read_is_not_taken_for_none(done):
    a_folder(done.sweep_path)
    with pytest.raises(StoreError, match=r"sweep.json cannot be read \(Is a directory\); check"):
        done.sweep()


def test_headers_are_those_of_the_finished_runs(done, write_unfinished):
    records = {record.id: record.header for record in done.records()}
    write_unfinished(done)
    assert {header["run"]: header for header in done.headers()} == records
    done.pack()
    assert {header["run"]: header for header in done.headers()} == records


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"garbage\n", b"{}\n", b'{"schema": 4, "run": "other"}\n']
)
def test_a_file_that_does_not_begin_with_its_header_has_none(done, content):
    path, *others = run_files(done)
    path.write_bytes(content)
    assert {header["run"] for header in done.headers()} == {other.stem for other in others}


def test_a_header_that_was_changed_counts_not(done, forged):
    path, *others = run_files(done)
    path.write_bytes(
        path.read_bytes().replace(b'"master', b'"mbster').replace(b'"seed":5', b'"seed":6')
    )
    forged(others[0], b'"direction":"minimize"', b'"direction":"upwards"')
    assert len(list(done.headers())) == len(others) - 1
