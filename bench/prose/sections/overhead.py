"""What the section of the strategies' own time says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.prose.quantities import duration

if TYPE_CHECKING:
    import pandas as pd

UNTIMED = "Not every row holds its seconds, so nothing can be said of it."
LABEL = "Milliseconds a trial each strategy takes itself, against the trial number"
CAPTION = (
    "Time a strategy takes to suggest and to learn, by trial: median and quartiles over all runs "
    "that got so far; a line may jump where some end."
)


def sentence(seconds: pd.Series) -> str:
    """Return what the cheapest and the dearest take for a trial.

    Args:
        seconds: a trial, by strategy.
    """
    seconds = seconds.dropna()
    if seconds.empty:
        return "No strategy finished a trial."
    low, high = (duration(float(end)) for end in (seconds.min(), seconds.max()))
    span = f"from {low} ({seconds.idxmin()}) to {high} ({seconds.idxmax()})"
    span = low if low == high else span
    return f"To suggest and to learn takes {span} a trial, the median over runs."
