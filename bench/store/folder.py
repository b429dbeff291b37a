"""A results folder: where its runs are, what may be written, what can be read."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
from filelock import FileLock, Timeout

from bench.core import Status
from bench.files import leads_elsewhere, read, replacing
from bench.job import Job
from bench.run import End, Ended
from bench.store.columns import NEEDED, Columns, columns
from bench.store.frame import frames
from bench.store.pack import open_pack, read_pack, write_pack
from bench.store.record import (
    SCHEMA,
    DamagedError,
    RunRecord,
    StoreError,
    check_schema,
    environments,
    header,
    read_run,
    reading,
    resumed,
)
from bench.store.writer import Writer
from bench.words import shortened

if TYPE_CHECKING:
    import pandas as pd

PACK = "trials.parquet"


class Store:
    """A results folder: `runs/` with a file a run, and the pack.

    Args:
        folder: made by `create`; reading a folder that is not there gives nothing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._runs = folder / "runs"

    @property
    def pack_path(self) -> Path:
        """Where the packed runs are."""
        return self.folder / PACK

    @property
    def sweep_path(self) -> Path:
        """Where the resolved sweep is."""
        return self.folder / "sweep.json"

    def create(self, sweep: Mapping[str, Any]) -> None:
        """Make the folder and write the resolved sweep into it.

        Raises:
            StoreError: it cannot be written.
        """
        data = {"schema": SCHEMA, **sweep}
        self._refuse_links()
        with self._writing():
            self._runs.mkdir(parents=True, exist_ok=True)
            with replacing(self.sweep_path) as file:
                file.write(orjson.dumps(data, option=orjson.OPT_INDENT_2) + b"\n")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from changing the folder, which is made if it is not there.

        Raises:
            StoreError: another process has it, or it cannot be written or leads elsewhere.
        """
        self._refuse_links()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / ".lock").acquire(timeout=0)
        except Timeout:
            raise StoreError(
                f"one process at a time may change the results in {self.folder}, another one "
                "does; wait for it, stop it, or use another folder (--out)"
            ) from None
        except OSError as error:
            raise self.unwritable(error) from None
        with lock:
            yield

    def sweep(self) -> dict[str, Any]:
        """Return the resolved sweep.

        Raises:
            StoreError: there is none, it cannot be read, or another schema wrote it.
        """
        try:
            with reading(self.sweep_path):
                data = orjson.loads(read(self.sweep_path))
        except FileNotFoundError:
            raise StoreError(
                f"a results folder must hold {self.sweep_path.name}, {self.folder} does not; "
                "name a folder that `tunebench run` wrote"
            ) from None
        except orjson.JSONDecodeError as error:
            raise self.damaged_sweep(error) from None
        if not isinstance(data, dict):
            raise self.damaged_sweep("it holds no table")
        check_schema(data, self.sweep_path)
        del data["schema"]
        return dict(data)

    def check_schema(self) -> None:
        """Refuse a file and a folder of another schema; without a sweep or damaged, it may be used.

        Raises:
            StoreError: it is a file, or another schema wrote it.
        """
        if os.path.exists(self.folder) and not os.path.isdir(self.folder):
            raise StoreError(
                f"results need a folder, {self.folder} is a file; use another folder (--out)"
            )
        with suppress(OSError, orjson.JSONDecodeError):
            data = orjson.loads(read(self.sweep_path))
            if isinstance(data, dict):
                check_schema(data, self.sweep_path)

    def open(self, job: Job, made_in: Mapping[str, Any]) -> Writer:
        """Begin a run or go on with it; a damaged file of it is set aside.

        Args:
            job: the run.
            made_in: the environment it is made in from here on.
        """
        return self._go_on(job, made_in, self._earlier(job.id))

    def _earlier(self, run: str) -> RunRecord | None:
        """Return an earlier attempt of a run."""
        self._refuse_links()
        path = self._path(run)
        for old in (path.with_suffix(".part"), path):
            try:
                return read_run(old)
            except FileNotFoundError:
                continue
            except DamagedError:
                self.set_aside(old)
        return None

    def _go_on(self, job: Job, made_in: Mapping[str, Any], earlier: RunRecord | None) -> Writer:
        head = header(job, made_in)
        if earlier is None:
            return Writer(self._path(job.id), head)
        return Writer(self._path(job.id), resumed(head, earlier), earlier.trials)

    def reopen(self, runs: Collection[str]) -> None:
        """Give packed runs that are done again a file of their own, to go on from.

        As they ended: until they are done that is what counts.
        """
        if not runs:
            return
        with self._writing():
            for record in self._packed():
                path = self._path(record.id)
                loose = path.exists() or path.with_suffix(".part").exists()
                if record.id in runs and not loose and record.end is not None:
                    Writer(path, record.header, record.trials).close(record.end)

    def end(
        self,
        job: Job,
        made_in: Mapping[str, Any],
        ended: Ended,
        reason: str,
        seconds: float = 0.0,
    ) -> End:
        """End a run from outside, keeping the trials it has, and return its end.

        A run that used its budget a moment before stays as it is.

        Args:
            job: the run.
            made_in: the environment that is recorded where the run had not begun.
            ended: how.
            reason: why.
            seconds: what it took.
        """
        with suppress(DamagedError, FileNotFoundError):
            found = read_run(self._path(job.id)).end
            if found is not None and found.ended in (Ended.COMPLETED, Ended.EXHAUSTED):
                return found
        with self._writing():
            earlier = self._earlier(job.id)
            if earlier is not None:
                made_in = environments(earlier.header)[-1]
            writer = self._go_on(job, made_in, earlier)
            failed = sum(trial.status is Status.FAILED for trial in writer.recorded)
            count = len(writer.recorded)
            ending = End(ended, shortened(reason), count, seconds=seconds, failed=failed)
            writer.close(ending)
        return ending

    @contextmanager
    def changing(
        self, sweep: Mapping[str, Any], runs: Collection[str], damaged: Iterable[Path] = ()
    ) -> Iterator[None]:
        """Let some runs be done inside, by this process and its workers alone.

        Args:
            sweep: resolved, as plain data: the one that the folder holds from now on.
            runs: ids of those that will be done; packed ones get a file of their own.
            damaged: files to set aside first.

        Raises:
            StoreError: as `lock` and `create`.
        """
        with self.lock():
            self.create(sweep)
            for path in damaged:
                self.set_aside(path)
            self.reopen(runs)
            try:
                yield
            finally:
                self.tidy()

    def tidy(self) -> None:
        """Remove what processes left behind that were killed: nobody will go on from it.

        That is what had not got its name yet, and what was begun of a run that has been done.
        """
        with suppress(FileNotFoundError), self._writing():
            for path in [*self.folder.glob("*.new"), *self._runs.glob("*.new")]:
                path.unlink(missing_ok=True)
            for path in self._runs.glob("*.part"):
                with suppress(DamagedError, FileNotFoundError):
                    end = read_run(path.with_suffix(".jsonl")).end
                    if end is not None and end.ended in (Ended.COMPLETED, Ended.EXHAUSTED):
                        path.unlink(missing_ok=True)

    def records(self, damaged: list[tuple[Path, str]] | None = None) -> Iterator[RunRecord]:
        """Yield every run, packed and loose, unfinished ones included; a loose one counts.

        Args:
            damaged: receives the files that could not be read, with the reason. Without it they
                are an error.

        Raises:
            StoreError: another schema, a damaged pack, or what cannot be read.
        """
        loose = self._loose()
        for record in self._packed():
            if record.id not in loose:
                yield record
        yield from self._read(loose.values(), damaged)

    def _loose(self) -> dict[str, Path]:
        """Return run -> its own file, the finished one where there are two."""
        paths: list[Path] = []
        with suppress(FileNotFoundError), reading(self._runs):
            paths = sorted(self._runs.iterdir())
        kinds = ([p for p in paths if p.suffix == suffix] for suffix in (".part", ".jsonl"))
        return {path.stem: path for kind in kinds for path in kind}

    def _read(
        self, paths: Iterable[Path], damaged: list[tuple[Path, str]] | None
    ) -> Iterator[RunRecord]:
        for path in paths:
            try:
                found = self._read_wherever(path)
            except DamagedError as error:
                if damaged is None:
                    raise StoreError(f"{path} is damaged: {error}; `tunebench run` redoes it")  # noqa: B904
                damaged.append((path, str(error)))
            else:
                if found is not None:
                    yield found

    def set_aside(self, path: Path) -> Path | None:
        """Move a run file out of the way if it is damaged, and return where it is now."""
        try:
            read_run(path)
        except FileNotFoundError:
            return None
        except DamagedError:
            self._refuse_links()
            place = self._runs / "damaged" / path.name
            with self._writing():
                place.parent.mkdir(exist_ok=True)
            for number in count(1):
                if not place.exists():
                    break
                place = place.with_name(f"{path.stem}-{number}{path.suffix}")
            return path.replace(place)
        return None

    def pack(self) -> int:
        """Fold all finished runs into the pack, remove their files, return how many it holds.

        Raises:
            StoreError: as `lock`, or a run file is damaged.
        """
        with self.lock(), self._writing():
            records = [record for record in self.records() if record.end is not None]
            write_pack(self.pack_path, records)
            for record in records:
                path = self._path(record.id)
                # What was begun of doing it again must not stand in front of the packed run.
                path.with_suffix(".part").unlink(missing_ok=True)
                path.unlink(missing_ok=True)
        return len(records)

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

    def _path(self, run: str) -> Path:
        return self._runs / f"{run}.jsonl"

    def _read_wherever(self, path: Path) -> RunRecord | None:
        """Read a run that may be finished or packed between the listing and the reading."""
        for place in (path, path.with_suffix(".jsonl")):
            with suppress(FileNotFoundError):
                return read_run(place)
        return next((record for record in self._packed() if record.id == path.stem), None)

    def _packed(self) -> Iterator[RunRecord]:
        if os.path.lexists(self.pack_path):
            yield from read_pack(self.pack_path)

    def _refuse_links(self) -> None:
        """Refuse a folder that would have us write somewhere else: somebody may have sent it.

        Raises:
            StoreError: a part of it is a link.
        """
        for path in (self._runs, self._runs / "damaged", self.folder / ".lock"):
            if leads_elsewhere(path):
                raise StoreError(
                    f"results are written into their own folder, {path} is a link to another "
                    "place; remove the link, or use another folder (--out)"
                )

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise self.unwritable(error) from None

    def unwritable(self, error: OSError) -> StoreError:
        """Return what to raise where the folder cannot be written."""
        own = error.filename in (None, str(self.folder))
        where = "" if own else f": {error.filename}"
        return StoreError(
            f"results need a folder that can be written, {self.folder} cannot be written "
            f"({error.strerror}{where}); use another folder (--out)"
        )

    def damaged_sweep(self, why: object) -> StoreError:
        """Return what to raise where the resolved sweep cannot be used."""
        return StoreError(
            f"{self.sweep_path} is damaged ({why}); run the sweep again to rewrite it"
        )
