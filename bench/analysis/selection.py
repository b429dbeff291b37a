"""Selection: what choosing by the validation value does to the test value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.inference import intervals
from bench.inference.mean_intervals import mean_interval
from bench.panels.arrays import Array
from bench.panels.orders import one_random_order
from bench.panels.panel import Panel

DEFAULT = "default"
"""The strategy that evaluates the default configuration."""

COLUMNS = ["strategy", "problem", "n_runs", "gap", "relative_gap", "overtuned_share", "overtuning"]
COLUMNS += ["normalised_overtuning", "worse_share", "n_compared"]


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """What selection cost each run of a problem, shape (S, R); NaN where that is not known.

    Args:
        panel: the runs.
        scale: typical − optimum of each repetition, shape (R,).
        gap: test − validation loss of the final incumbent.
        overtuning: as a loss.
        overtuned: whether there is any.
        worse: whether the run ends worse than the default configuration.
    """

    panel: Panel
    scale: Array
    gap: Array
    overtuning: Array
    overtuned: Array
    worse: Array


def of_runs(panel: Panel) -> Runs:
    """Return what selection cost each run of a problem.

    Overtuning: ot_t = test(incumbent_t) − min over the incumbents up to t of their test losses,
    at the end of the run (Schneider, Bischl & Feurer, "Overtuning in Hyperparameter Optimization",
    AutoML 2025): how much better a test value it had had in hand. Of a set it is taken in one
    random order of its points a run, drawn with a fixed seed.
    """
    found = ~np.isnan(panel.loss).all(axis=2)
    lost = _overtuning(panel)
    return Runs(
        panel=panel,
        scale=np.where(panel.scaled, panel.typical - panel.optimum, np.nan),
        gap=np.where(found, panel.best_test[..., -1] - panel.best[..., -1], np.nan),
        overtuning=lost,
        overtuned=np.where(np.isnan(lost), np.nan, lost > 0),
        worse=_worse_than_default(panel),
    )


def by_problem(problems: Sequence[Runs]) -> pd.DataFrame:
    """Return what selection cost each strategy on each problem.

    Args:
        problems: as `of_runs` gives them.

    Returns:
        strategy, problem, n_runs (with a final incumbent whose test value is known), gap (mean of
        its test − validation loss, positive: the test is worse), relative_gap (in units of
        typical − optimum, as normalised regret is), overtuned_share (of runs with overtuning > 0),
        overtuning (mean, as a loss), normalised_overtuning (in the same units), worse_share (of
        runs whose test value is worse than that of the default configuration in the same
        repetition; a run without a completed trial has the worst test value), n_compared (runs
        that can be). NaN where no test value is known, or no default.
    """
    rows: list[tuple[object, ...]] = []
    for found in problems:
        gaps, lost = found.gap / found.scale, found.overtuning / found.scale
        for s, strategy in enumerate(found.panel.strategies):
            row = (
                _count(found.gap[s]), _mean(found.gap[s]), _mean(gaps[s]),
                _mean(found.overtuned[s]), _mean(found.overtuning[s]), _mean(lost[s]),
                _mean(found.worse[s]), _count(found.worse[s]),
            )  # fmt: skip
            rows.append((strategy, found.panel.problem, *row))
    return pd.DataFrame(rows, columns=COLUMNS)


def by_strategy(problems: Sequence[Runs]) -> pd.DataFrame:
    """Return what selection cost each strategy over all problems.

    Means over repetitions, then over problems, of those repetitions that have a scale of regret
    and in which the strategy has a test value.

    Args:
        problems: as `of_runs` gives them.

    Returns:
        strategy; gap, overtuning (both in normalised regret) and overtuned_share, as `by_problem`
        has them, each with its 95 % intervals on this problem set (_low, _high) and for new ones
        (_new_low, _new_high); worse_share, over the problems with a default; n_problems (with a
        test value); n_repetitions that count, of all problems together.
    """
    ends = ("", "_low", "_high", "_new_low", "_new_high")
    columns = [
        measure + end for measure in ("gap", "overtuning", "overtuned_share") for end in ends
    ]
    if not problems:
        return pd.DataFrame(
            columns=["strategy", *columns, "worse_share", "n_problems", "n_repetitions"]
        )
    names = problems[0].panel.strategies
    datasets = [found.panel.dataset for found in problems]
    scores = [_stacked(found) for found in problems]
    these, new = (mean_interval(scores, of) for of in (None, datasets))
    # Of each measure all ends, of all strategies each.
    table = np.stack([intervals.mean(scores), *these, *new]).reshape(len(ends), -1, len(names))
    # The last measure is a share.
    table[:, -1] = np.clip(table[:, -1], 0, 1)
    values = table.transpose(1, 0, 2).reshape(len(columns), len(names))
    known = [(~np.isnan(part[: len(names)])).any(axis=1) for part in scores]
    return pd.DataFrame(
        {
            "strategy": np.array(names, dtype=object),
            **dict(zip(columns, values, strict=True)),
            "worse_share": intervals.mean([found.worse for found in problems]),
            "n_problems": np.sum(known, axis=0),
            "n_repetitions": intervals.counts_of(scores)[:, : len(names)].sum(axis=0),
        }
    )


def _stacked(runs: Runs) -> Array:
    """Return gap, overtuning and overtuned below each other, shape (3 · S, R); all or none."""
    parts = np.stack([runs.gap / runs.scale, runs.overtuning / runs.scale, runs.overtuned])
    parts[:, np.isnan(parts).any(axis=0)] = np.nan
    return parts.reshape(-1, parts.shape[2])


def _overtuning(panel: Panel) -> Array:
    """Return the final overtuning of each run, NaN where its last test value is not known."""
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    test = panel.test
    if panel.unordered:
        order = one_random_order(panel, intervals.SEED)
        loss = np.take_along_axis(loss, order, axis=2)
        test = np.take_along_axis(test, order, axis=2)
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


def _count(values: Array) -> int:
    return int((~np.isnan(values)).sum())
