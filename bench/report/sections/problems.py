"""The section of the problems, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.curves.clocks import has_distance
from bench.checks import signature
from bench.panels.panel import Panel
from bench.prose import phrases
from bench.report import figures, style, tables
from bench.report.drawing import Builder
from bench.report.page import Chart, Heading, Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles, ran
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MOST = 12
"""Strategies that have a column in the table of all problems: the best ones."""


CUT = "The value axis shows where the curves end up, and what is far from there is cut off."
"""Of a figure of values whose best is not known."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    files = style.file_names(found.source.problems)
    items: list[Item] = [*_across(found)]
    items += [
        item
        for number, panel in enumerate(found.panels, start=1)
        for item in _problem(panel, number, files[panel.problem], found, builder)
    ]
    return Section("problems", "Problems", _told(found), items)


def _told(found: Analyses) -> str:
    """Return who is best on how many problems, in words."""
    what = "The curves of each problem, and its values after the whole budget."
    winners = found.board[found.board["best"] > 0].sort_values(
        "best", ascending=False, kind="stable"
    )
    if len(ran(found)) < 2 or winners.empty:
        return what
    whole = many(int(winners["of"].iloc[0]), "problem")
    counts = [
        f"{row.strategy} on {row.best}" + ("" if place else f" of {whole}")
        for place, row in enumerate(winners.itertuples())
    ]
    ties = "; ties count for each" if winners["best"].sum() > winners["of"].iloc[0] else ""
    return f"Best median {found.when}: {phrases.listed(counts)}{ties}."


def _across(found: Analyses) -> list[Item]:
    """Return a table of all problems × strategies."""
    if len(found.panels) < 2:
        return []
    wide = found.finals.pivot(index="problem", columns="strategy", values="regret")
    names = [name for name in in_order(found) if name in wide][:MOST]
    wide = wide.reindex([panel.problem for panel in found.panels])
    table = tables.texts(
        {"problem": wide.index, **{name: tables.each(wide[name], tables.number) for name in names}}
    )
    label = "Normalised regret after the whole budget, median over repetitions"
    return [Note(f"{label}:"), PageTable(table, label, file="regret", raw=wide.reset_index())]


def _problem(panel: Panel, number: int, file: str, found: Analyses, builder: Builder) -> list[Item]:
    problem = panel.problem
    frames = {"trials": found.on_trials, **({"seconds": found.in_seconds} if found.timed else {})}
    figure = builder.figure(
        figures.problem,
        {clock: frame[frame["problem"] == problem] for clock, frame in frames.items()},
        line_styles(found),
        title=problem,
        ylabel=figures.value_label(panel.metric, panel.direction, has_distance(panel)),
        known=has_distance(panel),
        name=f"problem-{file}",
        label=f"{problem}: best validation value against {' and '.join(frames)}",
        caption="Median and quartiles over repetitions."
        + ("" if has_distance(panel) else f" {CUT}"),
    )
    raw = found.finals[found.finals["problem"] == problem]
    return [
        Heading(problem, f"problem-{number}"),
        Note(
            _sentence(panel, found.source.positives.get(problem, "")) + _processors(problem, found),
            soft=True,
        ),
        Chart([figure], f"{problem}: best validation value so far", "", problem),
        PageTable(
            _table(raw, panel, timed=found.timed),
            problem,
            looks=line_styles(found),
            file=f"problem-{file}",
            raw=raw,
        ),
    ]


def _sentence(panel: Panel, positive: str) -> str:
    text = f"{phrases.axis_label(panel.metric, panel.direction)}."
    if positive:
        text += f" The positive class is {positive!r}."
    optima = panel.values(panel.optimum)
    if has_distance(panel):
        low, high = (
            f"{optimum:.6g}".replace("-", phrases.MINUS) for optimum in (optima.min(), optima.max())
        )
        what = low if low == high else f"{low} to {high}, by repetition"
        text += f" The optimum is {what}; the figures show the distance to it."
    text += f" Regret is measured by {panel.source}."
    if not panel.scaled.all():
        text += (
            " That leaves no scale, since what stands for one random draw is as good as the best; "
            "regret is the plain distance there."
        )
    return text


def _processors(problem: str, found: Analyses) -> str:
    """Return the sentence on values that differ between processors, empty where none is known."""
    runs = found.source.runs
    if not {"problem_name", "problem_version"} <= set(runs):
        return ""
    first = runs.loc[runs["problem"] == problem, ["problem_name", "problem_version"]].iloc[0]
    name = str(first["problem_name"]).partition(":")[0]
    known = signature.dependence(name, int(first["problem_version"]))
    return f" As recorded with the catalog, {known}." if known else ""


def _table(frame: pd.DataFrame, panel: Panel, *, timed: bool) -> pd.DataFrame:
    """Return the table of one problem as text, the best median first."""
    losses = panel.sign * frame["median"]
    frame = frame.loc[losses.sort_values(kind="stable").index]
    show = tables.resolving(frame["median"])
    columns = {
        "strategy": frame["strategy"],
        f"{panel.metric} (median)": tables.each(frame["median"], show),
    }
    # Fewer than six repetitions give no interval.
    if frame["low"].notna().any():
        columns["95 %"] = tables.spans(frame["low"], frame["high"], show)
    columns["regret"] = tables.each(frame["regret"], tables.number)
    # A function has no held-out part; two columns of dashes would say that eight times.
    if frame["test"].notna().any():
        columns["test (median)"] = tables.each(frame["test"], show)
        columns["test gap"] = tables.each(frame["gap"], show)
    columns["budget used"] = tables.each(frame["used"], tables.percent)
    columns["failed trials"] = tables.each(frame["failed"], tables.percent)
    if timed:
        columns["strategy/trial"] = tables.each(frame["strategy_s"], tables.duration)
        columns["evaluation/trial"] = tables.each(frame["evaluation_s"], tables.duration)
    columns["runs"] = frame["repetitions"].astype(str)
    return tables.texts(columns)
