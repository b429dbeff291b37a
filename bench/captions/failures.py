"""What the section of failures says."""

from __future__ import annotations

from collections.abc import Collection

from markupsafe import Markup

from bench.panels.panel import STOPPED
from bench.sources.tidy_runs import SHORT
from bench.words import many

NO_FAILURES = "Every run used its whole budget and no trial failed."


def rule(kinds: Collection[str]) -> Markup:
    """Return what a failure counts as.

    Args:
        kinds: of failures that there are.
    """
    text = Markup(
        "A failed trial uses its share of the budget. A run without a completed trial counts as "
        "the worst completed score of its problem."
    )
    if STOPPED in kinds:
        text += Markup(f" A run that <em>{STOPPED}</em> keeps its last score.")
    if SHORT in kinds:
        text += Markup(
            f" A <em>{SHORT}</em> run has fewer trials than the longest run of its problem, for a "
            "reason that is not recorded, and keeps its last score."
        )
    return text


def all_rows(count: int) -> str:
    """Return where all rows are."""
    return f"The file has all {many(count, 'row')}, one a problem and reason."


def cut_reasons(most: int) -> str:
    """Return after how many characters reasons are cut."""
    return f"Reasons are cut after {most} characters; the file has them whole."


def counts(trials: int, of_trials: int, runs: int, of_runs: int, *, short: bool) -> str:
    """Return how many trials failed and how many runs did not end as planned.

    Args:
        trials: that failed.
        of_trials: all of them.
        runs: that did not end as planned.
        of_runs: all of them.
        short: whether runs are only known to be shorter than others.
    """
    what = "are shorter than others" if short else "ended before the budget was used"
    return (
        f"{trials:,} of {many(of_trials, 'trial')} failed; {runs:,} of {many(of_runs, 'run')} "
        f"{what}, or were skipped."
    )


def two_rules(same: bool) -> str:
    """Return what the two rules are, and whether they lead to the same order.

    Args:
        same: whether they do.
    """
    order = (
        "Both rules lead to the same order."
        if same
        else "The two rules lead to different orders: the conclusion depends on the rule."
    )
    return (
        "The table shows the mean normalised regret under two rules: a failure counts as the worst "
        f"completed score (the rule of this page), or as a regret of 1, one random draw. {order}"
    )
