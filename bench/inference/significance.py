"""Which strategies differ over problems: Friedman, then Wilcoxon for each pair with Holm."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy import stats

from bench.inference.estimates import ALPHA
from bench.inference.holm import holm, observations_needed, reachable, smallest_p
from bench.inference.paired import Pairs, all_pairs, blocks_of, by_dataset, grouping, medians
from bench.inference.sequential import valid_p
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel
from bench.panels.regret import bounded
from bench.panels.rounding import cleared, of_size, tied

MAX_EXACT_DIFFERENCES = 50
"""Where up to so many blocks differ Wilcoxon's distribution is counted out; beyond it is normal."""


def summaries(panels: Sequence[Panel], trials: int | None = None) -> pd.DataFrame:
    """Return the median bounded regret of each strategy in each block.

    A block is a data set, the mean over its problems: problems on the same data are no independent
    evidence. A rank among fewer would flatter those that are there, so all that is not complete is
    left out (`left_out` names it): first strategies that lack more than half of the blocks that
    any strategy has, so that one of them does not take the blocks of all others with it; then
    repetitions and problems that lack one of the rest.

    Args:
        panels: of the sweep.
        trials: after how many, by default the budget.

    Returns:
        A row a block (index: the data set), a column a strategy; what is equal in a block up to
        rounding is one number.
    """
    names = panels[0].strategies if panels else ()
    values = [bounded(panel.regret_after(trials)) for panel in panels]
    some = _enough(panels, values)
    columns, grains, datasets = [], [], []
    for panel, found in zip(panels, values, strict=True):
        complete = ~np.isnan(found[some]).any(axis=0)
        if some.any() and complete.any():
            columns.append(medians(found[some][:, complete]))
            grains.append(np.maximum(of_size(columns[-1]), panel.grain[complete].max()))
            datasets.append(panel.dataset)
    kept = [name for name, there in zip(names, some, strict=True) if there]
    table, grain = (np.array(part).reshape(len(columns), len(kept)).T for part in (columns, grains))
    index = pd.Index(list(dict.fromkeys(datasets)), name="dataset")
    means, grain = by_dataset(table, datasets).T, by_dataset(grain, datasets).T
    rows = [tied(*row) for row in zip(means, grain, strict=True)]
    return pd.DataFrame(np.reshape(rows, means.shape), index=index, columns=kept)


def first_look(panels: Sequence[Panel]) -> list[Panel]:
    """Return panels with the repetitions of the first look, of which nothing was chosen.

    Without looks that is all of them, before the first look none.

    Args:
        panels: of a sweep.
    """
    return [
        panel
        if panel.looks is None
        else replace(
            panel,
            regret=np.where(
                panel.repetitions[:, None] < min(panel.looks.times[0], panel.looks.made),
                panel.regret,
                np.nan,
            ),
        )
        for panel in panels
    ]


def left_out(
    table: pd.DataFrame, panels: Sequence[Panel], trials: int | None = None
) -> tuple[list[str], list[str]]:
    """Return what `summaries` leaves out: strategies, and data sets that some strategy has.

    Args:
        table: as `summaries` gives it.
        panels: of the sweep.
        trials: after how many, by default the budget.
    """
    names = panels[0].strategies if panels else ()
    had = [panel.dataset for panel in panels if (~np.isnan(panel.regret_after(trials))).any()]
    return (
        [name for name in names if name not in table.columns],
        [name for name in dict.fromkeys(had) if name not in table.index],
    )


def _enough(panels: Sequence[Panel], values: Sequence[Array]) -> Flags:
    """Return which strategies have half of the blocks that any has, or more, and not none."""
    if not panels:
        return np.zeros(0, dtype=bool)
    there = np.array([(~np.isnan(found)).any(axis=1) for found in values], dtype=float)
    blocks = there.T @ grouping([panel.dataset for panel in panels]) > 0
    own, of = blocks.sum(axis=1), blocks.any(axis=0).sum()
    return np.asarray((own > 0) & (2 * own >= of), dtype=bool)


def friedman(table: pd.DataFrame, alpha: float = ALPHA) -> pd.DataFrame:
    """Return Friedman's test that no strategy is better than another.

    Args:
        table: as `summaries` gives it.
        alpha: of the critical difference.

    Returns:
        One row: strategies, blocks, chi2 (corrected for ties) with p, chi2_plain (not corrected),
        f with p_f (Iman and Davenport's, from the corrected one; NaN where all blocks agree, since
        it is infinite there), cd (Nemenyi's critical difference of mean ranks, for reference only:
        its verdicts depend on who else entered). NaN with fewer than 2 strategies or blocks, or
        where all are equal.

    Source: Demšar 2006, section 3.2.2; tie correction as in Conover 1999, section 5.8.
    """
    n, k = table.shape
    row = dict.fromkeys(("chi2", "p", "chi2_plain", "f", "p_f", "cd"), math.nan)
    if n >= 2 and k >= 2:
        ranks = stats.rankdata(table.to_numpy(dtype=float), axis=1)
        between = n * float(((ranks.mean(axis=0) - (k + 1) / 2) ** 2).sum())
        within = float(((ranks - (k + 1) / 2) ** 2).sum()) / (n * (k - 1))
        row["chi2_plain"] = 12 * between / (k * (k + 1))
        row["cd"] = stats.studentized_range.ppf(1 - alpha, k, np.inf) * math.sqrt(
            k * (k + 1) / (12 * n)
        )
        if within > 0:
            row["chi2"] = between / within
            row["p"] = float(stats.chi2.sf(row["chi2"], k - 1))
            rest = n * (k - 1) - row["chi2"]
            if rest > 1e-9 * n * k:
                row["f"] = (n - 1) * row["chi2"] / rest
                row["p_f"] = float(stats.f.sf(row["f"], k - 1, (k - 1) * (n - 1)))
    return pd.DataFrame([{"strategies": k, "blocks": n} | row])


def mean_ranks(table: pd.DataFrame) -> pd.DataFrame:
    """Return the strategies by mean rank over blocks, ties share the mean of their ranks.

    Args:
        table: as `summaries` gives it.

    Returns:
        strategy, rank (1 is best), blocks; best first.
    """
    ranks = table.rank(axis=1).mean(axis=0) if len(table) else pd.Series(np.nan, table.columns)
    found = pd.DataFrame({"strategy": list(table.columns), "rank": tied(ranks)})
    found["blocks"] = len(table)
    return found.sort_values("rank", ignore_index=True, kind="stable", na_position="last")


def wilcoxon(
    panels: Sequence[Panel], trials: int | None = None, alpha: float = ALPHA
) -> pd.DataFrame:
    """Return Wilcoxon's signed-rank test of each pair of strategies over data sets.

    Args:
        panels: of the sweep.
        trials: after how many, by default the budget.
        alpha: what the test is to reach.

    Returns:
        As `wilcoxon_pairs` does.
    """
    return wilcoxon_pairs(all_pairs(panels, trials), alpha)


def wilcoxon_pairs(pairs: Pairs, alpha: float = ALPHA) -> pd.DataFrame:
    """Return Wilcoxon's signed-rank test of pairs, with Holm's correction.

    Pairs with so few blocks that their test cannot reach alpha even alone are no part of Holm's
    family, which is legitimate since it hangs on numbers of blocks, not on what was observed.

    The observation is the difference of the medians of `a` and `b` (bounded regret, over the
    repetitions both ran), averaged over the problems of a data set. Zeros are ranked, then left out
    (Pratt). Where up to `MAX_EXACT_DIFFERENCES` blocks differ the p-value is exact given the ranks,
    ties included.

    Args:
        pairs: as `all_pairs` gives them.
        alpha: what the test is to reach.

    Returns:
        A row a pair: a, b, blocks, zeros, median (difference, below 0: a is better), statistic
        (the sum of the ranks in favour of b minus those in favour of a), p, p_holm (NaN outside
        the family), method (exact or normal), smallest (the least p that so many blocks can
        reach), needed (blocks with which any pair of the family, or of all that have a block where
        it is empty, can reach alpha), reachable (p_holm can reach alpha at all: always with as
        many blocks as needed; with fewer if others with more may go before it), different.
    """
    blocks, grains = blocks_of(pairs)
    valid = valid_p(pairs, _p_of_pairs) if pairs.looks else None
    rows = []
    for a, b, row, grain in zip(pairs.a, pairs.b, blocks, grains, strict=True):
        there = ~np.isnan(row)
        differences = row[there]
        n = len(differences)
        statistic, p, method = signed_rank(differences, grain[there])
        rows.append(
            {
                "a": a,
                "b": b,
                "blocks": n,
                "zeros": int((differences == 0).sum()),
                "median": float(np.median(differences)) if n else math.nan,
                "statistic": statistic,
                "p": p,
                "method": method,
            }
        )
    columns = ["a", "b", "blocks", "zeros", "median", "statistic", "p", "method"]
    table = pd.DataFrame(rows, columns=columns)
    if valid is not None:
        table["p"] = valid
    p, counts = table["p"].to_numpy(dtype=float), table["blocks"].to_numpy(dtype=np.int64)
    able = counts >= observations_needed(1, alpha)
    table.insert(7, "p_holm", holm(np.where(able, p, np.nan)))
    family = able if able.any() else ~np.isnan(p)
    least = valid_p(pairs, lambda seen: smallest_p(_blocks_there(seen)))
    table["smallest"] = least
    table["needed"] = observations_needed(int(family.sum()), alpha)
    table["reachable"] = reachable(least, able, alpha)
    table["different"] = table["p_holm"] <= alpha
    return table


def _p_of_pairs(pairs: Pairs) -> Array:
    """Return two-sided p-values of pairs over data sets, shape (M,)."""
    blocks, grains = blocks_of(pairs)
    there = ~np.isnan(blocks)
    rows = zip(blocks, grains, there, strict=True)
    return np.array([signed_rank(row[known], grain[known])[1] for row, grain, known in rows])


def _blocks_there(pairs: Pairs) -> Ints:
    found: Ints = (~np.isnan(blocks_of(pairs)[0])).sum(axis=1)
    return found


def signed_rank(differences: Array, grain: Array | float = 0.0) -> tuple[float, float, str]:
    """Return Wilcoxon's signed-rank statistic, the two-sided p-value, and how it was found.

    Zeros take part in the ranking and then have no sign (Pratt): they make the others' ranks more
    alike, but are no evidence. So it hangs on the number of differences that are not 0 whether the
    normal distribution will do: with n blocks of which 4 differ no p-value is below 2 / 2⁴.

    Args:
        differences: shape (n,).
        grain: what is rounding in them, one number or shape (n,).

    Returns:
        The sum of the ranks of positive differences minus those of negative ones; p (1 where all
        are 0, NaN where there is none); "exact" or "normal".

    Source: Wilcoxon 1945; zeros by Pratt 1959.
    """
    if not len(differences):
        return math.nan, math.nan, ""
    differences = cleared(differences, grain)
    sizes = tied(np.abs(differences), grain)
    _, place, counts = np.unique(sizes, return_inverse=True, return_counts=True)
    # Doubled, so that the mean rank of a tie, from start + 1 to end, is an integer.
    doubled = (2 * np.cumsum(counts) - counts + 1)[place]
    ranks = doubled[differences != 0]
    statistic = float((np.sign(differences) * doubled).sum()) / 2
    if len(ranks) > MAX_EXACT_DIFFERENCES:
        scatter = math.sqrt(float((ranks.astype(float) ** 2).sum())) / 2
        z = abs(statistic) / scatter if scatter else 0.0
        return statistic, float(2 * stats.norm.sf(z)), "normal"
    shares = rank_sums(ranks.tolist())
    positive = int(doubled[differences > 0].sum())
    tail = min(shares[: positive + 1].sum(), shares[positive:].sum())
    return statistic, float(min(1.0, 2 * tail)), "exact"


def rank_sums(ranks: Iterable[int]) -> Array:
    """Return the share of all choices of signs with each sum of positive ranks, from 0.

    Args:
        ranks: integers, 0 or more.

    >>> rank_sums([1, 2]).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    shares = np.ones(1)
    for rank in ranks:
        wider = np.zeros(len(shares) + rank)
        wider[: len(shares)] += shares / 2
        wider[rank:] += shares / 2
        shares = wider
    return shares


def cliques(ranks: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    """Return the maximal groups of strategies that do not differ significantly within a group.

    For a critical-difference picture. A group may leave out a strategy that stands between two of
    its members by mean rank.

    Args:
        ranks: as `mean_ranks` gives them.
        tests: as `wilcoxon` gives them.

    Returns:
        A row a member: clique (0, 1, …; groups of two or more, best first), strategy, rank.
    """
    known = ranks[ranks["rank"].notna()]
    places = {name: i for i, name in enumerate(known["strategy"])}
    near: dict[int, set[int]] = {i: set() for i in places.values()}
    same = tests[~tests["different"] & tests["p"].notna()]
    for a, b in zip(same["a"], same["b"], strict=True):
        if a in places and b in places:
            near[places[a]].add(places[b])
            near[places[b]].add(places[a])
    found = sorted(sorted(group) for group in _maximal(near) if len(group) > 1)
    rows = [
        {"clique": number, "strategy": known["strategy"].iloc[i], "rank": known["rank"].iloc[i]}
        for number, group in enumerate(found)
        for i in group
    ]
    return pd.DataFrame(rows, columns=["clique", "strategy", "rank"])


def _maximal(near: dict[int, set[int]]) -> Iterator[set[int]]:
    """Yield the maximal cliques of a graph (Bron and Kerbosch 1973, with pivots)."""
    waiting: list[tuple[set[int], set[int], set[int]]] = [(set(), set(near), set())]
    while waiting:
        group, candidates, done = waiting.pop()
        if not candidates and not done:
            yield group
            continue
        pivot = max(candidates | done, key=lambda i: len(near[i] & candidates))
        for i in sorted(candidates - near[pivot]):
            waiting.append((group | {i}, candidates & near[i], done & near[i]))
            candidates = candidates - {i}
            done = done | {i}
