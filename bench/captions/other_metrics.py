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


def sentence(frame: pd.DataFrame) -> str:
    """Return which choice costs most, of those whose interval is above 0, or else of all.

    Args:
        frame: as `bench.analysis.other_metrics.other_metrics` gives it, with a row at least.
    """
    sure = frame[frame["loss_low"] > 0]
    row = (sure if len(sure) else frame).sort_values("loss", ascending=False, kind="stable").iloc[0]
    ends = interval(row["loss_low"], row["loss_high"])
    of = f"{many(int(row['n_problems']), 'problem')} of {row['kind']}"
    unit = f"bounded test regret of {row['scored_by']}"
    size = f"{number(row['loss'])} in {unit} ({f'95 % interval {ends}, ' if ends else ''}{of})"
    pair = f"by {row['chosen_by']} instead of {row['scored_by']}"
    if len(sure):
        return (
            f"Choosing {pair} costs {size}. The intervals of {len(sure):,} of {len(frame):,} pairs "
            "of metrics are above 0, and this loss is the largest of these pairs."
        )
    if not ends:
        return f"The largest loss is that of choosing {pair}: {size}."
    return (
        "No choice by another metric has a loss whose 95 % interval is above 0. The largest mean "
        f"loss is that of choosing {pair}: {size}."
    )


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
