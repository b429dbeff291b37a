"""The report of a sweep: everything under `report/`, from its source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.time.replay import Schedule
from bench.captions import convergence
from bench.curves.clocks import has_distance
from bench.inference import ROPE
from bench.mpl import fonts
from bench.output.copies import write_tidy
from bench.output.folder import swapped_in
from bench.plots.style import is_faint
from bench.prose import escaping, guide, notes, phrases, summary
from bench.prose.verdict import Verdict
from bench.report import figures, interactive, tables
from bench.report.drawing import Builder
from bench.report.interactive import Clock, View
from bench.report.page import Chart, Item, Note, PageTable, Section, every, render
from bench.report.sections import (
    best,
    early_stopping,
    environment,
    failures,
    leaderboard,
    method,
    other_metrics,
    overhead,
    problems,
    ranks,
    recommendation,
    replay,
    selection,
    slices,
    stability,
    stopping,
    targets,
    verdicts,
    workers,
)
from bench.report.sections.common import curve_styles, line_styles
from bench.sources.source import Source

if TYPE_CHECKING:
    import pandas as pd

MEASURED = (
    recommendation, best, problems, early_stopping, replay, workers, ranks, targets, verdicts,
    stability, selection, slices, other_metrics, stopping, overhead,
)  # fmt: skip
"""The sections that need a value, in the order of the page."""


def build_report(
    source: Source,
    *,
    folder: Path,
    trials: int | None = None,
    rope: float = ROPE,
    schedule: Schedule | None = None,
    pool: Executor | None = None,
    show: Callable[[int, int], None] = lambda _done, _of: None,
) -> Path:
    """Write tables, figures and the page, and return the page's path.

    The folder is swapped in when all is written, so a failure leaves the old report as it was.

    Args:
        source: the results.
        folder: where the report goes.
        trials: after how many scores, tests and verdicts are taken; the budget without.
        rope: half the width of the region of practical equivalence, in normalised regret.
        schedule: for which the sweep is re-timed, beside the usual ones.
        pool: processes that draw, as `drawing.processes` gives them; without, this one does.
        show: called with the number of figures that are drawn, and of how many so far.
    """
    found = Analyses(source, trials=trials, rope=rope, schedule=schedule)
    with swapped_in(folder) as fresh, Builder(fresh, pool=pool, show=show) as builder:
        _build(found, builder)
    return folder / "index.html"


def _build(found: Analyses, builder: Builder) -> None:
    source = found.source
    sections: list[Section] = []
    if found.panels:
        parts = (part.section(found, builder) for part in MEASURED)
        sections += [section for section in parts if section is not None]
    sections.append(failures.section(found, builder))
    sections += [method.section(found), *([environment.entries(found)] if source.seeds else [])]
    sections.append(environment.section(found))
    board = leaderboard.items(found)
    page = {
        "title": source.title,
        "sentence": _sentence(found),
        "notes": [*source.notes, *found.warnings, *unreadable(source)],
        "verdict": found.verdict,
        "leaderboard": board,
        "overview": _overview(found, builder) if found.panels else None,
        "guide": guide,
        "curves": _curves(found) if found.panels else None,
        "sections": sections,
    }
    _write_tables([board, *(part.items for part in sections)], builder.folder / "tables")
    if found.verdict.details:
        _write_verdict(found.verdict, builder.folder / "tables" / "verdict.md")
    if found.panels:
        _write_curves(found, builder.folder / "tables")
    write_tidy(_ordered(source), source.runs, builder.folder)
    text = render("index.html.j2", page)
    # The name of a file may hold what is no UTF-8.
    (builder.folder / "index.html").write_text(text, encoding="utf-8", errors="replace")


def unreadable(source: Source) -> list[str]:
    """Return a line on the labels that figures cannot show, if there is one."""
    labels = [*source.strategies, *source.problems, *map(str, source.runs["metric"].unique())]
    text = notes.no_font(fonts.missing(labels))
    return [text] if text else []


def _overview(found: Analyses, builder: Builder) -> Section:
    partial = found.missing.loc[found.missing["n_there"] == 0, "strategy"].unique().tolist()
    figure = builder.figure(
        figures.convergence,
        found.convergence,
        curve_styles(found),
        unit=found.unit,
        name="convergence",
        label=convergence.LABEL,
    )
    items: list[Item] = [
        Chart([figure], convergence.LABEL, convergence.CHART),
        Note(convergence.caption(partial), soft=True),
    ]
    return Section("overview", convergence.TITLE, "", items)


def _curves(found: Analyses) -> str:
    """Return the curves of all charts: of all problems together, then of each."""
    import pandas as pd

    whole = found.convergence.assign(problem=found.whole)
    clocks = [Clock("trials", f"{found.unit}s", pd.concat([whole, found.on_trials]), whole=True)]
    if found.timed:
        both, own = "seconds of evaluation and strategy", "seconds of the strategy alone"
        clocks.append(Clock("seconds", both, found.in_seconds, log=True))
        clocks.append(Clock("own time", own, found.in_own_seconds, log=True))
    views = [View(found.whole, "normalised regret (lower is better)", wide=True)]
    for panel in found.panels:
        known = has_distance(panel)
        label = phrases.value_label(panel.metric, panel.direction, known)
        views.append(View(panel.problem, label, wide=known))
    faint = [name for name, line in curve_styles(found).items() if is_faint(line)]
    return interactive.to_json(clocks, views, line_styles(found), hidden=faint)


def _write_tables(parts: Sequence[Sequence[Item]], folder: Path) -> None:
    for items in parts:
        for item in every(items):
            if isinstance(item, PageTable) and item.file:
                whole = item.frame if item.whole is None else item.whole
                raw = whole if item.raw is None else item.raw
                tables.write(whole, raw, folder / item.file)


def _write_verdict(verdict: Verdict, path: Path) -> None:
    """Write every sentence of the verdict, a paragraph each: those of the page, then the others."""
    texts = filter(None, [*verdict.sentences, verdict.legend, *verdict.details])
    path.write_text("\n\n".join(map(escaping.markdown, texts)) + "\n", encoding="utf-8")


def _write_curves(found: Analyses, folder: Path) -> None:
    """Write what the figures over all problems are drawn from."""
    by_tag = leaderboard.by_tag(found)
    for name, frame in (
        ("convergence", found.convergence.rename(columns={"x": "budget", "median": "mean"})),
        ("ranks-over-budget", found.ranks),
        ("ecdf", found.ecdf),
        ("profiles", found.profiles),
        *([("leaderboard-by-tag", by_tag)] if len(by_tag) else []),
        ("pairwise", found.pairwise),
        *([("time-quality", found.time_quality)] if found.timed else []),
    ):
        escaping.for_spreadsheets(frame).to_csv(folder / f"{name}.csv", index=False)


def _ordered(source: Source) -> pd.DataFrame:
    """Return the trials in an order that depends on nothing but what they say."""
    import numpy as np
    import pandas as pd

    frame = source.trials
    keys = [
        pd.Index(source.problems).get_indexer(frame["problem"]),
        pd.Index(source.strategies).get_indexer(frame["strategy"]),
        frame["repetition"].to_numpy(),
        frame["trial_number"].to_numpy(),
    ]
    # They mostly are in order, and to sort ten million rows again takes seconds.
    tie, falls = np.ones(max(len(frame) - 1, 0), dtype=bool), False
    for key in keys:
        falls = falls or bool((tie & (key[1:] < key[:-1])).any())
        tie &= key[1:] == key[:-1]
    if not falls:
        return frame
    return frame.take(np.lexsort(keys[::-1])).reset_index(drop=True)


def _sentence(found: Analyses) -> str:
    source = found.source
    runs, trials = source.runs, source.trials
    text = summary.sweep(
        strategies=len(source.strategies),
        problems=len(source.problems),
        repetitions=source.repetitions,
        fewer=source.fewer,
        wanted=source.wanted,
        begun=len(runs),
        unfinished=int((runs["status"] == "unfinished").sum()),
        trials=len(trials),
        budget=int(runs["budget"].max()) if len(runs) else 0,
        cheaper=bool((trials["fidelity"] < 1).any()),
    )
    more = [summary.splits(*found.splits)] if found.splits else []
    more += [summary.scores(found.when)] if found.trials else []
    return " ".join([text, *more])
