"""Packs: what they keep, and what is refused as one."""

from __future__ import annotations

import os

import orjson
import pandas as pd
import pyarrow.parquet as pq
import pytest

from bench.execution.plan import make_plan
from bench.store import SCHEMA, Store, StoreError
from bench.store.pack import metadata_of
from bench.testing.records import a_link_that_leads_nowhere, run_files


def test_packing_loses_nothing(done):
    trials, runs = done.frames()
    assert set(trials["status"]) == {"completed", "failed"}
    headers = {record.id: record for record in done.records()}
    assert done.pack() == len(runs)
    assert run_files(done) == []
    # The runs of a problem stand together then.
    for before, packed in zip((trials, runs), done.frames(), strict=True):
        keys = ["run", *(["trial_number"] if "trial_number" in packed else [])]
        pd.testing.assert_frame_equal(
            packed.sort_values(keys, ignore_index=True),
            before.sort_values(keys, ignore_index=True),
            check_exact=True,
        )
    assert {record.id: record for record in done.records()} == headers


def test_a_problem_is_a_row_group_and_the_headers_are_compressed(done):
    done.pack()
    file = pq.ParquetFile(done.pack_path)
    rows = [file.read_row_group(k).column("problem").unique().to_pylist()
            for k in range(file.num_row_groups)]  # fmt: skip
    assert [len(labels) for labels in rows] == [1] * len(set(done.frames()[1]["problem"]))
    about = metadata_of(file.schema_arrow)
    assert about["schema"] == SCHEMA
    stored = file.schema_arrow.metadata[b"tunebench"]
    assert 4 * len(stored) < len(orjson.dumps(about))


@pytest.mark.parametrize(("workers", "kept"), [(1, 0), (3, 24)])
def test_times_that_are_sums_of_seconds_are_left_out_and_read_back(
    make_sweep, run_here, tmp_path, workers, kept
):
    sweep = make_sweep(["Random"], ["Sphere"], trials=12, workers=workers)
    store = run_here(sweep, tmp_path)
    before, columns = store.rows(), store.columns().trials
    store.pack()
    table = pq.read_table(store.pack_path)
    assert len(table) - table.column("finished_s").null_count == kept
    pd.testing.assert_frame_equal(store.rows(), before, check_exact=True)
    pd.testing.assert_frame_equal(store.columns().trials, columns, check_exact=True)


def test_packing_twice_changes_nothing(done):
    done.pack()
    once = done.frames()
    done.pack()
    for before, after in zip(once, done.frames(), strict=True):
        pd.testing.assert_frame_equal(after, before)


def test_a_pack_takes_more_runs_in(done, make_sweep, run_here):
    done.pack()
    count = len(done.frames()[1])
    run_here(make_sweep(["Random"], ["Accuracy"]), done.folder)
    trials, runs = done.frames()
    assert len(runs) == count + 2
    done.pack()
    keys = ["run", "trial_number"]
    pd.testing.assert_frame_equal(
        done.rows().sort_values(keys, ignore_index=True),
        trials.sort_values(keys, ignore_index=True),
    )


def test_packed_runs_are_not_repeated(done, make_sweep):
    done.pack()
    sweep = make_sweep(["Random", "Climber"], ["Sphere", "Flaky", "Tree", "Numpy"])
    assert make_plan(sweep, done).todo == []


def test_unfinished_runs_are_not_packed(done, write_unfinished):
    path = write_unfinished(done)
    done.pack()
    assert path.exists()
    unfinished = [record.id for record in done.records() if record.end is None]
    assert unfinished == [path.stem]


def test_a_loose_run_beats_a_packed_one(done, forged):
    path = run_files(done)[0]
    loose = path.read_bytes()
    done.pack()
    path.write_bytes(loose)
    forged(path, b'"run_s":', b'"run_s":1')
    counted = next(record for record in done.records() if record.id == path.stem)
    assert counted.end.run_seconds >= 1
    assert len(list(done.records())) == len({record.id for record in done.records()})


def test_a_pack_in_a_folder_whose_name_is_no_utf_8_is_read(done):
    done.pack()
    rows = done.rows()
    elsewhere = Store(done.folder.rename(os.fsdecode(bytes(done.folder) + b"-\xff")))
    pd.testing.assert_frame_equal(elsewhere.rows(), rows)
    assert elsewhere.packed() == len(rows)


@pytest.mark.parametrize("content", [b"", b"PAR1 and nothing more", None])
def test_a_pack_that_cannot_be_read_is_reported(done, content):
    done.pack()
    if content is None:
        pd.DataFrame({"a": [1]}).to_parquet(done.pack_path)
    else:
        done.pack_path.write_bytes(content)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


@pytest.mark.parametrize("metadata", [b'{"schema": 1}', b"[]", b"x"])
def test_a_pack_with_foreign_metadata_is_reported(done, metadata):
    done.pack()
    table = pq.read_table(done.pack_path).replace_schema_metadata({"tunebench": metadata})
    pq.write_table(table, done.pack_path)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


def test_a_pack_without_a_column_is_reported(done):
    done.pack()
    table = pq.read_table(done.pack_path)
    pq.write_table(table.drop_columns(["config"]), done.pack_path)
    with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
        list(done.records())


def test_a_pack_behind_a_link_that_leads_nowhere_is_not_taken_for_none(done, readers):
    done.pack()
    a_link_that_leads_nowhere(done.pack_path)
    for reader in readers(done):
        with pytest.raises(StoreError, match=r"trials.parquet cannot be read \(No such file"):
            reader()


def test_a_pack_that_may_not_be_read_is_not_said_to_be_damaged(done, monkeypatch):
    done.pack()

    def refuse(path, *_):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("os.open", refuse)
    told = r"trials.parquet cannot be read \(Permission denied\); check its permissions"
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=told):
            reading()


def test_a_pack_that_does_not_fit_into_memory_is_not_said_to_be_damaged(done, monkeypatch):
    done.pack()

    def too_much(*_):
        raise MemoryError("malloc of size 64 failed")

    monkeypatch.setattr("bench.store.seal.ColumnSeal.add", too_much)
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=r"must fit into memory, it does not \(MemoryError"):
            reading()


def test_a_pack_of_too_many_trials_is_refused_before_they_are_read(done, monkeypatch):
    done.pack()
    monkeypatch.setattr("bench.store.pack.MAX_PACK_ROWS", 10)
    for reading in (lambda: list(done.records()), done.columns):
        with pytest.raises(StoreError, match=r"must hold 10 trials or fewer, .* has \d+; "):
            reading()
