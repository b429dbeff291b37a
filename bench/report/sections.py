"""The sections of a report's page, a function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from bench.report import tables
from bench.report.page import Bullets, Item, Note, PageFigure, PageTable, Section, Terms

if TYPE_CHECKING:
    import pandas as pd

Looks = Mapping[str, Mapping[str, Any]]


def problems(items: Sequence[Item]) -> Section:
    """Return the section of the problems, one after the other."""
    return Section("problems", "Problems", "The curves and final values of each problem.", items)


def ranks(figure: PageFigure) -> Section:
    """Return the section of ranks."""
    sentence = "Where the strategies stand against each other over all problems."
    return Section("ranks", "Ranks", sentence, [figure])


def overhead(figure: PageFigure | None) -> Section:
    """Return the section of the strategies' own time."""
    return Section(
        "overhead",
        "Strategy overhead",
        "The time a strategy takes itself, to suggest and to learn.",
        [figure or Note("There is nothing to show yet.")],
    )


def accounts(frame: pd.DataFrame) -> Section:
    """Return the section of what did not go as planned.

    Args:
        frame: as `bench.analysis.failures.account` returns it.
    """
    title = "Failures, skips, unused budgets"
    if frame.empty:
        return Section(
            "accounts", title, "Every run used its whole budget and no trial failed.", []
        )
    rule = Markup(
        "Failed trials cost their full price and count; a run that ended without any completed "
        "trial counts as the problem’s worst completed value, in tables, ranks and curves, and as "
        "its worst test value. An <em>exhausted</em> strategy had nothing more to suggest and "
        "keeps its last value."
    )
    table = PageTable(
        frame, "Failures, skips and exhausted runs", ("problem", "strategy", "reason")
    )
    return Section("accounts", title, "What did not go as planned, and why.", [Note(rule), table])


def method(sets: str, resamples: str) -> Section:
    """Return the section that says how the numbers came about.

    Args:
        sets: the strategies that are a set of points, in words.
        resamples: how many a bootstrap has, in words.
    """
    texts = [
        Markup(
            "The incumbent is the best <em>validation</em> value among completed trials, the "
            "earliest on ties. No strategy and no table picks by test value; the test value shown "
            "is the incumbent’s. The test gap is how much worse it is than the validation value "
            "(negative: better); its median is taken over the gaps, so it need not be the "
            "difference of the two medians beside it."
        ),
        "Curves are steps, drawn from the first trial after which every repetition has an "
        "incumbent; lines are medians over repetitions, bands their quartiles (25–75 %).",
        "Against seconds a curve begins once every repetition has an incumbent and ends where the "
        "last one has used its budget; that of an exhausted strategy is held to the edge. Where a "
        "trial takes microseconds this clock shows little but the strategy’s own time.",
        "A repetition fixes splits, shifts and noise, the same for every strategy.",
        f"{sets}: a set of points, so its curve against trials is the exact expectation over all "
        "orders it could be run in. Against seconds it is the order that ran."
        if sets
        else "",
        "The clock in seconds is evaluation (fitting and scoring in the folds) plus the strategy’s "
        "own time (ask and tell), one BLAS thread. The refit for the test value is on nobody’s "
        "clock, nor is a strategy’s start, which mostly imports its library.",
        "The interval of a median is a percentile bootstrap over repetitions, 95 %, "
        f"{resamples} resamples, fixed seed. No hypothesis is tested on this page.",
    ]
    sentence = "How each number on this page came about."
    return Section("method", "Method", sentence, [Bullets([text for text in texts if text])])


def entries(
    runs: pd.DataFrame, strategies: Sequence[str], problems: Sequence[str], seeds: Sequence[int]
) -> Section:
    """Return the section of what stands behind the labels.

    Args:
        runs: a row a run.
        strategies: labels in the order to show.
        problems: the same.
        seeds: the master seeds, where they are known.
    """
    known = f"Master seed {', '.join(map(str, seeds))}. " if seeds else ""
    items: list[Item] = [Note(f"{known}Every setting, defaults included:")]
    for kind, labels in (("strategy", strategies), ("problem", problems)):
        rows = tables.entries(runs, kind, labels)
        items.append(PageTable(rows, f"The labels of each {kind}", ("name", "settings", "library")))
    return Section("entries", "What ran", "Each label’s name, version and settings.", items)


def environment(pairs: Sequence[tuple[str, str]], command: str) -> Section:
    """Return the section of the environment and the command that rebuilds the page."""
    text = Markup(
        "All of this page is computed from <code>trials.parquet</code> (a row a trial) and "
        "<code>runs.parquet</code> (a row a run, those without a trial too) beside it, "
        "up to a million rows also as CSV. To rebuild it:"
    )
    items: list[Item] = [Terms(pairs), Note(text), Note(command, code=True)]
    sentence = "Where it ran, and the command that rebuilds this page."
    return Section("environment", "Environment", sentence, items)


def leaderboard(
    board: pd.DataFrame | None,
    looks: Looks,
    *,
    any_trials: bool,
    tie: str = "",
    few: int = 0,
    missing: str = "",
    unranked: str = "",
) -> list[Item]:
    """Return what stands under the heading Leaderboard.

    Args:
        board: its texts, or None while nothing can be ranked.
        looks: strategy -> look.
        any_trials: whether there is a trial at all.
        tie: the rank of strategies that do not differ.
        few: the repetitions, where there are too few for good intervals.
        missing: pairs that did not run, in words.
        unranked: problems that are not ranked, in words.
    """
    if board is None:
        why = "No run has ended yet" if any_trials else "No trial has been recorded"
        return [Note(f"{why}: nothing can be concluded.")]
    how = (
        "Final validation value, ranked in each problem and repetition (ties share the mean of "
        "their ranks), averaged over repetitions, then problems; a repetition counts once every "
        f"strategy that runs on the problem has ended it. Strategies that do not differ would all "
        f"be at {tie}. Intervals: bootstrap over repetitions, so they speak of these problems, not "
        "of new ones. “Best on” counts the best median; ties count for each."
    )
    if few:
        how += (
            f" With {few} repetition{'s' if few > 1 else ''} a problem the intervals are rough; "
            "20 or more are advised."
        )
    items: list[Item] = [PageTable(board, "Leaderboard", looks=looks), Note(how, soft=True)]
    if missing:
        items.append(
            Note(
                f"Not run, and therefore missing from ranks: {missing}. A mean over fewer problems "
                "is not comparable with the others."
            )
        )
    if unranked:
        items.append(
            Note(
                "Not ranked, because a strategy has not ended there or no trial of the problem "
                f"completed: {unranked}."
            )
        )
    return items
