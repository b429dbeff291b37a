"""Random-search equivalents: how many random trials a result is worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.curves.draws import Exact, expected_bests, random_draws
from bench.inference.intervals import RESAMPLES, SEED
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM
from bench.panels.rounding import of_size

TWICE = "random ×2"
"""Random search with twice the budget, from its pooled draws."""


def equivalents(
    panels: Sequence[Panel],
    trials: int | None = None,
    exact: Mapping[str, Exact] | None = None,
) -> pd.DataFrame:
    """Return how many random trials reach the median result of each strategy.

    n_eq = ln ½ / ln(1 − F), F the probability that one random draw is at least as good as the
    median result; taken in each repetition, whose draws have a distribution of their own, and
    then the median over repetitions. The idea is that of Bergstra & Bengio, "Random Search for
    Hyper-Parameter Optimization", JMLR 2012. A run without a completed trial counts as the worst
    completed loss; a set is judged by its expected best.

    Args:
        panels: the problems.
        trials: results after so many trials, by default the whole budget of each problem. Beyond
            a problem's budget nothing is known of it: NaN.
        exact: problem -> the distribution of a draw, where it is known (tables): losses, a row a
            repetition in the order of the panel's, and weights.

    Returns:
        strategy, problem, dataset, budget (n), value (median over repetitions, in the metric's
        direction), chance (F), equivalents (n_eq; 0 where every draw is as good), bound (F is not
        above 1 / n_draws, the smallest share that draws resolve: n_eq is at least that of
        1 / n_draws), exact,
        n_draws (that F is counted from; NaN where exact). `random` has n by definition, since F
        would be counted from its own trials. `random ×2` follows, with 2n: Jamieson's baseline; its
        value is the expected best of 2n of the pooled draws, NaN where there are fewer. NaN where
        nothing is known of a random draw, or all draws are the same.
    """
    rows: list[tuple[object, ...]] = []
    for panel in panels:
        n = panel.budget if trials is None else trials
        given = (exact or {}).get(panel.problem)
        shared = panel.problem, panel.dataset, n
        if n > panel.budget:
            unknown = np.nan, np.nan, np.nan, False, given is not None, np.nan
            rows += [(strategy, *shared, *unknown) for strategy in panel.strategies]
            continue
        chances, counts, varied = _chances(panel, n, given)
        draws = _median(counts)
        for s, strategy in enumerate(panel.strategies):
            there = ~np.isnan(chances[s])
            value = _median(panel.values(panel.best[s, :, n - 1]))
            chance = float(np.median(chances[s, there])) if there.any() else np.nan
            # Of the same repetitions as the median of F.
            least = _median(1.0 / counts[there])
            count, bound = _equivalent(chance, least) if varied else (np.nan, False)
            if strategy == RANDOM and not np.isnan(count):
                count, bound = float(n), False
            rows.append((strategy, *shared, value, chance, count, bound, given is not None, draws))
        if RANDOM in panel.strategies and panel.ran[panel.strategies.index(RANDOM)].any():
            best = _median(panel.values(_twice(panel, n)))
            rows.append((TWICE, *shared, best, np.nan, 2.0 * n, False, False, draws))
    columns = ["strategy", "problem", "dataset", "budget", "value", "chance"]
    columns += ["equivalents", "bound", "exact", "n_draws"]
    return pd.DataFrame(rows, columns=columns)


def trials_saved(equivalents: pd.DataFrame) -> pd.DataFrame:
    """Return how many times the trials random search would need, over problems.

    Args:
        equivalents: as `equivalents` gives it.

    Returns:
        strategy, factor (median over problems of n_eq / n) with a 95 % bootstrap interval (low,
        high: data sets resampled, so it speaks of new data sets, given these results on each; NaN
        with one data set), n_problems, n_bounds (problems where n_eq is a lower bound), bound (the
        median itself is a lower bound).
    """
    rows = []
    for strategy, part in equivalents.groupby("strategy", sort=False, observed=True):
        known = part[part["equivalents"].notna()]
        if known.empty:
            rows.append((strategy, np.nan, np.nan, np.nan, 0, 0, False))
            continue
        factors = (known["equivalents"] / known["budget"]).to_numpy(dtype=float)
        bounds = known["bound"].to_numpy(dtype=bool)
        median = float(np.median(factors))
        # The true factors of bounds may be anything above: does that move the median?
        lifted = float(np.median(np.where(bounds, np.inf, factors)))
        low, high = percentile_interval(factors, pd.factorize(known["dataset"])[0])
        counts = len(factors), int(bounds.sum())
        rows.append((strategy, median, low, high, *counts, bool(lifted > median)))
    columns = ["strategy", "factor", "low", "high", "n_problems", "n_bounds", "bound"]
    return pd.DataFrame(rows, columns=columns)


def _chances(panel: Panel, n: int, exact: Exact | None) -> tuple[Array, Array, bool]:
    """Return F of each run's result, what it is counted from, and whether draws differ.

    The second is the number of draws of each repetition: NaN where there is none, or F is exact.
    """
    result = panel.best[..., n - 1]
    result = np.where(np.isnan(result) & panel.ran, panel.worst, result)
    chances = np.full(result.shape, np.nan)
    # A draw that is as good up to rounding is as good.
    reach = result + np.maximum(of_size(result), panel.loss_grain)
    if exact is not None:
        losses, weights = exact
        losses = np.broadcast_to(losses, (len(panel.repetitions), losses.shape[1]))
        weights = weights / weights.sum()
        # A configuration that fails is as good as none.
        losses = np.where(np.isnan(losses), np.inf, losses)
        for r, row in enumerate(losses):
            order = np.argsort(row, kind="stable")
            reached = np.append(0.0, np.cumsum(weights[order]))
            places = np.searchsorted(row[order], reach[:, r], side="right")
            chances[:, r] = np.where(np.isnan(result[:, r]), np.nan, reached[places])
        return chances, np.full(len(losses), np.nan), bool((losses != losses[:, :1]).any())
    draws = random_draws(panel)
    for r, ordered in enumerate(draws):
        if len(ordered):
            places = np.searchsorted(ordered, reach[:, r], side="right")
            chances[:, r] = np.where(np.isnan(result[:, r]), np.nan, places / len(ordered))
    counts = np.array([len(ordered) or np.nan for ordered in draws], dtype=float)
    varied = any(len(ordered) and ordered[0] < ordered[-1] for ordered in draws)
    return chances, counts, varied


def _equivalent(chance: float, least: float) -> tuple[float, bool]:
    """Return n_eq and whether it is a lower bound.

    Args:
        chance: F.
        least: 1 / draws, NaN where F is exact. A share of a single draw may be one of any smaller
            chance that was lucky, so it is a bound, too.
    """
    if np.isnan(chance):
        return float("nan"), False
    bound = bool(chance <= least * (1 + 1e-9))
    chance = least if bound else chance
    if chance >= 1:
        return 0.0, bound
    return (float(np.log(0.5) / np.log1p(-chance)), bound) if chance > 0 else (np.inf, False)


def _twice(panel: Panel, n: int) -> Array:
    return expected_bests(random_draws(panel), [2 * n])[:, 0]


def _median(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else float("nan")


def percentile_interval(values: Array, groups: Array) -> tuple[float, float]:
    """Return the percentile interval of the median, groups resampled with all their values."""
    count = int(groups.max()) + 1
    if count < 2:
        return float("nan"), float("nan")
    rng = np.random.default_rng(SEED)
    drawn = rng.multinomial(count, np.full(count, 1 / count), size=RESAMPLES)
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(drawn[:, groups[order]], axis=1)
    total = reached[:, -1:]
    # The two middle ones of each resample: the same one where their number is odd.
    middle = [(reached <= half).sum(axis=1) for half in ((total - 1) // 2, total // 2)]
    medians = values[order][np.stack(middle)].mean(axis=0)
    low, high = np.quantile(medians, [0.025, 0.975])
    return float(low), float(high)
