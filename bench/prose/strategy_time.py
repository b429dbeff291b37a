"""What strategies cost themselves, in a sentence of the verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.prose.phrases import listed
from bench.prose.quantities import duration

if TYPE_CHECKING:
    import pandas as pd


def strategy_time(own_time: pd.DataFrame, named: Sequence[str]) -> str:
    """Return what some strategies take for a trial, most first; nothing where nothing is known.

    Beside the strategies that are asked for, the cheapest and the most expensive one are named.

    Args:
        own_time: as `bench.analysis.time.overhead.totals` gives it.
        named: the strategies that the verdict is about.
    """
    known = {
        str(row["strategy"]): float(row["ms_per_trial"]) / 1000
        for row in own_time.to_dict("records")
        if not math.isnan(row["ms_per_trial"])
    }
    if not known:
        return ""
    ends = (max(known, key=known.__getitem__), min(known, key=known.__getitem__))
    names = [name for name in dict.fromkeys([*ends, *named]) if name in known]
    names.sort(key=known.__getitem__, reverse=True)
    seconds = listed([f"{duration(known[name])} for {name}" for name in names])
    return (
        f"The strategy's own time per trial, without evaluations, is {seconds} (median over runs)."
    )
