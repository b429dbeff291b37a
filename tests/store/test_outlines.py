"""The first look at a folder says of each run what reading all of it says, and trusts no damage."""

from __future__ import annotations

import orjson
import pytest

from bench.store.seal import are_sealed, checksum, seal
from bench.testing.records import run_files


def outlined(store):
    return [(outline.id, outline.header, outline.end) for outline in store.outlines()]


def test_loose_packed_mixed_and_unfinished_runs(done, write_unfinished):
    def whole():
        return [(record.id, record.header, record.end) for record in done.records()]

    write_unfinished(done)
    assert outlined(done) == whole()
    kept = {path: path.read_bytes() for path in run_files(done)[::2]}
    done.pack()
    assert outlined(done) == whole()
    for path, content in kept.items():
        path.write_bytes(content)
    assert outlined(done) == whole()
    assert len(whole()) > len(kept) > 0


def test_files_of_older_versions_have_one(done, unchecked):
    before = outlined(done)
    for path in run_files(done):
        path.write_bytes(unchecked(path.read_bytes()))
    assert outlined(done) == before


@pytest.mark.parametrize("line", [0, 1, -2, -1])
def test_a_digit_that_changed_anywhere_is_noticed(done, line):
    path = next(p for p in run_files(done) if len(p.read_bytes().splitlines()) > 3)
    lines = path.read_bytes().splitlines(keepends=True)
    place = next(i for i, byte in enumerate(lines[line]) if chr(byte).isdigit())
    changed = bytearray(lines[line])
    changed[place] ^= 1
    lines[line] = bytes(changed)
    path.write_bytes(b"".join(lines))
    found = [list(what(damaged := [])) and damaged for what in (done.outlines, done.records)]
    assert [p for p, _ in found[0]] == [path]
    assert found[0] == found[1]


def test_a_lost_trial_is_noticed_though_every_line_has_its_checksum(done, forged):
    path = next(p for p in run_files(done) if len(p.read_bytes().splitlines()) > 3)
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:-2], lines[-1]]))
    forged(path, b"", b"")
    assert are_sealed(path.read_bytes().splitlines())
    damaged = []
    assert path.stem not in {outline.id for outline in done.outlines(damaged)}
    assert [p for p, _ in damaged] == [path]


def test_a_line_is_sealed_in_its_place_only():
    first = seal({"a": 1})
    second = seal({"b": 2}, checksum(first))
    assert are_sealed([first, second])
    assert are_sealed([])
    for lines in ([second, first], [first, first], [first, seal({"b": 2})], [first, b"{}"]):
        assert not are_sealed(lines)
    assert not are_sealed([orjson.dumps({"a": 1})])
