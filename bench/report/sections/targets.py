"""The section of targets: how many trials it takes to get somewhere."""

from __future__ import annotations

import numpy as np

from bench.analyses import Analyses
from bench.analysis.curves.equivalents import TWICE
from bench.prose.phrases import listed
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles, ran

NAMED = 3
"""Strategies whose worth the heading tells."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    items: list[Item] = []
    if found.ecdf["share"].notna().any():
        items.append(
            builder.figure(
                figures.ecdf,
                found.ecdf,
                line_styles(found),
                name="ecdf",
                label="Share of targets reached against trials",
                caption="Share of targets reached after so many trials. Targets are what random "
                f"search reaches, in expectation, {_after(found)}, in each repetition; what is "
                "never reached counts. Bands are pointwise 95 % intervals for these problems.",
            )
        )
    items.append(
        builder.figure(
            figures.profiles,
            found.profiles,
            line_styles(found),
            name="profiles",
            label="Performance profiles: share of runs within each normalised regret",
            caption=f"Share of runs within a normalised regret {found.when}, every problem "
            "weighing the same; pointwise 95 % intervals for these problems.",
        )
    )
    items += [*_ert(found), *_saved(found)]
    if BASELINE not in ran(found):
        items.append(
            Note(f"There is no strategy called {BASELINE}, from which targets and worth are told.")
        )
    return Section("targets", "Targets, profiles, trials saved", _told(found), items)


def _told(found: Analyses) -> str:
    """Return what a trial of the best ones is worth, in words."""
    others = found.saved[~found.saved["strategy"].isin([BASELINE, TWICE])]
    others = others.dropna(subset="factor").sort_values("factor", ascending=False, kind="stable")
    worth = [
        f"{row.strategy} {_worth(row.factor, row.bound)}"
        for row in others.head(NAMED).itertuples()
        if not (row.bound and row.factor < 1)
    ]
    if not worth:
        return "Where the strategies get, and how many trials it takes them."
    return f"A trial is worth so many of {BASELINE}: {listed(worth)} (median over problems)."


def _after(found: Analyses) -> str:
    """Return after how many trials there are targets, and on how many problems, in words."""
    there = found.targets[found.targets["repetitions"] > 0]
    counts = there.groupby("after")["problem"].nunique()
    whole = len(found.panels)
    parts = [
        f"after {count:,} trials" + (f" (on {on} of {whole} problems)" if on < whole else "")
        for count, on in counts.items()
    ]
    return ", ".join(parts)


def _ert(found: Analyses) -> list[Item]:
    frame = found.ert
    known = frame.dropna(subset="ert")
    if known.empty:
        return []
    names, after = in_order(found), sorted(known["after"].unique())
    columns: dict[str, list[str]] = {"strategy": names}
    for count in after:
        part = known[known["after"] == count]
        grouped = part.groupby("strategy", observed=True)["ert"]
        middle, of = grouped.median(), grouped.size()
        reached = grouped.agg(lambda values: np.isfinite(values).sum())
        columns[f"as random after {count}"] = [
            f"{tables.number(middle[name])} ({reached[name]:.0f} of {of[name]})"
            if name in middle.index
            else tables.NONE
            for name in names
        ]
    text = (
        "Expected running time: trials spent on all runs until the target, over the runs that "
        "reach it, within the whole budget; median over problems, and on how many of them any run "
        "does. It takes runs for restarts, however long they were; a strategy that had nothing "
        "more to suggest short of the target never reaches it. A target is what random search "
        "reaches in expectation after so many trials."
    )
    table = tables.texts(columns)
    return [
        Note(text),
        PageTable(table, "Expected running time to targets", looks=line_styles(found), file="ert",
                  raw=frame),
    ]  # fmt: skip


def _worth(factor: float, bound: bool) -> str:
    """Return how many trials of random search a trial is worth, or at least is."""
    if bound and factor < 1:
        return "not told"
    return f"≥ {tables.number(factor)}" if bound else tables.number(factor)


def _saved(found: Analyses) -> list[Item]:
    frame = found.saved.dropna(subset="factor").set_index("strategy")
    names = [name for name in (*in_order(found), TWICE) if name in frame.index]
    if not set(names) - {BASELINE, TWICE}:
        return []
    frame = frame.loc[names]
    table = tables.texts(
        {
            "strategy": names,
            "trials of random a trial is worth": [
                _worth(factor, bound)
                for factor, bound in zip(frame["factor"], frame["bound"], strict=True)
            ],
            "95 %, new problems": [
                tables.NONE if bound else text
                for bound, text in zip(
                    frame["bound"], tables.spans(frame["low"], frame["high"]), strict=True
                )
            ],
            "problems": frame["problems"].astype(str),
            "of which at least": frame["bounds"].astype(str),
        }
    )
    text = (
        f"Random-search equivalents: how many trials of random search reach the median result "
        f"{found.when}, over the trials of the budget; median over problems. “At least”, and “not "
        "told” where that is less than one, where the result is better than random draws can tell. "
        f"{TWICE}, twice the trials by definition, stands for random search on two machines."
    )
    return [
        Note(text),
        PageTable(table, "Random-search equivalents", looks=line_styles(found), file="equivalents",
                  raw=found.equivalents),
    ]  # fmt: skip
