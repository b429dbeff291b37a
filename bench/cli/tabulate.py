"""Making a table: `tabulate`."""

from __future__ import annotations

import os
import re
from pathlib import Path

import click

from bench.cli.options import jobs_option
from bench.cli.resumable import resumable
from bench.cli.terminal import say
from bench.spec import Entry, SpecError
from bench.words import many


def _grid_points(
    ctx: click.Context, parameter: click.Parameter, value: str
) -> int | dict[str, int]:
    """Read `10` or `C=20,gamma=10` or `10,C=20`."""
    counts: dict[str, int] = {}
    for item in filter(None, map(str.strip, value.split(","))):
        name, _, count = item.rpartition("=")
        if not count.strip().isdecimal() or name.strip() in counts:
            raise SpecError(
                f"grid points must be a count, or name=count for each parameter, got {item!r}; "
                "for example 10 or C=20,gamma=10"
            )
        counts[name.strip()] = int(count)
    return counts[""] if set(counts) == {""} else counts


def _steps(ctx: click.Context, parameter: click.Parameter, value: str) -> tuple[int, ...]:
    """Read `1,3,9,27,81`."""
    items = [item.strip() for item in value.split(",")] if value else []
    if not all(item.isdecimal() for item in items):
        raise SpecError(
            f"steps must be integers separated by commas, got {value!r}; for example 1,3,9,27,81"
        )
    return tuple(map(int, items))


@click.command()
@click.argument("problem")
@click.option(
    "--grid-points",
    default="10",
    show_default=True,
    callback=_grid_points,
    help="Grid points of each number: 10, or C=20,gamma=10, or 10,C=20.",
)
@click.option(
    "--splits", type=click.IntRange(1), default=5, show_default=True, help="Splits of the data."
)
@click.option(
    "--fidelity",
    default="",
    callback=_steps,
    help="Steps of cheaper evaluations, the full one last: 1,3,9,27,81.  "
    "[default: full evaluations only]",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Master seed.")
@click.option(
    "--set", "settings", multiple=True, help="Setting of the problem, name=value; repeatable."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="PROBLEM.parquet",
    help="File for the table.",
)
@jobs_option
@resumable()
def tabulate(
    problem: str,
    grid_points: int | dict[str, int],
    splits: int,
    fidelity: tuple[int, ...],
    seed: int,
    settings: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
) -> None:
    """Measure a problem on a grid, as a table.

    Every configuration of the grid is evaluated on several splits. The file is a problem itself:
    `table:FILE`. Press Ctrl-C at any time: the same command resumes where it stopped.

    \b
    Example:
      tunebench tabulate rbf-svm-breast-cancer --grid-points C=25,gamma=25
      tunebench run --strategies random,tpe --problems table:rbf-svm-breast-cancer.parquet \\
          --out results/mine
    """
    from bench.execution.local import run_locally
    from bench.execution.plan import make_plan
    from bench.progress import ProgressBar
    from bench.store import FAULTS, Store
    from bench.tabulate import check_folder, make_tabulation, remove, write

    jobs = jobs or os.cpu_count() or 1
    entry = Entry(problem, settings=_settings(settings))
    work = make_tabulation(entry, grid_points, splits=splits, seed=seed, steps=fidelity)
    label = work.sweep.problems[0].label
    path = out or Path(re.sub(r"[^\w.-]+", "-", label) + ".parquet")
    if path.suffix != ".parquet":
        raise SpecError(f"a table must be a .parquet file, got {str(path)!r}; --out table.parquet")
    if os.path.lexists(path):
        raise SpecError(f"{path} exists already; remove it, or use another file (--out)")
    store = Store(path.with_suffix(".runs"))
    check_folder(work, store)
    plan = make_plan(work.sweep, store, retry=FAULTS)
    for reason in plan.skips.values():
        raise SpecError(f"{label} cannot be measured here: {reason}")
    steps = f" × {many(len(fidelity), 'step')}" if fidelity else ""
    say(
        f"{label}: {many(work.configurations, 'configuration')} × "
        f"{many(splits, 'split')}{steps} = {many(work.evaluations, 'evaluation')}, "
        f"{len(plan.todo):,} of {many(len(plan.todo) + plan.done, 'run')} to do; "
        f"{many(jobs, 'worker')}; kept in {store.folder} until it is done"
    )
    with ProgressBar() as bar:
        done = run_locally(plan, store, jobs=jobs, show=bar.show)
    for line in done.lines():
        say(line)
    write(work, store, path)
    remove(store)
    say(f"{path} ({path.stat().st_size / 1e6:.2f} MB): a problem of the name table:{path}")


def _settings(items: tuple[str, ...]) -> dict[str, object]:
    """Read name=value, the value as TOML where it is any, otherwise as text."""
    import tomllib

    found: dict[str, object] = {}
    for item in items:
        name, equals, text = item.partition("=")
        if not (name and equals):
            raise SpecError(f"a setting must be name=value, got {item!r}; for example folds=3")
        try:
            found[name] = tomllib.loads(f"value = {text}")["value"]
        except (tomllib.TOMLDecodeError, RecursionError):
            found[name] = text
    return found
