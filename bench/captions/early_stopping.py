"""What the section of cheaper evaluations says."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from bench.analysis.early_stopping import FEW
from bench.prose.phrases import listed, number
from bench.prose.quantities import NONE, fixed, percent
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

Show = Callable[[float], str]

TWO = fixed(2)

TITLE = "Cheaper evaluations"
BUDGET = "Where each strategy spends its budget"
STEPS = "Order of configurations at each step"
PROBLEMS = "Order of configurations at each step, by problem"
BY_PROBLEM = "By problem"
LABEL = "Rank correlation of each step with full evaluations, and regret against random search"
MEAN, PROBLEM = "mean over problems", "a problem"

CURVES = (
    "The regret curve of a strategy begins where each of its runs has had a full evaluation. A run "
    "without any counts as the worst full score of its problem."
)
CONTINUED = (
    "Models go on from a lower step of the same configuration. Such a trial costs the difference "
    "only, in budget and in time."
)


def sentence(strategies: pd.DataFrame, steps: pd.DataFrame, *, exact: bool) -> str:
    """Return who stops early, what full evaluations cost, and how well the lowest step orders.

    Args:
        strategies: of the strategies with cheaper evaluations: strategy, pruned_share,
            full_budget_share.
        steps: as `bench.analysis.rungs.over_problems` gives it.
        exact: whether `tau` is that among all configurations.
    """
    names = [str(name) for name in strategies["strategy"]]
    stop = "stops" if len(names) == 1 else "stop"
    text = f"{listed(names)} {stop} early: full evaluations take " + (
        f"{_between(strategies['full_budget_share'])} of the budget"
    )
    if strategies["pruned_share"].notna().any():
        pruned = _between(strategies["pruned_share"])
        text += f", and {pruned} of the configurations have no full evaluation"
    known = steps[steps["tau"].notna()]
    if known.empty:
        return f"{text}."
    row = known.iloc[0]
    span = _span(row["tau_low"], row["tau_high"])
    of = f"{f'95 % interval {span}, ' if span else ''}{many(int(row['n_problems']), 'problem')}"
    among = " among all configurations" if exact else ""
    return (
        f"{text}. At {share(row['share'])} of a full evaluation, the rank correlation with full "
        f"evaluations{among} is {TWO(row['tau'])} ({of})."
    )


def _between(shares: pd.Series) -> str:
    low, high = (percent(end) for end in (shares.min(), shares.max()))
    return low if low == high else f"{low.removesuffix(' %')} to {high}"


def share(value: float) -> str:
    """Return a share of a full evaluation.

    >>> share(1 / 81), share(1 / 3)
    ('1.2 %', '33 %')
    """
    return f"{number(100 * value)} %"


def estimate(value: float, low: float, high: float, show: Show = TWO) -> str:
    """Return an estimate with its interval, if there is one, each number as `show` gives it."""
    if value != value:
        return NONE
    span = _span(low, high, show)
    return f"{show(value)} ({span})" if span else show(value)


def _span(low: float, high: float, show: Show = TWO) -> str:
    return "" if low != low or high != high else f"{show(low)} to {show(high)}"


def caption(*, against: bool, exact: bool) -> str:
    """Return what the figure shows.

    Args:
        against: whether it has the differences to random search.
        exact: whether τ is that among all configurations.
    """
    of = " among all configurations" if exact else ""
    interval = "" if exact else " with its 95 % interval on this problem set"
    text = (
        "Grey lines show the rank correlation (Kendall's τ) of each step of a problem with full "
        f"evaluations{of}; points show the mean over problems{interval}."
    )
    if not against:
        return text
    return text + (
        " The second plot shows the bounded regret of a strategy minus that of random on each "
        "problem, against the rank correlation at the lowest step; below 0, early stopping is "
        "better."
    )


def wins(against: pd.DataFrame) -> str:
    """Return on how many problems each strategy ends better than random search.

    Args:
        against: strategy, difference: a row a strategy and problem, in the order to say.
    """
    parts: list[str] = []
    for name, part in against.groupby("strategy", sort=False):
        noun = "" if parts else " problems"
        better = int((part["difference"] < 0).sum())
        parts.append(f"{better:,} of {len(part):,}{noun} with {name}")
    return f"The mean bounded regret is below that of random on {listed(parts, 8)}."


def reading(problems: int, when: str, columns: Sequence[str]) -> str:
    """Return what the table of strategies shows.

    Args:
        problems: with cheaper evaluations.
        when: at which point of a run scores are taken.
        columns: of the table as the page shows it.
    """
    few = (
        f" after a budget of {FEW} full fits and {when}"
        if any(str(FEW) in name for name in columns)
        else f" {when}"
    )
    return (
        f"The table shows means over the runs on {many(problems, 'problem')} with cheaper "
        "evaluations. Pruned is the share of configurations without a full evaluation. Budget on "
        "full is the share of the budget that full evaluations take. First full is the budget "
        "spent when the first full evaluation is over, in full evaluations. Regret is bounded "
        f"and taken{few}, with 95 % intervals on this problem set."
    )


def no_steps(*, recorded: bool) -> str:
    """Return why no rank correlation is known.

    Args:
        recorded: whether the configurations of the trials are.
    """
    why = (
        "no repetition has two configurations with a value both at a step and in full"
        if recorded
        else "the configurations of the trials are not available"
    )
    return f"The rank correlation of cheaper evaluations is unknown, because {why}."


def without(counts: Mapping[str, tuple[int, int]]) -> str:
    """Return which strategies have runs without a full evaluation.

    Args:
        counts: strategy -> such runs, and all its runs; one or more.
    """
    parts = [f"{name} ({few:,} of {of:,})" for name, (few, of) in counts.items()]
    return f"Some runs have no completed full evaluation: {listed(parts, 8)}."


STEPS_READING = (
    "The table shows how well each step orders configurations. Promoted are the configurations "
    "that got a higher step too. τ is the rank correlation of the step with full evaluations: 1 if "
    "both give the same order, 0 if the step says nothing. Same order is the share of pairs that "
    "the step orders as full evaluations do; a tie counts half."
)


def how(*, exact: bool) -> list[str]:
    """Return how the numbers of the steps are computed, a paragraph each.

    Args:
        exact: whether τ among all configurations is known anywhere.
    """
    texts = [
        "τ and the same order are over the configurations of a repetition that have a value both "
        "at the step and in full, whichever strategy evaluated them. Then the mean is taken over "
        "repetitions and problems.",
        "Configurations with a full value are no random sample: many were promoted for their value "
        "at the step. So τ can be below or above that among all configurations. It is lower if all "
        "were promoted, since these resemble each other.",
        "τ is Kendall's τ-b, because early stopping compares pairs of configurations. A failed "
        "evaluation counts as the worst.",
    ]
    if exact:
        texts.append(
            "All configurations is τ among all configurations of a table, the mean over its splits."
        )
    return texts
