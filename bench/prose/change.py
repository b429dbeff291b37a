"""Whether a change of a strategy helped, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bench.inference.compare import Comparison
from bench.prose.pairs import alone
from bench.words import many


def in_words(found: Comparison, notes: Sequence[str]) -> str:
    """Return what was found: a line a note and a strategy, then what the numbers are."""
    lines = [f"note: {note}" for note in notes]
    table = found.table
    width = max(map(len, table["strategy"]), default=0)
    for row in table.to_dict("records"):
        lines.append(f"{row['strategy']:<{width}}  {row['outcome']}: {_numbers(row, found.tests)}")
    rule = "; equivalent if"
    if found.tests > 1:
        rule = (
            ", each of its strategy alone; outcomes are corrected for "
            f"{found.tests:,} strategies that changed (Holm); equivalent only if"
        )
    lines.append(
        f"{found.outcome} after {many(found.trials, 'trial')}. Differences are after − before in "
        "bounded regret, below 0 is better; 1 is the regret of a median random draw, beyond which "
        "it is 2 − 1 / regret, so that no problem outweighs the others. "
        "Student's interval of the mean over these problems, 95 %"
        f"{rule} that of 90 % is within ±{found.rope:g}."
    )
    return "\n".join(lines)


def _numbers(row: dict[str, Any], tests: int) -> str:
    if not row["n_pairs"]:
        return "no run of it is in both sweeps"
    size = f"{many(row['n_problems'], 'problem')}, {many(row['n_pairs'], 'pair')}"
    if not row["n_changed"]:
        return f"the same in all of {size}"
    if math.isnan(row["low"]):
        return f"{row['difference']:+.4f}, {size}; one repetition tells no interval"
    text = f"{row['difference']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})"
    if row["outcome"] != "undecided":
        return f"{text}, {size}"
    family = many(tests, "strategy", "strategies")
    why = alone(row["low"], row["high"], row["p"], row["p_equal"], family, equal="equivalent")
    text += f", {why}; {size}" if why else f", {size}"
    needed = row["n_repetitions_needed"]
    if math.isfinite(needed) and needed > row["n_repetitions"]:
        text += f"; {needed:,.0f} repetitions would tell, there are {row['n_repetitions']}"
    return text
