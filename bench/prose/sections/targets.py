"""What the section of targets says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.curves.equivalents import TWICE
from bench.panels.regret import RANDOM
from bench.prose.phrases import listed, number

if TYPE_CHECKING:
    import pandas as pd

MAX_WORTHS = 3
"""Strategies whose worth the sentence gives."""

ECDF_LABEL = "Share of targets reached against trials"
PROFILES_LABEL = "Performance profiles: share of runs within each normalised regret"
NO_BASELINE = f"There is no strategy called {RANDOM}, from which targets and worth are told."
RUNNING_TIME = (
    "Expected running time: trials spent on all runs until the target, over the runs that "
    "reach it, within the whole budget; median over problems, and on how many of them any run "
    "does. It takes runs for restarts, however long they were; a strategy that had no "
    "candidates left short of the target never reaches it. A target is what random search "
    "reaches in expectation after so many trials."
)


def sentence(saved: pd.DataFrame) -> str:
    """Return what a trial of the best ones is worth.

    Args:
        saved: as `bench.analysis.curves.equivalents.trials_saved` gives it.
    """
    others = saved[~saved["strategy"].isin([RANDOM, TWICE])]
    others = others.dropna(subset="factor").sort_values("factor", ascending=False, kind="stable")
    worths = [
        f"{row.strategy} {worth(row.factor, row.bound)}"
        for row in others.head(MAX_WORTHS).itertuples()
        if not (row.bound and row.factor < 1)
    ]
    if not worths:
        return "Where the strategies get, and how many trials it takes them."
    return f"A trial is worth so many of {RANDOM}: {listed(worths)} (median over problems)."


def worth(factor: float, bound: bool) -> str:
    """Return how many trials of random search a trial is worth, or at least is."""
    if bound and factor < 1:
        return "not told"
    return f"≥ {number(factor)}" if bound else number(factor)


def ecdf_caption(targets: pd.DataFrame, problems: int) -> str:
    """Return what the share of targets reached is.

    Args:
        targets: as `bench.analysis.curves.targets.targets` gives them.
        problems: of the sweep.
    """
    counts = targets[targets["n_repetitions"] > 0].groupby("target_budget")["problem"].nunique()
    after = [
        f"after {count:,} trials" + (f" (on {on} of {problems} problems)" if on < problems else "")
        for count, on in counts.items()
    ]
    return (
        "Share of targets reached after so many trials. Targets are what random "
        f"search reaches, in expectation, {', '.join(after)}, in each repetition; what is "
        "never reached counts. Bands are pointwise 95 % intervals for these problems."
    )


def profiles_caption(when: str) -> str:
    """Return what a performance profile is, by when regret is taken."""
    return (
        f"Share of runs within a normalised regret {when}, every problem "
        "weighing the same; pointwise 95 % intervals for these problems."
    )


def equivalents(when: str) -> str:
    """Return what random-search equivalents are, by when results are taken."""
    return (
        f"Random-search equivalents: how many trials of random search reach the median result "
        f"{when}, over the trials of the budget; median over problems. “At least”, and “not "
        "told” where that is less than one, where the result is better than random draws can tell. "
        f"{TWICE}, twice the trials by definition, stands for random search on two machines."
    )
