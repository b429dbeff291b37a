"""The section of the problems: tables of all of them, then one after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.captions import problems as texts
from bench.checks import signature
from bench.curves.clocks import has_distance
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.plots import style
from bench.prose.phrases import listed, number, value_label
from bench.prose.quantities import NONE, percent, resolving
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Chart, Details, Files, Heading, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, curve_styles, in_order

if TYPE_CHECKING:
    import pandas as pd

MAX_COLUMNS = 12
"""Strategies that have a column in the table of regret: the best ones, and random search."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section.

    Args:
        found: the analyses.
        builder: draws.
    """
    files = style.file_names(found.source.problems)
    overview = _overview(found)
    items: list[Item] = [
        *_regret(found),
        Note(texts.OVERVIEW),
        PageTable(overview, texts.BEST, ("score (better)", "best strategy")),
        Details([Note(text, soft=True) for text in texts.sources(_sources(found))], texts.SCALE),
        Note(texts.CHARTS, soft=True),
    ]
    items += [
        item
        for place, panel in enumerate(found.panels, start=1)
        for item in _problem(panel, place, files[panel.problem], found, builder)
    ]
    sentence = texts.sentence(found.board, found.when, found.source.fewer)
    return Section("problems", "Problems", sentence, items)


def _regret(found: Analyses) -> list[Item]:
    """Return the table of regret, problems × strategies; of one problem there is no need."""
    if len(found.panels) < 2:
        return []
    wide = found.finals.pivot(index="problem", columns="strategy", values="regret")
    ordered = [name for name in in_order(found) if name in wide]
    names = ordered[:MAX_COLUMNS]
    if BASELINE in ordered[MAX_COLUMNS:]:
        names[-1] = BASELINE
    wide = wide.reindex([panel.problem for panel in found.panels])
    table = tables.texts(
        {"problem": wide.index, **{name: tables.each(wide[name], number) for name in names}}
    )
    return [
        Note(" ".join([texts.table(texts.REGRET), *texts.columns(names, len(ordered))])),
        PageTable(table, texts.REGRET, file="regret", raw=wide.reset_index()),
    ]


def _overview(found: Analyses) -> pd.DataFrame:
    """Return the best strategy of each problem with its scores, beside those of random search."""
    rows: list[dict[str, str]] = []
    for panel in found.panels:
        frame = found.finals[found.finals["problem"] == panel.problem]
        best = list(frame.loc[frame["is_best"], "strategy"])
        usual = BASELINE if BASELINE in set(frame["strategy"]) else ""
        names = best[:1] + [usual] * bool(usual)
        cells = {
            "validation": _median(panel, panel.best, best[:1], names),
            # Strategies that tie have no test score in common.
            "test": _median(panel, panel.best_test, best if len(best) == 1 else [], names),
            BASELINE: _median(panel, panel.best, names[-1:] if usual else [], names),
        }
        show = resolving([*frame["median"], cells["validation"], cells[BASELINE]])
        row = {
            "problem": panel.problem,
            "score (better)": texts.score(panel),
            "best strategy": listed(best) if best else NONE,
        }
        row |= {name: tables.each([cell], show)[0] for name, cell in cells.items()}
        rows.append({**row, "optimum": texts.optimum(panel) or NONE})
    table = tables.texts({name: [row[name] for row in rows] for name in rows[0]})
    unknown = [name for name in ("test", BASELINE, "optimum") if set(table[name]) == {NONE}]
    return table.drop(columns=unknown)


def _median(panel: Panel, losses: Array, name: list[str], common: list[str]) -> float:
    """Return a strategy's final median over the repetitions that all of some strategies have.

    Args:
        panel: of the problem.
        losses: of all trials: strategies × repetitions × trials.
        name: the strategy; NaN is returned without one.
        common: the strategies.
    """
    if not name:
        return math.nan
    there = panel.ran[[panel.strategies.index(each) for each in common]].all(axis=0)
    values = losses[panel.strategies.index(name[0]), there, -1]
    values = values[~np.isnan(values)]
    return panel.sign * float(np.median(values)) if len(values) else math.nan


def _sources(found: Analyses) -> dict[str, list[str]]:
    """Return where the scale of regret is from -> the problems of which it is so."""
    sources: dict[str, list[str]] = {}
    for panel in found.panels:
        sources.setdefault(panel.source, []).append(panel.problem)
    return sources


def _problem(panel: Panel, place: int, file: str, found: Analyses, builder: Builder) -> list[Item]:
    problem = panel.problem
    frames = {"trials": found.on_trials, **({"seconds": found.in_seconds} if found.timed else {})}
    figure = builder.figure(
        figures.clocks,
        {clock: frame[frame["problem"] == problem] for clock, frame in frames.items()},
        curve_styles(found),
        title=problem,
        ylabel=value_label(panel.metric, panel.direction, has_distance(panel)),
        known=has_distance(panel),
        unit=found.unit,
        name=f"problem-{file}",
        label=texts.label(problem, frames),
    )
    raw = found.finals[found.finals["problem"] == problem]
    special = texts.special(
        panel, found.source.positives.get(problem, ""), _dependence(problem, found)
    )
    whole = _table(raw, panel, timed=found.timed)
    return [
        Heading(problem, f"problem-{place}"),
        Chart([figure], f"{problem}: best validation score so far", "", problem),
        *([Note(special, soft=True)] if special else []),
        Files([PageTable(whole, "", file=f"problem-{file}", raw=raw)]),
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
        columns["ask + tell, ms per trial (mean)"] = tables.each(1000 * frame["strategy_s"], number)
        columns["evaluation, ms per trial (mean)"] = tables.each(
            1000 * frame["evaluation_s"], number
        )
    columns["runs"] = frame["n_repetitions"].astype(str)
    return tables.texts(columns)
