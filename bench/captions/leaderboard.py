"""What stands beside the leaderboard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bench.captions.tags import named
from bench.prose.phrases import listed, number
from bench.sources.source import first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

ADVISED_REPETITIONS = 20
"""Repetitions from which intervals are good."""

HOW = "How this is computed"
"""What opens the texts of `how`."""


def nothing(any_trial: bool) -> str:
    """Return why there is no leaderboard, by whether a trial has been recorded."""
    full = "No run has a full evaluation with a value"
    why = full if any_trial else "No trial has been recorded"
    return f"{why}: nothing can be concluded."


def reading(
    *, when: str, ranked: int, short: Sequence[str], repetitions: int, fewer: Mapping[str, int]
) -> str:
    """Return how the leaderboard is to be read.

    Args:
        when: at which point of a run scores are taken.
        ranked: strategies with a rank.
        short: problems that are left out, since their budget ends before.
        repetitions: the fewest that a strategy has of a problem.
        fewer: strategy -> its repetitions, of those planned with fewer than others.
    """
    even = f" The expected rank under no difference is {(ranked + 1) / 2:g}." if ranked > 1 else ""
    text = (
        f"The table shows mean rank and mean normalised regret {when}, with 95 % intervals on this "
        f"problem set.{even} No two strategies of one group differ significantly."
    )
    if short:
        text += (
            f" Problems with fewer trials are left out of the scores: {first_few(short)}. "
            "The counts are of all problems."
        )
    if repetitions < ADVISED_REPETITIONS:
        whose = [name for name, count in fewer.items() if count < ADVISED_REPETITIONS]
        of = listed(whose) if whose else "a strategy on a problem"
        text += (
            f" With {many(repetitions, 'repetition')} of {of} the intervals are rough; "
            f"{ADVISED_REPETITIONS} or more are advised."
            if repetitions > 1
            else " A single repetition gives no interval."
        )
    return text


def how(
    *, bounded: bool, speed: bool, kinds: bool, budgets: bool, limits: Sequence[str]
) -> list[str]:
    """Return how the columns are computed, a paragraph each.

    Args:
        bounded: whether there is a column of bounded regret.
        speed: whether the strategies' own seconds are known.
        kinds: whether the problems can be filtered by tag.
        budgets: whether there is a choice of the number of trials.
        limits: titles of the columns of trials that a limit ended.
    """
    texts = [
        "Strategies are ranked within each problem and repetition. A rank counts how often a "
        "strategy is ahead, regret by how much.",
        "IQM and AUC are of normalised regret too; every problem weighs the same.",
        "“Best median” counts the problems on which a strategy has the best median, ties included.",
        "n counts the runs with a value, of those planned. Failed is the share of failed trials.",
        "The small curve is the mean normalised regret over trials.",
    ]
    if limits:
        texts.append(
            f"{' and '.join(limits)} {'is' if len(limits) == 1 else 'are'} of all trials, and part "
            "of Failed: the evaluation exceeded a limit of the sweep and was ended."
        )
    if bounded:
        texts.append("Verdicts use bounded regret.")
    if speed:
        texts.append("Speed is 1 / median time of ask and tell per trial.")
    if kinds:
        texts.append(
            "The filter computes every column from the problems with one tag "
            "(tables/leaderboard-by-tag.csv)."
        )
    if budgets:
        texts.append(
            "Another choice of trials changes ranks and regrets; failures, speed and the small "
            "curve are of whole runs."
        )
    return texts


def every(problems: int) -> str:
    """Return the choice of all problems in the filter.

    Args:
        problems: how many there are.
    """
    return f"all {many(problems, 'problem')}"


def tagged(tags: Sequence[str], problems: int) -> str:
    """Return a choice of the filter.

    Args:
        tags: of the same problems.
        problems: how many there are.
    """
    return f"{named(tags)} ({many(problems, 'problem')})"


def budget(trials: int | None, unit: str) -> str:
    """Return a choice of the number of trials.

    Args:
        trials: after how many; None for the whole budget of each problem.
        unit: what the budget counts, in the singular.
    """
    return many(trials, unit) if trials else "the whole budget"


def when(trials: int | None, unit: str) -> str:
    """Return at which point of a run the scores of such a choice are taken.

    Args:
        trials: after how many; None for the whole budget of each problem.
        unit: what the budget counts, in the singular.
    """
    return f"after {budget(trials, unit)}"


def chosen(problems: Sequence[str], total: int) -> str:
    """Return what a choice of the filter leaves.

    Args:
        problems: labels.
        total: how many problems there are without the filter.
    """
    return f"{len(problems)} of {many(total, 'problem')}: {first_few(problems)}."


def curve(points: Sequence[tuple[float, float]]) -> str:
    """Return what a small curve shows, for a screen reader.

    Args:
        points: trials and mean normalised regret, in the order of trials.
    """
    if not points:
        return "no curve"
    (first, start), (last, end) = points[0], points[-1]
    text = f"mean normalised regret {number(start)} after {many(int(first), 'trial')}"
    return text if len(points) == 1 else f"{text}, {number(end)} after {many(int(last), 'trial')}"


def missing(gone: pd.DataFrame) -> str:
    """Return which runs are missing and what that means; nothing where none is.

    Args:
        gone: as `bench.curves.leaderboard.missing` gives them.
    """
    if gone.empty:
        return ""
    cells = [
        f"{row.strategy} on {row.problem}"
        + (f" ({row.n_there} of {row.n_repetitions})" if row.n_there else "")
        for row in gone.itertuples()
    ]
    return (
        f"Missing runs, all or some repetitions: {first_few(cells)}. A strategy that lacks "
        "problems is ranked against each other strategy on the problems that both have. The means "
        "of such a strategy are over fewer problems and not comparable. Two strategies are "
        "compared on the repetitions that both have."
    )


def unranked(problems: Sequence[str]) -> str:
    """Return which problems have no value; nothing where all have."""
    if not problems:
        return ""
    return (
        f"Problems without a completed trial in a run that ended are not ranked: "
        f"{first_few(problems)}."
    )
