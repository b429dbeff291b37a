"""The leaderboard over all problems: regret at a budget, its area, and who lacks runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from bench.curves.finals import has_best_median
from bench.curves.ranks import from_pairs, met_once, pair_losses, rank_parts
from bench.inference.intervals import counts_of, mean, pooled_iqm
from bench.inference.mean_intervals import around, iqm_interval, mean_interval, of_regret
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel
from bench.panels.regret import bounded
from bench.panels.rounding import tied

COLUMNS = [
    "strategy",
    "rank", "rank_low", "rank_high", "rank_new_low", "rank_new_high",
    "mean", "mean_low", "mean_high", "mean_new_low", "mean_new_high",
    "bounded", "bounded_low", "bounded_high", "bounded_new_low", "bounded_new_high",
    "iqm", "iqm_low", "iqm_high", "iqm_new_low", "iqm_new_high",
    "auc", "auc_low", "auc_high", "auc_new_low", "auc_new_high",
    "n_best", "n_repetitions", "n_problems", "n_common", "n_all_problems",
    "n_runs", "n_all_runs", "failed_share",
]  # fmt: skip


def areas(panel: Panel, trials: int | None = None) -> Array:
    """Return the mean normalised regret over log trials, shape (S, R).

    ∫ regret d log t / log T from 1 to T, regret being a step function of the trials made: regret
    after t trials weighs log((t + 1) / t). With T = 1 it is the regret.

    Args:
        panel: of one problem.
        trials: T; the budget without. Beyond the budget all is NaN.

    Raises:
        ValueError: trials below 1.
    """
    last = panel.regret_after(trials)
    count = trials or panel.budget
    if count == 1 or count > panel.budget:
        return last
    weights = np.diff(np.log(np.arange(1, count + 1))) / np.log(count)
    found: Array = panel.regret[..., : count - 1] @ weights
    return found


def missing(panels: Sequence[Panel], fewer: Mapping[str, int] | None = None) -> pd.DataFrame:
    """Return the cells of strategies × problems that lack runs.

    Args:
        panels: of all problems, in the same strategies.
        fewer: strategy -> the repetitions that are wanted of it, where not all are.

    Returns:
        strategy, problem, n_there (repetitions it has; 0 where it has no run that counts),
        n_repetitions (those any strategy has, or that are wanted of this one).
    """
    rows = []
    for panel in panels:
        for name, there in zip(panel.strategies, panel.ran.sum(axis=1).tolist(), strict=True):
            wanted = min(panel.ran.shape[1], (fewer or {}).get(name, panel.ran.shape[1]))
            if there < wanted:
                rows.append((name, panel.problem, there, wanted))
    return pd.DataFrame(rows, columns=["strategy", "problem", "n_there", "n_repetitions"])


def leaderboard(panels: Sequence[Panel], trials: int | None = None) -> pd.DataFrame:
    """Return the strategies by mean rank of their normalised regret.

    Of each problem those repetitions count that a strategy has, so that one with fewer does not
    change the numbers of the others; ranks take of each pair those that both have. Intervals are
    95 % (`bench.inference.mean_intervals`), `…_low` and `…_high` for *this problem set* (NaN
    where a problem has one repetition), `…_new_low` and `…_new_high` for *new data sets* (NaN with
    one).

    Args:
        panels: of all problems, in the same strategies.
        trials: after how many; all of each problem's budget without. Problems with a smaller
            budget are left out.

    Returns:
        A row a strategy, best first, those without any run last:
        strategy;
        rank: mean over repetitions, then problems, ties share theirs; a strategy that lacks
        problems or repetitions is compared with each other on what both have
        (`bench.curves.ranks.from_pairs`);
        mean, iqm: normalised regret (0 best known, 1 median of one random draw), mean and
        interquartile mean with every problem weighing the same, on the problems it has;
        bounded: mean of bounded regret (`bench.panels.regret.bounded`), on which verdicts are;
        auc: the mean of `areas`, on the problems it has;
        n_best: problems on which no other's median is better, each over the repetitions both have;
        n_repetitions: those it has of a problem, the fewest;
        n_problems: those it is compared on; n_common: the fewest it shares with another strategy;
        n_all_problems: of the sweep;
        n_runs: runs with a value on the problems it is compared on; n_all_runs: the repetitions of
        all problems;
        failed_share: of its trials on all problems, those that failed; NaN without a trial.

    Raises:
        ValueError: trials below 1.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    names = panels[0].strategies
    count = len(names)
    finals = [panel.regret_after(trials) for panel in panels]
    curves = [areas(panel, trials) for panel in panels]
    datasets = [panel.dataset for panel in panels]
    numbers = counts_of(finals)
    there = numbers > 0
    entered = np.asarray(there.any(axis=0))
    limited = [bounded(values) for values in finals]
    losses = [pair_losses(values) for values in finals]
    ranks = from_pairs(mean(losses), entered)
    table: dict[str, object] = {"strategy": list(names), "rank": ranks}
    means = {"mean": finals, "bounded": limited, "auc": curves}
    table.update({name: mean(values) for name, values in means.items()}, iqm=pooled_iqm(finals))
    of_ranks, unsure = rank_parts(losses, finals), met_once(finals)
    for kind, units in (("", None), ("_new", datasets)):
        low, high = around(ranks, of_ranks, units, finals)
        if units is None:
            low, high = (np.where(unsure, np.nan, end) for end in (low, high))
        most = max(int(entered.sum()), 1)
        ends = {"rank": (np.clip(low, 1, most), np.clip(high, 1, most))}
        ends |= {
            name: of_regret(mean_interval(values, units), values) for name, values in means.items()
        }
        ends["iqm"] = of_regret(iqm_interval(finals, units), finals)
        for name, (low, high) in ends.items():
            table[f"{name}{kind}_low"], table[f"{name}{kind}_high"] = low, high
    table["n_best"] = _best(finals, [panel.grain.max() for panel in panels], count)
    fewest = np.where(there, numbers, np.iinfo(np.int64).max).min(axis=0)
    table["n_repetitions"] = np.where(entered, fewest, 0)
    table["n_problems"] = there.sum(axis=0)
    table["n_common"] = _common(there)
    table["n_all_problems"] = len(panels)
    valued = [~np.isnan(panel.loss).all(axis=2) for panel in panels]
    table["n_runs"] = sum(
        np.where(on, runs.sum(axis=1), 0) for runs, on in zip(valued, there, strict=True)
    )
    table["n_all_runs"] = sum(len(panel.repetitions) for panel in panels)
    made, failed = (
        np.sum([getattr(panel, name).sum(axis=1) for panel in panels], axis=0)
        for name in ("trials", "failed")
    )
    table["failed_share"] = np.where(made > 0, failed / np.maximum(made, 1), np.nan)
    frame = pd.DataFrame(table)
    frame["rank"] = tied(frame["rank"])
    order = np.argsort(frame["rank"].to_numpy(), kind="stable")
    return frame.iloc[order][COLUMNS].reset_index(drop=True)


def _best(scores: Sequence[Array], grains: Sequence[float], count: int) -> Ints:
    """Return on how many problems no other strategy has a better median."""
    found = np.zeros(count, dtype=np.int64)
    for values, grain in zip(scores, grains, strict=True):
        found += has_best_median(values, grain)
    return found


def _common(there: Flags) -> Ints:
    """Return the fewest problems a strategy shares with another that is on any, or its own."""
    number = there.astype(np.int64)
    both = number.T @ number
    others = both + np.where(there.any(axis=0), 0, len(there) + 1)[None, :]
    found: Ints = np.minimum(others.min(axis=1), both.diagonal())
    return found
