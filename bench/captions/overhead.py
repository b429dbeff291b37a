"""What the section of the strategies' own time says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.prose.quantities import duration

if TYPE_CHECKING:
    import pandas as pd

UNTIMED = "Some trials have no recorded seconds, so the strategies' own time is unknown."
LABEL = "Milliseconds of ask and tell a trial, by strategy, against the trial number"
CAPTION = (
    "Lines show the median time of ask and tell by trial number over the runs that reached it, "
    "bands show quartiles."
)
SHARE = "Share of run time is ask and tell, divided by ask, tell and evaluations, median over runs."


def sentence(seconds: pd.Series) -> str:
    """Return what the cheapest and the most expensive strategy take for a trial.

    Args:
        seconds: a trial, by strategy.
    """
    seconds = seconds.dropna()
    if seconds.empty:
        return "No strategy finished a trial."
    low, high = (duration(float(end)) for end in (seconds.min(), seconds.max()))
    span = f"from {low} ({seconds.idxmin()}) to {high} ({seconds.idxmax()})"
    span = low if low == high else span
    return f"Ask and tell take {span} per trial, in the median over runs."
