"""From a plan to its runs in the store, done by worker processes."""

from __future__ import annotations

import multiprocessing
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from multiprocessing import resource_tracker
from time import perf_counter
from typing import Any

from bench import environment
from bench.errors import UserError
from bench.plan import Plan
from bench.run import End, Ended
from bench.store import Store
from bench.work import RunError, begin_worker, work

PAUSE = 0.25
"""Seconds between two looks at the workers."""

BREAKS = 3
"""How often in a row all workers may die before a run ended."""


@dataclass(slots=True)
class Progress:
    """How far a sweep is; handed to whoever shows it.

    Args:
        runs: how many there are to do.
        ended: how many ended, by kind.
        trials: told so far, those of running runs included.
        failed_trials: of the runs that ended.
        seconds: since the start.
        seconds_left: an estimate, None before the first run ended.
        busy_seconds: evaluation and strategy time of the ended runs, over all workers.
        reasons: one line for each run that failed, crashed or took too long.
    """

    runs: int
    ended: Counter[Ended] = field(default_factory=Counter)
    trials: int = 0
    failed_trials: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    busy_seconds: float = 0.0
    reasons: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many runs ended."""
        return self.ended.total()


def execute(
    plan: Plan, store: Store, *, jobs: int, show: Callable[[Progress], None] = lambda _: None
) -> Progress:
    """Do the runs of a plan.

    Args:
        plan: what to do.
        store: where the results go.
        jobs: worker processes, 1 or more.
        show: called a few times a second.

    Returns:
        What was done.

    Raises:
        WorkersError: worker processes cannot be kept going.
        StoreError: another process is running a sweep in this folder, or it cannot be written.
        KeyboardInterrupt: after the workers were stopped; what was measured is kept.
    """
    with store.lock(), environment.one_thread():
        store.create(plan.sweep.to_dict())
        for path, _ in plan.damaged:
            store.set_aside(path)
        store.reopen({head["run"] for head in plan.todo})
        try:
            return _Execution(plan, store, jobs, show).run()
        except OSError as error:
            raise WorkersError(
                f"worker processes must start and be heard, this machine refuses ({error}); "
                "use fewer (--jobs)"
            ) from None


class WorkersError(UserError):
    """Worker processes that do not start or do not live, through no run's fault."""


class _Execution:
    def __init__(
        self, plan: Plan, store: Store, jobs: int, show: Callable[[Progress], None]
    ) -> None:
        self.plan, self.store, self.jobs, self.show = plan, store, jobs, show
        self.progress = Progress(runs=len(plan.todo))
        self.environment = environment.describe()
        self.context = multiprocessing.get_context("spawn")
        # Two runs a worker are handed out, so that none waits for the driver between short runs.
        self.free = list(range(2 * jobs))
        self.counts = self.context.RawArray("q", len(self.free))
        self.pids = self.context.RawArray("q", len(self.free))
        self.gone: dict[int, float] = {}
        self.again: list[dict[str, Any]] = []
        self.pool_broke = self.ended_since_break = False
        self.running: dict[Future[Any], tuple[dict[str, Any], int]] = {}
        self.seconds: dict[tuple[str, str], float] = {}
        self.waiting = Counter(_pair(head) for head in plan.todo)
        self.ended_trials = 0
        self.began = perf_counter()

    def run(self) -> Progress:
        for head in self.plan.todo:
            if head["run"] in self.plan.skips:
                self._end(head, Ended.SKIPPED, self.plan.skips[head["run"]])
        queue, breaks = self._queue(), 0
        while not self._work_through(queue):
            # No run is to blame: a worker died between two of them. They get new workers.
            breaks = 1 if self.ended_since_break else breaks + 1
            self.ended_since_break = False
            if breaks == BREAKS:
                raise WorkersError(
                    f"worker processes must live, {BREAKS} sets of them died before a run ended; "
                    "is there memory enough for them? (--jobs)"
                )
        self._update()
        return self.progress

    def _work_through(self, queue: Iterator[dict[str, Any]]) -> bool:
        """Do the runs of the queue in one pool; False: the pool broke before it was through."""
        from pebble import ProcessPool

        pool: Any = ProcessPool(
            max_workers=self.jobs,
            context=self.context,
            initializer=begin_worker,
            initargs=(self.counts, self.pids),
        )
        self.pool_broke = False
        try:
            with _interrupts_held_back():
                going = self._fill(pool, queue)  # the first task starts the workers
            while going and not self.pool_broke:
                finished, _ = wait(self.running, PAUSE, FIRST_COMPLETED)
                for future in finished:
                    self._collect(future)
                self._find_vanished()
                self._update()
                # Its own threads may end without a word to those who wait for a result.
                self.pool_broke = self.pool_broke or not pool.active
                going = self._fill(pool, queue)
            if self.pool_broke:
                pool.stop()
            else:
                pool.close()
        except BaseException:
            pool.stop()
            raise
        finally:
            pool.join()
        # Not before every old worker is gone: until then one may write into its slot.
        for head, slot in self.running.values():
            self.again.append(head)
            self._release(slot)
        self.running.clear()
        return not self.pool_broke

    def _find_vanished(self) -> None:
        """Give up runs whose process ended with exit code 0, which the pool takes for no death."""
        alive = {process.pid for process in multiprocessing.active_children()}
        for future, (_, slot) in self.running.items():
            pid = self.pids[slot]
            gone = pid != 0 and pid not in alive and not future.done()
            if not gone:
                self.gone.pop(slot, None)
            # Not at once, since the pool may have its result or its death on the way.
            elif perf_counter() - self.gone.setdefault(slot, perf_counter()) > 2 * PAUSE:
                future.cancel()

    def _queue(self) -> Iterator[dict[str, Any]]:
        """Yield runs repetition by repetition, within one the longest first as far as known.

        Long runs at the end of a sweep would leave the other workers without work.
        """
        todo = [head for head in self.plan.todo if head["run"] not in self.plan.skips]
        for _, group in groupby(todo, key=lambda head: head["spec"]["repetition"]):
            yield from sorted(group, key=lambda head: -self.seconds.get(_pair(head), float("inf")))

    def _fill(self, pool: Any, queue: Iterator[dict[str, Any]]) -> bool:
        while self.free:
            head = self.again.pop() if self.again else next(queue, None)
            if head is None:
                break
            slot = self.free.pop()
            head["environment"] = self.environment
            try:
                future = pool.schedule(
                    work,
                    args=(head, str(self.store.folder), slot),
                    timeout=self.plan.sweep.run_timeout,
                )
            except RuntimeError:  # the pool broke a moment ago
                self.again.append(head)
                self._release(slot)
                self.pool_broke = True
                break
            self.running[future] = head, slot
        return bool(self.running) or self.pool_broke

    def _release(self, slot: int) -> None:
        self.counts[slot] = self.pids[slot] = 0
        self.gone.pop(slot, None)
        self.free.append(slot)

    def _collect(self, future: Future[Any]) -> None:
        from pebble import ProcessExpired

        if not future.cancelled() and isinstance(future.exception(), BrokenProcessPool):
            self.pool_broke = True
            return
        head, slot = self.running.pop(future)
        self._release(slot)
        self.ended_since_break = True
        try:
            end, busy = future.result()
        except TimeoutError:
            limit = self.plan.sweep.run_timeout
            self._end(head, Ended.TIMEOUT, f"took longer than run_timeout = {limit:g} s", limit)
        except ProcessExpired as error:
            self._end(head, Ended.CRASHED, f"its process died: {_death(error.exitcode)}")
        except CancelledError:
            self._end(head, Ended.CRASHED, "its process died: exit code 0")
        except RunError as error:
            self._end(head, Ended.CRASHED, str(error))
        except Exception as error:
            self._end(head, Ended.CRASHED, f"{type(error).__name__}: {error}")
        else:
            self.progress.busy_seconds += busy
            self.seconds[_pair(head)] = end.seconds
            self._count(head, end)

    def _end(
        self, head: dict[str, Any], ended: Ended, reason: str, seconds: float | None = None
    ) -> None:
        head["environment"] = self.environment
        self._count(head, self.store.end(head, ended, reason, seconds or 0.0))

    def _count(self, head: dict[str, Any], end: End) -> None:
        self.waiting[_pair(head)] -= 1
        self.progress.ended[end.ended] += 1
        self.ended_trials += end.trials
        self.progress.failed_trials += end.failed
        if end.ended in (Ended.FAILED, Ended.TIMEOUT, Ended.CRASHED):
            strategy, problem = _pair(head)
            repetition = head["spec"]["repetition"]
            self.progress.reasons.append(
                f"{strategy} on {problem}, repetition {repetition}: {end.ended}: "
                + " ".join(end.reason.split())
            )

    def _update(self) -> None:
        progress = self.progress
        progress.seconds = perf_counter() - self.began
        progress.trials = self.ended_trials + sum(self.counts)
        if self.seconds:
            typical = sum(self.seconds.values()) / len(self.seconds)
            left = sum(n * self.seconds.get(pair, typical) for pair, n in self.waiting.items())
            progress.seconds_left = left / self.jobs
        self.show(progress)


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Deliver Ctrl-C afterwards; threads and processes started inside never get it.

    A worker ignores it by itself, but only once it has started up.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It would let interrupts through again when the first worker is started.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _pair(head: dict[str, Any]) -> tuple[str, str]:
    return head["spec"]["strategy"]["label"], head["spec"]["problem"]["label"]


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"
