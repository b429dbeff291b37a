"""What stands beside the leaderboard."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.sources.source import first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

ADVISED_REPETITIONS = 20
"""Repetitions from which intervals are good."""


def nothing(any_trial: bool) -> str:
    """Return why there is no leaderboard, by whether a trial has been recorded."""
    full = "No run has a full evaluation with a value"
    why = full if any_trial else "No trial has been recorded"
    return f"{why}: nothing can be concluded."


def reading(
    *, when: str, ends: str, ranked: int, bounded: bool, short: Sequence[str], repetitions: int
) -> str:
    """Return how the leaderboard is to be read.

    Args:
        when: at which point of a run scores are taken.
        ends: what regret 0 and 1 are.
        ranked: strategies with a rank.
        bounded: whether there is a column of bounded regret.
        short: problems that are left out, since their budget ends before.
        repetitions: the fewest that a strategy has of a problem.
    """
    middle = f"{(ranked + 1) / 2:g}"
    same = f"; strategies that do not differ would all be at {middle}" if ranked > 1 else ""
    text = (
        f"{when[0].upper()}{when[1:]}. Ranks are taken in each problem and repetition, "
        f"averaged over repetitions, then problems{same}. Regret is normalised: {ends}; "
        "mean, interquartile mean (IQM) and area under the curve over the logarithm of trials "
        "(AUC), every problem weighing the same. A rank counts how often a strategy is ahead, "
        "regret by how much, so the two may disagree. Strategies of a group are not told apart "
        "from its first by the verdicts for these problems, which are corrected for all pairs, so "
        "intervals of two that share a group may lie apart. “Best on” counts the best median; ties "
        "count for each. Intervals: 95 %, repetitions are the sample, so they speak of these "
        "problems; those for new problems are in the figure under Ranks and in "
        "tables/leaderboard.csv."
    )
    if bounded:
        text += " Bounded regret is regret up to 1 and 2 − 1 / regret beyond; verdicts go by it."
    if short:
        text += (
            f" Left out, since they have fewer trials: {first_few(short)}; “best on” is of "
            "all problems."
        )
    if repetitions < ADVISED_REPETITIONS:
        text += (
            f" With {many(repetitions, 'repetition')} of a strategy on a problem they are rough; "
            f"{ADVISED_REPETITIONS} or more are advised."
            if repetitions > 1
            else " A single repetition gives no interval at all."
        )
    return text


def missing(gone: pd.DataFrame) -> str:
    """Return which runs are missing and what that means; nothing where none is.

    Args:
        gone: as `bench.analysis.curves.leaderboard.missing` gives them.
    """
    if gone.empty:
        return ""
    cells = [
        f"{row.strategy} on {row.problem}"
        + (f" ({row.n_there} of {row.n_repetitions})" if row.n_there else "")
        for row in gone.itertuples()
    ]
    return (
        f"Missing, wholly or some repetitions: {first_few(cells)}. A strategy that lacks "
        "problems is ranked against each other one on those both have; its means are over fewer "
        "problems and not comparable. Means are over the repetitions that a strategy has; two "
        "strategies are compared on the repetitions that both have."
    )


def unranked(problems: Sequence[str]) -> str:
    """Return which problems have no value; nothing where all have."""
    if not problems:
        return ""
    return f"Not ranked, since no trial of a run that ended has completed: {first_few(problems)}."
