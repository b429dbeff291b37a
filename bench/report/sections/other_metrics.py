"""The section of tuning on another metric: what the choice by each loses under every other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.captions import other_metrics as texts
from bench.captions.early_stopping import estimate
from bench.plots import style
from bench.prose.quantities import NONE
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Item, Note, PageTable, Section

if TYPE_CHECKING:
    import pandas as pd


def section(found: Analyses, builder: Builder) -> Section | None:
    """Return the section; None for a sweep whose trials have no scores of several metrics."""
    frame = found.other_metrics
    if frame.empty:
        return None
    items: list[Item] = [
        builder.figure(
            figures.other_metrics,
            frame,
            name="other-metrics",
            label=texts.LABEL,
            caption=texts.CAPTION,
        ),
        Note(" ".join(filter(None, [texts.READING, texts.dagger(frame)]))),
    ]
    files = style.file_names(list(frame["kind"].unique()))
    for kind, part in frame.groupby("kind", sort=False):
        name = str(kind)
        file = f"other-metrics-{files[name]}"
        items += [
            PageTable(_table(part), texts.table(name), file=file, raw=part),
            Note(texts.problems(name, part), soft=True),
        ]
    items.append(Details([Note(text, soft=True) for text in texts.HOW]))
    return Section("other-metrics", texts.TITLE, texts.sentence(frame), items)


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the losses of a kind of task as texts: chosen by × scored by."""
    names = list(dict.fromkeys([*frame["chosen_by"], *frame["scored_by"]]))
    tuned = set(frame.loc[frame["n_tuned"] > 0, "chosen_by"])
    marks = texts.generalises(frame).map({True: f" {texts.GENERALISES}", False: ""})
    cells = {
        (row.chosen_by, row.scored_by): estimate(row.loss, row.loss_low, row.loss_high) + mark
        for row, mark in zip(frame.itertuples(), marks, strict=True)
    }
    return tables.texts(
        {
            "chosen by": [f"{name} *" if name in tuned else name for name in names],
            **{b: ["0" if a == b else cells.get((a, b), NONE) for a in names] for b in names},
        }
    )
