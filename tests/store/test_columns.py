"""Reading by columns gives what reading by rows gives."""

from __future__ import annotations

import os

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from bench.store import Store, StoreError
from bench.store.columns import NEEDED
from bench.store.pack import metadata_of
from bench.store.rows import RUN_COLUMNS, TRIAL_COLUMNS


@pytest.fixture
def done(make_sweep, run_here, tmp_path):
    """Give a store with finished runs of every kind of trial, and one that failed at once."""
    sweep = make_sweep(["Random", "Climber", "Raises"], ["Sphere", "Flaky", "Tree"])
    return run_here(sweep, tmp_path / "results")


def plain(frame):
    """Categories as texts and small integers as large ones, as `frames` has them."""
    kinds: dict[str, type] = {}
    for name, kind in frame.dtypes.items():
        if isinstance(kind, pd.CategoricalDtype):
            kinds[name] = str
        elif np.issubdtype(kind, np.integer) if isinstance(kind, np.dtype) else False:
            kinds[name] = np.int64
    return frame.astype(kinds)


def assert_same(store):
    trials, runs = store.frames()
    found = store.columns(wanted=TRIAL_COLUMNS)
    pd.testing.assert_frame_equal(found.runs, runs)
    pd.testing.assert_frame_equal(plain(found.frame(RUN_COLUMNS)), trials)
    few = store.columns().frame(["run", "strategy"])
    assert list(few.columns) == ["run", "strategy", *(n for n in TRIAL_COLUMNS if n in NEEDED)]
    pd.testing.assert_frame_equal(plain(few), trials[few.columns])
    assert found.environments() == store.environments(set(runs["run"]))


@pytest.mark.slow
def test_loose_packed_and_mixed_runs_are_what_frames_gives(done, make_sweep, run_here, forged):
    assert_same(done)
    loose = sorted((done.folder / "runs").glob("*.jsonl"))
    kept = {path: path.read_bytes() for path in loose[::3]}
    done.pack()
    assert_same(done)
    for path, content in kept.items():
        # Another end, to tell that the loose one counts.
        path.write_bytes(content)
        forged(path, b'"run_s":', b'"run_s":1')
    assert_same(done)
    run_here(make_sweep(["Random"], ["Accuracy"]), done.folder)
    assert_same(done)
    assert (done.columns().runs["run_s"] >= 1).sum() == len(kept)


def test_a_folder_without_runs_has_empty_frames(tmp_path):
    found = Store(tmp_path).columns()
    assert len(found.runs) == len(found.frame()) == 0
    assert found.environments() == []


def without_checksums(table):
    """The metadata of a pack as versions without checksums wrote it."""
    about = metadata_of(table.schema)
    del about["columns"]
    return {"tunebench": orjson.dumps(about)}


def test_rows_of_a_pack_may_be_in_any_order_that_keeps_a_runs_own(done):
    done.pack()
    before = done.columns()
    table = pq.read_table(done.pack_path)
    order = np.argsort(table.column("trial_number").to_numpy(), kind="stable")
    table = table.replace_schema_metadata(without_checksums(table))
    pq.write_table(table.take(pa.array(order)), done.pack_path)
    pd.testing.assert_frame_equal(done.columns().frame(), before.frame())


def test_some_runs_can_be_kept(done):
    found = done.columns()
    keep = (found.runs["strategy"] == "Climber").to_numpy()
    kept = found.only(keep)
    trials = found.frame()
    wanted = plain(trials[trials["strategy"] == "Climber"]).reset_index(drop=True)
    pd.testing.assert_frame_equal(plain(kept.frame()), wanted)
    assert len(kept.made_in) == len(kept.runs) == keep.sum()


def without(name):
    return lambda table: table.drop_columns([name])


def emptied(name):
    def change(table):
        place = table.schema.get_field_index(name)
        nothing = pa.nulls(len(table), table.schema.field(name).type)
        return table.set_column(place, table.schema.field(name), nothing)

    return change


DAMAGE = {
    "a column is gone": without("tell_s"),
    "an unread column is gone": without("config"),
    "a row is gone": lambda table: table.slice(0, len(table) - 1),
    "a row is there twice": lambda table: pa.concat_tables([table, table.slice(0, 1)]),
    "the rows are turned round": lambda table: table.take(pa.array(range(len(table)))[::-1]),
    "no costs": emptied("evaluation_s"),
    "no values": emptied("value"),
    "no status": emptied("status"),
    "no runs": emptied("run"),
    "another status": lambda table: table.set_column(
        table.schema.get_field_index("status"),
        "status",
        pc.replace_substring(table.column("status").cast("string"), "completed", "complete"),
    ),
    "texts for values": lambda table: table.set_column(
        table.schema.get_field_index("value"), "value", pa.array(["a"] * len(table))
    ),
}


def test_a_damaged_pack_is_one_clear_line(done):
    done.pack()
    table = pq.read_table(done.pack_path)
    for what, change in DAMAGE.items():
        changed = change(table).replace_schema_metadata(without_checksums(table))
        pq.write_table(changed, done.pack_path)
        with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote") as told:
            done.columns()
        assert "\n" not in str(told.value), what
    for content in (b"", b"PAR1 and nothing more"):
        done.pack_path.write_bytes(content)
        with pytest.raises(StoreError, match="must be a pack that `tunebench pack` wrote"):
            done.columns()


def test_a_file_whose_name_is_no_utf_8_lies_beside_packed_runs(done):
    done.pack()
    stray = done.folder / "runs" / os.fsdecode(b"\xff.jsonl")
    stray.write_bytes(b"garbage\n")
    damaged = []
    found = done.columns(damaged)
    assert [path for path, _ in damaged] == [stray]
    assert len(found.runs) == len(done.frames([])[1])


def test_damaged_and_foreign_runs_are_reported_as_by_records(done, forged):
    path, *_ = sorted((done.folder / "runs").glob("*.jsonl"))
    whole = path.read_bytes()
    path.write_bytes(b"garbage\n")
    damaged = []
    assert path.stem not in set(done.columns(damaged).runs["run"])
    assert [p for p, _ in damaged] == [path]
    with pytest.raises(StoreError, match="is damaged"):
        done.columns()
    path.write_bytes(whole)
    forged(path, b'"schema":4', b'"schema":99')
    with pytest.raises(StoreError, match="must have schema 1 to 4"):
        done.columns([])
