"""The section of verdicts on pairs: who beats whom, how surely, and what could be found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.inference.estimates import ALPHA, UNDECIDED
from bench.inference.holm import observations_needed
from bench.inference.verdicts import swapped
from bench.prose.phrases import number
from bench.prose.quantities import NONE, fixed, probability
from bench.prose.sections import verdicts as texts
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Heading, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd

MAX_PAIR_ROWS = 45
"""Rows a table of pairs has: all of ten strategies; of more those with the baseline come first."""


MIN_REPETITIONS = 6
"""Repetitions from which a problem can be won: 2 · 2⁻⁵ is more than .05."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    title = "Pairs"
    if len(found.verdicts) == 0:
        return Section("pairs", title, texts.ALONE, [])
    names = in_order(found)
    shown, left = _shown(found)
    wide = found.pairwise.pivot(index="strategy", columns="other", values="improvement")
    wide = wide.reindex(index=names, columns=names)
    items: list[Item] = [
        builder.figure(
            figures.pairwise,
            wide,
            name="pairwise",
            label=texts.LABEL,
            caption=texts.caption(found.when),
        ),
        *_these(found, shown, left),
        *_new(found, shown),
    ]
    return Section("pairs", title, texts.sentence(found.verdicts), items)


def _shown(found: Analyses) -> tuple[pd.DataFrame, int]:
    """Return the first verdicts in the leaderboard's order, and how many more there are."""
    import pandas as pd

    place = {name: i for i, name in enumerate(in_order(found))}
    frame = found.verdicts
    behind = frame["a"].map(place) > frame["b"].map(place)
    frame = pd.concat([frame[~behind], swapped(frame[behind])])
    first = (frame["a"] != BASELINE) & (frame["b"] != BASELINE)
    keys = [
        frame["b"].map(place),
        frame["a"].map(place),
        *([first] if len(frame) > MAX_PAIR_ROWS else []),
    ]
    frame = frame.iloc[np.lexsort([key.to_numpy() for key in keys])]
    return frame.head(MAX_PAIR_ROWS), max(len(frame) - MAX_PAIR_ROWS, 0)


def _these(found: Analyses, frame: pd.DataFrame, left: int) -> list[Item]:
    table = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict"],
            "difference": tables.each(frame["difference"], number),
            "95 %": tables.spans(frame["low"], frame["high"]),
            "p (Holm)": tables.each(frame["p_holm"], probability),
            "w–t–l": _counts(frame),
            "detectable": tables.each(frame["detectable"], number),
            "needed": _needed(
                np.fmin(frame["n_repetitions_needed"], frame["n_repetitions_needed_equal"]),
                frame["n_repetitions"],
                frame["verdict"],
            ),
        }
    )
    dominated = texts.dominated(found.verdicts)
    return [
        Heading("For these problems", "pairs-these"),
        Note(texts.detectable(float(found.verdicts["detectable"].median()))),
        *([Note(dominated)] if dominated else []),
        PageTable(table, "Verdicts for these problems", ("against", "verdict"),
                  styles=line_styles(found),
                  file="verdicts", raw=found.verdicts),
        Note(texts.these(found.rope, left), soft=True),
    ]  # fmt: skip


def _new(found: Analyses, frame: pd.DataFrame) -> list[Item]:
    sets = int(frame["n_datasets"].max())
    if sets < 2:
        return [
            Heading("For new problems", "pairs-new"),
            Note(texts.no_new(len(found.datasets))),
        ]
    # Of fewer than a test needs the posterior is mostly what was put in.
    posterior = frame[["a_better", "rope", "b_better"]]
    posterior = posterior[frame["n_datasets"] >= observations_needed(1, ALPHA)].reindex(frame.index)
    table = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict_new"],
            "difference": tables.each(frame["difference_new"], number),
            "95 %": tables.spans(frame["low_new"], frame["high_new"]),
            "p (Holm)": tables.each(frame["p_new_holm"], probability),
            "P(better)": tables.each(posterior["a_better"], fixed(2)),
            "P(equal)": tables.each(posterior["rope"], fixed(2)),
            "P(worse)": tables.each(posterior["b_better"], fixed(2)),
            "data sets": frame["n_datasets"].astype(str),
            "needed": _needed(
                frame["n_datasets_needed"], frame["n_datasets"], frame["verdict_new"]
            ),
        }
    )
    return [
        Heading("For new problems", "pairs-new"),
        PageTable(table, "Verdicts for new problems", ("against", "verdict"),
                  styles=line_styles(found),
                  file="verdicts-new"),
        Note(texts.new(found.rope, bool(found.verdicts["reachable"].all())), soft=True),
    ]  # fmt: skip


def _counts(frame: pd.DataFrame) -> list[str]:
    rows = frame[["n_won", "n_tied", "n_lost", "n_repetitions"]].itertuples(index=False)
    return [
        # With so few a problem cannot but be tied, which says nothing.
        NONE
        if row.n_repetitions < MIN_REPETITIONS and not row.n_won + row.n_lost
        else f"{row.n_won}–{row.n_tied}–{row.n_lost}"
        for row in rows
    ]


def _needed(needed: pd.Series, there: pd.Series, verdicts: pd.Series) -> list[str]:
    # What is told already needs no more, also where it was luck to be told by so few.
    return [
        "enough"
        if verdict != UNDECIDED or need <= has
        else NONE
        if need != need
        else "too many"
        if math.isinf(need) or need > 100_000
        else f"{need:,.0f}"
        for need, has, verdict in zip(needed, there, verdicts, strict=True)
    ]
