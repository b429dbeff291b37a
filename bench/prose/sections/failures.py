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
        "Failed trials cost their full price and count; a run that ended without any completed "
        "trial counts as the problem’s worst completed value, in tables, ranks and curves, and as "
        "its worst test value."
    )
    if STOPPED in kinds:
        text += Markup(
            f" A run that <em>{STOPPED}</em> had no candidates left and keeps its last value."
        )
    if SHORT in kinds:
        text += Markup(
            f" A <em>{SHORT}</em> run has fewer trials than the longest of its problem; the table "
            "does not say why. It keeps its last value."
        )
    return text


def all_rows(count: int) -> str:
    """Return where all rows are."""
    return f"All {many(count, 'row')}, one a problem and reason, are in tables/failures.csv."


def cut_reasons(most: int) -> str:
    """Return after how many characters reasons are cut."""
    return f"Reasons are cut after {most} characters; they are whole in tables/failures.csv."


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
    """Return what the two rules are, and whether they lead to the same order."""
    order = (
        "Both lead to the same order."
        if same
        else "The two lead to different orders: the conclusion hangs on the rule."
    )
    return (
        "Mean normalised regret if what fails counts as the worst completed value (the rule of "
        "this page), and if it counts as a regret of 1, what stands for one random draw. "
        f"{order}"
    )
