"""The section of pairs: who beats whom, how surely, and what the sweep could have told."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from bench.analyses import Analyses
from bench.inference.dominance import DOMINANT
from bench.inference.estimates import ALPHA, UNDECIDED
from bench.inference.holm import observations_needed
from bench.inference.verdicts import swapped
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Heading, Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, in_order, line_styles
from bench.sources.source import listed
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MOST = 45
"""Rows a table of pairs has: all of ten strategies; of more those with the baseline come first."""


FEWEST = 6
"""Repetitions from which a problem can be won: 2 · 2⁻⁵ is more than .05."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    title = "Pairs"
    if len(found.verdicts) == 0:
        return Section("pairs", title, "There is one strategy: nothing to compare.", [])
    names = in_order(found)
    shown, left = _shown(found)
    wide = found.pairwise.pivot(index="strategy", columns="other", values="improvement")
    wide = wide.reindex(index=names, columns=names)
    items: list[Item] = [
        builder.figure(
            figures.matrix,
            wide,
            name="pairwise",
            label="Probability that a run of the row is better than one of the column",
            caption=f"Probability in percent that a run of the row is better {found.when} than "
            "one of the column, ties count half; mean over the problems both ran on.",
        ),
        *_these(found, shown, left),
        *_new(found, shown),
    ]
    return Section("pairs", title, _told(found), items)


def _told(found: Analyses) -> str:
    """Return how many pairs are decided, in words."""
    these, new = (
        int((found.verdicts[name] != UNDECIDED).sum()) for name in ("verdict", "verdict_new")
    )
    return (
        f"Of {many(len(found.verdicts), 'pair')} {these or 'none'} "
        f"{'are' if these > 1 else 'is'} decided for these problems, {new or 'none'} for new ones."
    )


def _shown(found: Analyses) -> tuple[pd.DataFrame, int]:
    """Return the first verdicts in the leaderboard's order, and how many more there are."""
    import pandas as pd

    place = {name: i for i, name in enumerate(in_order(found))}
    frame = found.verdicts
    behind = frame["a"].map(place) > frame["b"].map(place)
    frame = pd.concat([frame[~behind], swapped(frame[behind])])
    first = (frame["a"] != BASELINE) & (frame["b"] != BASELINE)
    keys = [frame["b"].map(place), frame["a"].map(place), *([first] if len(frame) > MOST else [])]
    frame = frame.iloc[np.lexsort([key.to_numpy() for key in keys])]
    return frame.head(MOST), max(len(frame) - MOST, 0)


def _these(found: Analyses, frame: pd.DataFrame, left: int) -> list[Item]:
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
    middle = float(found.verdicts["detectable"].median())
    more = f" The other {left:,} pairs are in tables/verdicts.csv." if left else ""
    can = (
        "No pair has two paired repetitions: no difference could be found, however large."
        if math.isnan(middle)
        else "In half of the pairs or more there are too few paired repetitions to find any "
        "difference, however large."
        if math.isinf(middle)
        else "In half of the pairs or more the difference is the same in every repetition, so what "
        "the sweep could find cannot be told."
        if middle == 0
        else f"As it stands, the sweep finds a difference of {tables.number(middle)} of bounded "
        "regret in four of five tries (median over pairs, each corrected for all of them)."
    )
    text = (
        "Differences are in bounded regret, which is normalised regret up to 1 and 2 − 1 / regret "
        f"beyond, below 0 where the strategy named first is better; "
        f"up to ±{found.rope:g} counts as practically equal. Problems won, tied and lost (w–t–l) "
        "by whether the 95 % interval of its own mean difference excludes 0 and six repetitions or "
        "more differ. “Detectable” is the smallest difference found with a power of .8, “needed” "
        "the repetitions of each problem that would tell, if the difference is what it seems."
        f"{more}"
    )
    return [
        Heading("For these problems", "pairs-these"),
        Note(can),
        *_dominated(found),
        PageTable(table, "Verdicts for these problems", ("against", "verdict"),
                  looks=line_styles(found),
                  file="verdicts", raw=found.verdicts),
        Note(text, soft=True),
    ]  # fmt: skip


def _dominated(found: Analyses) -> list[Item]:
    """Return which problems hold most of the variance of differences in normalised regret."""
    frame = found.verdicts[found.verdicts["dominant"] != ""]
    if frame.empty:
        return []
    parts = [
        f"{problem} ({100 * float(part['dominant_share'].max()):.0f} % of the variance at most, in "
        f"{many(len(part), 'pair')}; of bounded regret "
        f"{100 * float(part['dominant_bounded'].max()):.0f} % at most)"
        for problem, part in frame.groupby("dominant", sort=False)
    ]
    hanging = int((frame["dominant_bounded"] > DOMINANT).sum())
    verdicts = (
        "Verdicts for these problems are on bounded regret, where it still holds more than half in "
        f"{many(hanging, 'pair')}: there they hang on it. Those for new problems are on ranks, "
        "where it is one of them"
        if hanging
        else "Verdicts do not hang on it: they are on bounded regret, and for new problems on ranks"
    )
    text = (
        f"One problem alone holds more than {100 * DOMINANT:.0f} % of the variance of a mean "
        f"difference in normalised regret: {listed(parts)}. {verdicts}. Both differences of each "
        "pair, and the shares, are in tables/verdicts.csv."
    )
    return [Note(text)]


def _new(found: Analyses, frame: pd.DataFrame) -> list[Item]:
    sets = int(frame["datasets"].max())
    if sets < 2:
        why = (
            "All problems are on one data set"
            if len(found.datasets) < 2
            else "No two strategies ran on two data sets"
        )
        return [
            Heading("For new problems", "pairs-new"),
            Note(f"{why}: nothing can be said of new ones."),
        ]
    # Of fewer than a test needs the posterior is mostly what was put in.
    posterior = frame[["a_better", "rope", "b_better"]]
    posterior = posterior[frame["datasets"] >= observations_needed(1, ALPHA)].reindex(frame.index)
    table = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict_new"],
            "difference": tables.each(frame["difference_new"], tables.number),
            "95 %": tables.spans(frame["low_new"], frame["high_new"]),
            "p (Holm)": tables.each(frame["p_new_holm"], tables.probability),
            "P(better)": tables.each(posterior["a_better"], tables.fixed(2)),
            "P(equal)": tables.each(posterior["rope"], tables.fixed(2)),
            "P(worse)": tables.each(posterior["b_better"], tables.fixed(2)),
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
        "Data sets are the sample, problems on the same data one observation. Difference: "
        "pseudo-median over data sets of the differences of medians, in bounded regret, with the "
        "interval of Wilcoxon’s signed-rank test, of each pair alone. p: that test with Holm’s "
        "correction; P: Bayesian signed-rank test with the region of "
        f"practical equivalence of ±{found.rope:g}. “Needed” are data sets that would tell.{cannot}"
    )
    return [
        Heading("For new problems", "pairs-new"),
        PageTable(table, "Verdicts for new problems", ("against", "verdict"),
                  looks=line_styles(found),
                  file="verdicts-new"),
        Note(text, soft=True),
    ]  # fmt: skip


def _counts(frame: pd.DataFrame) -> list[str]:
    rows = frame[["won", "tied", "lost", "repetitions"]].itertuples(index=False)
    return [
        # With so few a problem cannot but be tied, which says nothing.
        tables.NONE
        if row.repetitions < FEWEST and not row.won + row.lost
        else f"{row.won}–{row.tied}–{row.lost}"
        for row in rows
    ]


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
