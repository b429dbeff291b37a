"""The section of verdicts on pairs: who beats whom, how surely, and what could be found."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.captions import pairs as pair_texts
from bench.captions import verdicts as texts
from bench.inference.estimates import ALPHA, UNDECIDED
from bench.inference.holm import observations_needed
from bench.inference.verdicts import swapped
from bench.prose.phrases import number
from bench.prose.quantities import NONE, fixed, probability
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Files, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd

SHOWN = "Pairs with random search, and pairs that differ significantly"
THESE = "All pairs on this problem set"
NEW = "All pairs generalising to new data sets"

MIN_DATA_SETS = 2

MAX_NEEDED = 100_000
"""More repetitions or data sets are too many to name."""

MAX_PAIR_ROWS = 20
"""Pairs that the page shows; the files have all of them."""

MIN_REPETITIONS = 6
"""Repetitions from which a problem can be won: 2 · 2⁻⁵ is more than .05."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section.

    Args:
        found: the analyses.
        builder: draws.
    """
    title = "Pairs"
    if len(found.verdicts) == 0:
        return Section("pairs", title, texts.ALONE, [])
    names = in_order(found)
    pairs = ordered(found)
    shown = _shown(pairs)
    wide = found.pairwise.pivot(index="strategy", columns="other", values="improvement")
    wide = wide.reindex(index=names, columns=names)
    dominated = texts.dominated(found.verdicts)
    sets = int(pairs["n_datasets"].max())
    looks = found.source.looks
    waits = looks is not None and not looks.made
    middle = float(found.verdicts["detectable"].median())
    how = [
        pair_texts.columns(found.rope, len(pairs) - len(shown)),
        pair_texts.files(new=sets >= MIN_DATA_SETS),
    ]
    how += [dominated] if dominated else []
    whole = [_these(found, pairs)]
    if sets >= MIN_DATA_SETS:
        whole.append(_new(found, pairs))
    items: list[Item] = [
        builder.figure(
            figures.pairwise,
            wide,
            name="pairwise",
            label=texts.LABEL,
            caption=texts.caption(found.when),
        ),
        _table(found, shown, new=bool((pairs["verdict_new"] != UNDECIDED).any())),
        Files(whole),
        *([] if sets >= MIN_DATA_SETS or waits else [Note(texts.no_new(found.sample))]),
        # What a sweep can find is not known while looks are to come.
        *([] if looks is not None and math.isnan(middle) else [Note(texts.detectable(middle))]),
        Details([Note(text, soft=True) for text in how]),
    ]
    return Section("pairs", title, texts.sentence(found.verdicts), items)


def ordered(found: Analyses) -> pd.DataFrame:
    """Return the verdicts in the leaderboard's order, of each pair the better one first.

    Args:
        found: the analyses.
    """
    import pandas as pd

    place = {name: i for i, name in enumerate(in_order(found))}
    frame = found.verdicts
    behind = frame["a"].map(place) > frame["b"].map(place)
    frame = pd.concat([frame[~behind], swapped(frame[behind])])
    keys = [frame["b"].map(place), frame["a"].map(place)]
    return frame.iloc[np.lexsort([key.to_numpy() for key in keys])]


def _shown(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs a reader decides on: with random, and those that are significant."""
    with_random = (pairs["a"] == BASELINE) | (pairs["b"] == BASELINE)
    told = (pairs[["verdict", "verdict_new"]] != UNDECIDED).any(axis=1)
    importance = np.select([with_random, told], [0, 1], 2)
    first = np.argsort(importance, kind="stable")[:MAX_PAIR_ROWS]
    kept = first[importance[first] < 2]
    # Without random search and any finding, those with the best come first.
    return pairs.iloc[np.sort(kept) if len(kept) else first]


def _table(found: Analyses, frame: pd.DataFrame, *, new: bool) -> PageTable:
    """Return the pairs as the page shows them."""
    columns = {
        "strategy": frame["a"],
        "against": frame["b"],
        "verdict": frame["verdict"],
        "difference": tables.each(frame["difference"], number),
        "95 % interval": tables.spans(frame["low"], frame["high"]),
        "p (Holm)": tables.each(frame["p_holm"], probability),
        "repetitions": frame["n_repetitions"].astype(str),
        # Where none is significant the sentence of the section says so.
        **({"new data sets": frame["verdict_new"]} if new else {}),
    }
    words = ("against", "verdict", "new data sets")
    return PageTable(tables.texts(columns), SHOWN, words, styles=line_styles(found))


def _these(found: Analyses, frame: pd.DataFrame) -> PageTable:
    """Return the verdicts on this problem set as the files have them."""
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
                frame["n_repetitions_needed"],
                frame["n_repetitions"],
                frame["verdict"],
                frame["n_repetitions_needed_equal"],
            ),
        }
    )
    return PageTable(table, THESE, file="verdicts", raw=found.verdicts)


def _new(found: Analyses, frame: pd.DataFrame) -> PageTable:
    """Return the verdicts generalising to new data sets as the files have them."""
    # Of fewer than a test needs the posterior is mostly what was put in.
    posterior = frame[["a_better", "rope", "b_better"]]
    posterior = posterior[frame["n_datasets"] >= observations_needed(1, ALPHA)].reindex(frame.index)
    # A function is an observation of these tests, but no data set.
    sets = "observations" if frame["n_functions"].any() else "data sets"
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
            sets: frame["n_datasets"].astype(str),
            "needed": _needed(
                frame["n_datasets_needed"], frame["n_datasets"], frame["verdict_new"]
            ),
        }
    )
    return PageTable(table, NEW, file="verdicts-new")


def _counts(frame: pd.DataFrame) -> list[str]:
    rows = frame[["n_won", "n_tied", "n_lost", "n_repetitions"]].itertuples(index=False)
    return [
        # With so few a problem cannot but be tied, which says nothing.
        NONE
        if row.n_repetitions < MIN_REPETITIONS and not row.n_won + row.n_lost
        else f"{row.n_won}–{row.n_tied}–{row.n_lost}"
        for row in rows
    ]


def _needed(
    needed: pd.Series, there: pd.Series, verdicts: pd.Series, equal: pd.Series | None = None
) -> list[str]:
    """Return how many repetitions or data sets are needed, marked where they show equality.

    Args:
        needed: to detect the difference.
        there: that there are.
        verdicts: of the pairs.
        equal: to show practical equality, which counts where it is less.
    """
    equal = needed if equal is None else equal
    found = []
    for differs, alike, has, verdict in zip(needed, equal, there, verdicts, strict=True):
        need = np.fmin(differs, alike)
        # A significant difference needs no more, also where so few showed it by luck.
        if verdict != UNDECIDED or need <= has:
            found.append("enough")
        elif math.isnan(need):
            found.append(NONE)
        elif need > MAX_NEEDED:
            found.append("too many")
        else:
            found.append(f"{need:,.0f}{'' if need == differs else pair_texts.OF_EQUALITY}")
    return found
