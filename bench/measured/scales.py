"""What normalised regret is measured by: exact for tables, recorded for the rest of the catalog."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import description, environment, registry
from bench.measured.problems import DRAWS, INSTANCES, drawn, of_problem
from bench.panels.arrays import Array
from bench.panels.regret import Scale
from bench.spec import Entry
from bench.tabular import Table

if TYPE_CHECKING:
    import pandas as pd


def scales(runs: pd.DataFrame) -> dict[str, Scale]:
    """Return problem -> what its regret is measured by, for those problems where that is known.

    It depends on the problem and its version alone, so no strategy changes another one's score. A
    problem of other settings or of another version has none, unless its runs recorded it when they
    were planned. No problem is made or imported for it, since anybody may have named it.

    Args:
        runs: a row a run: problem, problem_name, problem_version, problem_settings, repetition,
            problem_seed, median_draw, scale_best, scale_typical, scale_source.
    """
    found = {}
    for label, part in runs.groupby("problem", observed=True, sort=False):
        scale = _scale(part)
        if scale is not None:
            found[str(label)] = scale
    return found


def not_recorded(runs: pd.DataFrame) -> list[str]:
    """Return the problems whose scale is of this version of the catalog: their runs have none.

    Args:
        runs: as for `scales`.
    """
    return [
        str(label)
        for label, part in runs.groupby("problem", observed=True, sort=False)
        if _of_record(part) is None and _of_catalog(part) is not None
    ]


def _scale(part: pd.DataFrame) -> Scale | None:
    return _of_record(part) or _of_catalog(part)


def _of_record(part: pd.DataFrame) -> Scale | None:
    """Return the scale that was recorded when the runs of a problem were planned."""
    if part["scale_typical"].notna().all():
        first = part.iloc[0]
        best = None if np.isnan(first["scale_best"]) else float(first["scale_best"])
        return Scale(best, float(first["scale_typical"]), str(first["scale_source"]))
    if part["median_draw"].notna().all():
        return _exact(part["repetition"], part["median_draw"])
    return None


def _of_catalog(part: pd.DataFrame) -> Scale | None:
    """Return the scale that this version has of a problem, for runs that were planned before."""
    first = part.iloc[0]
    name, version = str(first["problem_name"]), int(first["problem_version"])
    known = description.frozen_scale(name, version, json.loads(first["problem_settings"]))
    if known is not None:
        return Scale(known["best"], known["typical"], known["source"])
    behind = table_behind(name, version)
    if behind is None:
        return None
    table, split_of = behind
    medians = table.median_draws()
    return _exact(part["repetition"], [medians[split_of(int(s))] for s in part["problem_seed"]])


def _exact(repetitions: pd.Series, medians: Iterable[float]) -> Scale:
    typical = {int(r): float(m) for r, m in zip(repetitions, medians, strict=True)}
    return Scale(None, typical, "the median of one random draw, exactly")


def exact_draws(
    runs: pd.DataFrame, repetitions: Mapping[str, Sequence[int]]
) -> dict[str, tuple[Array, Array]]:
    """Return problem -> how one random draw is distributed, for the tables of the package.

    Args:
        runs: as for `scales`.
        repetitions: problem -> those that are wanted.

    Returns:
        Losses, shape (repetitions, configurations), and the probabilities of the configurations.
    """
    found = {}
    for label, part in runs.groupby("problem", observed=True, sort=False):
        first = part.iloc[0]
        behind = table_behind(str(first["problem_name"]), int(first["problem_version"]))
        if behind is None or label not in repetitions:
            continue
        table, split_of = behind
        seeds = dict(zip(part["repetition"], part["problem_seed"], strict=True))
        splits = [split_of(int(seeds[repetition])) for repetition in repetitions[str(label)]]
        losses = np.array([table.losses(split) for split in range(table.splits)])
        found[str(label)] = losses[splits], table.draw_probability()
    return found


def table_behind(name: str, version: int) -> tuple[Table, Callable[[int], int]] | None:
    """Return a table of the package and what tells a seed's split.

    Args:
        name: of the problem in the catalog.
        version: of the problem; of another one than today's there is no table.
    """
    problem = description.shipped_table(name)
    if problem is None or problem.version != version:
        return None
    table, split_of = description.table_of(problem), getattr(problem, "split_of", None)
    return None if table is None or split_of is None else (table, split_of)


def record(names: list[str], trials: pd.DataFrame) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield name and record of each function and each live model; of others there is none.

    Args:
        names: of problems.
        trials: the tidy frame of a sweep with the strategies random and default on the live
            models; those that it lacks have no record.
    """
    for name in names:
        entry = registry.PROBLEMS.resolve(Entry(name))
        problem = registry.PROBLEMS.create(entry)
        about = {"version": entry.version, "settings": dict(entry.settings)}
        if "analytic" in problem.tags and problem.optimum_of(0) is not None:
            losses, _ = drawn(problem, name)
            yield (
                name,
                about
                | {
                    "best": None,
                    "typical": _digits(problem.metric.sign * float(np.median(losses))),
                    "source": f"the median of {DRAWS:,} random draws from each of {INSTANCES} "
                    "instances, recorded with the problem",
                },
            )
        elif "live" in problem.tags:
            part = of_problem(trials, entry)
            values = part["value"].dropna()
            middle = part.loc[part["strategy"] == "random", "value"].dropna()
            if middle.empty:
                continue
            best = values.max() if problem.metric.direction == "maximize" else values.min()
            yield (
                name,
                about
                | {
                    "best": _digits(float(best)),
                    "typical": _digits(float(middle.median())),
                    "source": f"the best and the median of {len(middle):,} random draws, recorded "
                    f"with the problem ({environment.library(problem.requires)})",
                },
            )


def _digits(value: float) -> float:
    # More would be another number on another machine.
    return float(f"{value:.10g}")


def main() -> None:
    """Record the scales of the catalog, the live models' from results/draws."""
    from bench.store import Store

    trials, _ = Store(Path("results/draws")).frames()
    names = [
        name
        for name, cls in registry.PROBLEMS.classes().items()
        if cls.tags
        and cls.tags[0] in ("analytic", "live")
        and description.create(name)[0] is not None
    ]
    found = dict(record(names, trials))
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    Path("problems/scales.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
