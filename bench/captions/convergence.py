"""What the chart of convergence over all problems says."""

from __future__ import annotations

from collections.abc import Sequence

from bench.sources.source import first_few

TITLE = "Convergence"
LABEL = "Mean normalised regret against trials, over all problems"
CHART = (
    "Choose a problem to see its own curves. Point at the chart, or use the arrow keys, to read "
    "values."
)
"""What the chart does where scripts run."""


def caption(partial: Sequence[str]) -> str:
    """Return what the figure shows.

    Args:
        partial: strategies that did not run on each problem.
    """
    return (
        "Lines show the mean normalised regret over repetitions, then problems; bands show 95 % "
        "intervals on this problem set."
        f"{_fewer(partial)}"
    )


def _fewer(partial: Sequence[str]) -> str:
    if not partial:
        return ""
    return (
        f" These strategies ran on fewer problems, so their means are not comparable: "
        f"{first_few(partial)}."
    )
