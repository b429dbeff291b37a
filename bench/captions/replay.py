"""What the section of wall-clock time says of a deadline."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bench.prose.phrases import interval, number
from bench.prose.quantities import duration, percent

UNTIMED = "Some trials have no recorded seconds, so wall-clock time is unknown."
LABEL = "Regret at the deadline, by seconds an evaluation takes"
DETAILS = (
    "The deadline has 1 % of grace; a run without a completed trial by then has the worst score."
)


def deadline(by_random: Sequence[bool]) -> str:
    """Return when the deadline is, as `bench.analysis.time.replay.at_deadline` sets it.

    Args:
        by_random: of each problem, whether random search sets it.
    """
    usual, first = "When random search has spent its budget", "when the fastest strategy has"
    if all(by_random):
        return usual
    return f"{usual}, or without it {first}" if any(by_random) else f"W{first[1:]} spent its budget"


def sentence(deadline: str) -> str:
    """Return what the table of the replay shows.

    Args:
        deadline: as `deadline` gives it.
    """
    return (
        f"The table shows the mean normalised regret w{deadline[1:]}, if every evaluation took "
        "as long as the column says."
    )


def schedule(cost: float | None, workers: int) -> str:
    """Return the name of a schedule: seconds an evaluation takes (None: as recorded), workers."""
    name = "as recorded" if cost is None else f"{duration(cost)} each"
    return name + (f", {workers} workers" if workers > 1 else "")


def reached(row: Any) -> str:
    """Return regret, its interval and the share of the trials that were finished.

    Args:
        row: of `bench.analysis.time.replay.at_deadline`.
    """
    span = interval(row.low, row.high)
    parts = [*([span] if span else []), percent(row.budget_share)]
    return f"{number(row.regret)} ({'; '.join(parts)})"
