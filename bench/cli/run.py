"""Doing a sweep: `run`."""

from __future__ import annotations

import dataclasses
import os
import shlex
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import click

from bench.spec import Entry, SpecError, Sweep
from bench.store import Store

F = TypeVar("F", bound=Callable[..., Any])


def _names(_: click.Context, __: click.Parameter, value: str | None) -> list[str] | None:
    if value is None:
        return None
    return [name.strip() for name in value.split(",") if name.strip()]


def _sweep_options(command: F) -> F:
    """Add the options that make or change a sweep."""
    for option in reversed(
        [
            click.option("--strategies", callback=_names, help="Names, separated by commas."),
            click.option("--problems", callback=_names, help="Names, separated by commas."),
            click.option("--suites", callback=_names, help="Names, separated by commas."),
            click.option("--trials", type=int, help="The budget of a run."),
            click.option("--repetitions", type=int, help="Runs of each pair."),
            click.option("--seed", type=int, help="The master seed."),
            click.option("--run-timeout", type=float, help="Seconds a run may take."),
        ]
    ):
        command = option(command)
    return command


@click.command()
@click.argument("sweep", required=False)
@_sweep_options
@click.option("--out", type=click.Path(path_type=Path), help="Results folder [results/NAME].")
@click.option("--jobs", type=click.IntRange(1), help="Worker processes [the cores].")
@click.option("--retry", is_flag=True, help="Do failed, timed-out and crashed runs again.")
def run(sweep: str | None, out: Path | None, jobs: int | None, retry: bool, **changes: Any) -> None:
    r"""Do the runs of SWEEP (a name or a TOML file) that are not there yet.

    Options change what the sweep says, or make one without SWEEP. Ctrl-C at any time: the same
    command goes on where it was.

    \b
    Example:
      tunebench run quick
      tunebench run my-sweep.toml --jobs 4
      tunebench run --strategies random,tpe --problems branin,svm-breast-cancer \
          --trials 50 --repetitions 10 --out results/mine
    """
    from bench.execute import execute
    from bench.plan import make_plan
    from bench.progress import ProgressBar

    chosen = _sweep(sweep, changes, "mine" if out is None else out.name)
    store = Store(out if out is not None else Path("results") / chosen.name)
    todo = make_plan(chosen, store, retry=retry)
    chosen = todo.sweep
    jobs = jobs or os.cpu_count() or 1
    total = len(todo.todo) + todo.done
    click.echo(
        f"{chosen.name}: {len(chosen.strategies)} strategies × {len(chosen.problems)} problems × "
        f"{chosen.repetitions} repetitions = {total:,} runs, up to {total * chosen.trials:,} "
        f"trials, in {store.folder}"
    )
    click.echo(
        f"{todo.done:,} runs are there, {len(todo.todo):,} to do"
        + (f", {todo.resumed:,} of them begun" if todo.resumed else "")
        + (f", {len(todo.skips):,} of them skipped" if todo.skips else "")
        + f"; {jobs} worker{'s' * (jobs > 1)}"
    )
    for path, reason in todo.damaged:
        click.echo(f"{path} is damaged ({reason}): set aside in runs/damaged, its run is redone")
    for reason in sorted(set(todo.skips.values())):
        click.echo(f"skipped: {reason}")
    try:
        with ProgressBar() as bar:
            done = execute(todo, store, jobs=jobs, show=bar.show)
    except KeyboardInterrupt:
        click.echo("\nstopped; what was measured is kept. Go on with the same command:", err=True)
        click.echo(f"  {_command()}", err=True)
        sys.exit(130)
    for line in done.reasons:
        click.echo(line)
    click.echo(_summary(done, jobs))
    click.echo(f"next: {shlex.join(['tunebench', 'report', str(store.folder)])}")


def sweep_files() -> dict[str, Path]:
    """Return name -> file of the sweeps that come with the package."""
    folder = Path(str(resources.files("bench") / "sweeps"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def _sweep(name: str | None, changes: dict[str, Any], default_name: str) -> Sweep:
    """Return the named sweep with the options' changes, or one made of options alone."""
    given = {key: value for key, value in changes.items() if value is not None}
    for key in ("strategies", "problems"):
        if key in given:
            given[key] = tuple(map(Entry, given[key]))
    if "suites" in given:
        given["suites"] = tuple(given["suites"])
    if name is None:
        if "strategies" not in given:
            raise SpecError(
                "a run needs a sweep or --strategies and --problems; for example "
                f"`tunebench run quick` (there are {', '.join(sweep_files())})"
            )
        return Sweep(name=default_name, **given)
    files = sweep_files()
    path = files.get(name, Path(name))
    if not path.exists():
        raise SpecError(
            f"a sweep must be a TOML file or one of {', '.join(files)}, there is no {name!r}; "
            "see `tunebench list sweeps`"
        )
    if ("problems" in given) != ("suites" in given):
        # Whoever names problems on the command line wants those, not the file's suites as well.
        given = {"problems": (), "suites": ()} | given
    return dataclasses.replace(Sweep.from_toml(path), **given)


def _command() -> str:
    return shlex.join(["tunebench", *sys.argv[1:]])


def _summary(done: Any, jobs: int) -> str:
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(done.ended.items()))
    if not done.trials:
        return f"{kinds or 'nothing to do'} in {done.seconds:.1f} s"
    share = done.busy_seconds / (jobs * done.seconds)
    return (
        f"{kinds} in {done.seconds:.1f} s; {done.trials / done.seconds:,.0f} trials/s; "
        f"efficiency {share:.0%} (evaluation and strategy time {done.busy_seconds:.1f} s "
        f"÷ {jobs} worker{'s' * (jobs > 1)} ÷ wall time, start-up included)"
    )
