"""From a problem to its table: an exhaustive sweep, then its trials in one file."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from bench import registry
from bench.core import Config, Evaluation, EvaluationError, Fidelity, Problem, SearchSpace
from bench.errors import UserError
from bench.execution.plan import resolve
from bench.spec import Entry, Sweep
from bench.store import Store
from bench.store.record import environments, trial_from_dict
from bench.store.run_file import reading
from bench.tabular import discretise, write_table

CONFIGS_PER_RUN = 40
"""Configurations a run measures: few enough for a good estimate of the time left."""

MAX_RUNS_PER_SPLIT = 250
"""Runs a split is measured in, at most."""

MAX_TABLE_EVALUATIONS = 1_000_000
"""Evaluations of a table."""


class TabulateError(UserError):
    """A table that cannot be made, or not yet."""


@dataclass(frozen=True, slots=True)
class Tabulation:
    """What a table is to hold.

    Args:
        sweep: measures it: a repetition a split, a strategy a share of the configurations at one
            step of the fidelity.
        space: finite.
        configurations: how many there are.
        fidelity: whose measured steps the table is to hold; None: full evaluations only.
    """

    sweep: Sweep
    space: SearchSpace
    configurations: int
    fidelity: Fidelity | None = None

    @property
    def evaluations(self) -> int:
        """How many evaluations the table holds."""
        steps = len(self.fidelity.measured) if self.fidelity else 1
        return self.configurations * self.sweep.repetitions * steps


def make_tabulation(
    problem: Entry,
    grid_points: int | Mapping[str, int],
    *,
    splits: int,
    seed: int,
    steps: Sequence[int] = (),
) -> Tabulation:
    """Return what to measure for a table.

    Args:
        problem: any problem, with its settings.
        grid_points: how many a number gets, see `bench.discretise`.
        splits: how many repetitions.
        seed: the master seed; repetition r of a sweep with the same seed has split r.
        steps: of the problem's fidelity, ascending to all of them; none: full evaluations only.

    Raises:
        RegistryError: no such problem.
        TabulateError: grid points that do not fit its space, or make too many configurations; steps
            that the problem does not offer.
    """
    resolved = registry.PROBLEMS.resolve(problem)
    made = registry.PROBLEMS.create(problem)
    fidelity = _measured(made, resolved.label, steps) if steps else None
    passes = splits * max(1, len(steps))
    # No more than that is listed, however large the space.
    most = MAX_TABLE_EVALUATIONS // passes
    count = (
        max(grid_points.values(), default=0) if isinstance(grid_points, Mapping) else grid_points
    )
    if count <= most:
        try:
            space = discretise(made.space, grid_points)
        except ValueError as error:
            raise TabulateError(f"{resolved.label}: {error}") from None
        count = sum(1 for _ in islice(space.configs(), most + 1))
    if count > most:
        raise TabulateError(
            f"a table must have {MAX_TABLE_EVALUATIONS:,} evaluations or fewer, {resolved.label} "
            f"has more than {most:,} configurations × {splits:,} splits"
            + (f" × {len(steps):,} steps" if steps else "")
            + "; take fewer --grid-points or --splits"
        )
    # Each part walks over all configurations, so there must not be too many parts.
    parts = min(-(-count // CONFIGS_PER_RUN), MAX_RUNS_PER_SPLIT)
    plain = dict(grid_points) if isinstance(grid_points, Mapping) else grid_points
    strategies = tuple(
        Entry(
            "exhaustive",
            label=f"part {part + 1} of {parts}" + (f" at {step}" if step else ""),
            settings={"grid_points": plain, "part": part, "parts": parts}
            | ({"step": step} if step else {}),
        )
        # The full evaluations, which 0 stands for, are the runs of a table that has no others.
        for step in (*steps[:-1], 0)
        for part in range(parts)
    )
    sweep = Sweep(
        name="table",
        strategies=strategies,
        # Under its resolved label, which names the table's problem.
        problems=(replace(problem, label=resolved.label),),
        trials=-(-count // parts),
        repetitions=splits,
        seed=seed,
    )
    return Tabulation(resolve(sweep), space, count, fidelity)


def _measured(problem: Problem, label: str, steps: Sequence[int]) -> Fidelity:
    """Return the problem's fidelity with these steps only."""
    offered = problem.fidelity
    if offered is None:
        raise TabulateError(
            f"--fidelity must be for a problem with cheaper evaluations, {label} has full ones "
            "only; leave it out, or use such a problem (a live one with --set fidelity=rows)"
        )
    try:
        for step in steps:
            offered.share(step)
        return Fidelity(offered.unit, offered.steps, steps[0], tuple(steps))
    except ValueError:
        usual = ",".join(map(str, offered.measured or offered.rungs(3)))
        least = f"from {offered.lowest}" if not offered.measured else f"of {offered.measured}"
        raise TabulateError(
            f"--fidelity must list steps {least}, ascending, the last of them the full evaluation, "
            f"{offered.steps} {offered.unit} of {label}, got {','.join(map(str, steps))}; for "
            f"example --fidelity {usual}"
        ) from None


def check_folder(tabulation: Tabulation, store: Store) -> None:
    """Refuse a folder that holds anything but a part of the same table, with any splits.

    Raises:
        TabulateError: it does; its content would be removed with the runs of this table.
    """
    if not os.path.isdir(store.folder):
        return
    with reading(store.folder):
        held = {path.name for path in store.folder.iterdir()}
    # As a process leaves it that was killed before it wrote its sweep.
    if held <= {".lock", "runs", "sweep.new"} and not any((store.folder / "runs").glob("*")):
        return
    found = store.sweep() if os.path.exists(store.sweep_path) else {}
    wanted = {**tabulation.sweep.to_dict(), "repetitions": found.get("repetitions")}
    if found != orjson.loads(orjson.dumps(wanted)):
        raise TabulateError(
            f"{store.folder} must hold a part of the same table, it holds something else (another "
            "problem, setting, --grid-points, --fidelity or --seed?); remove it, or use another "
            "file (--out)"
        )


def write(tabulation: Tabulation, store: Store, path: Path) -> None:
    """Write the table of a finished tabulation.

    Raises:
        TabulateError: some of its runs have not ended as they should, a split has no completed
            evaluation, or the file cannot be written.
    """
    sweep = tabulation.sweep
    specs = {spec.id: spec for spec in sweep.expand()}
    total, missing = len(specs), set(specs)
    rows: dict[int, list[dict[int, tuple[Config, Evaluation | EvaluationError]]]]
    # 0 stands for the full evaluations, as in the settings of the strategies.
    steps = (*tabulation.fidelity.measured[:-1], 0) if tabulation.fidelity else (0,)
    rows = {step: [{} for _ in range(sweep.repetitions)] for step in steps}
    seeds = [0] * sweep.repetitions
    made_in: list[dict[str, Any]] = []
    for record in store.records([]):
        status = record.end and record.end.status
        if record.id not in specs or not (status and status.is_whole):
            continue
        missing.remove(record.id)
        spec = specs[record.id]
        part, parts = spec.strategy.settings["part"], spec.strategy.settings["parts"]
        split_rows = rows[spec.strategy.settings.get("step", 0)][spec.repetition]
        seeds[spec.repetition] = record.job.problem_seed
        made_in += [found for found in environments(record.header) if found not in made_in]
        names = list(record.job.facts.metrics)
        for line in record.trials:
            trial = trial_from_dict(line, 1.0, names)
            found = trial.evaluation or EvaluationError(trial.reason, trial.cost)
            split_rows[trial.number * parts + part] = trial.suggestion.config, found
    if missing:
        raise TabulateError(
            f"a table needs every configuration, {len(missing):,} of {total:,} runs have not "
            "completed; the same command repeats them"
        )
    for split, part_rows in enumerate(rows[0]):
        if not any(isinstance(found, Evaluation) for _, found in part_rows.values()):
            raise TabulateError(
                f"each split of a table needs a completed evaluation, all of split {split} fail, "
                f"the first with: {' '.join(str(part_rows[0][1]).split())}; try the problem alone, "
                "`tunebench check problem`"
            )
    (entry,) = sweep.problems
    problem = registry.PROBLEMS.create(entry)
    ordered = {
        step: [[by_place[place] for place in sorted(by_place)] for by_place in of_splits]
        for step, of_splits in rows.items()
    }
    full = ordered.pop(0)
    try:
        write_table(
            path,
            tabulation.space,
            problem.metric,
            full,
            fidelity=tabulation.fidelity,
            cheaper=ordered,
            metrics=problem.metrics,
            about={
                "about": dict(problem.about),
                "problem": {
                    "name": entry.name,
                    "settings": entry.settings,
                    "version": entry.version,
                },
                "seeds": seeds,
                "made": {"date": datetime.now(UTC).date().isoformat(), "environments": made_in},
            },
        )
    except OSError as error:
        raise TabulateError(
            f"a table needs a file that can be written, {path} cannot ({error.strerror}); what was "
            f"measured is kept in {store.folder}"
        ) from None


def remove(store: Store) -> None:
    """Remove the runs of a finished tabulation; what else is in the folder stays."""
    runs = store.folder / "runs"
    for path in [*runs.glob("*.jsonl"), *runs.glob("*.part")]:
        path.unlink()
    store.sweep_path.unlink()
    (store.folder / ".lock").unlink(missing_ok=True)
    # What was set aside is damaged, and measured again.
    shutil.rmtree(runs / "damaged", ignore_errors=True)
    for folder in (runs, store.folder):
        with suppress(OSError):  # not empty, or a link
            folder.rmdir()
