"""From a problem to its table: an exhaustive sweep, then its trials in one file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import registry
from bench.core import Config, Evaluation, SearchSpace, discretise, write_table
from bench.errors import UserError
from bench.run import Ended
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.store.record import trial_from_dict

A_RUN = 40
"""Configurations a run measures: few enough for a good estimate of the time left."""


class TabulateError(UserError):
    """A table that cannot be made, or not yet."""


@dataclass(frozen=True, slots=True)
class Tabulation:
    """What a table is to hold.

    Args:
        sweep: measures it: a repetition a split, a strategy a share of the configurations.
        space: finite.
        configurations: how many there are.
    """

    sweep: Sweep
    space: SearchSpace
    configurations: int


def make_tabulation(
    problem: Entry, levels: int | Mapping[str, int], *, splits: int, seed: int
) -> Tabulation:
    """Return what to measure for a table.

    Args:
        problem: any problem, with its settings.
        levels: how many a number gets, see `bench.discretise`.
        splits: how many repetitions.
        seed: the master seed; repetition r of a sweep with the same seed has split r.

    Raises:
        RegistryError: no such problem.
        TabulateError: levels that do not fit its space.
    """
    resolved = registry.PROBLEMS.resolve(problem)
    try:
        space = discretise(registry.PROBLEMS.create(problem).space, levels)
    except ValueError as error:
        raise TabulateError(f"{resolved.label}: {error}") from None
    count = sum(1 for _ in space.configs())
    parts = -(-count // A_RUN)
    plain = levels if isinstance(levels, int) else dict(levels)
    strategies = tuple(
        Entry(
            "exhaustive",
            label=f"part {part + 1} of {parts}",
            settings={"levels": plain, "part": part, "parts": parts},
        )
        for part in range(parts)
    )
    sweep = Sweep(
        name="table",
        strategies=strategies,
        problems=(resolved_entry(problem, resolved),),
        trials=-(-count // parts),
        repetitions=splits,
        seed=seed,
    )
    return Tabulation(sweep, space, count)


def resolved_entry(problem: Entry, resolved: Entry) -> Entry:
    """Return the entry under its resolved label, which names the table's problem."""
    return Entry(problem.name, resolved.label, problem.settings)


def write(tabulation: Tabulation, store: Store, path: Path) -> None:
    """Write the table of a finished tabulation.

    Raises:
        TabulateError: some of its runs have not ended as they should.
    """
    from bench.plan import resolve

    sweep = resolve(tabulation.sweep)
    specs = {spec.id: spec for spec in sweep.expand()}
    rows: list[list[tuple[Config, Evaluation | str]]] = [[] for _ in range(sweep.repetitions)]
    seeds: list[int] = [0] * sweep.repetitions
    environments: list[dict[str, Any]] = []
    for record in store.records():
        spec = specs.get(record.id)
        if spec is None or record.end is None:
            continue
        if record.end.ended not in (Ended.COMPLETED, Ended.EXHAUSTED):
            continue
        del specs[record.id]
        seeds[spec.repetition] = record.header["facts"]["problem_seed"]
        if record.header["environment"] not in environments:
            environments.append(record.header["environment"])
        for line in record.trials:
            trial = trial_from_dict(line, 1.0)
            rows[spec.repetition].append(
                (trial.suggestion.config, trial.evaluation or trial.reason)
            )
    if specs:
        raise TabulateError(
            f"a table needs every configuration, {len(specs):,} of {len(list(sweep.expand())):,} "
            "runs have not ended as they should; the same command does them again"
        )
    (entry,) = sweep.problems
    problem = registry.PROBLEMS.create(entry)
    write_table(
        path,
        tabulation.space,
        problem.metric,
        rows,
        about={
            "about": dict(problem.about),
            "problem": {"name": entry.name, "settings": entry.settings, "version": entry.version},
            "seeds": seeds,
            "made": {"date": datetime.now(UTC).date().isoformat(), "environments": environments},
        },
    )
