"""What the section of targets says."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from bench.curves.equivalents import TWICE
from bench.panels.regret import RANDOM
from bench.prose.phrases import listed, number, with_repetitions

if TYPE_CHECKING:
    import pandas as pd

MAX_WORTHS = 3
"""Strategies whose worth the sentence gives."""

ECDF_LABEL = "Share of targets reached against trials"
PROFILES_LABEL = "Performance profiles: share of runs within each normalised regret"
NO_BASELINE = (
    f"No strategy is called {RANDOM}, so targets and random-search equivalents are unknown."
)
RUNNING_TIME = (
    "The expected running time is the trials of all runs until the target, divided by the runs "
    "that reach it (median over problems; in brackets: problems reached)."
)


def sentence(saved: pd.DataFrame, fewer: Mapping[str, int]) -> str:
    """Return what a trial of the best ones is worth.

    Args:
        saved: as `bench.curves.equivalents.trials_saved` gives it.
        fewer: strategy -> its repetitions, of those with fewer than others.
    """
    others = saved[~saved["strategy"].isin([RANDOM, TWICE])]
    others = others.dropna(subset="factor").sort_values("factor", ascending=False, kind="stable")
    worths = [
        f"{with_repetitions(str(row.strategy), fewer)} {worth(row.factor, row.bound)}"
        for row in others.head(MAX_WORTHS).itertuples()
        if not (row.bound and row.factor < 1)
    ]
    if not worths:
        return "This section shows how many trials a strategy needs to reach fixed targets."
    return (
        "In the median over problems one trial is worth this many trials of random search: "
        f"{listed(worths)}."
    )


def worth(factor: float, bound: bool) -> str:
    """Return how many trials of random search a trial is worth, or at least is."""
    if bound and factor < 1:
        return "unknown"
    return f"≥ {number(factor)}" if bound else number(factor)


def reached(middle: float, reached: int, of: int, *, short: bool) -> str:
    """Return the expected running time to a target.

    Args:
        middle: trials, the median over problems.
        reached: problems on which any run reaches the target.
        of: problems on which there is one.
        short: leave the counts out where all problems are reached.
    """
    text = number(middle)
    return text if short and reached == of else f"{text} ({reached} of {of})"


def ecdf_caption(targets: pd.DataFrame, problems: int) -> str:
    """Return what the share of targets reached is.

    Args:
        targets: as `bench.curves.targets.targets` gives them.
        problems: of the sweep.
    """
    counts = targets[targets["n_repetitions"] > 0].groupby("target_budget")["problem"].nunique()
    parts = []
    for on, same in groupby(counts.items(), key=lambda item: int(item[1])):
        after = listed([f"{count:,}" for count, _ in same], len(counts))
        parts.append(f"{after} trials" + (f" on {on} of {problems} problems" * (on < problems)))
    return (
        "Lines show the share of targets reached after each number of trials, over repetitions and "
        "problems, with pointwise 95 % intervals on this problem set. A target is the score "
        "that random search reaches in expectation after "
        f"{', and '.join(parts) or 'some trials'}."
    )


def profiles_caption(when: str) -> str:
    """Return what a performance profile is, by when regret is taken."""
    return (
        f"Lines show the share of runs whose normalised regret {when} is at most τ, over "
        "repetitions, then problems, with pointwise 95 % intervals."
    )


def equivalents(when: str) -> str:
    """Return what random-search equivalents are, by when results are taken."""
    return (
        f"Random-search equivalents are the trials that random search needs for the median score "
        f"{when}, divided by the budget (median over problems). Intervals generalise to new data "
        "sets."
    )


BOUNDS = (
    "The sign ≥ marks a lower bound, where the score is better than the random draws can measure; "
    "a bound below one is unknown."
)
