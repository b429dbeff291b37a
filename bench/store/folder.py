"""A results folder to write: one process at a time, never through a link, nothing lost."""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import Any

import orjson
from filelock import FileLock, Timeout

from bench.core import Status
from bench.files import leads_elsewhere, replacing
from bench.job import Job
from bench.run import End, RunStatus
from bench.store.contents import Contents
from bench.store.migrations import SCHEMA
from bench.store.pack_writer import write_pack
from bench.store.record import DamagedError, RunRecord, StoreError, environments, header_of, resumed
from bench.store.run_file import read_header, read_run
from bench.store.writer import Writer
from bench.words import shortened


class Store(Contents):
    """A results folder: `runs/` with a file a run, and the pack.

    Args:
        folder: made by `create`; reading a folder that is not there gives nothing.
    """

    def create(self, sweep: Mapping[str, Any]) -> None:
        """Make the folder and write the resolved sweep into it.

        Raises:
            StoreError: it cannot be written.
        """
        data = {"schema": SCHEMA, **sweep}
        self._refuse_links()
        with self._writing():
            self.runs_path.mkdir(parents=True, exist_ok=True)
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
            # `is_changing` holds it for a moment.
            lock = FileLock(self.folder / ".lock").acquire(timeout=0.2, poll_interval=0.02)
        except Timeout:
            raise StoreError(
                f"one process at a time may change the results in {self.folder}, another one "
                "does; wait for it, stop it, or use another folder",
                option="out",
            ) from None
        except OSError as error:
            raise self.unwritable(error) from None
        with lock:
            yield

    def is_changing(self) -> bool:
        """Return whether a process holds the lock of the folder; nothing is written."""
        path = self.folder / ".lock"
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:  # nobody was ever here, or nobody may know
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return False

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
        path = self.run_path(run)
        for old in (path.with_suffix(".part"), path):
            try:
                return read_run(old)
            except FileNotFoundError:
                continue
            except DamagedError:
                self.set_aside(old)
        return None

    def _go_on(self, job: Job, made_in: Mapping[str, Any], earlier: RunRecord | None) -> Writer:
        header = header_of(job, made_in)
        if earlier is None:
            return Writer(self.run_path(job.id), header)
        return Writer(self.run_path(job.id), resumed(header, earlier), earlier.trials)

    def reopen(self, runs: Collection[str]) -> None:
        """Give packed runs that are done again a file of their own, to go on from.

        As they ended: until they are done that is what counts.
        """
        if not runs:
            return
        with self._writing():
            for record in self.packed_records(runs):
                path = self.run_path(record.id)
                loose = path.exists() or path.with_suffix(".part").exists()
                if not loose and record.end is not None:
                    Writer(path, record.header, record.trials).close(record.end)

    def take(self, record: RunRecord) -> None:
        """Write a run as another folder holds it, in place of what is here of it.

        Raises:
            StoreError: it cannot be written.
        """
        with self._writing():
            writer = Writer(self.run_path(record.id), record.header, record.trials)
            if record.end is None:
                writer.leave()
            else:
                writer.close(record.end)

    def end(
        self,
        job: Job,
        made_in: Mapping[str, Any],
        status: RunStatus,
        reason: str,
        seconds: float = 0.0,
    ) -> End:
        """End a run from outside, keeping the trials it has, and return its end.

        A run that used its budget a moment before stays as it is.

        Args:
            job: the run.
            made_in: the environment that is recorded where the run had not begun.
            status: how it ended.
            reason: why.
            seconds: what it took.
        """
        with suppress(DamagedError, FileNotFoundError):
            found = read_run(self.run_path(job.id)).end
            if found is not None and found.status.is_whole:
                return found
        with self._writing():
            earlier = self._earlier(job.id)
            if earlier is not None:
                made_in = environments(earlier.header)[-1]
            writer = self._go_on(job, made_in, earlier)
            failed = sum(trial.status is not Status.COMPLETED for trial in writer.recorded)
            count = len(writer.recorded)
            ending = End(status, shortened(reason), count, run_seconds=seconds, failed=failed)
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
            # Results that are read only stay as they are, also those of an older schema.
            if runs or not self._has(sweep):
                self.create(sweep)
            for path in damaged:
                self.set_aside(path)
            self.reopen(runs)
            try:
                yield
            finally:
                self.tidy()

    def _has(self, sweep: Mapping[str, Any]) -> bool:
        """Return whether the folder holds this sweep, whichever schema wrote it."""
        with suppress(OSError, orjson.JSONDecodeError):
            found = orjson.loads(self.sweep_path.read_bytes())
            return isinstance(found, dict) and found | {"schema": SCHEMA} == orjson.loads(
                orjson.dumps({"schema": SCHEMA, **sweep})
            )
        return False

    def tidy(self) -> None:
        """Remove what processes left behind that were killed: nobody will go on from it.

        That is what had not got its name yet, and what was begun of a run that has been done.
        """
        with suppress(FileNotFoundError), self._writing():
            for path in [*self.folder.glob("*.new"), *self.runs_path.glob("*.new")]:
                path.unlink(missing_ok=True)
            for path in self.runs_path.glob("*.part"):
                with suppress(DamagedError, FileNotFoundError):
                    end = read_run(path.with_suffix(".jsonl")).end
                    if end is not None and end.status.is_whole:
                        path.unlink(missing_ok=True)

    def set_aside(self, path: Path) -> Path | None:
        """Move a run file out of the way if it is damaged, and return where it is now."""
        try:
            read_run(path)
        except FileNotFoundError:
            return None
        except DamagedError:
            self._refuse_links()
            place = self.runs_path / "damaged" / path.name
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
            loose = {run: p for run, p in self._loose().items() if p.suffix == ".jsonl"}
            ids = write_pack(self.pack_path, self._by_problem(loose))
            for path in loose.values():
                # What was begun of doing it again must not stand in front of the packed run.
                path.with_suffix(".part").unlink(missing_ok=True)
                path.unlink(missing_ok=True)
        return len(ids)

    def _by_problem(self, loose: Mapping[str, Path]) -> Iterator[RunRecord]:
        """Yield the packed and the finished loose runs, those of a problem together.

        Args:
            loose: run id -> its file, which counts.
        """
        waiting: dict[str, list[Path]] = {}
        for path in loose.values():
            label = ""
            with suppress(DamagedError):  # which is said when all of it is read
                label = read_header(path)["spec"]["problem"]["label"]
            waiting.setdefault(label, []).append(path)
        labels = [header["spec"]["problem"]["label"] for header in self.packed_headers()]
        left = Counter(labels)
        for label, record in zip(labels, self.packed_records(), strict=True):
            if record.id not in loose:
                yield record
            left[label] -= 1
            if not left[label]:
                yield from self._read(waiting.pop(label, []), None)
        for paths in waiting.values():
            yield from self._read(paths, None)

    def _refuse_links(self) -> None:
        """Refuse a folder that would have us write somewhere else: somebody may have sent it.

        Raises:
            StoreError: a part of it is a link.
        """
        for path in (self.runs_path, self.runs_path / "damaged", self.folder / ".lock"):
            if leads_elsewhere(path):
                raise StoreError(
                    f"results are written into their own folder, {path} is a link to another "
                    "place; remove the link, or use another folder",
                    option="out",
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
            f"({error.strerror}{where}); use another folder",
            option="out",
        )
