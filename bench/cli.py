"""The command line."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import sys
from collections import Counter
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import click

from bench import environment, registry
from bench.registry import RegistryError
from bench.spec import Entry, SpecError, Sweep
from bench.store import Store, StoreError

F = TypeVar("F", bound=Callable[..., Any])

EXPECTED = (RegistryError, SpecError, StoreError)
"""Errors whose message is all a user needs."""


class _Group(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except EXPECTED as error:
            click.echo(f"error: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tunebench")
def main() -> None:
    r"""Compare hyperparameter-tuning strategies under fixed budgets.

    \b
    Example:
      tunebench run quick
      tunebench report results/quick
    """


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


@main.command("list")
@click.argument("what", type=click.Choice(["strategies", "problems", "suites", "sweeps"]))
@as_json
def list_(what: str, as_json: bool) -> None:
    r"""List the catalog, with what is unavailable here and how to get it.

    \b
    Example:
      tunebench list strategies
      tunebench list problems --json
    """
    rows = _LISTS[what]()
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["name"]) for row in rows)
    for row in rows:
        missing = f"  [unavailable: {row['unavailable']}]" if row.get("unavailable") else ""
        click.echo(f"{row['name']:<{width}}  {row['sentence']}{missing}")


def _classes(catalog: registry.Catalog[Any]) -> list[dict[str, Any]]:
    rows = [
        {"name": name, "sentence": _sentence(cls), "unavailable": registry.unavailable(cls)}
        for name, cls in catalog.classes().items()
    ]
    return rows + [
        {"name": place, "sentence": "", "unavailable": f"cannot be imported: {reason}"}
        for place, reason in catalog.broken().items()
    ]


def _suites() -> list[dict[str, Any]]:
    return [
        {
            "name": suite.name,
            "sentence": suite.sentence,
            "citation": suite.citation,
            "problems": list(suite.problems),
        }
        for suite in registry.suites().values()
    ]


def _sweeps() -> list[dict[str, Any]]:
    sweeps = [Sweep.from_toml(path) for path in _sweep_files().values()]
    return [{"name": sweep.name, "sentence": sweep.description} for sweep in sweeps]


_LISTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "strategies": lambda: _classes(registry.STRATEGIES),
    "problems": lambda: _classes(registry.PROBLEMS),
    "suites": _suites,
    "sweeps": _sweeps,
}


def _sentence(cls: type) -> str:
    return (cls.__doc__ or "").strip().partition("\n")[0]


def _sweep_files() -> dict[str, Path]:
    folder = Path(str(resources.files("bench") / "sweeps"))
    return {path.stem: path for path in sorted(folder.glob("*.toml"))}


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


@main.command()
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
                f"`tunebench run quick` (there are {', '.join(_sweep_files())})"
            )
        return Sweep(name=default_name, **given)
    files = _sweep_files()
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


folder_argument = click.argument("folder", type=click.Path(path_type=Path))


@main.command()
@folder_argument
@as_json
def status(folder: Path, as_json: bool) -> None:
    r"""Say how far the sweep in FOLDER is; works while it runs.

    \b
    Example:
      tunebench status results/quick
    """
    store = Store(folder)
    sweep = Sweep.from_dict(store.sweep())
    damaged: list[tuple[Path, str]] = []
    records = {record.id: record for record in store.records(damaged)}
    counts: dict[str, Counter[str]] = {entry.label: Counter() for entry in sweep.strategies}
    for spec in sweep.expand():
        record = records.get(spec.id)
        if record is None:
            kind = "missing"
        else:
            kind = "unfinished" if record.end is None else record.end.ended.value
        counts[spec.strategy.label][kind] += 1
    if as_json:
        data = {
            "sweep": sweep.name,
            "strategies": {label: dict(kinds) for label, kinds in counts.items()},
            "damaged": [str(path) for path, _ in damaged],
        }
        click.echo(json.dumps(data, indent=2))
        return
    width = max(map(len, counts))
    for label, kinds in counts.items():
        text = ", ".join(f"{count:,} {kind}" for kind, count in sorted(kinds.items()))
        click.echo(f"{label:<{width}}  {text}")
    for path, reason in damaged:
        click.echo(f"{path} is damaged ({reason}); `tunebench run` redoes it")


@main.command()
@folder_argument
def report(folder: Path) -> None:
    r"""Write tables, figures and a page about the sweep in FOLDER into FOLDER/report.

    \b
    Example:
      tunebench report results/quick
    """
    from bench.report.build import build_report

    store = Store(folder)
    sweep = Sweep.from_dict(store.sweep())
    damaged: list[tuple[Path, str]] = []
    trials, runs = store.frames(damaged)
    ids = {spec.id for spec in sweep.expand()}
    other = len(runs) - int(runs["run"].isin(ids).sum())
    page = build_report(
        trials[trials["run"].isin(ids)].reset_index(drop=True),
        runs[runs["run"].isin(ids)].reset_index(drop=True),
        title=sweep.name,
        command=shlex.join(["tunebench", "report", str(folder)]),
        environments=store.environments(ids),
        strategies=[entry.label for entry in sweep.strategies],
        problems=[entry.label for entry in sweep.problems],
        folder=folder / "report",
    )
    for path, reason in damaged:
        click.echo(f"left out: {path} is damaged ({reason}); `tunebench run` redoes it")
    if other:
        click.echo(f"left out: {other:,} runs of another sweep or version in this folder")
    click.echo(f"the report: {page}")


@main.command()
@folder_argument
def pack(folder: Path) -> None:
    r"""Fold the finished runs in FOLDER into one trials.parquet.

    \b
    Example:
      tunebench pack results/quick
    """
    store = Store(folder)
    store.sweep()
    count = store.pack()
    size = store.pack_path.stat().st_size / 1e6
    click.echo(f"{count:,} runs in {store.pack_path} ({size:.2f} MB)")


@main.group()
def check() -> None:
    r"""Check that a strategy or a problem keeps its contract.

    \b
    Example:
      tunebench check strategy my_strategy.py:MyStrategy
      tunebench check problem branin
    """


@check.command("strategy")
@click.argument("name")
@as_json
def check_strategy(name: str, as_json: bool) -> None:
    r"""Check the strategy NAME (a name, package.module:Class or file.py:Class).

    \b
    Example:
      tunebench check strategy random
    """
    from bench import checks

    _print_checks(name, registry.STRATEGIES, checks.STRATEGY_CHECKS, as_json)


@check.command("problem")
@click.argument("name")
@as_json
def check_problem(name: str, as_json: bool) -> None:
    r"""Check the problem NAME (a name, package.module:Class or file.py:Class).

    \b
    Example:
      tunebench check problem svm-breast-cancer
    """
    from bench import checks

    _print_checks(name, registry.PROBLEMS, checks.PROBLEM_CHECKS, as_json)


def _print_checks(name: str, catalog: registry.Catalog[Any], functions: Any, as_json: bool) -> None:
    from threadpoolctl import threadpool_limits

    from bench import checks

    cls = catalog.get(name)
    missing = registry.unavailable(cls)
    if missing is not None:
        raise RegistryError(f"{name!r} cannot be checked here: it {missing}")
    verdicts = []
    # The variables are for libraries that are loaded from now on, the limits for those that are.
    with environment.one_thread(), threadpool_limits(1):
        for verdict in checks.run_checks(cls, functions):
            verdicts.append(verdict)
            if not as_json:
                mark = "ok  " if verdict.reason is None else "FAIL"
                click.echo(
                    f"{mark}  {verdict.check}" + (f": {verdict.reason}" if verdict.reason else "")
                )
    failed = sum(verdict.reason is not None for verdict in verdicts)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(verdict) for verdict in verdicts], indent=2))
    else:
        click.echo(f"{name}: {len(verdicts) - failed} checks passed, {failed} failed")
    sys.exit(1 if failed else 0)
