"""Whether a change of a strategy helped, in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from bench.inference.compare import Comparison
from bench.prose.effects import alone
from bench.prose.phrases import interval, number
from bench.prose.quantities import equation
from bench.words import many


def in_words(found: Comparison, notes: Sequence[str]) -> str:
    """Return what was found: a line a note and a strategy, then how the numbers are made."""
    lines = [f"note: {note}" for note in notes]
    table = found.table
    width = max(map(len, table["strategy"]), default=0)
    for row in table.to_dict("records"):
        lines.append(f"{row['strategy']:<{width}}  {row['outcome']}: {_numbers(row, found.tests)}")
    per = " per strategy" if found.tests > 1 else ""
    corrected = (
        f" Outcomes are corrected for {found.tests:,} strategies that changed (Holm)."
        if found.tests > 1
        else ""
    )
    lines.append(
        f"The overall outcome is {found.outcome} after {many(found.trials, 'trial')}. A difference "
        "is after − before in mean bounded regret over this problem set, so a negative difference "
        "is an improvement. Bounded regret is normalised regret up to 1, the regret of a median "
        "random draw, and 2 − 1 / regret beyond 1. The 95 % intervals are Student's"
        f"{per}.{corrected} Equivalent means that the 90 % interval is within ±{found.rope:g}"
        f"{' even after the correction' if found.tests > 1 else ''}."
    )
    return "\n".join(lines)


def _numbers(row: dict[str, Any], tests: int) -> str:
    if not row["n_pairs"]:
        return "the sweeps have no run of it in common"
    size = f"{many(row['n_problems'], 'problem')}, {many(row['n_pairs'], 'pair')} of runs"
    if not row["n_changed"]:
        return f"identical in {size}"
    text = f"the difference is {number(row['difference'])}"
    if math.isnan(row["low"]):
        return f"{text} ({size}; one repetition gives no interval)"
    p = equation("p", row["p_holm"]) + (" after Holm's correction" if tests > 1 else "")
    parts = [f"95 % interval {interval(row['low'], row['high'])}"]
    if row["outcome"] != "equivalent":
        parts.append(p)
    if row["outcome"] != "undecided":
        return f"{text} ({'; '.join([*parts, size])})"
    family = many(tests, "strategy", "strategies")
    why = alone(row["low"], row["high"], row["p"], row["p_equal"], family, equal="equivalent")
    text += f" ({'; '.join([*parts, *([why] if why else []), size])})"
    needed = row["n_repetitions_needed"]
    if math.isfinite(needed) and needed > row["n_repetitions"]:
        show = "show that they are equivalent" if row["needed_equal"] else "detect the difference"
        text += (
            f"; {needed:,.0f} repetitions would be needed to {show}, {row['n_repetitions']} were "
            "made"
        )
    return text
