"""Whether a change of a strategy helped: two sweeps, paired by problem and repetition."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.inference import ROPE, power
from bench.inference.estimates import (
    ALPHA,
    BETTER,
    EQUAL,
    UNDECIDED,
    WORSE,
    counted_in,
    on_problem_set,
    word,
)
from bench.inference.holm import holm
from bench.inference.paired import Seen, pairs_of
from bench.inference.sequential import p_equal_on_problem_set, p_on_problem_set
from bench.panels.arrays import Array
from bench.panels.looks import schedule
from bench.panels.panel import Panel
from bench.panels.regret import bounded, normalised
from bench.panels.rounding import tied
from bench.words import many

EQUIVALENT = "equivalent"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What a change came to.

    Args:
        outcome: of all strategies: worse if one is; else undecided if one is, or none was paired;
            else better if one is; else equivalent.
        trials: after how many.
        rope: half the width of the region of practical equivalence, in bounded regret.
        table: a row a strategy: strategy, outcome, n_problems and n_pairs (repetitions of problems)
            that are in it, n_changed (pairs that differ), difference (after − before in bounded
            regret, below 0: it is better now; mean over problems), low and high (95 %), low_equal
            and high_equal (90 %: of this strategy alone it is equivalent if within ±rope), p,
            p_equal, p_holm and p_equal_holm (both over the strategies in which any pair changed),
            n_repetitions (of a problem, the fewest), n_repetitions_needed (that many of each
            problem are needed after the correction, the sooner of a difference and of equivalence;
            inf: never, NaN: unknown), needed_equal (whether so many would show equivalence).
        unpaired: what is in one sweep only, or differs, in words.
    """

    outcome: str
    trials: int
    rope: float
    table: pd.DataFrame
    unpaired: tuple[str, ...]

    @property
    def tests(self) -> int:
        """How many strategies are tested at once: those in which any pair changed."""
        return int(((self.table["n_changed"] > 0) & self.table["p"].notna()).sum())


def compare(
    before: Sequence[Panel],
    after: Sequence[Panel],
    rope: float = ROPE,
    *,
    trials: int | None = None,
    strategies: Collection[str] | None = None,
) -> Comparison:
    """Return whether strategies got better from one sweep to the other, on this problem set.

    Both are normalised by the scale of `before`, and a run without a completed trial counts as the
    worst completed loss of both, so that nothing but the strategy's own trials makes a difference.

    Args:
        before: panels of the first sweep.
        after: of the second; the same repetition must mean the same split, shift and noise.
        rope: half the width of the region of practical equivalence, in bounded regret.
        trials: after how many, by default the smaller of the two budgets.
        strategies: labels to compare, by default all that are in both.

    Raises:
        ValueError: `trials` is below 1.
    """
    if trials is not None and trials < 1:
        raise ValueError(f"'trials' must be 1 or more, got {trials}")
    budget = min((panel.budget for panel in [*before, *after]), default=0)
    n = budget if trials is None else trials
    labels = [
        name
        for name in (before[0].strategies if before else ())
        if (strategies is None or name in strategies) and after and name in after[0].strategies
    ]
    later = {panel.problem: panel for panel in after}
    panels = [
        (panel, later[panel.problem])
        for panel in before
        if panel.problem in later and not _mismatch(panel, later[panel.problem])
    ]
    names = tuple(panel.problem for panel, _ in panels)
    pairs = pairs_of(
        [_values(old, new, labels, n) for old, new in panels],
        a=tuple(labels),
        b=tuple(labels),
        problems=names,
        datasets=tuple(panel.dataset for panel, _ in panels),
        grains=[_grain(old, new) for old, new in panels],
        seen=_seen(panels, labels),
    )
    found, used = on_problem_set(pairs), counted_in(pairs)
    p, p_equal = p_on_problem_set(pairs), p_equal_on_problem_set(pairs, rope)
    changed = found.moved > 0
    # What did not change at all is no question, so it is no part of the family.
    p_holm, p_equal_holm = (
        np.where(changed, holm(np.where(changed, alone, np.nan)), alone) for alone in (p, p_equal)
    )
    alpha = ALPHA / max(1, int(changed.sum()))
    low, high = found.interval()
    low_equal, high_equal = found.interval(2 * ALPHA)
    variance, size = np.where(used, pairs.variance, 0.0), np.abs(found.difference)
    fewest = np.where(used, pairs.count, np.iinfo(np.int64).max).min(axis=1, initial=2**62)
    needs = power.repetitions_needed(variance, used, size, alpha)
    needs_equal = power.repetitions_needed(variance, used, rope - size, alpha, equal=True)
    table = pd.DataFrame(
        {
            "strategy": labels,
            "outcome": [
                _outcome(*row) for row in zip(found.difference, p_holm, p_equal_holm, strict=True)
            ],
            "n_problems": found.counts,
            "n_pairs": found.draws,
            "n_changed": found.moved,
            "difference": found.difference,
            "low": low,
            "high": high,
            "low_equal": low_equal,
            "high_equal": high_equal,
            "p": p,
            "p_holm": p_holm,
            "p_equal": p_equal,
            "p_equal_holm": p_equal_holm,
            "n_repetitions": np.where(used.any(axis=1), fewest, 0),
            "n_repetitions_needed": np.minimum(needs, needs_equal),
            "needed_equal": needs_equal < needs,
        }
    )
    unpaired = tuple(_unpaired(before, after, set(labels), strategies))
    return Comparison(_overall(list(table["outcome"])), n, rope, table, unpaired)


def _outcome(difference: float, p: float, p_equal: float) -> str:
    found = word(difference, p, p_equal)
    return EQUIVALENT if found == EQUAL else found


def _overall(outcomes: Collection[str]) -> str:
    for found in (WORSE, UNDECIDED, BETTER):
        if found in outcomes:
            return found
    return EQUIVALENT if outcomes else UNDECIDED


def _values(old: Panel, new: Panel, labels: Sequence[str], n: int) -> tuple[Array, Array]:
    """Return the regrets after and before, shape (labels, repetitions in both)."""
    repetitions, first, second = np.intersect1d(
        old.repetitions, new.repetitions, assume_unique=True, return_indices=True
    )
    worst = max(old.worst, new.worst)
    found = []
    for panel, columns in ((new, second), (old, first)):
        rows = np.array([panel.strategies.index(name) for name in labels], dtype=np.int64)
        cells = np.ix_(rows, columns)
        if n > panel.budget:
            found.append(np.full((len(rows), len(repetitions)), np.nan))
            continue
        losses = panel.best[..., n - 1][cells]
        nothing = np.isnan(losses) | np.isnan(panel.loss[cells]).all(axis=2)
        losses = np.where(nothing, worst, losses)
        regret = normalised(losses[..., None], old.optimum[first], old.typical[first])[..., 0]
        found.append(np.where(panel.ran[cells], bounded(regret), np.nan))
    # Each panel's losses are one number where they are equal up to rounding; here both's are.
    together = tied(found, _grain(old, new))
    return together[0], together[1]


def _seen(panels: Sequence[tuple[Panel, Panel]], labels: Sequence[str]) -> Seen | None:
    """Return which repetitions the looks at either sweep saw; None without any."""
    if not panels:
        return None
    old, new = (panel.looks for panel in panels[0])
    found = schedule([((old, name), (new, name)) for name in labels])
    common = [np.intersect1d(one.repetitions, two.repetitions) for one, two in panels]
    return None if found is None else Seen(found, common)


def _grain(old: Panel, new: Panel) -> Array:
    """Return what is rounding in a regret of the repetitions in both, shape (R,)."""
    return old.grain[np.isin(old.repetitions, new.repetitions)]


def _mismatch(old: Panel, new: Panel) -> str:
    if (old.metric, old.sign) != (new.metric, new.sign):
        return f"measured by {old.metric} before, by {new.metric} after"
    return ""


def _unpaired(
    before: Sequence[Panel],
    after: Sequence[Panel],
    paired: Collection[str],
    wanted: Collection[str] | None,
) -> Iterator[str]:
    old, new = ({panel.problem: panel for panel in panels} for panels in (before, after))
    for one, other, where in ((old, new, "before"), (new, old, "after")):
        labels = next(iter(one.values())).strategies if one and other else ()
        for name in labels:
            if name not in paired and (wanted is None or name in wanted):
                yield f"strategy {name}: only in the sweep {where}"
        for problem in one:
            if problem not in other:
                yield f"problem {problem}: completed trials only in the sweep {where}"
    for problem, panel in old.items():
        if problem in new:
            yield from _lone_runs(panel, new[problem], paired)


def _lone_runs(old: Panel, new: Panel, paired: Collection[str]) -> Iterator[str]:
    reason = _mismatch(old, new)
    if reason:
        yield f"problem {old.problem}: {reason}"
        return
    for name in (name for name in old.strategies if name in paired):
        before, after = (
            set(panel.repetitions[panel.ran[panel.strategies.index(name)]].tolist())
            for panel in (old, new)
        )
        for lone, where in ((before - after, "before"), (after - before, "after")):
            if lone:
                yield f"{name} on {old.problem}: {many(len(lone), 'run')} only {where}"
