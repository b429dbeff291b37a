"""What a Dask worker does for one sweep: it keeps its files and does its runs in own processes."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from distributed import get_worker
from distributed.diagnostics.plugin import WorkerPlugin
from distributed.utils import sync

from bench.environment import THREAD_VARIABLES
from bench.errors import UserError
from bench.execution import limits
from bench.execution.backend import Outcome
from bench.execution.local import Local
from bench.execution.transfer import Copies, unpack
from bench.job import Job
from bench.store import Store
from bench.words import in_words

SECONDS_BETWEEN_LOOKS = 0.25
"""Seconds between two looks at whether a run is still wanted."""

SECONDS_BETWEEN_PIECES = 1.0
"""Seconds between two pieces of a run file, which pass through the scheduler."""

SECONDS_IDLE = 30.0
"""Seconds that a process waits for its next run; longer only if its driver was killed."""


@dataclass(frozen=True, slots=True)
class Done:
    """What came of a run.

    Args:
        outcome: as a backend has it; None where there is none.
        content: of the run file; empty where there is none.
        finished: whether that is the file of a finished run.
        refusal: why this worker cannot do runs.
    """

    outcome: Outcome | None
    content: bytes = b""
    finished: bool = False
    refusal: str = ""


@dataclass(slots=True, eq=False)
class _Slot:
    """What does one run at a time.

    Args:
        store: where its process records. Its own: what is left of a run that was cancelled must not
            meet the same run, done again.
        local: the process.
        timer: ends it while it is idle.
    """

    store: Store
    local: Local
    timer: threading.Timer | None = None

    def end(self) -> None:
        """End the process."""
        if self.timer is not None:
            self.timer.cancel()
        self.local.__exit__(None, None, None)


class Site(WorkerPlugin):  # type: ignore[misc]
    """A sweep on a Dask worker; several threads of the worker may do runs of it.

    Args:
        token: of the sweep, which is also its topic.
        limit: seconds a run may take, or None.
        memory: megabytes that the process of its strategy may hold, or None.
        folder: of the files, which it removes in the end.
        names: as `bench.execution.transfer.Cargo` has them.
    """

    def __init__(
        self,
        token: str,
        limit: float | None,
        memory: float | None,
        folder: Path,
        names: Mapping[str, str],
    ) -> None:
        self._token, self._folder = token, folder
        self._limit, self._memory = limit, memory
        self._copies = Copies(folder=str(folder), names=names)
        self._idle: list[_Slot] = []
        self._busy = 0
        self._closing = False
        self._lock = threading.Condition()

    async def teardown(self, worker: Any) -> None:
        """End all runs and their processes; called when the sweep ends, or the worker."""
        await asyncio.to_thread(self._close)

    def do(self, job: Job, key: str, ending: str, earlier: bytes) -> Done:
        """Do a run as long as its task is wanted.

        Args:
            job: the run.
            key: of the task.
            ending: of the file of an earlier attempt.
            earlier: its content, or empty.
        """
        worker = get_worker()

        def tell(**what: Any) -> None:
            worker.log_event(self._token, {"key": key, "worker": worker.address, **what})

        tell()
        try:
            with self._slot() as slot:
                done = slot.store.run_path(job.id)
                begun = done.with_suffix(".part")
                try:
                    if earlier:
                        done.with_suffix(ending).write_bytes(earlier)
                    outcome = self._outcome(job, slot.local, _Pieces(begun, tell), worker, key)
                    for file in (begun, done):
                        if file.exists():
                            return Done(outcome, file.read_bytes(), finished=file is done)
                    return Done(outcome)
                finally:
                    for file in (begun, done):
                        file.unlink(missing_ok=True)
        except (OSError, UserError) as error:
            return Done(None, refusal=in_words(error))

    def _outcome(
        self, job: Job, local: Local, pieces: _Pieces, worker: Any, key: str
    ) -> Outcome | None:
        """Do a run and return what became of it; None: nobody waits for it any more."""
        local.submit(job)
        with ExitStack() as given_up:
            given_up.callback(local.cancel)
            while not (outcomes := local.poll()):
                if self._closing or not _is_wanted(worker, key):
                    return None
                pieces.tell_new()
                local.wait(SECONDS_BETWEEN_LOOKS)
            given_up.pop_all()
        return outcomes[0]

    @contextmanager
    def _slot(self) -> Iterator[_Slot]:
        """Give a slot that nobody else has; afterwards it waits for another run for a while."""
        with self._lock:
            self._busy += 1
            slot = self._idle.pop() if self._idle else None
        try:
            if slot is None:
                store = Store(Path(tempfile.mkdtemp(dir=self._folder)))
                store.runs_path.mkdir()
                slot = _Slot(store, self._process(store))
            elif slot.timer is not None:
                slot.timer.cancel()
            yield slot
        finally:
            with self._lock:
                if slot is not None:
                    slot.timer = threading.Timer(SECONDS_IDLE, self._end_idle, [slot])
                    slot.timer.daemon = True
                    slot.timer.start()
                    self._idle.append(slot)
                self._busy -= 1
                self._lock.notify_all()

    def _process(self, store: Store) -> Local:
        """Return a process of its own, ready for runs."""
        return Local(store, 1, self._limit, self._memory, self._copies).__enter__()

    def _end_idle(self, slot: _Slot) -> None:
        with self._lock:
            if slot not in self._idle:
                return
            self._idle.remove(slot)
        slot.end()

    def _close(self) -> None:
        with self._lock:
            self._closing = True
            self._lock.wait_for(lambda: self._busy == 0)
            for slot in self._idle:
                slot.end()
            self._idle.clear()
        shutil.rmtree(self._folder, ignore_errors=True)


class _Pieces:
    """Tells what is new in a run file.

    Args:
        path: of the file.
        tell: is called with where a piece begins, its content and the number of trials so far.
    """

    def __init__(self, path: Path, tell: Callable[..., None]) -> None:
        self._path, self._tell = path, tell
        self._told = b""
        self._next = monotonic() + SECONDS_BETWEEN_PIECES

    def tell_new(self) -> None:
        """Tell the lines that were added since, or the whole file where it is another one."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + SECONDS_BETWEEN_PIECES
        content = b""
        with suppress(FileNotFoundError):
            content = self._path.read_bytes()
        # Without a line that is being written.
        content = content[: content.rfind(b"\n") + 1]
        if content != self._told:
            start = len(self._told) if content.startswith(self._told) else 0
            self._tell(start=start, content=content[start:], trials=content.count(b"\n") - 1)
            self._told = content


def _is_wanted(worker: Any, key: str) -> bool:
    """Return whether a task of this worker still counts: nobody may wait for it any more."""
    task = worker.state.tasks.get(key)
    return task is not None and task.state == "executing"


def join(
    token: str,
    limit: float | None,
    memory: float | None,
    places: Mapping[str, str],
    names: Mapping[str, str],
    contents: Mapping[str, bytes],
) -> int:
    """Make this worker ready for a sweep, and return how many runs it does at a time.

    Args:
        token: of the sweep.
        limit: seconds a run may take, or None.
        memory: megabytes that the process of its strategy may hold, or None.
        places: of the files, as `bench.execution.transfer.Cargo` has them.
        names: the same.
        contents: the same.

    Raises:
        LimitError: this system cannot hold the limit of memory.
        OSError: a file cannot be written.
    """
    limits.check(memory)
    worker = get_worker()
    # Before any process of a run starts. Dask does the same for workers with a nanny.
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    folder = Path(tempfile.mkdtemp(prefix="tunebench-", dir=worker.local_directory))
    unpack(places, contents, folder)
    site = Site(token, limit, memory, folder, names)
    sync(worker.loop, worker.plugin_add, plugin=site, name=token, catch_errors=False)
    return int(worker.state.nthreads)


def do(token: str, job: Job, key: str, ending: str, earlier: bytes) -> Done:
    """Do a run of a sweep that this worker joined; arguments as `Site.do` has them."""
    site: Site | None = get_worker().plugins.get(token)
    if site is None:  # another worker joined, which had this address before
        return Done(None)
    return site.do(job, key, ending, earlier)


async def leave(token: str, dask_worker: Any) -> None:
    """End what this worker does for a sweep."""
    if token in dask_worker.plugins:
        await dask_worker.plugin_remove(name=token)
