"""Verdicts after a fixed number of trials: better, worse, practically equal or undecided."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.inference import ROPE, power
from bench.inference.bayes import signed_rank_pairs
from bench.inference.dominance import dominance, shares
from bench.inference.estimates import (
    ALPHA,
    BETTER,
    EQUAL,
    OPPOSITE,
    UNDECIDED,
    WORSE,
    Estimate,
    counted_in,
    on_problem_set,
    word,
)
from bench.inference.holm import holm, observations_needed
from bench.inference.new_data_sets import new_data_sets
from bench.inference.paired import Pairs, all_pairs, counting
from bench.inference.sequential import p_equal_on_problem_set, p_on_problem_set, valid_p
from bench.inference.significance import wilcoxon_pairs
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel

CREDIBLE = 0.95
"""The probability from which the Bayesian test says that two are practically equal."""


def verdicts(
    panels: Sequence[Panel], trials: int | None = None, rope: float = ROPE
) -> pd.DataFrame:
    """Return a verdict on each pair of strategies, on this problem set and for new data sets.

    For this problem set (only repetitions are a sample) word, test and interval are of the mean
    paired difference in bounded regret: *practically equal* if two one-sided tests place it within
    ±rope; else *better* or *worse* if Student's test excludes 0; else *undecided*.

    For new data sets (which are the sample) they are of the pseudo-median of the differences of
    medians in bounded regret: *practically equal* if its interval by the signed-rank test lies
    within ±rope, and the Bayesian signed-rank test gives that .95 or more; else *better* or *worse*
    if Wilcoxon's test and its interval exclude 0; else *undecided*. A mean and a pseudo-median may
    disagree: no word is said for new data sets that contradicts the one on this problem set.

    Each of the four tests is corrected by Holm over all pairs, so its error rate is 5 % over all of
    them. No p-value is below that of the signs alone (`bench.inference.holm.smallest_p`).

    A problem is won or lost if the 95 % interval of its own mean paired difference excludes 0 and
    six repetitions or more differ (no test decides on fewer); with K problems and no difference at
    all, K/40 of them are won by chance. `ahead` and `behind` compare medians, without a test.

    Args:
        panels: of the sweep.
        trials: after how many, by default the budget.
        rope: half the width of the region of practical equivalence, in bounded regret, declared
            before looking.

    Returns:
        A row a pair; the verdicts say what `a` is against `b`, differences are a − b (below 0: a is
        better) in bounded regret. a, b, budget, n_problems, n_left_out (problems with fewer than
        two paired repetitions), n_repetitions (paired, of a problem, the fewest), verdict;
        difference, low, high (95 %, of this pair alone), p, p_holm, p_equal, p_equal_holm; median
        (over problems, of differences of medians), n_won, n_tied, n_lost, n_ahead, n_behind;
        detectable (the difference that the sweep as it stands would find; inf: none),
        n_repetitions_needed (of each problem, to find the observed difference), n_repetitions_equal
        (to show that it is within ±rope; inf where it is not): all three with a power of 0.8 at .05
        / number of pairs, which is on the safe side of Holm;
        regret_difference, regret_low, regret_high (the same mean difference and interval in
        normalised regret, which is not bounded), dominant (the problem that holds more than half of
        the variance of that; empty without one), dominant_share (of the problem that holds most),
        dominant_bounded (the share that the dominant problem has in bounded regret, on which the
        verdict is; NaN without one), verdict_without (the verdict on this problem set if it were
        left out; empty without one);
        n_datasets, n_functions (those of the data sets that are functions, which count as one
        each), verdict_new, difference_new (pseudo-median), low_new, high_new (95 %, of this
        pair alone), p_new, p_new_holm, p_equal_new, p_equal_new_holm (NaN with too few data sets to
        be tested), method (of Wilcoxon's p-value), smallest (p that so many data sets can reach),
        reachable (p_new_holm can reach .05), a_better, rope, b_better (Bayesian probabilities; NaN
        with one data set), n_datasets_needed.
    """
    limited, plain = (all_pairs(panels, trials, plain=flag) for flag in (False, True))
    table = verdicts_of(limited, rope)
    found, most = on_problem_set(plain), dominance(plain)
    low, high = found.interval()
    names = np.array([*plain.problems, ""], dtype=object)
    still = np.pad(shares(limited), ((0, 0), (0, 1)), constant_values=np.nan)
    place = list(table.columns).index("n_datasets")
    for name, values in (
        ("regret_difference", found.difference), ("regret_low", low), ("regret_high", high),
        ("dominant", names[most.place]), ("dominant_share", most.share),
        ("dominant_bounded", still[np.arange(len(still)), most.place]),
        ("verdict_without", _without(limited, most.place, rope)),
    ):  # fmt: skip
        table.insert(place, name, values)
        place += 1
    budget = max((panel.budget for panel in panels), default=0)
    return table.assign(budget=budget if trials is None else trials)


def verdicts_of(pairs: Pairs, rope: float = ROPE) -> pd.DataFrame:
    """Return verdicts on pairs, as `verdicts` does, without `trials` and what is not bounded."""
    these, new = on_problem_set(pairs), new_data_sets(pairs, rope)
    tested = verdicts_on_problem_set(pairs, rope)
    used = counted_in(pairs)
    tests = wilcoxon_pairs(pairs)
    bayes = signed_rank_pairs(pairs, rope)
    family = max(1, int((these.counts > 0).sum()))
    needs = power.power_pairs(pairs, ALPHA / family)
    going_on = _going_on(pairs)
    low, high = these.interval()
    won, tied, lost = _by_problem(pairs)
    able = new["n_datasets"].to_numpy(dtype=np.int64) >= observations_needed(1, ALPHA)
    new["p_holm"] = tests["p_holm"]
    if pairs.looks:
        new["p_equal"] = valid_p(pairs, lambda seen: _p_equal_new(seen, rope), two_sided=False)
    new["p_equal_holm"] = holm(np.where(able, new["p_equal"], np.nan))
    words = list(tested["verdict"])
    return pd.DataFrame(
        {
            "a": pairs.a,
            "b": pairs.b,
            "n_problems": these.counts,
            "n_left_out": len(pairs.problems) - these.counts,
            "n_repetitions": needs["n_repetitions"],
            "verdict": words,
            "difference": these.difference,
            "low": low,
            "high": high,
            **{name: tested[name].array for name in ("p", "p_holm", "p_equal", "p_equal_holm")},
            "median": tests["median"],
            "n_won": won,
            "n_tied": tied,
            "n_lost": lost,
            "n_ahead": (pairs.median < 0).sum(axis=1),
            "n_behind": (pairs.median > 0).sum(axis=1),
            "detectable": np.where(going_on, np.nan, needs["detectable"]),
            "n_repetitions_needed": np.where(going_on, np.nan, needs["n_repetitions_needed"]),
            "n_repetitions_needed_equal": power.repetitions_needed(
                np.where(used, pairs.variance, 0.0),
                used & ~going_on[:, None],
                rope - np.abs(these.difference),
                ALPHA / family,
                equal=True,
            ),
            "n_datasets": new["n_datasets"],
            "n_functions": new["n_functions"],
            "verdict_new": _new(new, bayes["rope"], words),
            "difference_new": new["difference"],
            "low_new": new["low"],
            "high_new": new["high"],
            "p_new": tests["p"],
            "p_new_holm": tests["p_holm"],
            "p_equal_new": new["p_equal"],
            "p_equal_new_holm": new["p_equal_holm"],
            "method": tests["method"],
            "smallest": tests["smallest"],
            "reachable": tests["reachable"],
            "a_better": bayes["a_better"],
            "rope": bayes["rope"],
            "b_better": bayes["b_better"],
            "n_datasets_needed": power.datasets_needed(
                new["difference"].to_numpy(dtype=float),
                new["scatter"].to_numpy(dtype=float),
                ALPHA / family,
            ),
        }
    )


def verdicts_on_problem_set(pairs: Pairs, rope: float = ROPE) -> pd.DataFrame:
    """Return what the tests on this problem set alone say of pairs, as `verdicts` has it.

    Args:
        pairs: of bounded regret.
        rope: as in `verdicts`.

    Returns:
        A row a pair: a, b, difference, p, p_holm, p_equal, p_equal_holm, verdict.
    """
    found = on_problem_set(pairs)
    p, p_equal = p_on_problem_set(pairs), p_equal_on_problem_set(pairs, rope)
    p_holm, p_equal_holm = holm(p), holm(p_equal)
    return pd.DataFrame(
        {
            "a": pairs.a,
            "b": pairs.b,
            "difference": found.difference,
            "p": p,
            "p_holm": p_holm,
            "p_equal": p_equal,
            "p_equal_holm": p_equal_holm,
            "verdict": [
                word(*row) for row in zip(found.difference, p_holm, p_equal_holm, strict=True)
            ],
        }
    )


def _without(pairs: Pairs, place: Ints, rope: float) -> list[str]:
    """Return each pair's verdict on this problem set without one of them, the others as they are.

    Args:
        pairs: of the sweep.
        place: of the problem that a pair is left without; −1: none, and no verdict.
        rope: as in `verdicts`.
    """
    those = place >= 0
    used = np.ones(pairs.count.shape, dtype=bool)
    used[those, place[those]] = False
    fewer = counting(pairs, used)
    left = on_problem_set(fewer)
    with_it, without = (
        (p_on_problem_set(of), p_equal_on_problem_set(of, rope)) for of in (pairs, fewer)
    )
    found = [""] * len(place)
    for row in np.flatnonzero(those).tolist():
        this = np.arange(len(place)) == row
        p, p_equal = (
            holm(np.where(this, one, other))[row]
            for one, other in zip(without, with_it, strict=True)
        )
        found[row] = word(left.difference[row], p, p_equal)
    return found


def groups(order: Sequence[str], verdicts: pd.DataFrame) -> pd.Series:
    """Return the group of each strategy: no two of its members differ significantly.

    From the top, a strategy joins the group unless it is *better* or *worse* than one of its
    members by the verdict on this problem set; else it is the first of the next group. To ask the
    first member alone would not do: where that has few repetitions nothing differs from it.

    Args:
        order: the strategies, best first.
        verdicts: as `verdicts` gives them.

    Returns:
        strategy -> 1, 2, … (Int64); NA where no comparison of the strategy has a p-value.
    """
    known = verdicts[verdicts["p"].notna()]
    compared = {*known["a"], *known["b"]}
    decided = known[known["verdict"].isin([BETTER, WORSE])]
    different = set(map(frozenset, zip(decided["a"], decided["b"], strict=True)))
    places: dict[str, int | None] = {}
    members: list[str] = []
    group = 0
    for name in order:
        if name not in compared:
            places[name] = None
            continue
        if not members or any(frozenset((name, member)) in different for member in members):
            members, group = [], group + 1
        members.append(name)
        places[name] = group
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
        ("a", "b"), ("n_won", "n_lost"), ("n_ahead", "n_behind"), ("a_better", "b_better"),
        ("low", "high"), ("low_new", "high_new"), ("regret_low", "regret_high"),
    ):  # fmt: skip
        other |= {one: two, two: one}
    found = verdicts.rename(columns=other)[list(verdicts.columns)]
    signed = [
        "difference", "difference_new", "regret_difference", "median",
        "low", "high", "low_new", "high_new", "regret_low", "regret_high",
    ]  # fmt: skip
    found[signed] = -found[signed]
    words = ["verdict", "verdict_new", "verdict_without"]
    found[words] = found[words].replace(OPPOSITE)
    return found


def _new(new: pd.DataFrame, equal: pd.Series, words: Sequence[str]) -> list[str]:
    """Return the verdicts for new data sets, given those on this problem set."""
    found = []
    columns = new["low"], new["high"], new["p_holm"], new["p_equal_holm"], equal
    for low, high, p, p_equal, credible, these in zip(*columns, words, strict=True):
        said = UNDECIDED
        if p_equal <= ALPHA and credible >= CREDIBLE:
            said = EQUAL
        elif p <= ALPHA and (high < 0 or low > 0):
            said = BETTER if high < 0 else WORSE
        found.append(said if these in (UNDECIDED, said) else UNDECIDED)
    return found


def _going_on(pairs: Pairs) -> Flags:
    """Return which pairs have looks to come, shape (M,).

    A look spends little of α, so what its test can find says nothing of the sweep.
    """
    shares = [np.nan_to_num(look.fraction) for look in pairs.looks]
    if not shares:
        return np.zeros(len(pairs.a), dtype=bool)
    found: Flags = np.max(shares, axis=0) < 1
    return found


def _p_equal_new(pairs: Pairs, rope: float) -> Array:
    """Return p-values of a difference beyond ±rope on new data sets, shape (M,)."""
    found: Array = new_data_sets(pairs, rope)["p_equal"].to_numpy(dtype=float)
    return found


def _by_problem(pairs: Pairs) -> tuple[Ints, Ints, Ints]:
    """Return how many problems are won, neither, and lost, each by its own interval."""
    there = pairs.count > 0
    sure: Flags = valid_p(pairs, _p_by_problem) <= ALPHA
    won = (sure & (pairs.mean < 0)).sum(axis=1)
    lost = (sure & (pairs.mean > 0)).sum(axis=1)
    return won, there.sum(axis=1) - won - lost, lost


def _p_by_problem(pairs: Pairs) -> Array:
    """Return two-sided p-values of no difference on each problem, shape (M, K)."""
    own = Estimate(
        difference=pairs.mean.ravel(),
        se=np.sqrt(pairs.variance / np.maximum(pairs.count, 1)).ravel(),
        df=np.maximum(pairs.count - 1, 1).astype(float).ravel(),
        counts=(pairs.count > 0).astype(np.int64).ravel(),
        draws=pairs.count.ravel(),
        moved=pairs.moved.ravel(),
    )
    return own.p().reshape(pairs.count.shape)
