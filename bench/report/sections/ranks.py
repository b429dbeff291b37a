"""The section of ranks: at the end, over the budget, and what is told apart."""

from __future__ import annotations

import math

from bench.analyses import Analyses
from bench.inference.estimates import ALPHA
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Item, Note, PageTable, Section
from bench.report.sections.common import BASELINE, line_styles, ran
from bench.sources.source import listed
from bench.words import many


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section."""
    items: list[Item] = [
        builder.figure(
            figures.ranks,
            found.board,
            line_styles(found),
            name="ranks",
            label="Mean rank of each strategy with its intervals",
            caption="Mean rank of runs, taken in each repetition, with its 95 % interval: thick "
            "for these problems (repetitions are the sample), thin for new ones (data sets are).",
        ),
        builder.figure(
            figures.ranks_over_budget,
            found.ranks,
            line_styles(found),
            name="ranks-over-budget",
            label="Mean rank against trials",
            caption="Mean rank of runs after each number of trials, 95 % intervals for these "
            "problems.",
        ),
        *_critical(found, builder),
        *_crossings(found),
    ]
    return Section("ranks", "Ranks and critical difference", _told(found), items)


def _told(found: Analyses) -> str:
    """Return what the tests over data sets say, in words."""
    test = found.friedman.iloc[0]
    if math.isnan(test["p"]):
        return "Mean ranks over the budget; no test over data sets can be done."
    differ = "differ" if test["p"] <= ALPHA else "are not shown to differ"
    pairs = found.wilcoxon
    apart = int((pairs["p_holm"] <= ALPHA).sum())
    return (
        f"Over {int(test['blocks'])} data sets {int(test['strategies'])} strategies {differ} "
        f"(Friedman’s test, {tables.equation('p', test['p'])}); Wilcoxon’s tells "
        f"{apart or 'none'} of {many(len(pairs), 'pair')} apart."
    )


def _critical(found: Analyses, builder: Builder) -> list[Item]:
    test = found.friedman.iloc[0]
    blocks, count = int(test["blocks"]), int(test["strategies"])
    if count < 2 or blocks < 2 or math.isnan(test["p"]):
        return [
            Note(
                f"No test over data sets: Friedman’s needs two strategies, two data sets and a "
                f"difference; there are {count} and {blocks}."
                if count < 2 or blocks < 2
                else "No test over data sets: the strategies do not differ anywhere."
            )
        ]
    text = (
        f"Friedman’s test over {blocks} data sets ({count} strategies, medians of bounded "
        f"regret): χ² = {test['chi2']:.2f}, {tables.equation('p', test['p'])}"
        f"{_iman(test['f'], test['p_f'])}. Bars join strategies that Wilcoxon’s signed-rank test "
        f"with Holm’s correction over all pairs does not tell apart (α = .05)."
    )
    text += _untested(found)
    if not found.wilcoxon["reachable"].any():
        text += (
            f" With {blocks} data sets it cannot tell any apart: "
            f"{int(found.wilcoxon['needed'].max())} are needed."
        )
    figure = builder.figure(
        figures.critical,
        found.mean_ranks,
        found.cliques,
        line_styles(found),
        name="critical",
        label="Critical-difference diagram: mean ranks over data sets, joined where not told apart",
        caption="Mean rank of medians: in each data set strategies are ranked by their median. "
        "The leaderboard has the mean rank of runs, taken in each repetition. A bar is dotted past "
        "a strategy that is not in its group.",
    )
    return [Note(text), figure]


def _untested(found: Analyses) -> str:
    """Return what the test leaves out, in words."""
    strategies, blocks = found.untested
    parts = [
        *([f"{listed(strategies)} (on too few data sets)"] if strategies else []),
        *([f"{listed(blocks)} (data sets on which not all others ran)"] if blocks else []),
    ]
    return f" Left out: {'; '.join(parts)}." if parts else ""


def _iman(f: float, p: float) -> str:
    return (
        "" if math.isnan(f) else f" (Iman and Davenport’s F = {f:.2f}, {tables.equation('p', p)})"
    )


def _crossings(found: Analyses) -> list[Item]:
    names = ran(found)
    if not names:
        return []
    frame = found.crossings
    baseline = BASELINE if BASELINE in names else names[-1]
    part = frame[(frame["other"] == baseline)].set_index("strategy")
    part = part.loc[[name for name in names if name in part.index]]
    if part.empty:
        return []
    table = tables.texts(
        {
            "strategy": part.index,
            f"ahead of {baseline}": [_from(row) for row in part.to_dict("records")],
            "95 %": [_between(row) for row in part.to_dict("records")],
            "never": tables.each(part["never"], tables.percent),
        }
    )
    text = (
        f"Crossing budgets: from how many trials on the mean normalised regret of a strategy stays "
        f"below that of {baseline}, with the interval over resampled repetitions and the share of "
        "them in which it is not ahead at the end. Every pair is in tables/crossings.csv."
    )
    return [
        Note(text),
        PageTable(table, f"From when on ahead of {baseline}",
                  looks=line_styles(found), file="crossings",
                  raw=frame),
    ]  # fmt: skip


def _from(row: dict[str, float]) -> str:
    if row["trials"] != row["trials"]:
        return tables.NONE
    if math.isinf(row["trials"]):
        return "not at the end"
    return "from the first trial" if row["trials"] <= 1 else f"from {row['trials']:.0f} trials"


def _between(row: dict[str, float]) -> str:
    if row["low"] != row["low"] or row["high"] != row["high"]:
        return tables.NONE
    low, high = ("never" if math.isinf(row[k]) else f"{row[k]:.0f}" for k in ("low", "high"))
    return low if low == high else f"{low} to {high}"
