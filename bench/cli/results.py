"""Commands on results: `report`, `pack`."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bench.cli.options import Finite, folder_argument, rope_option
from bench.cli.sources import report_folder, source_of
from bench.cli.terminal import say
from bench.words import many

MAX_DRAWING_PROCESSES = 4
"""Processes that draw figures: each holds 200 MB, and more would wait for the analyses."""


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="FOLDER/report, or NAME-report beside a table",
    help="Folder for the report.",
)
@click.option(
    "--trials",
    type=click.IntRange(min=1),
    show_default="the budget",
    help="Evaluate after this many trials.",
)
@click.option(
    "--by",
    metavar="TAG",
    multiple=True,
    show_default="all problems",
    help="Report on the problems with this tag; given twice, on those with both.",
)
@rope_option
@click.option(
    "--cost",
    type=Finite(min=0),
    show_default="as recorded",
    help="Replay the sweep with evaluations of this many seconds.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="Replay the sweep with this many parallel workers.",
)
def report(
    paths: tuple[str, ...],
    out: Path | None,
    trials: int | None,
    by: tuple[str, ...],
    rope: float,
    cost: float | None,
    workers: int,
) -> None:
    """Write a report: a page, tables and figures.

    PATHS are results folders; several folders make one report, in which entries that differ under
    one label stay apart. Results of other tools work too: one CSV or Parquet table with the columns
    strategy, problem, repetition, trial_number and value. results/README.md lists the optional
    columns.

    \b
    Example:
      tunebench report results/quick
      tunebench report results/mine results/new --out results/both-report
      tunebench report results/reference --by classification --by mixed
      tunebench report results/quick --trials 10 --cost 60 --workers 4
      tunebench report trials.csv
    """
    from bench.exchange.naming import without_password
    from bench.inference import ROPE
    from bench.output.folder import check_no_link, check_replaceable
    from bench.progress import figures_bar
    from bench.report.drawing import processes
    from bench.sources.by_tag import by_tag
    from bench.sources.source import ReportError

    # The report on all problems stays where it is.
    name = "-".join(["report", *(["by", *by] if by else [])]).replace(" ", "-")
    folder = report_folder(paths, out, name=name)
    options = [] if out is None else ["--out", str(out)]
    options += [] if trials is None else ["--trials", str(trials)]
    options += [part for tag in by for part in ("--by", tag)]
    options += [] if rope == ROPE else ["--rope", f"{rope:g}"]
    options += [] if cost is None else ["--cost", f"{cost:g}"]
    options += [] if workers == 1 else ["--workers", str(workers)]
    command = shlex.join(["tunebench", "report", *map(without_password, paths), *options])
    source = source_of(paths, command=command)
    if by:
        source = by_tag(source, by)
    if (cost is not None or workers != 1) and not source.timed:
        raise ReportError(
            f"'--cost' and '--workers' re-time trials whose seconds are known, {paths[0]} lacks "
            "some; leave them out, or give every trial its evaluation_s, ask_s and tell_s"
        )
    budget = int(source.runs["budget"].max()) if len(source.runs) else 0
    if trials is not None and trials > budget:
        raise ReportError(
            f"'--trials' must be within the budget, {budget} or less, got {trials}; "
            "leave it out for the end"
        )
    with _written(folder):
        if out is None:
            check_no_link(folder)
        check_replaceable(folder)
    say(f"{many(len(source.trials), 'trial')}: analysing and drawing")
    jobs = min(os.cpu_count() or 1, MAX_DRAWING_PROCESSES)
    with _written(folder), processes(jobs) as pool, figures_bar() as show:
        # Imported while the processes start: each side takes a second or two.
        from bench.report.build import build_report, unreadable

        page = build_report(
            source,
            folder=folder,
            trials=trials,
            rope=rope,
            schedule=(cost, workers),
            pool=pool,
            show=show,
        )
    for note in [*source.notes, *unreadable(source)]:
        say(note)
    say(f"the report: {page}")


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """Say what keeps a report from being written, in one line."""
    from concurrent.futures.process import BrokenProcessPool

    from bench.sources.source import ReportError

    try:
        yield
    except OSError as error:
        raise ReportError(
            f"a report needs a folder that can be written, {folder} cannot be written "
            f"({error.strerror}); use another folder (--out)"
        ) from None
    except BrokenProcessPool:
        raise ReportError(
            "a report needs its drawing processes until the end, one was killed (the system does "
            "so when memory runs out); run it again, with fewer other programs running"
        ) from None


@click.command()
@folder_argument
def pack(folder: Path) -> None:
    """Pack finished runs into one file.

    The file is FOLDER/trials.parquet, and no other file of a run is needed any more.

    \b
    Example:
      tunebench pack results/quick
    """
    from bench.sources.source import opened

    store, _ = opened(folder)
    count = store.pack()
    size = store.pack_path.stat().st_size / 1e6
    say(f"{many(count, 'run')} in {store.pack_path} ({size:.2f} MB)")
