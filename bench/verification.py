"""Recorded runs done again here: which values are the same, and where a run first differs."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np

from bench import environment, registry
from bench.errors import UserError
from bench.execution.changes import edits
from bench.execution.merge_folders import MEASURED
from bench.execution.plan import Plan, make_plan
from bench.execution.reference import without_fingerprints
from bench.loading import notice_edits
from bench.registry import RegistryError
from bench.sources.source import opened, read_part
from bench.sources.verified import write
from bench.spec import Entry, Sweep
from bench.store import Memory, RunRecord, Store
from bench.store.record import environments
from bench.store.rows import TRIAL_COLUMNS
from bench.words import shortened

TOLERANCE = 1e-9
"""Relative difference up to which numbers agree: sums end differently on another processor."""

SUGGESTED = ("config", "fidelity", "continued_from")
"""What of a trial the strategy decides; the problem decides the rest of `MEASURED`."""


class VerifyError(UserError):
    """Results of which no run can be done again."""


class Outcome(StrEnum):
    """How a run that was done again compares with what was recorded."""

    SAME = "the same to the bit"
    CLOSE = "within the tolerance"
    DIFFERENT = "different"
    NOT_DONE = "not done"


@dataclass(frozen=True, slots=True)
class Again:
    """A recorded run, done again.

    Args:
        run: in words: strategy, problem, repetition.
        outcome: how it compares.
        why: the first difference, or why the run could not be done; "" where it is the same.
        gap: the largest relative difference of two numbers; inf where more than numbers differ,
            NaN where the run was not done.
    """

    run: str
    outcome: Outcome
    why: str = ""
    gap: float = 0.0


@dataclass(frozen=True, slots=True)
class Verification:
    """A sample of recorded runs, done again.

    Args:
        runs: the sample.
        of: how many runs it was drawn from: those that used their budget.
        changes: what changed in strategies and problems, in words.
        elsewhere: what the environment of the records has that is another here, in words.
        damaged: files of runs that are not as they were written, with the reason.
    """

    runs: tuple[Again, ...]
    of: int
    changes: tuple[str, ...]
    elsewhere: tuple[str, ...]
    damaged: tuple[tuple[Path, str], ...] = ()

    def count(self, outcome: Outcome) -> int:
        """Return how many runs came out so."""
        return sum(again.outcome is outcome for again in self.runs)

    @property
    def holds(self) -> bool:
        """Whether no run is damaged, and all were done and agree within the tolerance."""
        agree = self.count(Outcome.SAME) + self.count(Outcome.CLOSE)
        return agree == len(self.runs) and not self.damaged


def verify(
    folder: Path,
    do: Callable[[Plan, Store], object],
    *,
    runs: int = 20,
    seed: int = 0,
    tolerance: float = TOLERANCE,
) -> Verification:
    """Do a random sample of recorded runs again, with the code and the data that are here now.

    The checksums of all runs are compared, and damaged runs are in no sample. Nothing is written
    into the folder.

    Args:
        folder: of the results.
        do: does the runs of a plan, into a folder for the time being.
        runs: how many; all where there are fewer.
        seed: of the draw, 0 or more.
        tolerance: relative difference up to which numbers agree, 0 or more.

    Raises:
        StoreError: no results folder, or a damaged one.
        VerifyError: it has no run that used its budget.
    """
    notice_edits()
    store, sweep = opened(folder)
    damaged: list[tuple[Path, str]] = []
    store.columns(damaged, wanted=TRIAL_COLUMNS)
    recorded, of = _sample(store, sweep, runs, seed)
    plan, missing = _plan(sweep, recorded)
    known = {(job.pair, job.spec.repetition): job for job in plan.todo}
    todo = {r.id: known.get((_pair(r), r.spec.repetition)) for r in recorded}
    able = [job for job in todo.values() if job is not None and job.id not in plan.skips]
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        again = Store(Path(place))
        if able:
            do(replace(plan, todo=able, skips={}), again)
        found = {record.id: record for record in again.records([])}
    outcomes, changed, elsewhere = [], dict[str, None](), dict[str, None]()
    for record in recorded:
        job = todo[record.id]
        if job is None or job.id in plan.skips:
            why = missing.get(_pair(record), "") if job is None else plan.skips[job.id]
            outcomes.append(Again(str(record.job), Outcome.NOT_DONE, why, math.nan))
            continue
        changed |= dict.fromkeys(edits(job.spec, record.spec))
        here = found[job.id]
        elsewhere |= dict.fromkeys(_other_environment(record, here))
        outcomes.append(compared(record, here, tolerance))
    return Verification(
        tuple(outcomes), of, tuple(changed), tuple(elsewhere), tuple(sorted(damaged))
    )


def _sample(store: Store, sweep: Sweep, runs: int, seed: int) -> tuple[list[RunRecord], int]:
    """Return a random sample of the runs that used their budget, and how many there are."""
    wanted = {spec.id for spec in sweep.expand()}
    ids = sorted(
        known.id
        for known in store.outlines([])
        if known.id in wanted and known.end is not None and known.end.status.is_whole
    )
    if not ids:
        raise VerifyError(
            f"a run that used its budget is needed, {store.folder} has none of its sweep; "
            "run the sweep first"
        )
    places = np.random.default_rng(seed).permutation(len(ids))[:runs]
    return store.runs([ids[place] for place in sorted(places)]), len(ids)


def _plan(sweep: Sweep, recorded: Sequence[RunRecord]) -> tuple[Plan, dict[tuple[str, str], str]]:
    """Return the plan of the pairs of some runs as they are here, and why others have none.

    Args:
        sweep: as it was recorded.
        recorded: the runs.
    """
    found: dict[str, list[Entry]] = {"strategies": [], "problems": []}
    gone: dict[tuple[str, str], str] = {}
    kinds: tuple[tuple[str, registry.Catalog[Any]], ...] = (
        ("strategies", registry.STRATEGIES),
        ("problems", registry.PROBLEMS),
    )
    for place, (name, catalog) in enumerate(kinds):
        labels = {_pair(record)[place] for record in recorded}
        for entry in getattr(sweep, name):
            if entry.label not in labels:
                continue
            # By what is here now: that it was another one is seen afterwards.
            now = replace(entry, settings=without_fingerprints(entry.settings))
            try:
                found[name].append(catalog.resolve(now))
            except RegistryError as error:
                gone[name, entry.label] = shortened(str(error))
    why = {
        pair: "; ".join(gone[key] for key in zip(found, pair, strict=True) if key in gone)
        for pair in map(_pair, recorded)
    }
    if not all(found.values()):
        return Plan(sweep, [], {}, frozenset(), {}, frozenset(), 0, 0, []), why
    strategies, problems = (tuple(found[name]) for name, _ in kinds)
    return make_plan(replace(sweep, strategies=strategies, problems=problems), Memory()), why


def _pair(record: RunRecord) -> tuple[str, str]:
    return record.spec.strategy.label, record.spec.problem.label


def compared(before: RunRecord, now: RunRecord, tolerance: float) -> Again:
    """Return how a run compares with its record, trial by trial in the order they finished.

    Args:
        before: as it was recorded.
        now: as it is done here.
        tolerance: relative difference up to which numbers agree, 0 or more.
    """
    gap, why = 0.0, ""
    for place, (old, new) in enumerate(zip_longest(before.trials, now.trials)):
        if new is None:
            ended = f" ({now.end.status}: {now.end.reason})" if now.end and now.end.reason else ""
            gap, why = math.inf, why or f"trial {old['trial_number']} is not here{ended}"
            break
        if old is None:
            gap, why = math.inf, why or f"trial {place} is new here"
            break
        for name in MEASURED:
            apart = distance(old.get(name), new.get(name))
            gap = max(gap, apart)
            if apart and not why:
                what = "suggestion" if name in SUGGESTED else name.replace("_", " ")
                why = (
                    f"trial {old['trial_number']}, its {what}: "
                    f"{_shown(old.get(name))} recorded, {_shown(new.get(name))} here"
                )
    if gap > tolerance:
        return Again(str(before.job), Outcome.DIFFERENT, why, gap)
    return Again(str(before.job), Outcome.CLOSE if gap else Outcome.SAME, why, gap)


def distance(one: Any, other: Any) -> float:
    """Return the largest relative difference of two values, at any depth.

    >>> distance({"C": 1.0, "kernel": "rbf"}, {"C": 1.0, "kernel": "rbf"})
    0.0
    >>> distance([1.0, 2.0], [1.0, 2.5])
    0.2
    >>> distance("rbf", "linear")
    inf

    Args:
        one: plain data: numbers, texts, None, lists, mappings.
        other: the same.

    Returns:
        0 where they are the same to the bit, inf where more than numbers differ.
    """
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        if one.keys() != other.keys():
            return math.inf
        return max((distance(one[key], other[key]) for key in one), default=0.0)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        if len(one) != len(other):
            return math.inf
        return max((distance(*both) for both in zip(one, other, strict=True)), default=0.0)
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in (one, other))
    if not numbers:
        return 0.0 if one == other else math.inf
    first, second = float(one), float(other)
    if first == second or (math.isnan(first) and math.isnan(second)):
        return 0.0
    if not (math.isfinite(first) and math.isfinite(second)):
        return math.inf
    return abs(first - second) / max(abs(first), abs(second))


def _other_environment(before: RunRecord, now: RunRecord) -> Iterator[str]:
    """Yield what the environment of a record has that is another here."""
    here = environments(now.header)[-1]
    libraries = before.header["facts"]["library"], now.header["facts"]["library"]
    if libraries[0] != libraries[1]:
        yield f"library {libraries[0] or 'none'} there, {libraries[1] or 'none'} here"
    for there in environments(before.header):
        for name in ("python", "platform", "cpu", "git"):
            if there.get(name) and there[name] != here.get(name):
                yield f"{name} {there[name]} there, {here.get(name) or 'unknown'} here"
        packages = here.get("packages", {})
        for name, version in there.get("packages", {}).items():
            if version != packages.get(name):
                yield f"{name} {version} there, {packages.get(name, 'none')} here"


def _shown(value: Any) -> str:
    if isinstance(value, Mapping):
        return shortened(", ".join(f"{name} = {_shown(one)}" for name, one in value.items()))
    return shortened(repr(value) if isinstance(value, float) else str(value))


def record(folder: Path, found: Verification, *, seed: int, tolerance: float, date: str) -> None:
    """Write down in a folder how its runs came out, for its report to say.

    Args:
        folder: of the results.
        found: the verification.
        seed: of its draw.
        tolerance: of its numbers.
        date: of today, as 2026-11-30.

    Raises:
        StoreError: the folder cannot be written.
    """
    write(
        folder,
        read_part(folder).columns.frame(),
        {kind.value: found.count(kind) for kind in Outcome},
        of=found.of,
        date=date,
        seed=seed,
        tolerance=tolerance,
        environment=environment.describe(),
    )
