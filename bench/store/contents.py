"""What a results folder holds: its sweep, and its runs, packed and loose."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from bench.files import read
from bench.store.columns import NEEDED, Columns, columns
from bench.store.frame import frames
from bench.store.pack import open_pack, read_headers, read_outlines, read_pack
from bench.store.record import DamagedError, Outline, RunRecord, StoreError, environments
from bench.store.run_file import check_schema, read_header, read_outline, read_run, reading

if TYPE_CHECKING:
    import pandas as pd

PACK = "trials.parquet"

NO_SWEEP = ("shard", "looks")
"""Keys of a recorded sweep that are no part of it, but of how it was done."""

T = TypeVar("T")


class Contents:
    """A results folder to read.

    Args:
        folder: one that is not there holds nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.runs_path = folder / "runs"

    @property
    def pack_path(self) -> Path:
        """Where the packed runs are."""
        return self.folder / PACK

    @property
    def sweep_path(self) -> Path:
        """Where the resolved sweep is."""
        return self.folder / "sweep.json"

    def sweep(self) -> dict[str, Any]:
        """Return the resolved sweep.

        Raises:
            StoreError: there is none, it cannot be read, or another schema wrote it.
        """
        try:
            with reading(self.sweep_path):
                data = orjson.loads(read(self.sweep_path))
        except FileNotFoundError:
            # Where a bundle will not do: a command that writes.
            is_file = self.folder.is_file()
            why = ", it is a file" if is_file else ", it is not there"
            raise StoreError(
                f"a results folder must hold {self.sweep_path.name}, {self.folder} does not"
                f"{'' if self.folder.is_dir() else why}; name a folder that `tunebench run` wrote"
                + (", or one that a bundle was unpacked into" if is_file else "")
            ) from None
        except orjson.JSONDecodeError as error:
            raise self.damaged_sweep(error) from None
        if not isinstance(data, dict):
            raise self.damaged_sweep("it holds no table")
        check_schema(data, self.sweep_path)
        return {key: value for key, value in data.items() if key not in ("schema", *NO_SWEEP)}

    def beside_sweep(self) -> dict[str, Any]:
        """Return what is recorded beside the sweep of how it was done, nothing where that is all.

        "shard" is the part of the sweep that was done here last, as in 3/10, and "looks" what the
        looks at a sweep that stops settled comparisons have seen and stopped.
        """
        with suppress(OSError, orjson.JSONDecodeError):
            data = orjson.loads(read(self.sweep_path))
            if isinstance(data, dict):
                return {key: data[key] for key in NO_SWEEP if key in data}
        return {}

    def shard(self) -> str:
        """Return the part of the sweep that was done here last, as in 3/10; "" where it is all."""
        return str(self.beside_sweep().get("shard", ""))

    def check_schema(self) -> None:
        """Refuse a file and a folder of another schema; without a sweep or damaged, it may be used.

        Raises:
            StoreError: it is a file, or another schema wrote it.
        """
        if os.path.exists(self.folder) and not os.path.isdir(self.folder):
            raise StoreError(
                f"results need a folder, {self.folder} is a file; use another folder",
                option="out",
            )
        with suppress(OSError, orjson.JSONDecodeError):
            data = orjson.loads(read(self.sweep_path))
            if isinstance(data, dict):
                check_schema(data, self.sweep_path)

    def records(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[RunRecord]:
        """Yield every run, packed and loose, unfinished ones included; a loose one counts.

        Args:
            damaged: receives the files that could not be read, with the reason. Without it they
                are an error.

        Raises:
            StoreError: another schema, a damaged pack, or what cannot be read.
        """
        loose = self._loose()
        for record in self.packed_records():
            if record.id not in loose:
                yield record
        yield from self._read(loose.values(), damaged)

    def outlines(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[Outline]:
        """Yield what `records` does, without the trials: the first look at a long sweep.

        Args:
            damaged: as for `records`.

        Raises:
            StoreError: as `records`.
        """
        loose = self._loose()
        if os.path.lexists(self.pack_path):
            yield from (found for found in read_outlines(self.pack_path) if found.id not in loose)
        yield from self._each(loose.values(), self._outline_wherever, damaged)

    def headers(self) -> Iterator[dict[str, Any]]:
        """Yield the headers of the finished runs, without reading a trial; damaged files count not.

        Raises:
            StoreError: another schema, a damaged pack, or what cannot be read.
        """
        loose = {run: path for run, path in self._loose().items() if path.suffix == ".jsonl"}
        yield from (h for h in self.packed_headers() if h["run"] not in loose)
        for path in loose.values():
            with suppress(DamagedError, FileNotFoundError):
                yield read_header(path)

    def frames(
        self, damaged: list[tuple[Path, str]] | None = None
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Return the tidy frame, a row a trial, and the frame of runs, a row a run."""
        return frames(self.records(damaged))

    def columns(
        self, damaged: list[tuple[Path, str]] | None = None, *, wanted: Sequence[str] = NEEDED
    ) -> Columns:
        """Return what `frames` does, column by column: for millions of trials.

        Args:
            damaged: as for `records`.
            wanted: columns of a trial.

        Raises:
            StoreError: as `records`.
        """
        loose = self._loose()
        return columns(
            self.pack_path if os.path.lexists(self.pack_path) else None,
            self._read(loose.values(), damaged),
            instead=loose.keys(),
            wanted=wanted,
        )

    def packed(self) -> int:
        """Return how many trials the pack holds; 0 without one, or where it cannot be read."""
        with suppress(Exception):
            file, _ = open_pack(self.pack_path)
            with file:
                return int(file.metadata.num_rows)
        return 0

    def rows(self) -> pd.DataFrame:
        """Return the tidy frame, a row a trial."""
        return self.frames()[0]

    def environments(self, runs: Collection[str]) -> list[dict[str, Any]]:
        """Return the different environments some runs were made in, in order of appearance."""
        found: list[dict[str, Any]] = []
        for record in self.records([]):
            if record.id not in runs:
                continue
            for environment in environments(record.header):
                if environment not in found:
                    found.append(environment)
        return found

    def _loose(self) -> dict[str, Path]:
        """Return run -> its own file, the finished one where there are two."""
        paths: list[Path] = []
        with suppress(FileNotFoundError), reading(self.runs_path):
            paths = sorted(self.runs_path.iterdir())
        kinds = ([p for p in paths if p.suffix == suffix] for suffix in (".part", ".jsonl"))
        return {path.stem: path for kind in kinds for path in kind}

    def _read(
        self, paths: Iterable[Path], damaged: list[tuple[Path, str]] | None
    ) -> Iterator[RunRecord]:
        return self._each(paths, self._read_wherever, damaged)

    def _each(
        self,
        paths: Iterable[Path],
        reader: Callable[[Path], T | None],
        damaged: list[tuple[Path, str]] | None,
    ) -> Iterator[T]:
        for path in paths:
            try:
                found = reader(path)
            except DamagedError as error:
                if damaged is None:
                    raise StoreError(f"{path} is damaged: {error}; `tunebench run` repeats it")  # noqa: B904
                damaged.append((path, str(error)))
            else:
                if found is not None:
                    yield found

    def _read_wherever(self, path: Path) -> RunRecord | None:
        """Read a run that may be finished or packed between the listing and the reading."""
        for place in (path, path.with_suffix(".jsonl")):
            with suppress(FileNotFoundError):
                return read_run(place)
        return next(self.packed_records({path.stem}), None)

    def _outline_wherever(self, path: Path) -> Outline | None:
        with suppress(FileNotFoundError):
            return read_outline(path)
        found = self._read_wherever(path)
        return None if found is None else found.outline

    def packed_records(self, only: Collection[str] | None = None) -> Iterator[RunRecord]:
        """Yield the runs of the pack.

        Args:
            only: ids of those that are wanted; all without.
        """
        if os.path.lexists(self.pack_path):
            yield from read_pack(self.pack_path, only)

    def runs(self, ids: Collection[str]) -> list[RunRecord]:
        """Return some runs in the order of their ids, reading no others.

        Args:
            ids: of runs that are there.

        Raises:
            StoreError: as `records`.
        """
        loose = {run: path for run, path in self._loose().items() if run in set(ids)}
        packed = set(ids) - loose.keys()
        found = [*self._read(loose.values(), None)]
        if packed:
            found += self.packed_records(packed)
        return sorted(found, key=lambda record: record.id)

    def packed_headers(self) -> list[dict[str, Any]]:
        """Return the headers of the runs of the pack."""
        return read_headers(self.pack_path) if os.path.lexists(self.pack_path) else []

    def run_path(self, run: str) -> Path:
        """Return where the file of a run is or will be."""
        return self.runs_path / f"{run}.jsonl"

    def damaged_sweep(self, why: object) -> StoreError:
        """Return what to raise where the resolved sweep cannot be used."""
        return StoreError(
            f"{self.sweep_path} is damaged ({why}); run the sweep again to rewrite it"
        )
