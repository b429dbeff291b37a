"""What the section of simulated workers says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.prose.phrases import listed, number
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Simulated workers"
LABEL = "Speed-up and loss by number of workers"
FIGURE = "Speed-up of a run, and loss of regret, against the number of workers"
SPEEDUP = (
    "Speed-up is the time of a run with one worker, divided by its time with several, until the "
    "last trial finishes. The time holds evaluations and the strategy's own seconds, on the clock "
    "of the run. Speed-up is the geometric mean over the repetitions in which both runs spend the "
    "same budget, then over problems. Efficiency is speed-up divided by the number of workers. "
    "Busy is the share of the workers' time in which they evaluate."
)
TARGET = (
    "The speed-up to equal regret compares the expected running times (ERT, in seconds) to a "
    "target, the regret that one worker has after half of the budget. It is the median over the "
    "other repetitions, so that one worker can miss the target, too. A run that misses it counts "
    "with its whole time; missed is the share of such runs. Where every run of a problem misses "
    "it, the ERT is not known; their total time stands for it, as if one had reached it."
)


def sentences(frame: pd.DataFrame, when: str) -> list[str]:
    """Return for each family that has a baseline what its largest number of workers comes to.

    Args:
        frame: as `bench.analysis.time.workers.workers` gives it.
        when: at which point of a run regret is compared.
    """
    compared = frame[(frame["n_workers"] > 1) & (frame["n_problems"] > 0)]
    largest = compared.loc[compared.groupby("family", sort=False)["n_workers"].idxmax()]
    return [_sentence(row, when) for row in largest.itertuples()]


def _sentence(row: Any, when: str) -> str:
    count = many(int(row.n_workers), "worker")
    faster = ""
    if row.n_timed_problems:
        over = _over(row.speedup_low, row.speedup_high, row.n_timed_problems)
        faster = (
            f"With {count}, {row.family} finishes a run {number(row.speedup)} times as fast as "
            f"with one ({over})"
        )
    low, high = row.loss_low, row.loss_high
    low, high = (-high, -low) if row.loss < 0 else (low, high)
    over = _over(low, high, row.n_problems)
    moved = f"is {number(abs(row.loss))} {'higher' if row.loss > 0 else 'lower'} ({over})"
    moved = moved if row.loss else "does not change"
    if faster:
        return f"{faster}, and its mean bounded regret {when} {moved}."
    return f"With {count} instead of one, the mean bounded regret of {row.family} {when} {moved}."


def _over(low: float, high: float, problems: int) -> str:
    span = f"95 % interval {number(low)} to {number(high)}, " if low == low else ""
    return span + many(int(problems), "problem")


def nothing(frame: pd.DataFrame) -> str:
    """Return that no family has a run with one worker.

    Args:
        frame: as `bench.analysis.time.workers.workers` gives it.
    """
    return (
        f"No speed-up is known, because {listed(list(frame['family'].unique()))} did not run with "
        "one worker."
    )


def alone(frame: pd.DataFrame) -> str:
    """Return which families have nothing to be compared with; nothing where all have.

    Args:
        frame: as `bench.analysis.time.workers.workers` gives it.
    """
    names = list(frame.loc[frame["baseline"] == "", "family"].unique())
    if not names or len(names) == frame["family"].nunique():
        return ""
    return (
        f"{listed(names)} did not run with one worker and the same settings, so speed-up and loss "
        "are unknown."
    )


def untimed(problems: Sequence[str]) -> str:
    """Return which problems have no times; nothing where all have.

    Args:
        problems: whose evaluations have no cost of their own.
    """
    if not problems:
        return ""
    return (
        f"The times leave out {listed(problems)}, which give no cost of an evaluation; "
        "“costly:” gives a function one."
    )


def caption(*, timed: bool, repetitions: int) -> str:
    """Return the caption of the figure.

    Args:
        timed: whether any speed-up is known.
        repetitions: the fewest of a problem.
    """
    loss = "the loss, regret with several workers minus regret with one, against the workers"
    text = f"Lines show {loss}."
    if timed:
        text = f"The first panel shows speed-up on log scales, the second {loss}."
    bars = " Vertical bars are 95 % intervals on this problem set." if repetitions > 1 else ""
    return f"{text} Both are means over repetitions, then problems.{bars}" if timed else text + bars


def how(*, timed: bool, targets: bool, when: str) -> list[str]:
    """Return how the columns are computed, a paragraph each.

    Args:
        timed: whether any speed-up is known.
        targets: whether any speed-up to equal regret is.
        when: at which point of a run regret is compared.
    """
    loss = (
        f"Loss is the bounded regret {when} with several workers, minus that with one worker: the "
        "mean paired difference over repetitions, then problems. Above 0, several workers are "
        "worse."
    )
    return [*([SPEEDUP] if timed else []), loss, *([TARGET] if targets else [])]
