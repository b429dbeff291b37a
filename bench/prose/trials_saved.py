"""How many trials a strategy saves over random search, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bench.inference.estimates import BETTER, EQUAL, WORSE
from bench.panels.regret import RANDOM
from bench.prose.claims import Claim, Said, Scope
from bench.prose.comparisons import Comparisons
from bench.prose.pairs import Pair
from bench.prose.phrases import interval, listed, number
from bench.words import many

_MAX_PLAIN_FACTOR = 1e5
"""Factors from which a number may be written with a power of ten."""


def saved(pair: Pair, row: Mapping[str, Any], sweep: Comparisons) -> Said:
    """Return how many times the trials random search needs to get as far.

    Args:
        pair: of a strategy against random search.
        row: of the strategy, as `bench.curves.equivalents.trials_saved` gives it.
        sweep: the sweep it is of.
    """
    factor, low, high = (float(row[name]) for name in ("factor", "low", "high"))
    if not math.isfinite(factor) or _unknown(row):
        return Said("")
    # As it is printed: what is said to be 1.0 times as many saves nothing.
    shown = float(number(factor).replace(",", "")) if factor < _MAX_PLAIN_FACTOR else factor
    relation = BETTER if shown > 1 else WORSE if shown < 1 else EQUAL
    claims = (Claim(pair.a, pair.b, relation, Scope.TRIALS),)
    # The budget of a run may have parentheses of its own.
    when = f" {sweep.when}" if sweep.when else ""
    goal = f"to reach the regret of {pair.a}{when}"
    median = f"median over {many(int(row['n_problems']), 'problem')}"
    if factor * sweep.trials <= 1:
        return Said(f"{RANDOM} needs a single trial {goal} ({median}).", claims)
    ends = interval(low, high)
    if row["bound"]:
        known = math.isfinite(low) and number(low) != number(factor)
        ends = f"at least {number(low)}" if known else ""
    elif math.isfinite(low) and math.isinf(high):
        ends = f"{number(low)} or more"
    elif ends and row["n_bounds"]:
        ends += " or more"
    new = f"; 95 % interval generalising to new data sets: {ends}" if ends else ""
    least = "at least " if row["bound"] else ""
    return Said(
        f"{RANDOM} needs {least}{number(factor)} × the trials of {pair.a} {goal} ({median}{new}).",
        claims,
    )


def unknown(shown: Sequence[Pair], factors: Mapping[str, Mapping[str, Any]]) -> list[Said]:
    """Return for which strategies that are better the trials they save are unknown.

    Args:
        shown: the pairs that are described in full.
        factors: strategy -> its row.
    """
    better = [d for d in shown if BETTER in (d.verdict, d.verdict_new)]
    names = [pair.a for pair in better if pair.a in factors and _unknown(factors[pair.a])]
    if not names:
        return []
    return [
        Said(
            f"The trials that {listed(names)} would save are unknown: {RANDOM} has too few trials "
            "to reach the same regret."
        )
    ]


def _unknown(row: Mapping[str, Any]) -> bool:
    """Return whether a factor says nothing: at least so many, and that is fewer than were made."""
    return bool(row["bound"]) and row["factor"] < 1
