"""What the section of selection says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.selection import DEFAULT
from bench.inference.estimates import ALPHA
from bench.prose.quantities import percent
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Gap between test and validation, and overtuning, of each strategy"
CV_TESTS = (
    "Final models compared fold by fold: in how many repetitions of problems the final model "
    "of the row has a better cross-validation score than that of the column, at a level of "
    f"{ALPHA:g}. The variance of the fold differences is multiplied by 1/n + n_test/n_train, "
    "since training parts overlap (Nadeau & Bengio 2003); p-values are not corrected for "
    "multiple comparisons. The same folds chose the models, so their scores are optimistic."
)


def sentence(frame: pd.DataFrame) -> str:
    """Return how many runs were overtuned and how many end worse than the default.

    Args:
        frame: `overtuned_share` and `worse_share` of each strategy that chooses.
    """
    if frame.empty:
        return "What choosing by the validation score costs on held-out data."
    by = " (by strategy)" if len(frame) > 1 else ""
    overtuned = _between(frame["overtuned_share"])
    text = f"Of the runs{by} {overtuned} had a better test value before their end"
    if frame["worse_share"].notna().any():
        text += f", {_between(frame['worse_share'])} end worse than the default configuration"
    return f"{text}."


def _between(shares: pd.Series) -> str:
    known = shares.dropna()
    ends = [percent(share) for share in (known.min(), known.max())]
    return " to ".join(dict.fromkeys(ends))


def unknown(measured: bool) -> str:
    """Return why nothing is known, by whether any test value was measured."""
    if not measured:
        return "No test value was measured, so it cannot be told."
    return "In no repetition has a strategy a test value and regret a scale, so it cannot be told."


def caption(default: bool) -> str:
    """Return what the figure shows, by whether the default is in it."""
    text = (
        "What choosing by the validation value costs: circles, how much worse the test "
        "value of the final incumbent is than its validation value; diamonds, how much better "
        "a test value an earlier incumbent had. 95 % intervals: thick for these problems "
        "(repetitions resampled), thin for new problems (data sets resampled too). All "
        "strategies share the splits, which move their gaps together."
    )
    if not default:
        return text
    return f"{text} The {DEFAULT} chooses nothing: its gap is that of the splits alone."


def columns(default: bool, left: int) -> str:
    """Return what the columns of the table are.

    Args:
        default: whether anything is compared with the default.
        left: repetitions that do not count.
    """
    text = (
        "After the whole budget, in units of normalised regret, means over repetitions, then "
        "problems, with intervals for these problems. Gap: how much worse the test value of the "
        "final incumbent is than its validation value. Overtuning (Schneider, Bischl & Feurer "
        "2025): how much better a test value an earlier incumbent had; a run with any is "
        "overtuned. Worse than the default: the share of runs whose final test value is worse than "
        "that of the problem’s default configuration in the same repetition."
    )
    if not default:
        text += f" It cannot be told, since the strategy {DEFAULT} did not run."
    if left:
        text += (
            f" Left out: {many(left, 'repetition')} in which no strategy has a test value, or "
            "regret has no scale."
        )
    return text
