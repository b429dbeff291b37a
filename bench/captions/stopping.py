"""What the section of stopping and choosing says."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bench.analysis.stopping import REGRET_BOUND
from bench.prose.phrases import interval, number
from bench.prose.quantities import percent
from bench.words import many

TITLE = "Stopping and choosing"
NOTHING = "No run has enough trials for a rule to stop it early."
STOPPING = "Rules for stopping, mean over strategies"
EVERYONE = "mean over strategies"
LABEL = "Regret left at the stop against the share of the budget spent, by rule and strategy"
CAPTION = "Marks show mean bounded regret at the stop, bars 95 % intervals on this problem set."
REPLAY = "Rules are replayed on recorded trials, unordered designs in one random order."
BOUND = (
    "The regret bound stops where an upper bound on the remaining regret (Robson & Whitlock 1964) "
    "is below the standard error of the incumbent's score."
)
CHEAPEST = "The cheapest evaluation stands for the simplest model."


def sentence(row: Any) -> str:
    """Return what stopping by one rule saves and costs.

    Args:
        row: of the frame `stopping`, the mean over strategies.
    """
    ends = interval(row.difference_low, row.difference_high)
    strategies = many(int(row.n_strategies), "strategy", "strategies")
    means = f"{strategies}, {many(int(row.n_problems), 'problem')}"
    when = f"by the {row.rule}" if row.rule == REGRET_BOUND else f"after {row.rule}"
    return (
        f"Stopping {when} saves {percent(row.saved_share)} of the budget, loses nothing in "
        f"{percent(row.same_share)} of the runs and costs {number(row.difference)} in mean bounded "
        f"regret ({f'95 % interval {ends}, ' if ends else ''}{means})."
    )


def chosen(rows: Iterable[Any]) -> str:
    """Return what each rule for choosing costs in test score.

    Args:
        rows: of the frame `choosing`, the mean over strategies: a row a rule.
    """
    parts: list[str] = []
    for row in rows:
        low, high, lost = row.difference_low, row.difference_high, row.difference
        if lost < 0:
            low, high = -high, -low
        ends = interval(low, high)
        word = "gains" if lost < 0 else "costs"
        # The first has the words that the others repeat.
        of, kind = ("", "") if parts else (" of test score", "95 % interval ")
        parts.append(
            f"{row.rule} {word} {number(abs(lost))}{of}{f' ({kind}{ends})' if ends else ''}"
        )
    return f"Against the best mean score, in normalised regret, the {'; the '.join(parts)}."


def how(rules: Collection[str], choices: bool) -> str:
    """Return how the tables are computed.

    Args:
        rules: those for stopping.
        choices: whether rules for choosing are compared.
    """
    parts = [REPLAY, *([BOUND] if REGRET_BOUND in rules else []), *([CHEAPEST] if choices else [])]
    return " ".join(parts)


def applied(rule: str, problems: int, of: int) -> str:
    """Return a rule with the problems to which it applies, where these are not all.

    Args:
        rule: its name.
        problems: how many.
        of: how many there are.
    """
    return rule if problems == of else f"{rule} ({problems} of {many(of, 'problem')})"
