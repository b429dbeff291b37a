"""From a sweep to its missing runs to the store, in worker processes."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from itertools import groupby
from multiprocessing.connection import wait as wait_for_sentinel
from pathlib import Path
from time import perf_counter
from typing import Any

from filelock import FileLock, Timeout

from bench import environment, registry, seeds
from bench.run import End, Ended, Run, skip_reason
from bench.spec import Entry, RunSpec, Sweep
from bench.store import Store, StoreError, header

PAUSE = 0.25
"""Seconds between two looks at the workers."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep still needs.

    Args:
        sweep: with every entry resolved.
        todo: the headers of the runs to do.
        skips: run id -> why its pair cannot run.
        done: how many runs are there already.
        resumed: how many of `todo` have an unfinished attempt.
        damaged: files that could not be read, with the reason.
    """

    sweep: Sweep
    todo: list[dict[str, Any]]
    skips: dict[str, str]
    done: int
    resumed: int
    damaged: list[tuple[Path, str]]


@dataclass(slots=True)
class Progress:
    """How far a sweep is; handed to whoever shows it.

    Args:
        runs: how many there are to do.
        ended: how many ended, by kind.
        trials: told so far, those of running runs included.
        seconds: since the start.
        seconds_left: an estimate, None before the first run ended.
        busy_seconds: evaluation and strategy time of the ended runs, over all workers.
        reasons: one line for each run that failed, crashed or took too long.
    """

    runs: int
    ended: Counter[Ended] = field(default_factory=Counter)
    trials: int = 0
    seconds: float = 0.0
    seconds_left: float | None = None
    busy_seconds: float = 0.0
    reasons: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """How many runs ended."""
        return self.ended.total()


def resolve(sweep: Sweep) -> Sweep:
    """Return the sweep with suites unfolded and every entry resolved.

    Raises:
        RegistryError: a name or a setting that is not there.
    """
    # By label, so that a suite does not add again what is named with settings of its own.
    problems = {entry.label: entry for entry in sweep.problems}
    for suite in sweep.suites:
        for name in registry.suite(suite).problems:
            problems.setdefault(name, Entry(name))
    return replace(
        sweep,
        strategies=tuple(map(registry.STRATEGIES.resolve, sweep.strategies)),
        problems=tuple(map(registry.PROBLEMS.resolve, problems.values())),
        suites=(),
    )


def plan(sweep: Sweep, store: Store, *, retry: bool = False) -> Plan:
    """Return what is to be done; nothing is written.

    Args:
        sweep: as a file or the command line gives it.
        store: where its results are or will be.
        retry: do failed, timed-out and crashed runs again.

    Raises:
        RegistryError: a name or a setting that is not there.
        StoreError: the folder holds another schema.
    """
    sweep = resolve(sweep)
    store.check_schema()
    damaged: list[tuple[Path, str]] = []
    ends = {record.id: record.end for record in store.records(damaged)}
    again = {Ended.FAILED, Ended.TIMEOUT, Ended.CRASHED} if retry else set()
    facts = _Facts()
    todo, skips, done, resumed = [], {}, 0, 0
    for spec in sweep.expand():
        head = header(spec, facts.of(spec), {})
        reason = facts.skip(spec)
        end = ends.get(spec.id)
        # A run that was done stays done, even where its pair could not run today.
        settled = end is not None and (end.ended is not Ended.SKIPPED or reason is not None)
        if settled and end is not None and end.ended not in again:
            done += 1
            continue
        if reason is not None:
            skips[spec.id] = reason
        resumed += spec.id in ends
        todo.append(head)
    return Plan(sweep, todo, skips, done, resumed, damaged)


class _Facts:
    """What the frame says of a pair, asked of each pair once."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], tuple[dict[str, Any], str | None]] = {}

    def of(self, spec: RunSpec) -> dict[str, Any]:
        names = spec.strategy.label, spec.problem.label
        return self._pair(spec)[0] | {
            "strategy_seed": seeds.strategy_seed(spec.seed, *names, spec.repetition),
            "problem_seed": seeds.problem_seed(spec.seed, names[1], spec.repetition),
        }

    def skip(self, spec: RunSpec) -> str | None:
        return self._pair(spec)[1]

    def _pair(self, spec: RunSpec) -> tuple[dict[str, Any], str | None]:
        key = spec.strategy.label, spec.problem.label
        if key not in self._pairs:
            strategy = registry.STRATEGIES.create(spec.strategy)
            problem = registry.PROBLEMS.create(spec.problem)
            facts = {
                "library": environment.library(strategy.requires),
                "metric": problem.metric.name,
                "direction": problem.metric.direction,
                "optimum": problem.optimum,
                "is_set": strategy.is_set,
            }
            reason = registry.unavailable(type(strategy)) or registry.unavailable(type(problem))
            if reason is None:
                reason = skip_reason(strategy, problem, spec.budget)
            self._pairs[key] = facts, reason
        return self._pairs[key]


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
        StoreError: another process is running a sweep in this folder, or it cannot be written.
        KeyboardInterrupt: after the workers were stopped; what was measured is kept.
    """
    try:
        store.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(store.folder / ".lock").acquire(timeout=0)
    except Timeout:
        raise StoreError(
            f"one process at a time may run a sweep in {store.folder}, another one does; "
            "wait for it, stop it, or use another folder (--out)"
        ) from None
    except OSError as error:
        raise store.unwritable(error) from None
    with lock, environment.one_thread():
        store.create(plan.sweep.to_dict())
        for path, _ in plan.damaged:
            store.set_aside(path)
        return _Execution(plan, store, jobs, show).run()


class _RunError(Exception):
    """What ended a run in its worker, as text."""


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
        self.running: dict[Future[Any], tuple[dict[str, Any], int]] = {}
        self.seconds: dict[tuple[str, str], float] = {}
        self.waiting = Counter(_pair(head) for head in plan.todo)
        self.ended_trials = 0
        self.began = perf_counter()

    def run(self) -> Progress:
        from pebble import ProcessPool

        for head in self.plan.todo:
            if head["run"] in self.plan.skips:
                self._end(head, Ended.SKIPPED, self.plan.skips[head["run"]])
        queue = self._queue()
        pool: Any = ProcessPool(
            max_workers=self.jobs,
            context=self.context,
            initializer=_begin_worker,
            initargs=(self.counts,),
        )
        try:
            while self._fill(pool, queue):
                finished, _ = wait(self.running, PAUSE, FIRST_COMPLETED)
                for future in finished:
                    self._collect(future)
                self._update()
            pool.close()
        except BaseException:
            pool.stop()
            raise
        finally:
            pool.join()
        self._update()
        return self.progress

    def _queue(self) -> Iterator[dict[str, Any]]:
        """Yield runs repetition by repetition, within one the longest first as far as known.

        Long runs at the end of a sweep would leave the other workers without work.
        """
        todo = [head for head in self.plan.todo if head["run"] not in self.plan.skips]
        for _, group in groupby(todo, key=lambda head: head["spec"]["repetition"]):
            yield from sorted(group, key=lambda head: -self.seconds.get(_pair(head), float("inf")))

    def _fill(self, pool: Any, queue: Iterator[dict[str, Any]]) -> bool:
        while self.free and (head := next(queue, None)) is not None:
            slot = self.free.pop()
            head["environment"] = self.environment
            future = pool.schedule(
                _work,
                args=(head, str(self.store.folder), slot),
                timeout=self.plan.sweep.run_timeout,
            )
            self.running[future] = head, slot
        return bool(self.running)

    def _collect(self, future: Future[Any]) -> None:
        from pebble import ProcessExpired

        head, slot = self.running.pop(future)
        self.counts[slot] = 0
        self.free.append(slot)
        try:
            end, busy = future.result()
        except TimeoutError:
            limit = self.plan.sweep.run_timeout
            self._end(head, Ended.TIMEOUT, f"took longer than run_timeout = {limit:g} s", limit)
        except ProcessExpired as error:
            self._end(head, Ended.CRASHED, f"its process died: {_death(error.exitcode)}")
        except _RunError as error:
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
        if end.ended in (Ended.FAILED, Ended.TIMEOUT, Ended.CRASHED):
            strategy, problem = _pair(head)
            repetition = head["spec"]["repetition"]
            self.progress.reasons.append(
                f"{strategy} on {problem}, repetition {repetition}: {end.ended}: {end.reason}"
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


def _pair(head: dict[str, Any]) -> tuple[str, str]:
    return head["spec"]["strategy"]["label"], head["spec"]["problem"]["label"]


def _death(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return f"killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"killed by signal {-code}"


_counts: Any = None


def _begin_worker(counts: Any) -> None:
    """Prepare a worker: it leaves Ctrl-C to the driver and ends when the driver does."""
    global _counts
    _counts = counts
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a run has to say is in its record; loose warnings would tear the progress bar.
    warnings.simplefilter("ignore")
    driver = multiprocessing.parent_process()

    def end_with_driver() -> None:
        if driver is not None:
            wait_for_sentinel([driver.sentinel])
            os._exit(1)

    threading.Thread(target=end_with_driver, daemon=True).start()


def _work(head: dict[str, Any], folder: str, slot: int) -> tuple[End, float]:
    """Do one run in this process and return its end and its busy seconds."""

    def count(trials: int) -> None:
        _counts[slot] = trials

    try:
        return do(head, Store(Path(folder)), count)
    except (Exception, SystemExit) as error:
        # As text, because the driver may not know its class, and a TimeoutError or SystemExit
        # would mean something else there.
        raise _RunError(f"{type(error).__name__}: {error}") from None


def do(
    head: dict[str, Any], store: Store, count: Callable[[int], None] = lambda _: None
) -> tuple[End, float]:
    """Do one run, going on with an earlier attempt, and record it.

    Args:
        head: the header of the run's record.
        store: where it goes.
        count: told the number of trials after each one.

    Returns:
        How it ended, and the seconds spent in the strategy and the problem.
    """
    spec = RunSpec.from_dict(head["spec"])
    strategy = registry.STRATEGIES.create(spec.strategy)
    problem = registry.PROBLEMS.create(spec.problem)
    environment.import_lean((*strategy.requires, *problem.requires))
    writer, recorded = store.writer(head)
    run = Run(
        strategy,
        problem,
        budget=spec.budget,
        strategy_seed=head["facts"]["strategy_seed"],
        problem_seed=head["facts"]["problem_seed"],
        recorded=recorded,
    )
    busy = 0.0
    for trial in run:
        writer.append(trial)
        busy += trial.ask_seconds + trial.evaluate_seconds + trial.tell_seconds
        count(trial.number + 1)
    writer.close(run.end)
    return run.end, busy + run.end.start_seconds
