"""The section of targets: how many trials it takes to get somewhere."""

from __future__ import annotations

import numpy as np

from bench.analyses import Analyses
from bench.captions import targets as texts
from bench.curves.equivalents import TWICE
from bench.prose.quantities import NONE, fixed
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Files, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, curve_styles, in_order, line_styles, ran

HIDDEN = ["problems", "problems with a bound"]
"""Columns of the equivalents that only the files have."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    items: list[Item] = []
    if found.ecdf["share"].notna().any():
        items.append(
            builder.figure(
                figures.ecdf,
                found.ecdf,
                curve_styles(found),
                name="ecdf",
                label=texts.ECDF_LABEL,
                caption=texts.ecdf_caption(found.targets, len(found.panels)),
            )
        )
    items.append(
        builder.figure(
            figures.profiles,
            found.profiles,
            curve_styles(found),
            name="profiles",
            label=texts.PROFILES_LABEL,
            caption=texts.profiles_caption(found.when),
        )
    )
    expected, saved = _ert(found), _saved(found)
    items += [*expected, *saved, *_random_2x(found)]
    if found.saved["bound"].any():
        items.append(Note(texts.BOUNDS, soft=True))
    if BASELINE not in ran(found):
        items.append(Note(texts.NO_BASELINE))
    return Section(
        "targets",
        "Targets and trials saved",
        texts.sentence(found.saved, found.source.fewer),
        items,
    )


def _ert(found: Analyses) -> list[Item]:
    frame = found.ert
    known = frame.dropna(subset="ert")
    if known.empty:
        return []
    names, after = in_order(found), sorted(known["target_budget"].unique())
    whole: dict[str, list[str]] = {"strategy": names}
    shown = dict(whole)
    budget = max(panel.budget for panel in found.panels)
    last = max((count for count in after if count <= budget), default=after[0])
    for count in after:
        part = known[known["target_budget"] == count]
        grouped = part.groupby("strategy", observed=True)["ert"]
        middle, of = grouped.median(), grouped.size()
        reached = grouped.agg(lambda values: np.isfinite(values).sum())
        for columns in (whole, *([shown] if count == last else [])):
            columns[f"trials to random's score after {count}"] = [
                texts.reached(
                    middle[name], int(reached[name]), int(of[name]), short=columns is shown
                )
                if name in middle.index
                else NONE
                for name in names
            ]
    return [
        Note(texts.RUNNING_TIME),
        PageTable(
            tables.texts(shown),
            "Expected running time to targets",
            styles=line_styles(found),
            file="ert",
            raw=frame,
            whole=tables.texts(whole),
        ),
    ]


def _saved(found: Analyses) -> list[Item]:
    frame = found.saved.dropna(subset="factor").set_index("strategy")
    names = [name for name in (*in_order(found), TWICE) if name in frame.index]
    if not set(names) - {BASELINE, TWICE}:
        return []
    frame = frame.loc[names]
    table = tables.texts(
        {
            "strategy": names,
            "random trials per trial": [
                texts.worth(factor, bound)
                for factor, bound in zip(frame["factor"], frame["bound"], strict=True)
            ],
            "95 % interval": [
                NONE if bound else text
                for bound, text in zip(
                    frame["bound"], tables.spans(frame["low"], frame["high"]), strict=True
                )
            ],
            "problems": frame["n_problems"].astype(str),
            "problems with a bound": frame["n_bounds"].astype(str),
        }
    )
    return [
        Note(texts.equivalents(found.when)),
        PageTable(
            # Random search is one by definition, and twice the trials are two.
            table[~frame.index.isin([BASELINE, TWICE])].drop(columns=HIDDEN),
            "Random-search equivalents",
            styles=line_styles(found),
            file="equivalents",
            raw=found.equivalents,
            whole=table,
        ),
    ]


def _random_2x(found: Analyses) -> list[Item]:
    """Return the file of the strategies against twice as much random search, if there is any."""
    frame = found.random_2x.set_index("strategy")
    names = [name for name in in_order(found) if name in frame.index]
    if not set(names) - {BASELINE}:
        return []
    frame = frame.loc[names]
    two = fixed(2)
    table = tables.texts(
        {
            "strategy": names,
            "trials": frame["budget"].astype(str),
            "random trials": frame["random_budget"].astype(str),
            "difference": tables.each(frame["difference"], two),
            "95 %": tables.spans(frame["difference_low"], frame["difference_high"], two),
            "new data sets, 95 %": tables.spans(
                frame["difference_new_low"], frame["difference_new_high"], two
            ),
            "problems better": frame["n_better"].astype(str),
            "problems worse": frame["n_worse"].astype(str),
        }
    )
    return [Files([PageTable(table, TWICE, file="random-2x", raw=found.random_2x)])]
