"""Verdicts after a fixed number of trials: better, worse, practically equal or undecided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis import ROPE, power
from bench.analysis.arrays import Flags, Ints
from bench.analysis.bayes import signed_rank_pairs
from bench.analysis.estimates import (
    ALPHA,
    BETTER,
    EQUAL,
    OPPOSITE,
    UNDECIDED,
    WORSE,
    Estimate,
    counted_in,
    of_new_problems,
    of_these_problems,
    word,
)
from bench.analysis.paired import Pairs, all_pairs
from bench.analysis.panels import Panel
from bench.analysis.significance import blocks_needed, holm, wilcoxon_pairs

CREDIBLE = 0.95
"""The probability from which the Bayesian test says that two are practically equal."""


def verdicts(
    panels: Sequence[Panel], trials: int | None = None, rope: float = ROPE
) -> pd.DataFrame:
    """Return a verdict on each pair of strategies, for these problems and for new ones.

    For these problems (only repetitions are a sample): *practically equal* if two one-sided tests
    place the mean difference within ±rope; else *better* or *worse* if Student's test of the mean
    paired difference excludes 0; else *undecided*. Each of the two is corrected by Holm over all
    pairs.

    For new problems (data sets are the sample): *practically equal* if the Bayesian signed-rank
    test gives that .95 or more, on as many data sets as Wilcoxon's test needs to reach .05 at all;
    else *better* or *worse* if Wilcoxon's test, corrected by Holm over all pairs with so many, says
    so and the mean difference is on the same side; else *undecided*.

    A problem is won or lost if the 95 % interval of its own mean paired difference excludes 0 and
    six repetitions or more differ (no test decides on fewer); with K problems and no difference at
    all, K/40 of them are won by chance. `ahead` and `behind` compare medians, without a test.

    Args:
        panels: of the sweep.
        trials: after how many, by default the budget.
        rope: half the width of the region of practical equivalence, in normalised regret, declared
            before looking.

    Returns:
        A row a pair; the verdicts say what `a` is against `b`, differences are a − b (below 0: a is
        better) in normalised regret. a, b, trials, problems, left_out (problems with fewer than two
        paired repetitions), repetitions (paired, of a problem, the fewest), verdict; difference,
        low, high (95 %, of this pair alone), p, p_holm, p_equal, p_equal_holm; median (over
        problems, of differences of medians), won, tied, lost, ahead, behind; detectable (the
        difference that the sweep as it stands would find), repetitions_needed (of each problem, to
        find the observed difference), repetitions_equal (to show that it is within ±rope; inf
        where it is not): all three with a power of .8 at .05 / number of pairs, which is on the
        safe side of Holm;
        datasets, verdict_new, difference_new (mean over data sets, each weighing as many problems
        as it has), low_new, high_new (95 %), p_new, p_new_holm (NaN with too few data sets to be
        tested), method (of Wilcoxon's p-value), smallest (p that so many data sets can reach),
        reachable (p_new_holm can reach .05), a_better, rope, b_better (Bayesian probabilities; NaN
        with one data set), datasets_needed.
    """
    pairs = all_pairs(panels, trials)
    return verdicts_of(pairs, rope).assign(
        trials=max((panel.budget for panel in panels), default=0) if trials is None else trials
    )


def verdicts_of(pairs: Pairs, rope: float = ROPE) -> pd.DataFrame:
    """Return verdicts on pairs, as `verdicts` does, without the column `trials`."""
    these, new = of_these_problems(pairs), of_new_problems(pairs)
    used = counted_in(pairs)
    tests = wilcoxon_pairs(pairs)
    bayes = signed_rank_pairs(pairs, rope)
    family = max(1, int((these.counts > 0).sum()))
    needs = power.power_pairs(pairs, ALPHA / family, family)
    p = these.p()
    p_holm, p_equal = holm(p), these.p_equal(rope)
    p_equal_holm = holm(p_equal)
    low, high = these.interval()
    low_new, high_new = new.interval()
    won, tied, lost = _by_problem(pairs)
    return pd.DataFrame(
        {
            "a": pairs.a,
            "b": pairs.b,
            "problems": these.counts,
            "left_out": len(pairs.problems) - these.counts,
            "repetitions": needs["repetitions"],
            "verdict": [
                word(*row) for row in zip(these.difference, p_holm, p_equal_holm, strict=True)
            ],
            "difference": these.difference,
            "low": low,
            "high": high,
            "p": p,
            "p_holm": p_holm,
            "p_equal": p_equal,
            "p_equal_holm": p_equal_holm,
            "median": tests["median"],
            "won": won,
            "tied": tied,
            "lost": lost,
            "ahead": (pairs.median < 0).sum(axis=1),
            "behind": (pairs.median > 0).sum(axis=1),
            "detectable": needs["detectable"],
            "repetitions_needed": needs["repetitions_needed"],
            "repetitions_equal": power.repetitions_needed(
                np.where(used, pairs.variance, 0.0),
                used,
                rope - np.abs(these.difference),
                2 * ALPHA / family,
            ),
            "datasets": new.counts,
            "verdict_new": _new(new, tests, bayes),
            "difference_new": new.difference,
            "low_new": low_new,
            "high_new": high_new,
            "p_new": tests["p"],
            "p_new_holm": tests["p_holm"],
            "method": tests["method"],
            "smallest": tests["smallest"],
            "reachable": tests["reachable"],
            "a_better": bayes["a_better"],
            "rope": bayes["rope"],
            "b_better": bayes["b_better"],
            "datasets_needed": needs["datasets_needed"],
        }
    )


def groups(order: Sequence[str], verdicts: pd.DataFrame) -> pd.Series:
    """Return the group of each strategy: what is not told apart from the first of its group.

    From the top, a strategy joins the group unless the first of the group is *better* than it by
    the verdict for these problems; else it is the first of the next group.

    Args:
        order: the strategies, best first.
        verdicts: as `verdicts` gives them.

    Returns:
        strategy -> 1, 2, … (Int64); NA where no comparison of the strategy has a p-value.
    """
    known = verdicts[verdicts["p"].notna()]
    compared = {*known["a"], *known["b"]}
    better, worse = (known[known["verdict"] == word] for word in (BETTER, WORSE))
    beaten = {
        *zip(better["a"], better["b"], strict=True),
        *zip(worse["b"], worse["a"], strict=True),
    }
    places: dict[str, int | None] = {}
    first, group = "", 0
    for name in order:
        if name in compared and (not group or (first, name) in beaten):
            first, group = name, group + 1
        places[name] = group if name in compared else None
    return pd.Series(
        pd.array(list(places.values()), dtype="Int64"), pd.Index(list(places), dtype=object)
    )


def swapped(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Return the same verdicts, of `b` against `a`.

    Args:
        verdicts: as `verdicts` gives them.
    """
    other: dict[str, str] = {}
    for one, two in (
        ("a", "b"), ("won", "lost"), ("ahead", "behind"), ("a_better", "b_better"),
        ("low", "high"), ("low_new", "high_new"),
    ):  # fmt: skip
        other |= {one: two, two: one}
    found = verdicts.rename(columns=other)[list(verdicts.columns)]
    signed = ["difference", "difference_new", "median", "low", "high", "low_new", "high_new"]
    found[signed] = -found[signed]
    words = ["verdict", "verdict_new"]
    found[words] = found[words].replace(OPPOSITE)
    return found


def _new(new: Estimate, tests: pd.DataFrame, bayes: pd.DataFrame) -> list[str]:
    found = []
    enough = bayes["blocks"] >= blocks_needed(1)
    columns = new.difference, tests["statistic"], tests["p_holm"], bayes["rope"], enough
    for difference, statistic, p, equal, many in zip(*columns, strict=True):
        if many and equal >= CREDIBLE:
            found.append(EQUAL)
        elif p <= ALPHA and difference * statistic > 0:
            found.append(BETTER if difference < 0 else WORSE)
        else:
            found.append(UNDECIDED)
    return found


def _by_problem(pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """Return how many problems are won, neither, and lost, each by its own interval."""
    there = pairs.count > 0
    own = Estimate(
        difference=pairs.mean.ravel(),
        se=np.sqrt(pairs.variance / np.maximum(pairs.count, 1)).ravel(),
        df=np.maximum(pairs.count - 1, 1).astype(float).ravel(),
        counts=there.astype(np.int64).ravel(),
        draws=pairs.count.ravel(),
        moved=pairs.moved.ravel(),
    )
    sure: Flags = (own.p() <= ALPHA).reshape(there.shape)
    won = (sure & (pairs.mean < 0)).sum(axis=1)
    lost = (sure & (pairs.mean > 0)).sum(axis=1)
    return won, there.sum(axis=1) - won - lost, lost
