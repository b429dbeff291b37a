"""What the chart of convergence over all problems says."""

from __future__ import annotations

from collections.abc import Sequence

from bench.sources.source import first_few

LABEL = "Normalised regret against trials, mean over all problems"


def caption(ends: str, partial: Sequence[str]) -> str:
    """Return what the figure shows.

    Args:
        ends: what regret 0 and 1 are.
        partial: strategies that did not run on each problem.
    """
    return (
        f"Mean normalised regret after each number of trials ({ends}), over "
        f"repetitions, then problems; one with a smaller budget keeps its last value."
        f"{_fewer(partial)} Bands are 95 % intervals for these problems."
    )


def chart_caption(partial: Sequence[str]) -> str:
    """Return what the interactive chart shows.

    Args:
        partial: as in `caption`.
    """
    return (
        f"All problems: mean normalised regret with its 95 % interval.{_fewer(partial)} One "
        "problem: median and quartiles over repetitions; where the optimum is known, the distance "
        "to it, elsewhere the axis shows where the curves end up. Point at the chart, or move "
        "along it with the arrow keys, to read the values."
    )


def _fewer(partial: Sequence[str]) -> str:
    if not partial:
        return ""
    return f" Of {first_few(partial)} it is a mean over fewer problems, and not comparable."
