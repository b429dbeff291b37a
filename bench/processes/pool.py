"""The driver's side of worker processes: started, given tasks, watched, ended."""

from __future__ import annotations

import mmap
import os
import secrets
import selectors
import socket
import tempfile
from collections import deque
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from subprocess import DEVNULL, Popen, TimeoutExpired
from time import monotonic
from types import TracebackType
from typing import Any, Self

from bench.processes import ending, memory
from bench.processes.starting import (
    CLOSED_FILES,
    SECONDS_TO_EXIT,
    because,
    exit_in_words,
    interrupts_blocked,
    python,
    shared,
    standard_error,
    start_guard,
)
from bench.processes.worker import CHUNK, NOT_BEGUN, UNHEARD, Answer, message_in, send

SECONDS_TO_LEAVE = 5.0
"""What a worker that is replaced has to clean up after a run: joblib ends its processes then."""

MAX_FAILED_STARTS = 3
"""How often in a row the only worker may die before it began a task."""


class StartError(Exception):
    """No worker can be kept going; the message says why."""


@dataclass(frozen=True, slots=True)
class TaskOutcome:
    """How a task ended.

    Args:
        key: of the task.
        answer: the worker's, None where there is none.
        death: how the worker died, in words, where it did.
        late: whether it was ended because of its time limit.
        too_large: whether it was ended because its worker held too much memory.
    """

    key: Any
    answer: Answer | None = None
    death: str = ""
    late: bool = False
    too_large: bool = False


@dataclass(slots=True)
class _Task:
    key: Any
    arguments: tuple[Any, ...]


@dataclass(slots=True, eq=False)
class _Worker:
    process: Popen[bytes]
    channel: socket.socket
    mark: str
    place: int
    data: bytearray = field(default_factory=bytearray)
    ready: bool = False
    task: _Task | None = None
    deadline: float = float("inf")
    leaving: bool = False
    bloated: bool = False


class Pool:
    """Workers that do tasks side by side; each leads a session and a process group of its own.

    Args:
        function: `module:name` of what does a task, called with its arguments and a function that
            takes its count so far.
        workers: how many, at most.
        limit: seconds a task may take by a clock that nobody can set; None for no limit.
        most_bytes: of memory that the process of a worker may hold, without what it started; None
            for no limit.
    """

    def __init__(
        self,
        function: str,
        workers: int,
        limit: float | None = None,
        most_bytes: int | None = None,
    ) -> None:
        self._function, self._most = function, workers
        self._limit = float("inf") if limit is None else limit
        self._most_bytes = float("inf") if most_bytes is None else most_bytes
        self._queue: deque[_Task] = deque()
        self._outcomes: list[TaskOutcome] = []
        self._workers: list[_Worker] = []
        self._failures = 0
        self.trouble = ""
        """Why there are fewer workers than were asked for."""
        self._selector = selectors.DefaultSelector()
        self._counts = shared(workers)
        self._table = memoryview(mmap.mmap(self._counts.fileno(), 0)).cast("q")
        self._words = tempfile.TemporaryFile()  # noqa: SIM115
        self._guard = start_guard()
        assert self._guard.stdin is not None
        self._guard_input = self._guard.stdin

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        if error is not None:
            self.cancel()
        self.close()

    def submit(self, key: Any, *arguments: Any) -> None:
        """Add a task."""
        self._queue.append(_Task(key, arguments))

    @property
    def workers(self) -> int:
        """How many workers there may be; fewer than were asked for where the machine refuses."""
        return self._most

    @property
    def count(self) -> int:
        """The counts of all tasks that are being done."""
        return sum(number for number in self._table if number != NOT_BEGUN)

    def wait(self, seconds: float) -> None:
        """Wait until a worker has something to say, a time limit is over, or so long."""
        latest = min((worker.deadline for worker in self._workers), default=float("inf"))
        self._selector.select(max(0.0, min(seconds, latest - monotonic())))

    def poll(self) -> list[TaskOutcome]:
        """Give workers their tasks, end those whose time is over, and return what ended.

        Raises:
            StartError: the workers cannot be kept going.
        """
        silent = [key.data for key, _ in self._selector.select(0) if not self._hear(key.data)]
        for worker in list(self._workers):
            if worker.process.poll() is not None:
                self._hear(worker)  # what it said last
            elif worker in silent and worker.leaving:
                # Nothing more will come; without this, waiting for it would not wait.
                with suppress(KeyError):
                    self._selector.unregister(worker.channel)
                continue
            elif worker in silent:
                # Either it is ending, or a run closed its files and it cannot be heard any more.
                with suppress(TimeoutExpired):
                    worker.process.wait(SECONDS_TO_EXIT)
            else:
                continue
            if worker.leaving:
                self._end([worker])  # and what it left behind
            elif worker in self._workers:
                self._bury(worker)
        late = [worker for worker in self._workers if monotonic() >= worker.deadline]
        self._outcomes += [TaskOutcome(w.task.key, late=True) for w in late if w.task is not None]
        self._end(late)
        self._part_with_large()
        self._staff()
        found, self._outcomes = self._outcomes, []
        return found

    def cancel(self) -> None:
        """End all workers at once and forget the tasks."""
        self._queue.clear()
        self._end(self._workers)

    def close(self) -> None:
        """End the workers, which may clean up if they are idle, and whatever they started."""
        for worker in self._workers:
            with suppress(OSError):
                worker.channel.shutdown(socket.SHUT_WR)
        until = monotonic() + ending.SECONDS_TO_TERMINATE
        for worker in self._workers:
            latest = worker.deadline if worker.leaving else until
            with suppress(TimeoutExpired):
                worker.process.wait(max(0.0, latest - monotonic()))
        self.cancel()
        with suppress(OSError):
            self._guard_input.close()
        self._guard.wait()
        self._selector.close()
        self._counts.close()
        self._words.close()

    def _staff(self) -> None:
        """Give workers the tasks that wait, and start as many more as there may be for the rest."""
        for worker in self._workers:
            self._give(worker)
        idle = sum(worker.task is None and not worker.leaving for worker in self._workers)
        while idle < len(self._queue) and len(self._workers) < self._most:
            try:
                self._start()
            except OSError as error:
                if not self._workers:
                    raise StartError(because(error)) from None
                self._fewer(because(error))
            idle += 1

    def _part_with_large(self) -> None:
        """End tasks whose worker holds too much, and workers that did at the end of a task."""
        large = [worker for worker in self._workers if worker.task and self._is_large(worker)]
        self._outcomes += [TaskOutcome(w.task.key, too_large=True) for w in large if w.task]
        self._end([*large, *(worker for worker in self._workers if worker.bloated)])

    def _is_large(self, worker: _Worker) -> bool:
        most = self._most_bytes
        return most < float("inf") and memory.held_at_most([worker.process.pid]) > most

    def _start(self) -> None:
        place = min(set(range(self._most)) - {worker.place for worker in self._workers})
        mark = f"TUNEBENCH_WORKER_{os.getpid()}_{secrets.token_hex(4)}"
        ours, theirs = socket.socketpair()
        with ExitStack() as failed, theirs, standard_error() as words:
            failed.callback(ours.close)
            passed = theirs.fileno(), words, self._counts.fileno()
            with interrupts_blocked():
                process = Popen(
                    [
                        *python("bench.processes.worker"),
                        self._function,
                        *map(str, (*passed, place, os.getpid())),
                    ],
                    stdin=DEVNULL,
                    # What it says before it has begun is why it does not begin.
                    stderr=self._words,
                    env={**os.environ, mark: "1"},
                    pass_fds=passed,
                    start_new_session=True,
                )
            worker = _Worker(process, ours, mark, place)
            self._workers.append(worker)
            self._tell_guard(f"+{process.pid} {mark}")
            self._selector.register(ours, selectors.EVENT_READ, worker)
            failed.pop_all()

    def _give(self, worker: _Worker) -> None:
        if not (worker.ready and worker.task is None and self._queue):
            return
        if worker.leaving or worker.bloated:
            return
        worker.task = self._queue.popleft()
        worker.deadline = monotonic() + self._limit
        self._table[worker.place] = NOT_BEGUN
        # One that is gone does not take it, which shows when its end does.
        with suppress(OSError):
            send(worker.channel, worker.task.arguments)

    def _hear(self, worker: _Worker) -> bool:
        """Take what a worker has said so far; False: it has nothing more to say."""
        more = b"more"
        while more:
            try:
                more = worker.channel.recv(CHUNK, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return True
            except OSError:
                return False
            worker.data += more
            while (message := message_in(worker.data)) is not None:
                if isinstance(message, Answer):
                    self._take(worker, message)
                else:
                    worker.ready, self._failures = True, 0
                    self._give(worker)
        return False

    def _take(self, worker: _Worker, answer: Answer) -> None:
        assert worker.task is not None
        self._outcomes.append(TaskOutcome(worker.task.key, answer))
        worker.task, worker.deadline = None, float("inf")
        self._table[worker.place] = 0
        # The next task is not to blame for what this one left.
        worker.bloated = self._is_large(worker)
        if answer.changes.lasting:
            worker.leaving, worker.deadline = True, monotonic() + SECONDS_TO_LEAVE
        else:
            self._give(worker)

    def _bury(self, worker: _Worker) -> None:
        """Part with a worker that has ended, or cannot be heard any more."""
        code = worker.process.poll()
        begun = worker.task is not None and self._table[worker.place] != NOT_BEGUN
        self._end([worker])
        unheard = code in (None, UNHEARD)
        death = CLOSED_FILES if unheard else exit_in_words(code or 0)
        if worker.task is not None and begun:
            self._outcomes.append(TaskOutcome(worker.task.key, death=death))
            return
        if worker.task is not None:
            self._queue.appendleft(worker.task)
        why = death if worker.ready else self._last_words() or death
        self._failures += 1
        if self._workers and not worker.ready:
            self._fewer(why)
        elif not self._workers and self._failures >= MAX_FAILED_STARTS:
            raise StartError(
                f"{MAX_FAILED_STARTS} of them ended before they began, the last with: {why}"
            )

    def _fewer(self, why: str) -> None:
        self._most, self.trouble = len(self._workers), why

    def _end(self, workers: list[_Worker]) -> None:
        """End workers and what they started, all at once."""
        if not workers:
            return

        def reap() -> None:
            for worker in workers:
                worker.process.poll()

        ending.end({worker.process.pid: worker.mark for worker in workers}, reap)
        for worker in list(workers):
            with suppress(TimeoutExpired):
                worker.process.wait(SECONDS_TO_EXIT)
            with suppress(KeyError):
                self._selector.unregister(worker.channel)
            worker.channel.close()
            self._tell_guard(f"-{worker.process.pid}")
            self._workers.remove(worker)
            self._table[worker.place] = 0

    def _tell_guard(self, line: str) -> None:
        # Without a guard workers still end with the driver; only what they started may stay.
        with suppress(OSError):
            self._guard_input.write(line.encode() + b"\n")
            self._guard_input.flush()

    def _last_words(self) -> str:
        """Return the last line that workers said before they began."""
        self._words.seek(0)
        lines = self._words.read().decode(errors="backslashreplace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")
