"""The section of rules for stopping a run and for choosing its final configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.stopping import BUDGET, comparable, patience
from bench.captions import stopping as texts
from bench.prose.phrases import number
from bench.prose.quantities import aligned, percent
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Files, Item, Note, PageTable, Section
from bench.report.sections.common import line_styles

if TYPE_CHECKING:
    import pandas as pd

SENTENCE_RULE = patience(10)
"""The rule that the sentence is of, if it can stop a run."""

HIDDEN = ["strategy", "regret left", "nothing lost", "problems"]
"""Columns that only the files have; the figure shows the regret left."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    frame, choices = found.stopping, found.choosing
    overall = frame[(frame["strategy"] == "") & (frame["rule"] != BUDGET)]
    if overall.empty:
        return Section("stopping", texts.TITLE, texts.NOTHING, [])
    drawn = comparable(frame)
    named = [
        texts.applied(row.rule, row.n_problems, len(found.panels)) for row in overall.itertuples()
    ]
    items: list[Item] = [
        builder.figure(
            figures.stopping,
            drawn,
            line_styles(found),
            name="stopping",
            label=texts.LABEL,
            caption=texts.CAPTION,
        ),
        PageTable(
            _stopping(overall.assign(rule=named)).drop(columns=HIDDEN),
            texts.STOPPING,
            file="stopping",
            raw=frame,
            whole=_stopping(frame),
        ),
    ]
    mean = choices[choices["strategy"] == ""]
    if len(mean):
        table = PageTable(_choosing(choices), "", file="choosing", raw=choices)
        items += [Note(texts.chosen(mean.itertuples())), Files([table])]
    items.append(Details([Note(texts.how(list(overall["rule"]), len(mean) > 0), soft=True)]))
    rows = list(overall.itertuples())
    row = next((row for row in rows if row.rule == SENTENCE_RULE), rows[0])
    text = texts.sentence(row)
    return Section("stopping", texts.TITLE, text, items)


def _stopping(frame: pd.DataFrame) -> pd.DataFrame:
    show = aligned(frame["difference"])
    return tables.texts(
        {
            "rule": frame["rule"],
            "strategy": frame["strategy"].replace("", texts.EVERYONE),
            "budget saved": tables.each(frame["saved_share"], percent),
            "regret left": tables.each(frame["bounded"], number),
            "regret lost": tables.each(frame["difference"], show),
            "95 % interval": tables.spans(frame["difference_low"], frame["difference_high"]),
            "nothing lost": tables.each(frame["same_share"], percent),
            "problems": frame["n_problems"].astype(str),
        }
    )


def _choosing(frame: pd.DataFrame) -> pd.DataFrame:
    show = aligned(frame["difference"])
    return tables.texts(
        {
            "choice": frame["rule"],
            "strategy": frame["strategy"].replace("", texts.EVERYONE),
            "test score lost": tables.each(frame["difference"], show),
            "95 % interval": tables.spans(frame["difference_low"], frame["difference_high"]),
            "differs": tables.each(frame["differs_share"], percent),
            "better": tables.each(frame["better_share"], percent),
            "worse": tables.each(frame["worse_share"], percent),
            "cost": tables.each(frame["cost_ratio"], number),
            "problems": frame["n_problems"].astype(str),
        }
    )
