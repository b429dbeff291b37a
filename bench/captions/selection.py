"""What the section of validation and test scores says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analysis.selection import DEFAULT
from bench.inference.estimates import ALPHA
from bench.prose.quantities import percent
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

LABEL = "Gap between test and validation, and overtuning, of each strategy"
CAPTION = (
    "Circles show the gap, by which the final test score is worse than the validation score; "
    "diamonds show overtuning, by which an earlier incumbent's test score was better. Both "
    "are means over repetitions, then problems. Thick lines are 95 % intervals on this problem "
    "set, thin lines generalise to new data sets."
)
ORACLE = "Perfect search"
CV_TESTS = (
    "Fold comparisons are Student's tests with variance multiplied by 1/n + n_test/n_train, "
    "because training parts overlap (Nadeau & Bengio 2003). They are optimistic, because the same "
    "folds chose the models, and not corrected for multiple comparisons."
)


def sentence(frame: pd.DataFrame) -> str:
    """Return how many runs were overtuned and how many end worse than the default.

    Args:
        frame: `overtuned_share` and `worse_share` of each strategy that chooses.
    """
    if frame.empty:
        return "This section shows what selection by validation score does to the test score."
    overtuned = _between(frame["overtuned_share"])
    by = ", depending on the strategy," if " to " in overtuned else ""
    text = f"In {overtuned} of the runs{by} an earlier incumbent had a better test score"
    if frame["worse_share"].notna().any():
        worse = _between(frame["worse_share"])
        text += f"; {worse} end with a worse test score than the default configuration"
    return f"{text}."


def _between(shares: pd.Series) -> str:
    known = shares.dropna()
    low, high = (percent(share) for share in (known.min(), known.max()))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


def unknown(measured: bool) -> str:
    """Return why nothing is known, by whether any test value was measured."""
    if not measured:
        return "No test score was measured, so overfitting to the validation score is unknown."
    return (
        "No repetition has a test score and a scale of regret, so overfitting to "
        "the validation score is unknown."
    )


def columns(default: bool, compared: bool, left: int) -> str:
    """Return how the columns of the table are computed.

    Args:
        default: whether the strategy that evaluates the default configuration is in it.
        compared: whether anything is compared with the default.
        left: repetitions that do not count.
    """
    text = (
        "Gap and overtuning are normalised regret after the whole budget (Schneider, Bischl & "
        "Feurer 2025)."
    )
    if not compared:
        text += (
            f" The share worse than default is unknown, because the strategy {DEFAULT} did not run."
        )
    text += " All strategies share the splits, which move their gaps together"
    text += f"; the gap of {DEFAULT} is due to the splits alone." if default else "."
    if left:
        text += (
            f" The means leave out {many(left, 'repetition')} in which no strategy has "
            "a test score, or regret has no scale."
        )
    return text


def cv_tests(better: int, of: int) -> str:
    """Return in how many comparisons of final models the folds show a difference.

    Args:
        better: comparisons with a significant difference.
        of: all of them.
    """
    return (
        f"Fold by fold, two final models differ significantly in {better:,} of "
        f"{many(of, 'comparison')} (α = {ALPHA:g}), one for each pair of strategies, problem and "
        "repetition."
    )
