"""Checksums: whatever changes in a file after it was written is noticed, or changes nothing."""

from __future__ import annotations

import json
import random

import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bench.store import Store, StoreError
from bench.store.pack import metadata_of
from bench.store.seal import SealError, checksum, column_seal, is_sealed, seal, unseal


def test_a_sealed_line_is_json_and_comes_back():
    line = seal({"a": 1, "b": "ä\n"})
    assert orjson.loads(line)["a"] == 1
    assert is_sealed(line)
    assert unseal(line) == {"a": 1, "b": "ä\n"}
    # Of an old file.
    assert not is_sealed(b'{"a":1}')
    assert unseal(b'{"a":1}') == {"a": 1}


def test_any_other_byte_in_a_sealed_line_is_noticed():
    line = seal({"trial": 3, "value": 0.25})
    for place in range(len(line)):
        for byte in {line[place] ^ bit for bit in (1, 2, 4, 8, 16, 32, 64, 128)} | {48, 49, 57}:
            changed = line[:place] + bytes([byte]) + line[place + 1 :]
            if changed == line:
                continue
            try:
                found = unseal(changed)
            except (SealError, orjson.JSONDecodeError):
                continue
            # The name of the checksum is another: that it lacks one is seen beside other lines.
            assert not is_sealed(changed)
            assert {k: found[k] for k in ("trial", "value")} == {"trial": 3, "value": 0.25}


def test_a_line_counts_in_its_place_only():
    head, other = seal({"run": "a"}), seal({"run": "b"})
    line = seal({"trial": 0}, checksum(head))
    assert unseal(line, checksum(head)) == {"trial": 0}
    for before in (0, checksum(other), checksum(line)):
        with pytest.raises(SealError, match="to another text or another place"):
            unseal(line, before)


@pytest.fixture
def done(make_sweep, run_here, tmp_path):
    """Give a store with a finished run that has failed and completed trials, and fold values."""
    sweep = make_sweep(["Random"], ["Flaky"], trials=6, repetitions=1)
    return run_here(sweep, tmp_path / "results")


@pytest.mark.slow
@pytest.mark.parametrize("kind", [".jsonl", ".part"])
def test_a_bit_that_flips_anywhere_in_a_run_file_is_noticed(done, kind):
    (path,) = (done.folder / "runs").iterdir()
    (record,) = done.records()
    whole = path.read_bytes()
    if kind == ".part":
        whole = b"".join(whole.splitlines(keepends=True)[:-1])
        path = path.rename(path.with_suffix(kind))
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        path.write_bytes(changed)
        damaged = []
        found = list(done.records(damaged))
        if [p for p, _ in damaged] == [path]:
            continue
        # Without its line feed the last line is one that was being written: it is measured again.
        assert (kind, place) == (".part", len(whole) - 1)
        assert found[0].trials == record.trials[:-1]


def test_lines_without_a_checksum_among_others_are_noticed(done, unchecked):
    (path,) = (done.folder / "runs").iterdir()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:3], unchecked(lines[3]), *lines[4:]]))
    with pytest.raises(StoreError, match="some of its lines have a checksum, others have none"):
        list(done.records())


def exchanged(ours, theirs):
    """Give trial lines, all or one, or the end of one run to another."""
    yield [ours[0], *theirs[1:]]
    yield [*ours[:2], theirs[2], *ours[3:]]
    yield [*ours[:-1], theirs[-1]]
    yield [*ours[:2], ours[3], ours[2], *ours[4:]]


def test_lines_that_moved_between_runs_or_within_one_are_noticed(make_sweep, run_here, tmp_path):
    sweep = make_sweep(["Random"], ["Sphere"], repetitions=2, trials=6)
    store = run_here(sweep, tmp_path / "results")
    ours, theirs = sorted((store.folder / "runs").glob("*.jsonl"))
    whole = ours.read_bytes()
    for lines in exchanged(
        *(path.read_bytes().splitlines(keepends=True) for path in (ours, theirs))
    ):
        ours.write_bytes(b"".join(lines))
        damaged = []
        assert len(list(store.records(damaged))) == 1
        ((path, reason),) = damaged
        assert path == ours
        assert "was changed after it was written" in reason
    ours.write_bytes(whole)
    assert len(list(store.records())) == 2


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda content: content.replace(b"\n", b"\r\n"),
        lambda content: b"".join(
            json.dumps(json.loads(line)).encode() + b"\n" for line in content.splitlines()
        ),
    ],
    ids=["line ends", "blanks"],
)
def test_a_file_that_was_written_again_as_a_whole_is_no_old_one(done, rewritten):
    (path,) = (done.folder / "runs").iterdir()
    path.write_bytes(rewritten(path.read_bytes()))
    with pytest.raises(
        StoreError, match="line 1 was changed after it was written: another program rewrote it"
    ):
        list(done.records())


def test_files_of_older_versions_are_read_and_said_to_be_unchecked(done, unchecked):
    (path,) = (done.folder / "runs").iterdir()
    assert done.frames()[1]["checked"].tolist() == [True]
    before = done.rows()
    path.write_bytes(unchecked(path.read_bytes()))
    trials, runs = done.frames()
    assert runs["checked"].tolist() == done.columns().runs["checked"].tolist() == [False]
    pd.testing.assert_frame_equal(trials, before)
    done.pack()
    # From then on a change is noticed.
    assert done.columns().runs["checked"].tolist() == [True]


@pytest.mark.slow
def test_a_bit_that_flips_in_a_pack_is_noticed_or_changes_nothing(done):
    done.pack()
    path = done.pack_path
    whole, wanted = path.read_bytes(), list(done.records())
    columns = done.columns()
    rng, noticed = random.Random(1), 0
    for place in rng.sample(range(len(whole)), 300):
        changed = bytearray(whole)
        changed[place] ^= 1 << rng.randrange(8)
        path.write_bytes(changed)
        try:
            found = list(done.records())
        except StoreError:
            noticed += 1
        else:
            # Not even a checksum's own name counts for the values.
            assert [r.trials for r in found] == [r.trials for r in wanted]
            assert [(r.header, r.end) for r in found] == [(r.header, r.end) for r in wanted]
            pd.testing.assert_frame_equal(done.columns().trials, columns.trials)
    # The others lie in statistics and descriptions that no reader of ours takes.
    assert noticed > 100


def test_values_that_were_exchanged_in_a_pack_are_noticed(done):
    done.pack()
    table = pq.read_table(done.pack_path)
    names = [{"ask_s": "tell_s", "tell_s": "ask_s"}.get(n, n) for n in table.column_names]
    changed = table.rename_columns(names).replace_schema_metadata(table.schema.metadata)
    pq.write_table(changed, done.pack_path)
    for read in (done.columns, lambda: list(done.records())):
        with pytest.raises(StoreError, match=r"is damaged \(.*its column .* was changed after"):
            read()


@pytest.mark.parametrize(
    "values",
    [
        pa.array([1.0, None, float("nan"), -0.0]),
        pa.array(["a", None, "", "äö"]),
        pa.array(["a", None, "a", "b"]).dictionary_encode(),
        pa.array([[1.0, 2.0], None, [], [3.0]]),
        pa.array([1, 2, 3, 4], pa.int32()),
    ],
    ids=str,
)
def test_the_seal_of_a_column_is_that_of_its_values(values):
    whole = pa.chunked_array([values])
    parts = pa.chunked_array([values[:1], values[1:1], values[1:]])
    assert column_seal(whole) == column_seal(parts)
    other = values.take(pa.array([0, 1, 3, 2]))
    assert column_seal(pa.chunked_array([other])) != column_seal(whole)
    if pa.types.is_dictionary(values.type):
        plain = pa.chunked_array([values.dictionary_decode()])
        assert column_seal(plain) == column_seal(whole)


def test_an_old_pack_is_read(done):
    done.pack()
    before = done.rows()
    table = pq.read_table(done.pack_path)
    about = metadata_of(table.schema)
    del about["columns"]
    old = table.replace_schema_metadata({"tunebench": orjson.dumps(about)})
    pq.write_table(old, done.pack_path, compression="zstd")
    assert done.columns().runs["checked"].tolist() == [False]
    pd.testing.assert_frame_equal(Store(done.folder).rows(), before)
