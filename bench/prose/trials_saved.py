"""How many trials a strategy saves over random search, in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from bench.inference.estimates import BETTER, EQUAL, WORSE
from bench.panels.regret import RANDOM
from bench.prose.claims import Claim, Said, Scope
from bench.prose.pairs import Pair
from bench.prose.phrases import interval, listed, number

_MAX_PLAIN_FACTOR = 1e5
"""Factors from which a number may be written with a power of ten."""


def saved(pair: Pair, row: Mapping[str, Any], trials: int) -> Said:
    """Return how many times the trials random search needs to get as far.

    Args:
        pair: of a strategy against random search.
        row: of the strategy, as `bench.analysis.curves.equivalents.trials_saved` gives it.
        trials: that were made.
    """
    factor, low, high = (float(row[name]) for name in ("factor", "low", "high"))
    if not math.isfinite(factor) or _unknown(row):
        return Said("")
    # As it is printed: what is said to be 1.0 times as many saves nothing.
    shown = float(number(factor).replace(",", "")) if factor < _MAX_PLAIN_FACTOR else factor
    relation = BETTER if shown > 1 else WORSE if shown < 1 else EQUAL
    claims = (Claim(pair.a, pair.b, relation, Scope.TRIALS),)
    start = f"To get as far, {RANDOM} needs"
    if factor * trials <= 1:
        return Said(f"{start} a single trial in the median over problems.", claims)
    if row["bound"]:
        known = math.isfinite(low) and number(low) != number(factor)
        least = f" (at least {number(low)} for new problems)" if known else ""
        size = f"at least {number(factor)}"
        return Said(f"{start} {size} × as many trials in the median over problems{least}.", claims)
    ends = interval(low, high)
    if math.isfinite(low) and math.isinf(high):
        ends = f"{number(low)} or more"
    elif ends and row["n_bounds"]:
        ends += " or more"
    new = f" ({ends} for new problems)" if ends else ""
    text = f"{start} {number(factor)} × as many trials in the median over problems{new}."
    return Said(text, claims)


def untold(shown: Sequence[Pair], factors: Mapping[str, Mapping[str, Any]]) -> list[Said]:
    """Return for which strategies that are better nobody knows how many trials they save.

    Args:
        shown: the pairs that are told in full.
        factors: strategy -> its row.
    """
    better = [d for d in shown if BETTER in (d.verdict, d.verdict_new)]
    names = [pair.a for pair in better if pair.a in factors and _unknown(factors[pair.a])]
    if not names:
        return []
    return [
        Said(
            f"How many trials {listed(names)} would save cannot be told: {RANDOM} has too few "
            "trials to reach as far."
        )
    ]


def _unknown(row: Mapping[str, Any]) -> bool:
    """Return whether a factor says nothing: at least so many, and that is fewer than were made."""
    return bool(row["bound"]) and row["factor"] < 1
