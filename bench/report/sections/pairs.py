"""The section of pairs: who beats whom, how surely, and what the sweep could have told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.analysis.estimates import UNDECIDED
from bench.analysis.significance import blocks_needed
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.findings import Findings
from bench.report.page import Heading, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order

if TYPE_CHECKING:
    import pandas as pd

MOST = 45
"""Rows a table of pairs has: all of ten strategies; of more those with the baseline come first."""


def section(found: Findings, builder: Builder) -> Section:
    """Return the section."""
    title = "Pairs"
    if len(found.verdicts) == 0:
        return Section("pairs", title, "There is one strategy: nothing to compare.", [])
    names = in_order(found)
    wide = found.pairwise.pivot(index="strategy", columns="other", values="improvement")
    wide = wide.reindex(index=names, columns=names)
    items: list[Item] = [
        builder.figure(
            figures.matrix,
            wide,
            name="pairwise",
            label="Probability that a run of the row is better than one of the column",
            caption=f"Probability that a run of the row is better {found.when} than one of the "
            "column, ties count half; mean over the problems both ran on.",
        ),
        *_these(found),
        *_new(found),
    ]
    sentence = "Each strategy against each other, for these problems and for new ones."
    return Section("pairs", title, sentence, items)


def _shown(found: Findings) -> tuple[pd.DataFrame, str]:
    """Return the verdicts in the leaderboard's order, better strategies first, and what is left."""
    place = {name: i for i, name in enumerate(in_order(found))}
    frame = found.verdicts
    ahead = frame["a"].map(place) <= frame["b"].map(place)
    frame = frame[ahead.to_numpy()] if ahead.all() else _turned(frame, ahead.to_numpy())
    first = (frame["a"] != BASELINE) & (frame["b"] != BASELINE)
    keys = [frame["b"].map(place), frame["a"].map(place), *([first] if len(frame) > MOST else [])]
    frame = frame.iloc[np.lexsort([key.to_numpy() for key in keys])]
    left = len(frame) - MOST
    more = f" The other {left:,} pairs are in tables/verdicts.csv." if left > 0 else ""
    return frame.head(MOST), more


def _turned(frame: pd.DataFrame, ahead: np.ndarray) -> pd.DataFrame:
    """Return the verdicts with a and b exchanged where b stands higher."""
    turned = frame.copy()
    there = ~ahead
    swaps = [("a", "b"), ("won", "lost"), ("a_better", "b_better"), ("ahead", "behind")]
    for one, other in swaps:
        turned.loc[there, [one, other]] = frame.loc[there, [other, one]].to_numpy()
    for low, high in (("low", "high"), ("low_new", "high_new")):
        turned.loc[there, [low, high]] = -frame.loc[there, [high, low]].to_numpy()
    for name in ("difference", "difference_new", "median"):
        turned.loc[there, name] = -frame.loc[there, name]
    opposite = {"better": "worse", "worse": "better"}
    for name in ("verdict", "verdict_new"):
        turned.loc[there, name] = frame.loc[there, name].map(lambda word: opposite.get(word, word))
    return turned


def _these(found: Findings) -> list[Item]:
    frame, more = _shown(found)
    table = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict"],
            "difference": tables.each(frame["difference"], tables.number),
            "95 %": tables.spans(frame["low"], frame["high"]),
            "p (Holm)": tables.each(frame["p_holm"], tables.probability),
            "w–t–l": _counts(frame),
            "detectable": tables.each(frame["detectable"], tables.number),
            "needed": _needed(
                np.fmin(frame["repetitions_needed"], frame["repetitions_equal"]),
                frame["repetitions"],
                frame["verdict"],
            ),
        }
    )
    middle = float(np.nanmedian(found.verdicts["detectable"])) if _known(found) else math.nan
    can = (
        "No pair has two paired repetitions: no difference could be found, however large."
        if math.isnan(middle)
        else "In half of the pairs or more the difference is the same in every repetition, so what "
        "the sweep could find cannot be told."
        if middle == 0
        else f"As it stands, the sweep finds a difference of {tables.number(middle)} of normalised "
        "regret in four of five tries (median over pairs, each corrected for all of them)."
    )
    text = (
        f"Differences are in normalised regret, below 0 where the strategy named first is better; "
        f"up to ±{found.rope:g} counts as practically equal. Problems won, tied and lost (w–t–l) "
        "by whether the 95 % interval of its own mean difference excludes 0 and six repetitions or "
        "more differ. “Detectable” is the smallest difference found with a power of .8, “needed” "
        "the repetitions of each problem that would tell, if the difference is what it seems."
        f"{more}"
    )
    return [
        Heading("For these problems", "pairs-these"),
        Note(can),
        PageTable(table, "Verdicts for these problems", ("against", "verdict"), looks=found.looks,
                  file="verdicts", raw=found.verdicts),
        Note(text, soft=True),
    ]  # fmt: skip


def _known(found: Findings) -> bool:
    return bool(found.verdicts["detectable"].notna().any())


def _new(found: Findings) -> list[Item]:
    frame = _shown(found)[0].copy()
    sets = int(frame["datasets"].max())
    if sets < 2:
        why = (
            "All problems are on one data set"
            if len({panel.dataset for panel in found.panels}) < 2
            else "No two strategies ran on two data sets"
        )
        return [
            Heading("For new problems", "pairs-new"),
            Note(f"{why}: nothing can be said of new ones."),
        ]
    # Of fewer than a test needs the posterior is mostly what was put in.
    frame.loc[frame["datasets"] < blocks_needed(1), ["a_better", "rope", "b_better"]] = np.nan
    table = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict_new"],
            "difference": tables.each(frame["difference_new"], tables.number),
            "95 %": tables.spans(frame["low_new"], frame["high_new"]),
            "p (Holm)": tables.each(frame["p_new_holm"], tables.probability),
            "P(better)": tables.each(frame["a_better"], tables.fixed(2)),
            "P(equal)": tables.each(frame["rope"], tables.fixed(2)),
            "P(worse)": tables.each(frame["b_better"], tables.fixed(2)),
            "data sets": frame["datasets"].astype(str),
            "needed": _needed(frame["datasets_needed"], frame["datasets"], frame["verdict_new"]),
        }
    )
    cannot = (
        ""
        if found.verdicts["reachable"].all()
        else " Where there is no p, so few data sets cannot reach α = .05 for so many pairs, "
        "whatever they say."
    )
    text = (
        "Data sets are the sample, problems on the same data one observation. Difference: mean "
        "over data sets with Student’s interval, of each pair alone. p: Wilcoxon’s "
        "signed-rank test with Holm’s correction; P: Bayesian signed-rank test with the region of "
        f"practical equivalence of ±{found.rope:g}. “Needed” are data sets that would tell.{cannot}"
    )
    return [
        Heading("For new problems", "pairs-new"),
        PageTable(table, "Verdicts for new problems", ("against", "verdict"), looks=found.looks,
                  file="verdicts-new"),
        Note(text, soft=True),
    ]  # fmt: skip


def _counts(frame: pd.DataFrame) -> list[str]:
    rows = frame[["won", "tied", "lost"]].itertuples(index=False)
    return ["–".join(str(number) for number in row) for row in rows]


def _needed(needed: pd.Series, there: pd.Series, verdicts: pd.Series) -> list[str]:
    # What is told already needs no more, also where it was luck to be told by so few.
    return [
        "enough"
        if verdict != UNDECIDED or need <= has
        else tables.NONE
        if need != need
        else "too many"
        if math.isinf(need) or need > 100_000
        else f"{need:,.0f}"
        for need, has, verdict in zip(needed, there, verdicts, strict=True)
    ]
