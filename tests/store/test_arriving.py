"""Run files that another machine writes."""

from __future__ import annotations

import pytest

from bench.store import Store, StoreError
from bench.store.arriving import Arriving
from bench.testing.records import run_files


@pytest.fixture
def content(make_sweep, run_here, tmp_path):
    (path,) = run_files(
        run_here(make_sweep(["Random"], ["Sphere"], repetitions=1), tmp_path / "away")
    )
    return path.stem, path.read_bytes()


@pytest.fixture
def store(tmp_path):
    found = Store(tmp_path / "here")
    found.runs_path.mkdir(parents=True)
    return found


def test_pieces_make_a_run_that_can_be_gone_on_with_and_the_whole_one_that_is_done(content, store):
    run, whole = content
    lines = whole.splitlines(keepends=True)
    arriving = Arriving(store, run)
    assert arriving.earlier() == ("", b"")
    arriving.add(0, b"".join(lines[:3]))
    arriving.add(len(b"".join(lines[:3])), b"".join(lines[3:6]))
    (record,) = store.records()
    assert (len(record.trials), record.end) == (5, None)
    assert Arriving(store, run).earlier() == (".part", b"".join(lines[:6]))
    arriving.whole(whole, finished=True)
    (record,) = store.records()
    assert (len(record.trials), record.checked) == (8, True)
    assert [path.name for path in store.runs_path.iterdir()] == [f"{run}.jsonl"]
    assert Arriving(store, run).earlier() == (".jsonl", whole)


def test_a_piece_that_does_not_join_waits_for_the_whole(content, store):
    run, whole = content
    lines = whole.splitlines(keepends=True)
    arriving = Arriving(store, run)
    arriving.add(5, lines[4])
    assert not run_files(store, "part")
    arriving.add(0, lines[0])
    arriving.add(len(whole), lines[3])
    arriving.add(len(lines[0]), lines[1])
    assert [len(record.trials) for record in store.records()] == [1]
    # A run that begins anew replaces what there was.
    arriving.add(0, lines[0])
    assert [len(record.trials) for record in store.records()] == [0]


def test_a_run_that_did_not_finish_keeps_its_trials_beside_the_one_before(content, store):
    run, whole = content
    arriving = Arriving(store, run)
    arriving.whole(whole, finished=True)
    arriving.whole(b"".join(whole.splitlines(keepends=True)[:4]), finished=False)
    assert {path.suffix for path in store.runs_path.iterdir()} == {".jsonl", ".part"}


def test_a_folder_that_cannot_be_written_is_said(content, tmp_path):
    arriving = Arriving(Store(tmp_path / "nowhere"), content[0])
    for write in (lambda: arriving.add(0, b"x\n"), lambda: arriving.whole(b"", finished=True)):
        with pytest.raises(StoreError, match="results need a folder that can be written"):
            write()
