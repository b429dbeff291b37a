"""Commands on results: `report`, `pack`."""

from __future__ import annotations

from pathlib import Path

import click

from bench.cli.drawing import draw, written
from bench.cli.options import Finite, folder_argument, rope_option
from bench.cli.sources import look_at, report_folder, source_of
from bench.cli.terminal import say
from bench.words import many


@click.command()
@click.argument("paths", nargs=-1, required=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    show_default="FOLDER/report, or NAME-report beside a file",
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

    PATHS are results folders or bundles; several make one report, in which entries that differ
    under one label stay apart. Results of other tools work too: files and addresses of Optuna,
    scikit-learn, hyperopt, MLflow, Ray Tune, Syne Tune, COCO and IOHprofiler, or one CSV or Parquet
    table with the columns strategy, problem, repetition, trial_number and value. The how-to guide
    "Report results of other tools" says how to export them, and by which rules they are read.

    \b
    Example:
      tunebench report results/quick
      tunebench report results/mine results/new --out results/both-report
      tunebench report results/reference --by classification --by mixed
      tunebench report results/quick --trials 10 --cost 60 --workers 4
      tunebench report sqlite:///study.db
      tunebench report results/asha--svm--0#loss:min
      tunebench report trials.csv
    """
    from bench.addresses import without_password
    from bench.inference import ROPE
    from bench.output.folder import check_no_link, check_replaceable
    from bench.sources.by_tag import by_tag
    from bench.sources.source import ReportError

    # The report on all problems stays where it is.
    name = "-".join(["report", *(["by", *by] if by else [])]).replace(" ", "-")
    what = look_at(paths)
    folder = report_folder(what, out, name=name)
    options = [] if trials is None else ["--trials", str(trials)]
    options += [part for tag in by for part in ("--by", tag)]
    options += [] if rope == ROPE else ["--rope", f"{rope:g}"]
    options += [] if cost is None else ["--cost", f"{cost:g}"]
    options += [] if workers == 1 else ["--workers", str(workers)]
    source = source_of(what, out=out, options=options)
    if by:
        source = by_tag(source, by)
    if (cost is not None or workers != 1) and not source.timed:
        raise ReportError(
            "'--cost' and '--workers' re-time trials whose seconds are known, "
            f"{without_password(paths[0])} lacks some; leave them out, or write a table in which "
            "every trial has its evaluation_s, ask_s and tell_s"
        )
    budget = int(source.runs["budget"].max()) if len(source.runs) else 0
    if trials is not None and trials > budget:
        raise ReportError(
            f"'--trials' must be within the budget, {budget} or less, got {trials}; "
            "leave it out for the end"
        )
    with written(folder):
        if out is None:
            check_no_link(folder)
        check_replaceable(folder)
    page = draw(source, folder, trials=trials, rope=rope, schedule=(cost, workers))
    from bench.report.build import unreadable

    for note in [*source.notes, *unreadable(source)]:
        say(note)
    say(f"the report: {page}")


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
