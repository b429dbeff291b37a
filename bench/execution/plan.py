"""What a sweep still needs: its runs, less those that are there already."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import compress
from pathlib import Path
from typing import Any

from bench import environment, registry, seeds
from bench.code import distribution
from bench.core import Problem, Strategy
from bench.description import Block, block_of, frozen_scale, table_of, tags_of
from bench.execution import limits
from bench.execution.changes import edits
from bench.execution.objects import Objects
from bench.execution.reference import Reference
from bench.execution.shards import WHOLE, Shard
from bench.job import Facts, Job
from bench.loading import notice_edits
from bench.panels.looks import Looks
from bench.registry import RegistryError
from bench.run import End, RunStatus, skip_reason
from bench.spec import Entry, RunSpec, SpecError, Sweep
from bench.store import FAULTS, Sink
from bench.tabular import Table
from bench.words import in_words


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep, or a shard of it, still needs.

    Args:
        sweep: with every entry resolved.
        todo: the runs to do.
        skips: run id -> why its pair cannot run.
        cells: strategy and problem of each pair that runs, or has run.
        datasets: label of a problem -> its data set, or what counts as one where it has none.
        functions: labels of the problems without a data set.
        done: how many runs are there already.
        resumed: how many of `todo` have an unfinished attempt.
        damaged: files that could not be read, with the reason.
        edited: what changed of a strategy or problem, in words -> how many runs of `todo` were
            done before; those stay in the folder, and count no more.
        shard: the part of its runs that is meant.
        looks: at the sweep, where they stop what is settled; more of them may end more of `todo`.
    """

    sweep: Sweep
    todo: list[Job]
    skips: dict[str, str]
    cells: frozenset[tuple[str, str]]
    datasets: dict[str, str]
    functions: frozenset[str]
    done: int
    resumed: int
    damaged: list[tuple[Path, str]]
    edited: Mapping[str, int] = field(default_factory=dict)
    shard: Shard = WHOLE
    looks: Looks | None = None

    @property
    def recorded(self) -> dict[str, Any]:
        """The sweep as plain data, with the shard where it is not all of it, and its looks."""
        data = self.sweep.to_dict()
        if self.shard != WHOLE:
            data["shard"] = str(self.shard)
        return data if self.looks is None else data | {"looks": self.looks.to_dict()}


def resolve(sweep: Sweep, objects: Objects | None = None) -> Sweep:
    """Return the sweep with suites unfolded and every entry resolved.

    Args:
        sweep: as a file or the command line gives it.
        objects: strategies and problems that are no part of the catalog.

    Raises:
        RegistryError: names or settings that are not there, a line for each.
    """
    errors: dict[str, str] = {}
    objects = objects or Objects()
    problems = _resolved(registry.PROBLEMS, sweep.problems, errors, objects)
    # By label, so that a suite does not add again what is named with settings of its own.
    labels = {entry.label for entry in (*sweep.problems, *problems)}
    for suite in sweep.suites:
        try:
            names = registry.suite(suite).problems
        except RegistryError as error:
            errors[str(error)] = str(error)
            continue
        new = [Entry(name) for name in names if name not in labels]
        problems += _resolved(registry.PROBLEMS, new, errors, objects)
        labels.update(names)
    strategies = _resolved(registry.STRATEGIES, sweep.strategies, errors, objects)
    if errors:
        raise RegistryError("\n".join(errors.values()))
    return replace(sweep, strategies=tuple(strategies), problems=tuple(problems), suites=())


def _resolved(
    catalog: registry.Catalog[Any],
    entries: Iterable[Entry],
    errors: dict[str, str],
    objects: Objects,
) -> list[Entry]:
    """Return the entries resolved; of those that cannot be, `errors` receives each cause."""
    found = []
    for entry in entries:
        try:
            found.append(objects.resolve(catalog, entry))
        except RegistryError as error:
            # Several models on one data set that is not there have one cause.
            errors.setdefault(str(error.__cause__ or error), str(error))
    return found


def retried(names: str | Iterable[str]) -> tuple[RunStatus, ...]:
    """Return the statuses of runs that are to be done again.

    >>> [status.value for status in retried("failed, crashed")]
    ['failed', 'crashed']

    Args:
        names: a list, or a text with commas.

    Raises:
        SpecError: one is no status of a run that a fault ended.
    """
    given = names.split(",") if isinstance(names, str) else list(names)
    found = [str(name).strip() for name in given]
    for name in found:
        if name not in FAULTS:
            raise SpecError(
                f"'retry' must be one or more of {', '.join(FAULTS)}, got {name!r}; "
                "for example retry = failed,crashed"
            )
    return tuple(map(RunStatus, found))


def make_plan(
    sweep: Sweep,
    sink: Sink,
    *,
    retry: Collection[RunStatus] = (),
    objects: Objects | None = None,
    reference: Reference | None = None,
    shard: Shard = WHOLE,
    looks: Looks | None = None,
) -> Plan:
    """Return what is to be done; nothing is written.

    Args:
        sweep: as a file or the command line gives it.
        sink: where its results are or will be.
        retry: runs that ended so are done again; `retried` gives them.
        objects: strategies and problems that are no part of the catalog.
        reference: results that the sweep is measured against.
        shard: the part of its runs that is to be done.
        looks: those that were made; what they stopped has no more repetitions.

    Raises:
        RegistryError: a name or a setting that is not there.
        StoreError: the folder holds another schema.
        AgainstError: the sweep cannot stand beside the reference.
        LimitError: this system cannot hold a limit.
    """
    notice_edits()
    limits.check(sweep.memory)
    if reference is not None:
        sweep = reference.named(sweep)
    sweep = resolve(sweep, objects)
    if reference is not None:
        reference.check(sweep)
    if looks is not None:
        sweep = stopping(sweep, looks)
    sink.check_schema()
    damaged: list[tuple[Path, str]] = []
    ends: dict[str, End | None] = {}
    before: dict[tuple[Any, ...], list[RunSpec]] = {}
    for known in sink.outlines(damaged):
        spec = known.spec
        ends[known.id] = known.end
        before.setdefault(spec.place, []).append(spec)
    facts = _Facts(objects or Objects())
    specs = list(sweep.expand())
    blocks = {spec.problem.label: facts.block(spec) for spec in specs}
    cells = frozenset(
        (spec.strategy.label, spec.problem.label)
        for spec in specs
        if facts.skip(spec) is None or _ran(ends.get(spec.id))
    )
    todo, skips, done, resumed = [], {}, 0, 0
    edited: Counter[str] = Counter()
    for spec in compress(specs, shard.holds(specs)):
        reason, run = facts.skip(spec), spec.id
        end = ends.get(run)
        # A run that was done stays done, even where its pair could not run today.
        settled = _ran(end) or (end is not None and reason is not None)
        if settled and end is not None and (reason is not None or end.status not in retry):
            done += 1
            continue
        job = facts.job(spec)
        if reason is not None:
            skips[run] = reason
        resumed += run in ends and end is None
        todo.append(job)
        if run not in ends:
            found = [edits(spec, other) for other in before.get(spec.place, ())]
            edited.update(min(found, key=len, default=()))
    if reference is not None:
        reference.check_jobs(job for job in todo if job.id not in skips)
    return Plan(
        sweep,
        todo,
        skips,
        cells=cells,
        datasets={label: block.name for label, block in blocks.items()},
        functions=frozenset(label for label, block in blocks.items() if block.function),
        done=done,
        resumed=resumed,
        damaged=damaged,
        edited=edited,
        shard=shard,
        looks=looks,
    )


def stopping(sweep: Sweep, looks: Looks) -> Sweep:
    """Return a sweep in which strategies have no more repetitions than the looks left them.

    Args:
        sweep: as it was planned.
        looks: at it.
    """
    entries = [
        replace(entry, repetitions=looks.stopped[entry.label])
        if entry.label in looks.stopped
        else entry
        for entry in sweep.strategies
    ]
    return replace(sweep, strategies=tuple(entries))


def _ran(end: End | None) -> bool:
    """Return whether a run has ended, and not because its pair cannot run."""
    return end is not None and end.status is not RunStatus.SKIPPED


class _Facts:
    """What the frame says of a pair, asked of each pair, strategy and problem once."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._pairs: dict[tuple[str, str], tuple[Facts, Problem, str | None]] = {}
        self._made: dict[str, Problem] = {}
        self._problems: dict[str, tuple[Block, list[float], Mapping[str, Any] | None]] = {}
        self._libraries: dict[str, str] = {}

    def job(self, spec: RunSpec) -> Job:
        facts, problem, skipped = self._pair(spec)
        labels = spec.strategy.label, spec.problem.label
        # By name, not by label: two settings of a problem share their test part and shift.
        seed = seeds.problem_seed(spec.seed, problem.name, spec.repetition)
        with _blaming(labels):
            optimum = None if skipped else problem.optimum_of(seed)
            optimum = None if optimum is None else float(optimum)
            block, medians, scale = self._problem(spec.problem, problem)
            draw = medians[problem.split_of(seed)] if medians else None  # type: ignore[attr-defined]
        return Job(
            spec,
            strategy_seed=seeds.strategy_seed(spec.seed, *labels, spec.repetition),
            problem_seed=seed,
            facts=replace(
                facts, dataset=block.name, optimum=optimum, median_draw=draw, scale=scale
            ),
        )

    def block(self, spec: RunSpec) -> Block:
        return self._problem(spec.problem, self._pair(spec)[1])[0]

    def skip(self, spec: RunSpec) -> str | None:
        return self._pair(spec)[2]

    def _problem(
        self, entry: Entry, problem: Problem
    ) -> tuple[Block, list[float], Mapping[str, Any] | None]:
        """Return a problem's data set, its scale, and of a table the median draw on each split.

        They are recorded because whoever reads the results may neither have the problem nor trust
        it.
        """
        if entry.label not in self._problems:
            block = block_of(entry.name, entry.settings, _table_behind)
            table = table_of(problem)
            medians = table.median_draws() if table and hasattr(problem, "split_of") else []
            scale = frozen_scale(entry.name, entry.version, entry.settings)
            self._problems[entry.label] = block, medians, scale
        return self._problems[entry.label]

    def _problem_of(self, entry: Entry) -> Problem:
        if entry.label not in self._made:
            self._made[entry.label] = self._objects.problem(entry)
        return self._made[entry.label]

    def _library(self, entry: Entry, strategy: Strategy) -> str:
        if entry.label not in self._libraries:
            found = strategy.library or environment.library(strategy.requires)
            self._libraries[entry.label] = str(found)
        return self._libraries[entry.label]

    def _pair(self, spec: RunSpec) -> tuple[Facts, Problem, str | None]:
        key = spec.strategy.label, spec.problem.label
        if key not in self._pairs:
            strategy = self._objects.strategy(spec.strategy)
            problem = self._problem_of(spec.problem)
            reason = registry.unavailable(strategy) or registry.unavailable(problem)
            with _blaming(key):
                facts = Facts(
                    library=self._library(spec.strategy, strategy),
                    metric=problem.metric.name,
                    direction=problem.metric.direction,
                    metrics={metric.name: metric.direction for metric in problem.metrics},
                    unordered=bool(strategy.unordered),
                    positive=problem.positive_class,
                    tags=tags_of(problem),
                    strategy_distribution=distribution(type(strategy)),
                    problem_distribution=distribution(type(problem)),
                )
                if reason is None:
                    reason = skip_reason(strategy, problem, spec.budget)
            self._pairs[key] = facts, problem, reason
        return self._pairs[key]


def _table_behind(name: str, settings: Mapping[str, Any]) -> Table | None:
    # Others need not be made once more to know that there is none.
    if not name.startswith("table") or name.endswith(".py"):
        return None
    return table_of(registry.PROBLEMS.create(Entry(name, settings=settings)))


@contextmanager
def _blaming(pair: tuple[str, str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise RegistryError(
            f"{pair[0]} on {pair[1]} cannot be prepared: {in_words(error)}; "
            "`tunebench check` says which of them fails"
        ) from error
