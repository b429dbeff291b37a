"""The section of the problems, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.curves.clocks import has_distance
from bench.checks import signature
from bench.panels.panel import Panel
from bench.prose.phrases import number, value_label
from bench.prose.quantities import duration, percent, resolving
from bench.prose.sections import problems as texts
from bench.report import figures, style, tables
from bench.report.drawing import Builder
from bench.report.page import Chart, Heading, Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd

MAX_COLUMNS = 12
"""Strategies that have a column in the table of all problems: the best ones."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    files = style.file_names(found.source.problems)
    items: list[Item] = [*_across(found)]
    items += [
        item
        for place, panel in enumerate(found.panels, start=1)
        for item in _problem(panel, place, files[panel.problem], found, builder)
    ]
    return Section("problems", "Problems", texts.sentence(found.board, found.when), items)


def _across(found: Analyses) -> list[Item]:
    """Return a table of all problems × strategies."""
    if len(found.panels) < 2:
        return []
    wide = found.finals.pivot(index="problem", columns="strategy", values="regret")
    names = [name for name in in_order(found) if name in wide][:MAX_COLUMNS]
    wide = wide.reindex([panel.problem for panel in found.panels])
    table = tables.texts(
        {"problem": wide.index, **{name: tables.each(wide[name], number) for name in names}}
    )
    return [
        Note(f"{texts.REGRET}:"),
        PageTable(table, texts.REGRET, file="regret", raw=wide.reset_index()),
    ]


def _problem(panel: Panel, place: int, file: str, found: Analyses, builder: Builder) -> list[Item]:
    problem = panel.problem
    frames = {"trials": found.on_trials, **({"seconds": found.in_seconds} if found.timed else {})}
    figure = builder.figure(
        figures.clocks,
        {clock: frame[frame["problem"] == problem] for clock, frame in frames.items()},
        line_styles(found),
        title=problem,
        ylabel=value_label(panel.metric, panel.direction, has_distance(panel)),
        known=has_distance(panel),
        name=f"problem-{file}",
        label=texts.label(problem, frames),
        caption=texts.caption(has_distance(panel)),
    )
    raw = found.finals[found.finals["problem"] == problem]
    return [
        Heading(problem, f"problem-{place}"),
        Note(
            texts.about(
                panel, found.source.positives.get(problem, ""), _dependence(problem, found)
            ),
            soft=True,
        ),
        Chart([figure], f"{problem}: best validation value so far", "", problem),
        PageTable(
            _table(raw, panel, timed=found.timed),
            problem,
            styles=line_styles(found),
            file=f"problem-{file}",
            raw=raw,
        ),
    ]


def _dependence(problem: str, found: Analyses) -> str:
    """Return how values differ between processors, empty where that is not known."""
    runs = found.source.runs
    if not {"problem_name", "problem_version"} <= set(runs):
        return ""
    first = runs.loc[runs["problem"] == problem, ["problem_name", "problem_version"]].iloc[0]
    name = str(first["problem_name"]).partition(":")[0]
    return signature.dependence(name, int(first["problem_version"]))


def _table(frame: pd.DataFrame, panel: Panel, *, timed: bool) -> pd.DataFrame:
    """Return the table of one problem as text, the best median first."""
    losses = panel.sign * frame["median"]
    frame = frame.loc[losses.sort_values(kind="stable").index]
    show = resolving(frame["median"])
    columns = {
        "strategy": frame["strategy"],
        f"{panel.metric} (median)": tables.each(frame["median"], show),
    }
    # Fewer than six repetitions give no interval.
    if frame["low"].notna().any():
        columns["95 %"] = tables.spans(frame["low"], frame["high"], show)
    columns["regret"] = tables.each(frame["regret"], number)
    # A function has no held-out part; two columns of dashes would say that eight times.
    if frame["test"].notna().any():
        columns["test (median)"] = tables.each(frame["test"], show)
        columns["test gap"] = tables.each(frame["gap"], show)
    columns["budget used"] = tables.each(frame["budget_share"], percent)
    columns["failed trials"] = tables.each(frame["failed_share"], percent)
    if timed:
        columns["strategy/trial"] = tables.each(frame["strategy_s"], duration)
        columns["evaluation/trial"] = tables.each(frame["evaluation_s"], duration)
    columns["runs"] = frame["n_repetitions"].astype(str)
    return tables.texts(columns)
