"""A sweep in one file: `bundle`."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import click

from bench.cli.drawing import draw
from bench.cli.options import folder_argument
from bench.cli.terminal import say


@click.command()
@folder_argument
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="FOLDER.zip",
    help="The bundle; an earlier one is replaced.",
)
def bundle(folder: Path, out: Path | None) -> None:
    """Write a sweep and its report into one file.

    The bundle holds all finished runs, and what tells whether code, data, splits and libraries are
    the same elsewhere. `tunebench report` makes the same report again, to the byte if the libraries
    have the same versions. `verify`, `cite`, `best`, `status`, `compare`, `merge` and `export` take
    a bundle in place of a folder.

    \b
    Example:
      tunebench bundle results/quick
      tunebench report results/quick.zip
    """
    from bench.bundles.bundle import SUFFIX, write_bundle

    if out is None:
        out = Path(os.path.normpath(folder / os.pardir)) / f"{folder.resolve().name}{SUFFIX}"
    made = write_bundle(folder, out, draw)
    for note in made.notes:
        say(note)
    size = out.stat().st_size / 1e6
    say(f"the bundle: {out} ({size:.2f} MB), fingerprint of the trials {made.fingerprint}")
    say(f"next: {shlex.join(['tunebench', 'report', str(out)])}")
