"""Several results folders as a new one: `merge`."""

from __future__ import annotations

import shlex
from contextlib import ExitStack
from pathlib import Path

import click

from bench.cli.terminal import say
from bench.words import many


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="New folder for the results."
)
def merge(folders: tuple[Path, ...], out: Path) -> None:
    """Put results folders together.

    FOLDERS are shards of a sweep, or sweeps under the same trials and seed with more repetitions,
    other strategies or other problems. The command says which runs are in no folder, and `tunebench
    run` with the new folder does them. Folders that contradict each other are refused.

    \b
    Example:
      tunebench merge results/quick-*-of-10 --out results/quick
    """
    from bench.bundles.bundle import opened_results
    from bench.execution.merge_folders import merge_folders

    with ExitStack() as stack:
        places = [stack.enter_context(opened_results(folder)) for folder in folders]
        found = merge_folders(places, out)
    for note in found.notes:
        say(note)
    there = sum(found.statuses.values())
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in sorted(found.statuses.items()))
    say(
        f"{there:,} of {many(there + found.missing, 'run')} in {out}"
        + (f": {kinds}" if kinds else "")
    )
    say(f"next: {shlex.join(['tunebench', 'report', str(out)])}")
