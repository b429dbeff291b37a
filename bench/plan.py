"""What a sweep still needs: its runs, less those that are there already."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bench import environment, registry, seeds
from bench.core import Problem
from bench.registry import RegistryError
from bench.run import Ended, in_words, skip_reason
from bench.spec import Entry, RunSpec, Sweep
from bench.store import Store, header


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sweep still needs.

    Args:
        sweep: with every entry resolved.
        todo: the headers of the runs to do.
        skips: run id -> why its pair cannot run.
        cells: strategy and problem of each pair that runs, or has run.
        done: how many runs are there already.
        resumed: how many of `todo` have an unfinished attempt.
        damaged: files that could not be read, with the reason.
    """

    sweep: Sweep
    todo: list[dict[str, Any]]
    skips: dict[str, str]
    cells: frozenset[tuple[str, str]]
    done: int
    resumed: int
    damaged: list[tuple[Path, str]]


def resolve(sweep: Sweep) -> Sweep:
    """Return the sweep with suites unfolded and every entry resolved.

    Raises:
        RegistryError: a name or a setting that is not there.
    """
    problems = [registry.PROBLEMS.resolve(entry) for entry in sweep.problems]
    # By label, so that a suite does not add again what is named with settings of its own.
    labels = {entry.label for entry in problems}
    for suite in sweep.suites:
        for name in registry.suite(suite).problems:
            if name not in labels:
                problems.append(registry.PROBLEMS.resolve(Entry(name)))
                labels.add(name)
    strategies = map(registry.STRATEGIES.resolve, sweep.strategies)
    return replace(sweep, strategies=tuple(strategies), problems=tuple(problems), suites=())


def make_plan(sweep: Sweep, store: Store, *, retry: bool = False) -> Plan:
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
    cells = set()
    for spec in sweep.expand():
        head = header(spec, facts.of(spec), {})
        reason = facts.skip(spec)
        end = ends.get(spec.id)
        if reason is None or (end is not None and end.ended is not Ended.SKIPPED):
            cells.add((spec.strategy.label, spec.problem.label))
        # A run that was done stays done, even where its pair could not run today.
        settled = end is not None and (end.ended is not Ended.SKIPPED or reason is not None)
        if settled and end is not None and (reason is not None or end.ended not in again):
            done += 1
            continue
        if reason is not None:
            skips[spec.id] = reason
        resumed += spec.id in ends and end is None
        todo.append(head)
    return Plan(sweep, todo, skips, frozenset(cells), done, resumed, damaged)


class _Facts:
    """What the frame says of a pair, asked of each pair once."""

    def __init__(self) -> None:
        self._pairs: dict[tuple[str, str], tuple[dict[str, Any], Problem, str | None]] = {}

    def of(self, spec: RunSpec) -> dict[str, Any]:
        facts, problem, skipped = self._pair(spec)
        labels = spec.strategy.label, spec.problem.label
        # By name, not by label: two settings of a problem share their test part and shift.
        seed = seeds.problem_seed(spec.seed, problem.name, spec.repetition)
        with _blaming(labels):
            optimum = None if skipped else problem.optimum_of(seed)
            optimum = None if optimum is None else float(optimum)
        return facts | {
            "optimum": optimum,
            "strategy_seed": seeds.strategy_seed(spec.seed, *labels, spec.repetition),
            "problem_seed": seed,
        }

    def skip(self, spec: RunSpec) -> str | None:
        return self._pair(spec)[2]

    def _pair(self, spec: RunSpec) -> tuple[dict[str, Any], Problem, str | None]:
        key = spec.strategy.label, spec.problem.label
        if key not in self._pairs:
            strategy = registry.STRATEGIES.create(spec.strategy)
            problem = registry.PROBLEMS.create(spec.problem)
            reason = registry.unavailable(strategy) or registry.unavailable(problem)
            with _blaming(key):
                facts = {
                    "library": environment.library(strategy.requires),
                    "metric": problem.metric.name,
                    "direction": problem.metric.direction,
                    "is_set": bool(strategy.is_set),
                }
                if reason is None:
                    reason = skip_reason(strategy, problem, spec.budget)
            self._pairs[key] = facts, problem, reason
        return self._pairs[key]


@contextmanager
def _blaming(pair: tuple[str, str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        raise RegistryError(
            f"{pair[0]} on {pair[1]} cannot be prepared: {in_words(error)}; "
            "`tunebench check` says which of them is to blame"
        ) from error
