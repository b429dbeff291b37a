"""What the section of wall-clock time says of a deadline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.prose.phrases import interval, listed, number
from bench.prose.quantities import duration, percent

UNTIMED = "Not every row holds its seconds, so nothing can be said of time."
LABEL = "Regret at the deadline, by seconds an evaluation takes"


def sentence(least: Mapping[tuple[str, ...], Sequence[float | None]], deadline: str) -> str:
    """Return whose regret is the least at which cost of an evaluation.

    Args:
        least: strategies -> for which seconds of an evaluation (None: as recorded).
        deadline: as `deadline` gives it.
    """
    if not least:
        return "What is reached when time is counted, not trials."
    if len(least) == 1:
        parts = [f"that of {listed(next(iter(least)))}, at each cost of an evaluation below"]
    else:
        parts = [
            f"that of {listed(names)} if an evaluation takes {' or '.join(map(_taken, costs))}"
            for names, costs in least.items()
        ]
    return f"{deadline}, the least mean regret is {'; '.join(parts)}."


def _taken(cost: float | None) -> str:
    return "as long as recorded" if cost is None else duration(cost)


def deadline(by_random: Sequence[bool]) -> str:
    """Return when the deadline is, as `bench.analysis.time.replay.at_deadline` sets it.

    Args:
        by_random: of each problem, whether random search sets it.
    """
    usual, first = "When random search has spent its budget", "when the fastest strategy has"
    if all(by_random):
        return usual
    return f"{usual}, or without it {first}" if any(by_random) else f"W{first[1:]} spent its budget"


def how(deadline: str) -> str:
    """Return what is replayed, and how.

    Args:
        deadline: as `deadline` gives it.
    """
    return (
        f"{deadline} (in that repetition, a hundredth of grace), this is the "
        "normalised regret each strategy has reached by then (mean over repetitions, then "
        "problems; in brackets its 95 % interval for these problems, and the share of the "
        "trials it came to), if an evaluation took so long. Before its "
        "first trial is finished a run counts as the worst value. The schedule is ideal: "
        "nothing but evaluations and the strategy’s own recorded seconds takes time. With "
        "several workers it flatters strategies that learn: they suggest as if every earlier "
        "result were known."
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
