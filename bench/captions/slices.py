"""What the section of training, validation and test scores along a parameter says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bench.captions.best import configuration
from bench.prose.phrases import listed, number
from bench.prose.quantities import aligned, resolving
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Training, validation and test scores by parameter"
FILE = "All slices"
BY_PROBLEM = "Slices by problem"
TRAIN, VALIDATION, TEST = "training", "validation", "test"
READING = (
    "Each figure shows the most important numeric parameters of a problem, three at most. Points "
    "are medians over the trials in a bin of the parameter, bands reach from the first to the "
    "third quartile."
)
MARGINAL = (
    "Parameters that are no numbers are held at what most of the best trials of the repetitions "
    "chose; other numeric parameters have the values that they happen to have in the trials of the "
    "bin."
)
RANDOM = (
    "Only the trials of random count, because random search draws the other parameters "
    "independently."
)
HOW = (
    "The training score is that of the rows that were fitted, a mean over the folds as the "
    "validation score is; the test score is that of a refit on the whole training part. The gap "
    "is the difference between the medians of the training and the validation score, above 0 if "
    "the training score is better.",
    "Bins hold about as many trials each and are the same on a log scale. A parameter with at most "
    "eight values has a bin for each value. A bin has at least five trials, all of them completed "
    "full evaluations in which the parameter is active.",
    "A difference in the gap is reported if three quarters of the trials of one bin have a larger "
    "gap than three quarters of the trials of the other, so that it is not due to other "
    "parameters.",
)


def sentence(frame: pd.DataFrame) -> str:
    """Return on how many problems a larger gap comes with a worse validation score.

    Args:
        frame: as `bench.analysis.slices.gaps` gives it.
    """
    count = int(frame["overfits"].sum())
    verb = "shows" if count == 1 or len(frame) == 1 else "show"
    return (
        f"{count:,} of {many(len(frame), 'problem')} {verb} overfitting along the most important "
        "parameter: where the gap between training and validation score is largest, the training "
        "score is better and the validation score worse than where the gap is smallest."
    )


def gap(row: Any) -> str:
    """Return where along a parameter of a problem the gap is largest and smallest.

    Args:
        row: of `bench.analysis.slices.gaps`.
    """
    held = configuration(row.held)
    on = f"On {row.problem}{f' with {held}' if held else ''}"
    if not row.clear:
        return (
            f"{on}, no difference in the gap is reported along {row.parameter}: the gaps of trials "
            "within a bin differ as much."
        )
    score = resolving(
        [row.small_train, row.large_train, row.small_validation, row.large_validation]
    )
    size = aligned([row.small_gap, row.large_gap])
    large, small = (
        _span(low, high)
        for low, high in ((row.large_low, row.large_high), (row.small_low, row.small_high))
    )
    return (
        f"{on}, the gap is {size(row.large_gap)} at {row.parameter} {large} and "
        f"{size(row.small_gap)} at {small}; the training {row.metric} is {score(row.large_train)} "
        f"and {score(row.small_train)}, the validation {row.metric} "
        f"{score(row.large_validation)} and {score(row.small_validation)}."
    )


def _span(low: float, high: float) -> str:
    return value(low) if low == high else f"{value(low)} to {value(high)}"


def value(of: float) -> str:
    """Return a value of a parameter.

    >>> value(300.0), value(0.00012345)
    ('300', '0.00012')
    """
    return f"{of:,.0f}" if of.is_integer() and abs(of) < 1e6 else number(of)


def all_strategies(problems: Sequence[str]) -> str:
    """Return on which problems the trials of all strategies count.

    Args:
        problems: labels, one or more.
    """
    return (
        f"On {listed(problems)} random did not run, so the trials of all strategies count; "
        "strategies that learn look more often where scores are good."
    )


def label(problem: str, parameters: Sequence[str]) -> str:
    """Return what the figure of a problem shows."""
    return f"{problem}: training, validation and test score by {listed(parameters)}"
