"""A pack is written and read in pieces, wherever they end."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.store import StoreError
from bench.store.pack import metadata_of
from bench.testing.records import run_files


@pytest.fixture
def small_pieces(monkeypatch):
    """Let a piece end in the middle of nearly every run."""
    for module in ("pack", "pack_writer"):
        monkeypatch.setattr(f"bench.store.{module}.BATCH_ROWS", 3)
    monkeypatch.setattr("bench.store.pack_writer.GROUP_ROWS", 7)


def by_id(store):
    return {record.id: record for record in store.records()}


def test_what_is_read_back_does_not_depend_on_the_pieces(done, small_pieces):
    before = by_id(done)
    done.pack()
    assert by_id(done) == before
    file = pq.ParquetFile(done.pack_path)
    most = max(len(record.trials) for record in before.values())
    groups = [file.metadata.row_group(k).num_rows for k in range(file.num_row_groups)]
    assert max(groups) < 7 + most
    assert len(groups) > len({record.spec.problem.label for record in before.values()})


def test_some_runs_of_a_pack_can_be_read(done, small_pieces):
    before = by_id(done)
    done.pack()
    wanted = sorted(before)[1::3]
    assert {record.id: record for record in done.packed_records(wanted)} == {
        run: before[run] for run in wanted
    }
    assert list(done.packed_records({"0" * 16})) == []


def test_rows_in_another_order_are_read_too(done):
    before = by_id(done)
    done.pack()
    table = pq.read_table(done.pack_path)
    about = metadata_of(table.schema)
    del about["columns"]
    order = np.argsort(table.column("trial_number").to_numpy(), kind="stable")
    other = table.take(pa.array(order)).replace_schema_metadata({"tunebench": orjson.dumps(about)})
    pq.write_table(other, done.pack_path)
    assert {run: record.trials for run, record in by_id(done).items()} == {
        run: record.trials for run, record in before.items()
    }


def test_a_column_that_changed_is_reported_before_a_run_is_given(done):
    done.pack()
    table = pq.read_table(done.pack_path)
    values = table.column("ask_s").to_numpy().copy()
    values[-1] += 1.0
    place = table.schema.get_field_index("ask_s")
    changed = table.set_column(place, "ask_s", pa.array(values))
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), done.pack_path)
    for read in (done.records, done.outlines):
        with pytest.raises(StoreError, match="its column ask_s was changed after it was written"):
            next(read())


def test_runs_of_a_problem_stand_together_also_when_more_are_packed(done, make_sweep, run_here):
    done.pack()
    run_here(make_sweep(["Random"], ["Sphere", "Accuracy"], repetitions=3), done.folder)
    done.pack()
    labels = [header["spec"]["problem"]["label"] for header in done.packed_headers()]
    changes = sum(one != other for one, other in pairwise(labels))
    assert changes == len(set(labels)) - 1


def test_a_packed_run_that_is_being_repeated_stays_in_the_pack(done):
    path = next(p for p in run_files(done) if len(p.read_bytes().splitlines()) > 3)
    begun = b"".join(path.read_bytes().splitlines(keepends=True)[:2])
    done.pack()
    path.with_suffix(".part").write_bytes(begun)
    before = {header["run"] for header in done.packed_headers()}
    done.pack()
    assert path.stem in before == {header["run"] for header in done.packed_headers()}
    assert path.with_suffix(".part").read_bytes() == begun


def test_a_damaged_run_leaves_the_pack_and_the_files_as_they_were(done):
    *others, path = run_files(done)
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(StoreError, match=r"is damaged: .*`tunebench run` repeats it"):
        done.pack()
    assert not done.pack_path.exists()
    assert run_files(done) == [*others, path]
    assert list(done.folder.glob("*.new")) == []
