"""Selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis.intervals import SEED
from bench.analysis.panels import Array, Panel

DEFAULT = "default"
"""The strategy that evaluates the default configuration."""

COLUMNS = ["strategy", "problem", "runs", "gap", "relative_gap", "overtuned", "overtuning"]
COLUMNS += ["normalised_overtuning", "worse", "compared"]


def by_problem(panels: Sequence[Panel]) -> pd.DataFrame:
    """Return what selection cost each strategy on each problem.

    Overtuning: ot_t = test(incumbent_t) − min over the incumbents up to t of their test losses,
    at the end of the run (Schneider, Bischl & Feurer, "Overtuning in Hyperparameter Optimization",
    AutoML 2025): how much better a test value it had had in hand. Of a set it is taken in one
    random order of its points a run, drawn with a fixed seed.

    Returns:
        strategy, problem, runs (with a final incumbent whose test value is known), gap (median of
        its test − validation loss, positive: the test is worse), relative_gap (in units of
        typical − optimum, as normalised regret is), overtuned (share of runs with overtuning > 0),
        overtuning (mean, as a loss), normalised_overtuning (in the same units), worse (share of
        runs whose test value is worse than that of the default configuration in the same
        repetition; a run without a completed trial has the worst test value), compared (runs
        that can be). NaN where no test value is known, or no default.
    """
    rows: list[tuple[object, ...]] = []
    for panel in panels:
        scale = panel.typical - panel.optimum
        scale = np.where(scale > 0, scale, np.nan)
        found = ~np.isnan(panel.loss).all(axis=2)
        final = panel.best_test[..., -1]
        gap = np.where(found, final - panel.best[..., -1], np.nan)
        lost = _overtuning(panel)
        worse = _worse_than_default(panel)
        over = np.where(np.isnan(lost), np.nan, lost > 0)
        for s, strategy in enumerate(panel.strategies):
            row = (
                _median(gap[s]), _median(gap[s] / scale), _mean(over[s]), _mean(lost[s]),
                _mean(lost[s] / scale), _mean(worse[s]), int((~np.isnan(worse[s])).sum()),
            )  # fmt: skip
            rows.append((strategy, panel.problem, int((~np.isnan(gap[s])).sum()), *row))
    return pd.DataFrame(rows, columns=COLUMNS)


def by_strategy(problems: pd.DataFrame) -> pd.DataFrame:
    """Return the means over problems.

    Args:
        problems: as `by_problem` gives it.

    Returns:
        strategy, relative_gap, overtuned, normalised_overtuning, worse (means over the problems
        where they are known), problems (with a test value), against (problems with a default).
    """
    columns = ["relative_gap", "overtuned", "normalised_overtuning", "worse"]
    groups = problems.groupby("strategy", sort=False, observed=True)
    table = groups[columns].mean()
    counts = groups[["gap", "worse"]].count()
    table["problems"], table["against"] = counts["gap"], counts["worse"]
    return table.reset_index()


def _overtuning(panel: Panel) -> Array:
    """Return the final overtuning of each run, NaN where its last test value is not known."""
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    test = panel.test
    rng = np.random.default_rng(SEED)
    if panel.sets:
        test = test.copy()
        for s, strategy in enumerate(panel.strategies):
            if strategy in panel.sets:
                order = np.argsort(rng.random(loss[s].shape), axis=1)
                loss[s] = np.take_along_axis(loss[s], order, axis=1)
                test[s] = np.take_along_axis(test[s], order, axis=1)
    best = np.minimum.accumulate(loss, axis=2)
    before = np.concatenate([np.full_like(best[..., :1], np.inf), best[..., :-1]], axis=2)
    lowest = np.where((loss < before) & ~np.isnan(test), test, np.inf).min(axis=2)
    # The earliest on ties, as the incumbent is.
    last = np.take_along_axis(test, loss.argmin(axis=2)[..., None], axis=2)[..., 0]
    known = ~np.isnan(last) & np.isfinite(lowest)
    return np.where(known, last - np.where(known, lowest, 0.0), np.nan)


def _worse_than_default(panel: Panel) -> Array:
    """Return 1 where a run ends worse than the default configuration, 0 where not, else NaN."""
    final = panel.best_test[..., -1]
    if DEFAULT not in panel.strategies:
        return np.full(final.shape, np.nan)
    place = panel.strategies.index(DEFAULT)
    failed = np.isnan(panel.loss[place]).all(axis=1)
    default = np.where(failed, np.nan, final[place])
    unknown = np.isnan(final) | np.isnan(default)
    return np.where(unknown, np.nan, final > default)


def _mean(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(there.mean()) if len(there) else float("nan")


def _median(values: Array) -> float:
    there = values[~np.isnan(values)]
    return float(np.median(there)) if len(there) else float("nan")
