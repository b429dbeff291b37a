"""The connection to a Dask cluster, which is there or is started in this process."""

from __future__ import annotations

import secrets
import threading
import warnings
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, suppress
from typing import Any

import dask
from distributed import CancelledError, Client, LocalCluster
from distributed.versions import VersionMismatchWarning

from bench.execution.backend import WorkersError
from bench.words import in_words

SECONDS_TO_CONNECT = 10.0
"""Seconds that a scheduler has to answer."""

SECONDS_TO_ANSWER = 10.0
"""Seconds that a worker has to hand over what it has ready."""

SECONDS_TO_LEAVE = 10.0
"""Seconds that workers have to end what they do for a sweep."""

_UNWATCHED = {
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "1s",
    "distributed.admin.system-monitor.interval": "5s",
}
"""Threads that only wait need no profile: it takes 4 % of a core for two workers."""


class Connection:
    """Tasks, answers and events of a cluster.

    Args:
        where: `local:N` for a cluster of N workers in this process, or the address of a scheduler.

    Attributes:
        where: the same.
        token: names this connection, and the topic of what its workers report.

    Raises:
        WorkersError: no such place.
    """

    def __init__(self, where: str) -> None:
        self.where = where
        self.token = f"tunebench-{secrets.token_hex(8)}"
        self._local = local_workers(where)
        self._events: deque[Mapping[str, Any]] = deque()
        self._something = threading.Event()
        self._left = ExitStack()

    def open(self) -> None:
        """Connect to the scheduler.

        Raises:
            WorkersError: nobody answers.
        """
        address: Any = self.where
        try:
            if self._local:
                address = local_cluster(self._local)
                self._left.callback(address.close)
            with warnings.catch_warnings():
                # Of other versions, which `Members` names and judges.
                warnings.simplefilter("ignore", VersionMismatchWarning)
                self._client = Client(address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except Exception as error:  # whatever a transport, a name or a version is refused with
            self._left.close()
            raise WorkersError(
                f"'cluster' must be the address of a Dask scheduler, {self.where} does not answer "
                f"({in_words(error)}); check that it runs and can be reached from here"
            ) from None
        self._left.callback(self._client.close)
        for topic in (self.token, "all"):
            self._client.subscribe_topic(topic, self._hear)

    def close(self) -> None:
        """End the connection, and what was started for it."""
        if self.is_alive:
            for topic in (self.token, "all"):
                self._client.unsubscribe_topic(topic)
        self._left.close()

    @property
    def is_alive(self) -> bool:
        """Whether the scheduler is there."""
        return bool(self._client.status == "running")

    @property
    def places(self) -> list[str]:
        """The addresses of the workers that are there now."""
        return list(self._client.scheduler_info()["workers"])

    def gone(self) -> WorkersError:
        """Return what to raise where the scheduler is not there any more."""
        return WorkersError(
            f"a sweep on a cluster needs its scheduler, {self.where} is gone; what was measured "
            "is kept: start the cluster and run the same command again"
        )

    def submit(
        self,
        function: Callable[..., Any],
        *args: Any,
        key: str | None = None,
        places: Iterable[str] | None = None,
    ) -> Any:
        """Have a worker call a function, and return the future of what it returns.

        Args:
            function: what to call.
            args: its arguments; a future stands for what it returns.
            key: of the task; the scheduler does tasks of one key once.
            places: addresses of the workers that may do it, None for all.
        """
        only = {} if places is None else {"workers": [*places], "allow_other_workers": False}
        with warnings.catch_warnings():
            # Dask warns of arguments of 10 MB: those are data files, which travel once.
            warnings.simplefilter("ignore")
            future = self._client.submit(function, *args, key=key, pure=False, retries=0, **only)
        future.add_done_callback(lambda _: self._something.set())
        return future

    def answer(self, future: Any) -> Any:
        """Return what a task returned; None: its worker left before it could be asked.

        Args:
            future: done, without an error.

        Raises:
            WorkersError: the scheduler forgot the task, as it does of a client that it lost.
        """
        try:
            return future.result(timeout=SECONDS_TO_ANSWER)
        except TimeoutError:  # another worker does the task
            return None
        except (CancelledError, OSError) as error:
            raise self.gone() from error

    def cancel(self, futures: Iterable[Any]) -> None:
        """Let workers know that nobody waits for some tasks any more."""
        if self.is_alive:
            self._client.cancel([*futures])

    def call(self, function: Callable[..., Any], *args: Any, places: Iterable[str]) -> None:
        """Have workers call a function beside their tasks, and wait for it for a while.

        Nobody hears what becomes of it, nor that the scheduler is lost meanwhile.

        Args:
            function: what to call; it gets the worker as `dask_worker`.
            args: its arguments.
            places: addresses of the workers.
        """
        if not self.is_alive:
            return

        def run() -> None:
            # `on_error` is of workers' errors only. A scheduler may be gone before `is_alive` says
            # so, or not answer until the client is closed: the thread would show a traceback.
            with suppress(Exception):
                self._client.run(function, *args, workers=[*places], on_error="ignore")

        # A worker that hangs must not keep this process.
        calling = threading.Thread(target=run, daemon=True)
        calling.start()
        calling.join(SECONDS_TO_LEAVE)

    def wait(self, seconds: float) -> None:
        """Wait until something may have happened, or so long."""
        self._something.wait(seconds)
        self._something.clear()

    def events(self) -> Iterator[Mapping[str, Any]]:
        """Yield what the scheduler and the workers reported, in its order."""
        while self._events:
            yield self._events.popleft()

    def _hear(self, event: tuple[float, Any]) -> None:
        """Take an event, in a thread of the client."""
        if isinstance(event[1], Mapping):
            self._events.append(event[1])
            self._something.set()


def local_cluster(workers: int) -> Any:
    """Start a cluster in this process: threads will do, since each run has its own process."""
    closed = "127.0.0.1:0"  # pages that tell of workers are for nobody else
    with dask.config.set(_UNWATCHED):
        return LocalCluster(
            n_workers=workers, threads_per_worker=1, processes=False, memory_limit=None,
            dashboard_address=closed, worker_dashboard_address=closed,
        )  # fmt: skip


def local_workers(where: str) -> int:
    """Return how many workers to start, 0 for those that are there.

    Args:
        where: as `Connection` has it.

    Raises:
        WorkersError: neither.
    """
    kind, _, rest = where.partition(":")
    if kind == "local" and rest.isdecimal() and int(rest) > 0:
        return int(rest)
    if "://" not in where:
        raise WorkersError(
            "'cluster' must be local:N for N workers on this machine or the address of a Dask "
            f"scheduler, got {where!r}; for example local:4 or tcp://scheduler:8786"
        )
    return 0
