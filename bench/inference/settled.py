"""Which strategies of a sweep are stopped at a look, because all their comparisons are settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.inference import ROPE
from bench.inference.estimates import UNDECIDED
from bench.inference.paired import all_pairs
from bench.inference.verdicts import verdicts_on_problem_set
from bench.panels.looks import Looks
from bench.panels.panel import Panel


def after_look(panels: Sequence[Panel], looks: Looks, made: int, rope: float = ROPE) -> Looks:
    """Return the looks at a sweep with one more, and the strategies that it stops.

    A strategy is stopped where each of its pairs is better, worse or practically equal on this
    problem set, or has all the repetitions that it can have. It hangs on recorded values of the
    repetitions alone, so that a sweep which is resumed comes to the same.

    Args:
        panels: of all problems, with the repetitions that the look sees.
        looks: those made before it.
        made: the repetitions of this look, one of `looks.times`, after those made before it.
        rope: half the width of the region of practical equivalence, in bounded regret.

    Raises:
        ValueError: there is no such look, or it was made.
    """
    if made not in looks.times or made <= looks.made:
        known = ", ".join(map(str, looks.times))
        raise ValueError(f"'made' must be one of {known}, above {looks.made}, got {made}")
    now = replace(looks, made=made)
    seen = [replace(panel, looks=now) for panel in panels]
    if not seen:
        return now
    table = verdicts_on_problem_set(all_pairs(seen), rope)
    # Two strategies without a common problem are not compared, so they wait for nothing.
    table = table[table["p"].notna()]
    # What has all its repetitions stays undecided, however many the other one gets.
    left = [
        made < min(looks.planned[a], looks.planned[b])
        for a, b in zip(table["a"], table["b"], strict=True)
    ]
    open_pairs = table[(table["verdict"] == UNDECIDED) & np.array(left, dtype=bool)]
    unsettled = {*open_pairs["a"], *open_pairs["b"]}
    compared = {*table["a"], *table["b"]}
    new = {
        name: made
        for name, most in looks.planned.items()
        if most > made and name not in looks.stopped and name in compared and name not in unsettled
    }
    return replace(now, stopped={**looks.stopped, **new})
