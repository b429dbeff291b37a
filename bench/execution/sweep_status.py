"""How far the sweep of a folder is, while it runs and afterwards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress
from pathlib import Path
from statistics import fmean

from bench.execution.shards import Shard
from bench.panels.looks import Looks
from bench.run import RunStatus
from bench.sources.source import looks_of
from bench.spec import RunSpec, Sweep
from bench.store import FAULTS, Store
from bench.store.ends import Ends, read_ends


@dataclass(slots=True)
class SweepStatus:
    """How far a sweep is.

    Args:
        sweep: resolved.
        shard: the part of it that the folder is for, as in 3/10; "" where it is all of it.
        is_running: whether a process is doing runs of it.
        counts: strategy -> status, "running", "unfinished" or "missing" -> how many of its runs.
        running: runs that are being done, and how many trials each has.
        failures: ": ", status and reason -> the runs that ended so.
        damaged: files that cannot be used -> why.
        n_trials: recorded in all runs, of those that are unfinished too.
        runs_per_s, trials_per_s: of the runs that ended since the process began; None where none
            did, or no process is there.
        looks: that were made at the sweep, where it stops what is settled.
        left_s: strategy -> seconds that its remaining runs add to the sweep, as far as known from
            runs of the same pair, the same strategy or any; None where no run ended.
    """

    sweep: Sweep
    shard: str
    is_running: bool
    counts: dict[str, Counter[str]]
    running: list[tuple[RunSpec, int]] = field(default_factory=list)
    failures: dict[str, list[RunSpec]] = field(default_factory=dict)
    damaged: Mapping[Path, str] = field(default_factory=dict)
    n_trials: int = 0
    runs_per_s: float | None = None
    trials_per_s: float | None = None
    left_s: dict[str, float] | None = None
    looks: Looks | None = None

    @property
    def n_runs(self) -> int:
        """How many runs there are to be."""
        return sum(kinds.total() for kinds in self.counts.values())

    @property
    def n_done(self) -> int:
        """How many runs have ended, however."""
        kinds = sum(self.counts.values(), Counter[str]())
        return self.n_runs - kinds["running"] - kinds["unfinished"] - kinds["missing"]


class Watch:
    """Looks at a folder again and again, and reads only what has changed.

    Args:
        store: the folder.
        sweep: that it holds.
    """

    def __init__(self, store: Store, sweep: Sweep) -> None:
        self._store, self._sweep = store, sweep
        specs = list(sweep.expand())
        self._shard = store.shard()
        part = Shard.parse(self._shard).holds(specs) if self._shard else [True] * len(specs)
        self._specs = {spec.id: spec for spec in specs}
        self._part = {spec.id for spec in compress(specs, part)}
        self._ends = Ends()

    def look(self, now: float) -> SweepStatus:
        """Return how far the sweep is.

        Args:
            now: seconds since the epoch.

        Raises:
            StoreError: as `bench.store.ends.read_ends`.
        """
        is_running = self._store.is_changing()
        self._ends = ends = read_ends(self._store, self._ends)
        # A process that does runs writes the sweep first, and each run into a file made anew.
        since = self._store.sweep_path.stat().st_mtime if is_running else float("inf")
        active = {run for run, begun in ends.begun.items() if begun.changed >= since}
        found = SweepStatus(
            self._sweep,
            self._shard,
            is_running,
            {entry.label: Counter() for entry in self._sweep.strategies},
            damaged=ends.damaged,
            looks=looks_of(self._store),
        )
        for run, spec in self._wanted(found.looks).items():
            # What another shard left in the folder counts as done, its other runs not at all.
            if run in self._part or run in ends.ended or run in ends.begun:
                found.counts[spec.strategy.label][self._add(found, run, active)] += 1
        if is_running:
            self._estimate(found, active, since, now)
        return found

    def _wanted(self, looks: Looks | None) -> dict[str, RunSpec]:
        """Return the runs without those that a look has stopped since the sweep was read."""
        if looks is None:
            return self._specs
        return {
            run: spec
            for run, spec in self._specs.items()
            if spec.repetition < looks.stopped.get(spec.strategy.label, spec.repetition + 1)
        }

    def _add(self, found: SweepStatus, run: str, active: set[str]) -> str:
        """Add a run to what is found, and return what it is."""
        spec, ends = self._specs[run], self._ends
        end, begun = ends.ended.get(run), ends.begun.get(run)
        if begun is not None and (end is None or run in active):
            found.n_trials += begun.n_trials
            if run not in active:
                return "unfinished"
            found.running.append((spec, begun.n_trials))
            return "running"
        if end is None:
            return "missing"
        found.n_trials += end.n_trials
        if end.status in FAULTS:
            text = f": {end.status}: " + " ".join(end.reason.split())
            found.failures.setdefault(text, []).append(spec)
        return end.status.value

    def _estimate(self, found: SweepStatus, active: set[str], since: float, now: float) -> None:
        """Add how fast it goes, and how long it will take."""
        ends, elapsed = self._ends, now - since
        ours = {run: end for run, end in ends.ended.items() if run in self._specs}
        new = [end for run, end in ours.items() if ends.changed.get(run, 0.0) >= since]
        if not new or elapsed <= 0:
            return
        found.runs_per_s = len(new) / elapsed
        found.trials_per_s = sum(end.n_trials for end in new) / elapsed
        typical = _Typical(
            [(self._specs[run], end.run_seconds) for run, end in ours.items()
             if end.status is not RunStatus.SKIPPED]
        )  # fmt: skip
        busy = sum(end.run_seconds for end in new)
        left = dict.fromkeys(found.counts, 0.0)
        for run, spec in self._wanted(found.looks).items():
            if run in active:
                share = min(ends.begun[run].n_trials / spec.trials, 1.0)
                busy += share * typical.seconds(spec)
                left[spec.strategy.label] += (1 - share) * typical.seconds(spec)
            elif run in self._part and run not in ends.ended:
                left[spec.strategy.label] += typical.seconds(spec)
        if busy > 0:
            at_a_time = busy / elapsed
            found.left_s = {label: seconds / at_a_time for label, seconds in left.items()}


class _Typical:
    """How long runs take: the mean over runs of the same pair, the same strategy, or all."""

    def __init__(self, runs: Sequence[tuple[RunSpec, float]]) -> None:
        seconds: dict[tuple[str, ...], list[float]] = defaultdict(list)
        for spec, taken in runs:
            for key in self._keys(spec):
                seconds[key].append(taken)
        self._means = {key: fmean(values) for key, values in seconds.items()}

    def seconds(self, spec: RunSpec) -> float:
        return next((self._means[key] for key in self._keys(spec) if key in self._means), 0.0)

    @staticmethod
    def _keys(spec: RunSpec) -> tuple[tuple[str, ...], ...]:
        strategy, problem = spec.strategy.label, spec.problem.label
        return (strategy, problem), (strategy,), ()
