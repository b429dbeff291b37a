"""Choosing: rules that pick a run's final configuration, replayed on its recorded fold values.

The reference is the best mean validation score, which is the incumbent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis import rules
from bench.inference import intervals
from bench.inference.folds import Folds
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.panel import Panel
from bench.panels.rounding import at_most, tied

ONE_SE = "cheapest within one standard error"
MINUS_SD = "best mean minus one standard deviation"
RULES = (ONE_SE, MINUS_SD)
"""The names of the rules, in the order of `Runs`."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """What each rule would have chosen at the end of each run, shape (rules, S, R).

    NaN where the run, or what a rule needs, has no value.

    Args:
        panel: the runs.
        difference: test loss of the choice − that of the incumbent, in normalised regret.
        differs: 1 where the choice is another trial than the incumbent, else 0.
        cost: log of the evaluation's seconds of the choice over those of the incumbent.
    """

    panel: Panel
    difference: Array
    differs: Array
    cost: Array


def of_runs(panel: Panel, folds: Folds) -> Runs:
    """Return what each rule would have chosen at the end of each run of a problem.

    Runs count that have a completed full evaluation, where regret has a scale and both choices have
    a test value. Only full evaluations are chosen.

    Args:
        panel: the runs.
        folds: of the same evaluations.
    """
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    incumbent = loss.argmin(axis=2)
    found = np.isfinite(loss).any(axis=2)
    width = np.where(panel.scaled, panel.typical - panel.optimum, np.nan)
    reference = _at(panel.test, incumbent)
    parts = []
    for choice, known in (one_se(loss, folds), minus_sd(loss, folds, panel.loss_grain)):
        lost = (_at(panel.test, choice) - reference) / width
        counts = found & known & ~np.isnan(lost)
        seconds = _at(folds.cost, choice), _at(folds.cost, incumbent)
        timed = (seconds[0] > 0) & (seconds[1] > 0)
        ratio = np.where(timed, seconds[0], 1.0) / np.where(timed, seconds[1], 1.0)
        parts.append(
            (
                np.where(counts, lost, np.nan),
                np.where(counts, choice != incumbent, np.nan),
                np.where(counts & timed, np.log(ratio), np.nan),
            )
        )
    difference, differs, cost = (np.stack(values) for values in zip(*parts, strict=True))
    return Runs(panel, difference, differs, cost)


def one_se(loss: Array, folds: Folds) -> tuple[Ints, Flags]:
    """Return the cheapest trial whose mean is within one standard error of the best: (S, R).

    The rule of Breiman, Friedman, Olshen & Stone 1984, "Classification and Regression Trees",
    section 3.4.3, takes the simplest model. No order of complexity is recorded, so the evaluation
    that took the fewest seconds stands for the simplest. Of equally cheap ones it is the best, of
    equally good ones the earliest. The standard error is that of the best trial, sd / √n of its n
    fold values; it is too small, because folds share rows.

    Args:
        loss: shape (S, R, T), infinite where no full evaluation was completed.
        folds: of the same evaluations.

    Returns:
        The place of the choice, and whether standard error and seconds are known.
    """
    best = loss.argmin(axis=2)
    error = _at(folds.se, best)
    limit = _at(loss, best) + np.nan_to_num(error)
    within = np.isfinite(loss) & at_most(loss, limit[..., None])
    seconds = np.where(within & ~np.isnan(folds.cost), folds.cost, np.inf)
    cheapest = seconds == seconds.min(axis=2, keepdims=True)
    choice: Ints = np.where(within & cheapest, loss, np.inf).argmin(axis=2)
    known: Flags = ~np.isnan(error) & np.isfinite(seconds).any(axis=2)
    return choice, known


def minus_sd(loss: Array, folds: Folds, grain: float) -> tuple[Ints, Flags]:
    """Return the trial with the best mean less one standard deviation of its fold scores: (S, R).

    It takes the standard deviation from a score and adds it to a loss, so a configuration must do
    well in the worse folds too. Of equal ones it is the earliest.

    Args:
        loss: as for `one_se`.
        folds: of the same evaluations.
        grain: what is rounding in a difference of losses.

    Returns:
        The place of the choice, and whether any trial has two fold values or more.
    """
    cautious = tied(loss + np.where(np.isnan(folds.sd), np.inf, folds.sd), grain)
    choice: Ints = cautious.argmin(axis=2)
    known: Flags = np.isfinite(cautious.min(axis=2))
    return choice, known


def choosing(problems: Sequence[Runs]) -> pd.DataFrame:
    """Return what each rule wins or loses against the best mean, by strategy and over all.

    Means over repetitions, then over problems; intervals are 95 %, on this problem set (_low,
    _high) and for new data sets (_new_low, _new_high).

    Args:
        problems: as `of_runs` gives them.

    Returns:
        A row a rule × strategy that has such runs, and with an empty strategy one a rule for the
        mean over strategies (`rules.choosing_strategies`): rule, strategy; difference (test loss of
        the choice − that of the incumbent, in units of typical − optimum as normalised regret is;
        below 0 the rule is better) with its intervals; differs_share (of runs in which the choice
        is another trial); better_share, worse_share (of runs in which its test value is better or
        worse); cost_ratio (seconds of the choice's evaluation over those of the incumbent's,
        geometric mean; NaN where they are not known); n_problems; n_repetitions that count.
    """
    if not problems:
        return pd.DataFrame(columns=["rule", "strategy"])
    datasets = [found.panel.dataset for found in problems]
    chooses = rules.choosing_strategies([found.panel.used > 1 for found in problems])
    difference, differs, better, worse, cost = (
        [rules.with_all(values, chooses) for values in part]
        for part in zip(*map(_measures, problems), strict=True)
    )
    strategies = [*problems[0].panel.strategies, ""]
    frame = pd.DataFrame(
        {
            "rule": np.repeat(np.array(RULES, dtype=object), len(strategies)),
            "strategy": np.array(strategies * len(RULES), dtype=object),
            **rules.mean_columns("difference", difference, datasets),
            "differs_share": intervals.mean(differs),
            "better_share": intervals.mean(better),
            "worse_share": intervals.mean(worse),
            "cost_ratio": np.exp(intervals.mean(cost)),
            "n_problems": (intervals.counts_of(difference) > 0).sum(axis=0),
            "n_repetitions": intervals.counts_of(difference).sum(axis=0),
        }
    )
    return frame[frame["n_problems"] > 0].reset_index(drop=True)


def _measures(runs: Runs) -> tuple[Array, ...]:
    lost = runs.difference
    better, worse = (np.where(np.isnan(lost), np.nan, there) for there in (lost < 0, lost > 0))
    return lost, runs.differs, better, worse, runs.cost


def _at(values: Array, places: Ints) -> Array:
    """Return the value of each run at its place, shape (S, R)."""
    found: Array = np.take_along_axis(values, places[..., None], axis=2)[..., 0]
    return found
