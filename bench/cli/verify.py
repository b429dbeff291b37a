"""Doing recorded runs again, to see whether their values are the same: `verify`."""

from __future__ import annotations

import datetime
import json
import math
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bench.cli.options import Finite, as_json, folder_argument, jobs_option
from bench.cli.resumable import resumable
from bench.cli.terminal import say
from bench.errors import UserError
from bench.words import many

if TYPE_CHECKING:
    from bench.execution.plan import Plan
    from bench.store import Store
    from bench.verification import Verification


@click.command()
@folder_argument
@click.option(
    "--runs", type=click.IntRange(1), default=20, show_default=True, help="Runs to do again."
)
@click.option(
    "--seed",
    type=click.IntRange(0),
    default=0,
    show_default=True,
    help="Seed of the random sample.",
)
@click.option(
    "--tolerance",
    type=Finite(min=0),
    default=1e-9,
    show_default=True,
    help="Relative difference up to which numbers agree.",
)
@click.option("--record", is_flag=True, help="Write the outcome into the folder, for its report.")
@jobs_option
@as_json
@resumable("nothing is kept", "start again")
def verify(
    folder: Path,
    runs: int,
    seed: int,
    tolerance: float,
    record: bool,
    jobs: int | None,
    as_json: bool,
) -> None:
    """Do a random sample of recorded runs again, and compare every value.

    FOLDER is a results folder or a bundle. The runs are done with the code, the data and the
    libraries that are here. Of a run that is different the first difference is named: a suggestion
    of the strategy, or a value. The exit code is 1 if a run is different, cannot be done, or is
    damaged: the checksums of all runs are compared.

    \b
    Example:
      tunebench verify results/quick
      tunebench verify results/quick --runs 100 --seed 7 --record
    """
    from bench import verification as work
    from bench.bundles.bundle import is_bundle, opened_results
    from bench.execution.local import run_locally
    from bench.progress import ProgressBar

    jobs = jobs or os.cpu_count() or 1

    def do(plan: Plan, store: Store) -> None:
        if as_json:
            run_locally(plan, store, jobs=jobs)
            return
        with ProgressBar() as bar:
            run_locally(plan, store, jobs=jobs, show=bar.show)

    if record and is_bundle(folder):
        raise UserError(
            f"'--record' writes into a results folder, {folder} is a bundle; unpack it (`unzip "
            f"{shlex.quote(str(folder))} -d FOLDER`) and verify FOLDER"
        )
    with opened_results(folder) as place:
        found = work.verify(place, do, runs=runs, seed=seed, tolerance=tolerance)
    if record:
        today = datetime.date.today().isoformat()
        work.record(folder, found, seed=seed, tolerance=tolerance, date=today)
    if as_json:
        say(json.dumps(_data(found), indent=2))
    else:
        for line in _lines(found, folder, tolerance):
            say(line)
    sys.exit(0 if found.holds else 1)


def _lines(found: Verification, folder: Path, tolerance: float) -> Iterator[str]:
    from bench.verification import Outcome

    undone: dict[str, list[str]] = {}
    for again in found.runs:
        if again.outcome is Outcome.NOT_DONE:
            undone.setdefault(again.why, []).append(again.run)
        elif again.why:
            far = f" (relative difference {again.gap:.2g})" if math.isfinite(again.gap) else ""
            yield f"{again.run}: {again.outcome}: {again.why}{far}"
    for why, (first, *others) in undone.items():
        more = f", and {many(len(others), 'more run')}" if others else ""
        yield f"{first}{more}: {Outcome.NOT_DONE}: {why}"
    for path, reason in found.damaged:
        yield f"{path} is damaged ({reason}): not verified"
    for text in found.changes:
        yield f"changed since: {text}"
    for text in found.elsewhere:
        yield f"other environment: {text}"
    counts = [
        f"{found.count(Outcome.SAME):,} the same to the bit",
        f"{found.count(Outcome.CLOSE):,} within a relative difference of {tolerance:g}",
        f"{found.count(Outcome.DIFFERENT):,} different",
    ]
    if missing := found.count(Outcome.NOT_DONE):
        counts.append(f"{missing:,} not done")
    yield f"{len(found.runs):,} of {many(found.of, 'run')} in {folder}: {', '.join(counts)}"


def _data(found: Verification) -> dict[str, Any]:
    return {
        "of": found.of,
        "holds": found.holds,
        "runs": [
            {
                "run": again.run,
                "outcome": again.outcome.value,
                "why": again.why,
                "gap": again.gap if math.isfinite(again.gap) else None,
            }
            for again in found.runs
        ],
        "changes": list(found.changes),
        "environment": list(found.elsewhere),
        "damaged": [{"file": str(path), "why": reason} for path, reason in found.damaged],
    }
