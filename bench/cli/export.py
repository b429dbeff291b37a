"""Results in the formats of other tools: `export`."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from bench.cli.sources import look_at, report_folder, source_of
from bench.cli.terminal import say
from bench.words import many

FORMATS = ("coco", "ioh", "bencheval", "optuna")


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option("--to", "name", required=True, type=click.Choice(FORMATS), help="Format to write.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="FOLDER/FORMAT, or NAME-FORMAT beside a file",
    help="Folder for the files.",
)
def export(paths: tuple[str, ...], name: str, out: Path | None) -> None:
    """Write results in the format of another tool.

    PATHS are what `tunebench report` takes, bundles among them. The command says what was written,
    what the format cannot hold, and which lines of Python open it.

    \b
    Formats:
      coco       for cocopp: distances to the optimum, so only problems that have a known one
      ioh        for IOHinspector and IOHanalyzer: all evaluations
      bencheval  for the leaderboards of TabArena: a table with the final error of each run
      optuna     for Optuna and optuna-dashboard: a journal file with a study for each run

    \b
    Example:
      tunebench export results/quick --to optuna
      tunebench export results/quick --to coco --out quick-coco
    """
    from bench.addresses import without_password
    from bench.exchange.export import FORMATS, check_replaceable, opening
    from bench.exchange.export import export as write
    from bench.output.folder import check_no_link
    from bench.sources.source import ReportError

    if len(paths) > 1 and out is None:
        raise ReportError(
            "an export of several paths needs its own folder, got none; "
            f"for example --out results/both-{name}"
        )
    what = look_at(paths)
    folder = report_folder(what, out, name=name)
    options = [] if out is None else ["--out", str(out)]
    command = shlex.join(
        ["tunebench", "export", *map(without_password, paths), "--to", name, *options]
    )
    try:
        if out is None:
            check_no_link(folder)
        check_replaceable(folder)
        source = source_of(what)
        found = write(source, name, folder, command=command)
    except OSError as error:
        raise ReportError(
            f"an export needs a folder that can be written, {folder} cannot be written "
            f"({error.strerror}); use another folder (--out)"
        ) from None
    for line in (*source.notes, *found.lines):
        say(line)
    say(f"{many(found.trials, 'trial')} for {FORMATS[name].tool}: {found.what}")
    say(f"written: {folder}; to open it in Python:")
    for line in opening(found, folder):
        say(f"  {line}")
