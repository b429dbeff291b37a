"""What the section of rank stability says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bench.analysis.halves import FIRST_PLACES
from bench.prose.phrases import listed, with_repetitions
from bench.prose.quantities import percent
from bench.prose.samples import Sample, observations
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Rank stability"
HALVES = "First in random halves of the data sets"
LEFT_OUT = "Significant differences without some data sets"
WRONG = "Wrong winner: the first two strategies"
WRONG_MEAN = "Wrong winner: mean over the significant pairs"
BUDGETS = "Regret by budget"
LABEL = "Probability of the wrong winner by number of repetitions and data sets"

MAX_NAMED = 3
"""Strategies that a sentence names."""


def sentence(halves: pd.DataFrame, sample: Sample, fewer: Mapping[str, int]) -> str:
    """Return who is first in how many halves.

    Args:
        halves: strategy, n_first, n_draws: most often first first.
        sample: what halves are drawn of.
        fewer: strategy -> its repetitions, of those with fewer than others.
    """
    (name, most), *others = [
        (with_repetitions(str(row.strategy), fewer), count(row.n_first))
        for row in halves[halves["n_first"] > 0].head(MAX_NAMED).itertuples()
    ]
    parts = [
        f"{name} is first in {most} of {int(halves['n_draws'].iloc[0]):,} random halves of the "
        f"{observations([sample])}",
        *(f"{other} in {number}" for other, number in others),
    ]
    return f"{listed(parts)}."


def count(draws: float) -> str:
    """Return a number of draws; with ties it may be no integer.

    >>> count(12.0), count(33.333333)
    ('12', '33.3')
    """
    return f"{round(draws, 1):g}"


def reading(when: str, sample: Sample) -> str:
    """Return what the table of halves shows.

    Args:
        when: at which point of a run scores are taken.
        sample: what halves are drawn of.
    """
    text = (
        f"The table shows the mean rank {when} over all data sets, and the number of random halves "
        f"in which a strategy is first or among the first {FIRST_PLACES}. A half has all problems "
        "and all repetitions of its data sets. Equal mean ranks share their places."
    )
    return f"{text} Here a function counts as a data set." if sample.functions else text


def stable(frame: pd.DataFrame) -> str:
    """Return how many significant differences stay so where some data sets are left out.

    Args:
        frame: as `bench.inference.leave_out.leave_out` gives it.
    """
    if frame.empty:
        return "No two strategies differ significantly, so nothing can be lost by leaving out."
    draws, out = int(frame["n_draws"].iloc[0]), int(frame["n_left_out"].iloc[0])
    parts = []
    for end, where in (("", "on this problem set"), ("_new", "generalising to new data sets")):
        kept, flipped = (frame[f"{name}{end}"].dropna() for name in ("n_kept", "n_flipped"))
        if len(kept):
            which = _stay([int(number) for number in kept], draws, where)
            parts.append(
                f"{which} draws that leave out {many(out, 'random data set')}; "
                f"{_change(int((flipped > 0).sum()))}."
            )
    return " ".join(parts)


def _stay(kept: Sequence[int], draws: int, where: str) -> str:
    if len(kept) == 1:
        return (
            f"The only significant difference {where} stays significant in {kept[0]:,} of {draws:,}"
        )
    whole = sum(number == draws for number in kept)
    stay = "stay" if whole > 1 else "stays"
    return (
        f"{f'{whole:,}' if whole else 'None'} of {len(kept):,} significant differences {where} "
        f"{stay} significant in all {draws:,}"
    )


def _change(flipped: int) -> str:
    if not flipped:
        return "no sign changes"
    changes = "changes its" if flipped == 1 else "change their"
    return f"{flipped:,} {changes} sign in at least one draw"


def least_stable(rows: int, total: int, *, new: bool, flips: bool) -> str:
    """Return what the table of pairs shows.

    Args:
        rows: pairs in the table.
        total: pairs with a significant difference.
        new: whether some are significant generalising to new data sets.
        flips: whether one in the table has the other sign in a draw.
    """
    which = (
        f"the {many(rows, 'pair')} of {total:,} that {'are' if rows > 1 else 'is'} least stable"
        if rows < total
        else "all pairs that differ significantly"
    )
    text = (
        f"The table shows {which}, each with the better strategy first. Kept is the number of "
        "draws in which the difference is significant in the same direction"
    )
    text += (
        "; opposite is the number in which it has the other sign. Pairs with such draws come first."
        if flips
        else "."
    )
    return f"{text} New stands for generalising to new data sets." if new else text


def wrong(frame: pd.DataFrame, pair: tuple[str, str]) -> str:
    """Return how often the smallest and the largest sweep find the other one of two better.

    Args:
        frame: of a pair, as `bench.inference.wrong_winner.wrong_winner` gives it, by size.
        pair: the two.
    """
    small, large = (frame.iloc[place] for place in (0, -1))
    text = (
        f"The wrong one of {pair[0]} and {pair[1]} is better in {percent(small['wrong_share'])} of "
        f"sweeps with {_size(small)}"
    )
    if len(frame) == 1:
        return f"{text}."
    return f"{text}, and in {percent(large['wrong_share'])} with {_size(large)}."


def _size(row: pd.Series) -> str:
    repetitions = many(int(row["n_repetitions"]), "repetition")
    return f"{repetitions} on {sizes(int(row['n_datasets']))}"


def sizes(datasets: int) -> str:
    """Return the size of a smaller sweep, as a table and a legend have it."""
    return many(datasets, "data set")


def caption(*, pairs: int) -> str:
    """Return what the figure shows.

    Args:
        pairs: with a significant difference; 0 where the figure has the first two only.
    """
    text = (
        "Lines show the share of draws in which the strategy with the lower mean bounded regret is "
        "not that of the whole sweep, by number of data sets, for the first two strategies."
    )
    if not pairs:
        return text
    return f"{text} The second plot shows the mean over {many(pairs, 'significant pair')}."


WRONG_TABLES = (
    "The first table has the numbers of the first two strategies, the second one those of the mean."
)


def first_by_budget(firsts: Sequence[tuple[int, str]]) -> str:
    """Return who has the best mean rank at each budget.

    Args:
        firsts: budget and strategy, one or more.
    """
    names = dict.fromkeys(name for _, name in firsts)
    parts = [
        f"{name} after {listed([f'{budget:,}' for budget, of in firsts if of == name])} trials"
        for name in names
    ]
    return f"The best mean rank is that of {listed(parts)}."


BUDGETS_READING = (
    "The table shows mean normalised regret after several budgets, with 95 % intervals on this "
    "problem set."
)

HOW = (
    "Halves are drawn without replacement. Strategies are ranked in each half as on the "
    "leaderboard.",
    "A verdict is kept if its test is significant in the same direction after Holm's correction "
    "over all pairs: Student's test on this problem set, Wilcoxon's signed-rank test generalising "
    "to new data sets.",
    "For the wrong winner the whole sweep stands for the truth. Data sets, and the repetitions of "
    "each of their problems, are drawn with replacement; equal means count half. Source: "
    "Bouthillier et al. 2021.",
)
"""How the numbers of the section are computed, a paragraph each."""
