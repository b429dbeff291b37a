"""What the section of tuning on another metric says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.prose.phrases import interval, listed, number
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Tuning on another metric"
LABEL = "What the choice by each metric loses under every other metric"
CAPTION = (
    "Cells show what the choice by the metric of the row loses under the metric of the column: the "
    "mean difference in bounded test regret, over strategies, repetitions and problems, to the "
    "choice by that metric itself. An asterisk marks a metric that the sweep tuned."
)
READING = (
    "Each run chooses, for every metric, the completed trial with the best validation score. The "
    "tables show what the choice by the metric of the row loses in test score under the metric of "
    "the column, against the choice by that metric itself, with 95 % intervals on this problem "
    "set. The unit is bounded test regret: 0 is the best trial, 1 the median trial. Below 0, the "
    "choice by the other metric is better."
)
GENERALISES = "†"
DAGGER = (
    f"A dagger ({GENERALISES}) marks a loss whose 95 % interval generalising to new data sets "
    "excludes 0; the files have these intervals."
)
NO_DAGGER = (
    "No loss has a 95 % interval that excludes 0 generalising to new data sets; the files have "
    "these intervals."
)
HOW = (
    "Test regret is 0 for the best test score of all trials of a repetition, and 1 for the median "
    "trial of random, or of all strategies where random did not run. It is bounded as validation "
    "regret is, and unknown where the median trial is as good as the best.",
    "The mean is taken over the strategies that choose, then over repetitions and problems. All "
    "choices are made after the whole budget, among full evaluations; of equal ones the earliest "
    "is chosen.",
    "The losses are those of a choice, not of a search: the strategies tuned the metric of the "
    "sweep, and would have evaluated other configurations for another metric. The 95 % intervals "
    "are per pair, not corrected for multiple comparisons.",
)


def generalises(frame: pd.DataFrame) -> pd.Series:
    """Return which losses have an interval that excludes 0 generalising to new data sets.

    Args:
        frame: as `bench.analysis.other_metrics.other_metrics` gives it.
    """
    return (frame["loss_new_low"] > 0) | (frame["loss_new_high"] < 0)


def dagger(frame: pd.DataFrame) -> str:
    """Return what marks the losses that generalise; empty where no interval to new data sets is.

    Args:
        frame: as `bench.analysis.other_metrics.other_metrics` gives it.
    """
    if frame["loss_new_low"].isna().all():
        return ""
    return DAGGER if generalises(frame).any() else NO_DAGGER


def sentence(frame: pd.DataFrame) -> str:
    """Return which choice costs most, of those whose interval is above 0, or else of all.

    Args:
        frame: as `bench.analysis.other_metrics.other_metrics` gives it, with a row at least.
    """
    sure = frame[frame["loss_low"] > 0]
    row = (sure if len(sure) else frame).sort_values("loss", ascending=False, kind="stable").iloc[0]
    ends = interval(row["loss_low"], row["loss_high"])
    new = interval(row["loss_new_low"], row["loss_new_high"])
    of = f"{many(int(row['n_problems']), 'problem')} of {row['kind']}"
    within = f"95 % interval {ends}{f', generalising to new data sets {new}' if new else ''}"
    unit = f"bounded test regret of {row['scored_by']}"
    size = f"{number(row['loss'])} in {unit} ({f'{within}; ' if ends else ''}{of})"
    pair = f"by {row['chosen_by']} instead of {row['scored_by']}"
    if len(sure):
        return (
            f"Choosing {pair} costs {size}, the most of all pairs of metrics whose interval is "
            f"above 0. {_above(frame, len(sure))}"
        )
    if not ends:
        return f"The largest loss is that of choosing {pair}: {size}."
    return (
        "No choice by another metric has a loss whose 95 % interval on this problem set is above "
        f"0. The largest mean loss is that of choosing {pair}: {size}."
    )


def _above(frame: pd.DataFrame, count: int) -> str:
    """Return how many intervals are above 0, on this problem set and on new data sets."""
    known = frame["loss_new_low"].notna()
    both = (
        f"; generalising to new data sets, {int((frame['loss_new_low'] > 0).sum()):,} of "
        f"{known.sum():,} are"
        if known.any()
        else ""
    )
    return f"On this problem set, {count:,} of {len(frame):,} intervals are above 0{both}."


def table(kind: str) -> str:
    """Return the title of the table of a kind of task.

    >>> table("regression")
    'Loss under another metric: regression'
    """
    return f"Loss under another metric: {kind}"


def problems(kind: str, frame: pd.DataFrame) -> str:
    """Return how many problems a table is of, and which of its metrics the sweep tuned.

    Args:
        kind: of task.
        frame: its rows, as `bench.analysis.other_metrics.other_metrics` gives them.
    """
    tuned = frame.drop_duplicates("chosen_by")
    tuned = tuned[tuned["n_tuned"] > 0]
    names = [
        f"{name} on {many(int(count), 'problem')}"
        for name, count in zip(tuned["chosen_by"], tuned["n_tuned"], strict=True)
    ]
    most, least = int(frame["n_problems"].max()), int(frame["n_problems"].min())
    of = many(most, "problem") if most == least else f"{least:,} to {many(most, 'problem')}"
    text = f"The table of {kind} is of {of}"
    return f"{text}. The sweep tuned {listed(names, most=8)}." if names else f"{text}."
