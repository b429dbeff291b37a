"""Results folders: a run's file, with its checksums and without, and the pack."""

import functools
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from hypothesis import strategies as st

from bench.run import End, RunStatus
from bench.store import RunRecord, Store, StoreError
from bench.store.run_file import read_run
from bench.store.seal import checksum, seal
from bench.testing.records import completed, failed, job
from bench.testing.sweeps import unchecked
from tests.fuzz.mutations import as_json, bytes_of, data_of
from tests.fuzz.reader import Misread, Reader

RUNS = 2


@functools.cache
def _folder() -> tuple[dict[str, bytes], bytes]:
    """Return the run files of a small folder, by name, and its pack."""
    with tempfile.TemporaryDirectory() as name:
        store = Store(Path(name) / "results")
        store.create({})
        for repetition in range(RUNS):
            writer = store.open(job(repetition), {"python": "3"})
            for number in range(5):
                trial = failed(number) if number == 3 else completed(number)
                writer.append(trial, number)
            writer.close(End(RunStatus.COMPLETED, "", 5))
        files = {path.name: path.read_bytes() for path in sorted(store.runs_path.iterdir())}
        store.pack()
        return files, store.pack_path.read_bytes()


def _lines(content: bytes) -> list[Any]:
    return [orjson.loads(line) for line in unchecked(content).splitlines()]


def _sealed(lines: Any) -> bytes:
    """Return lines with checksums that fit, as nothing but a person who forges them has it."""
    before, whole = 0, b""
    for line in lines:
        try:
            again = seal(line, before)
        except Exception:  # whatever cannot be written as a line
            again = as_json(line)
        before, whole = checksum(again), whole + again + b"\n"
    return whole


def _plain(lines: Any) -> bytes:
    return b"".join(as_json(line) + b"\n" for line in lines)


class RunFiles(Reader):
    name = "run files"
    refusals = (StoreError,)

    def __init__(self) -> None:
        (self.file, self.content), *_ = _folder()[0].items()
        lines = _lines(self.content)
        bare = unchecked(self.content)
        suffixes = st.sampled_from([".jsonl", ".jsonl", ".part"])
        contents = st.one_of(
            bytes_of([self.content]),
            bytes_of([bare]),
            data_of([lines]).map(_plain),
            data_of([lines]).map(_sealed),
            st.binary(max_size=60),
        )
        self.inputs = st.tuples(suffixes, contents)
        with tempfile.TemporaryDirectory() as name:
            path = self.write(Path(name), (".jsonl", self.content))
            self.original = read_run(path / "runs" / self.file)

    def write(self, folder: Path, content: tuple[str, bytes]) -> Path:
        store = Store(folder / "results")
        store.create({})
        (store.runs_path / self.file).with_suffix(content[0]).write_bytes(content[1])
        return store.folder

    def read(self, path: Path) -> RunRecord:
        # As a report does: one that is damaged is named, and in the way of nothing.
        store, damaged = Store(path), []
        store.columns(damaged)
        for _, reason in damaged:
            if "\n" in reason or not reason:
                raise AssertionError(f"no line: {reason!r}")
        store.frames([])
        list(store.headers())
        (record,) = store.records()
        return record

    def check(self, path: Path, content: tuple[str, bytes], found: RunRecord) -> None:
        store = Store(path)
        if found.checked and b'"crc32":' in content[1] and self.content.startswith(content[1][:64]):
            # What has the checksums of the original is a part of it from the beginning.
            count = len(found.trials)
            is_forged = content[1] not in (self.content[: len(content[1])], self.content)
            if not is_forged and found.trials != self.original.trials[:count]:
                raise Misread("other trials than those whose checksums hold")
        store.take(found)
        again = next(iter(store.records()))
        if (again.trials, again.end) != (found.trials, found.end) or again.header != found.header:
            raise Misread("written and read again it is another run")
        loose = _texts(store.columns().frame())
        if found.end is None:
            return
        store.pack()
        packed = _texts(store.columns().frame())
        if loose != packed:
            raise Misread("packed it is another run")


def _texts(frame: pd.DataFrame) -> list[Any]:
    return frame.astype(object).fillna("").map(repr).to_numpy().tolist()


class Packs(Reader):
    name = "packs"
    refusals = (StoreError,)

    def __init__(self) -> None:
        self.inputs = st.one_of(bytes_of([_folder()[1]]), st.binary(max_size=60))
        with tempfile.TemporaryDirectory() as name:
            self.original = _texts(Store(self.write(Path(name), _folder()[1])).columns().frame())

    def write(self, folder: Path, content: bytes) -> Path:
        store = Store(folder / "results")
        store.create({})
        store.pack_path.write_bytes(content)
        return store.folder

    def read(self, path: Path) -> tuple[list[RunRecord], list[Any]]:
        store = Store(path)
        list(store.headers())
        return list(store.records()), _texts(store.columns().frame())

    def check(self, path: Path, content: bytes, found: tuple[list[RunRecord], list[Any]]) -> None:
        records, values = found
        if values != self.original:
            raise Misread("other trials than were packed")
        if len(records) != RUNS:
            raise Misread(f"{len(records)} runs of {RUNS}")
