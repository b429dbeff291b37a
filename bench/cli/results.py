"""Looking at results: `status`, `report`, `pack`."""

from __future__ import annotations

import json
import shlex
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bench.cli.options import as_json, folder_argument
from bench.spec import SpecError, Sweep

if TYPE_CHECKING:
    from bench.store import Store


@click.command()
@folder_argument
@as_json
def status(folder: Path, as_json: bool) -> None:
    """Say how far the sweep in FOLDER is; works while it runs.

    \b
    Example:
      tunebench status results/quick
    """
    store, sweep = _opened(folder)
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


@click.command()
@folder_argument
def report(folder: Path) -> None:
    """Write tables, figures and a page about the sweep in FOLDER into FOLDER/report.

    \b
    Example:
      tunebench report results/quick
    """
    from bench.report.build import build_report

    store, sweep = _opened(folder)
    damaged: list[tuple[Path, str]] = []
    trials, runs = store.frames(damaged)
    ids = {spec.id for spec in sweep.expand()}
    other = len(runs) - int(runs["run"].isin(ids).sum())
    try:
        page = build_report(
            trials[trials["run"].isin(ids)].reset_index(drop=True),
            runs[runs["run"].isin(ids)].reset_index(drop=True),
            title=sweep.name,
            command=shlex.join(["tunebench", "report", str(folder)]),
            environments=store.environments(ids),
            strategies=[entry.label for entry in sweep.strategies],
            problems=[entry.label for entry in sweep.problems],
            repetitions=sweep.repetitions,
            seed=sweep.seed,
            folder=folder / "report",
        )
    except OSError as error:
        raise store.unwritable(error) from None
    for path, reason in damaged:
        click.echo(f"left out: {path} is damaged ({reason}); `tunebench run` redoes it")
    if other:
        click.echo(f"left out: {other:,} runs of another sweep or version in this folder")
    click.echo(f"the report: {page}")


@click.command()
@folder_argument
def pack(folder: Path) -> None:
    """Fold the finished runs in FOLDER into one trials.parquet.

    \b
    Example:
      tunebench pack results/quick
    """
    store, _ = _opened(folder)
    count = store.pack()
    size = store.pack_path.stat().st_size / 1e6
    click.echo(f"{count:,} runs in {store.pack_path} ({size:.2f} MB)")


def _opened(folder: Path) -> tuple[Store, Sweep]:
    from bench.store import Store

    store = Store(folder)
    data = store.sweep()
    try:
        return store, Sweep.from_dict(data)
    except (SpecError, TypeError) as error:
        raise store.damaged_sweep(error) from None
