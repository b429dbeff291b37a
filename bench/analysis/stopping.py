"""Stopping: what rules that end a run early would have saved and lost, replayed on recorded runs.

A run is read in the order of its trials, and the points of an unordered design in one random order
a run, drawn with a fixed seed. Runs on several workers are left out.
The axis is the budget spent, as in every panel, so a rule counts full-evaluation equivalents.
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
from bench.panels.clock import side_by_side
from bench.panels.orders import one_random_order
from bench.panels.panel import Panel
from bench.panels.regret import bounded, normalised

PATIENCE = (5, 10, 20)
"""Trials without a gain after which a run is stopped, a rule each."""

BUDGET, REGRET_BOUND = "whole budget", "regret bound"
"""The names of two rules: never stop early; the bound of `by_regret_bound`."""

BOUND_LEVEL = 0.95
"""Of the upper confidence bound on the remaining regret."""


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """What the rules would have done to each run of a problem; NaN where a rule does not apply.

    Args:
        panel: the runs.
        spent: shape (rules, S, R): budget spent at the stop, in full evaluations.
        regret: shape (rules, S, R): bounded normalised regret at the stop.
        same: shape (rules, S, R): 1 where the incumbent at the stop is as good as the last, else 0.
    """

    panel: Panel
    spent: Array
    regret: Array
    same: Array


def names_of(panels: Sequence[Panel]) -> list[str]:
    """Return the rules that can stop a run of some problems, the budget first.

    Args:
        panels: the problems.
    """
    longest = max((panel.budget for panel in panels), default=0)
    patient = [patience(count) for count in PATIENCE if count + 1 < longest]
    return [BUDGET, *patient, REGRET_BOUND]


def patience(count: int) -> str:
    """Return the name of the rule that stops after so many trials without a gain."""
    return f"{count} trials without a gain"


def of_runs(panel: Panel, folds: Folds | None, names: Sequence[str]) -> Runs:
    """Return what each rule would have done to each run of a problem.

    Args:
        panel: the runs.
        folds: of its evaluations; without them, or without their ratio, the regret bound applies
            to no run.
        names: of the rules, as `names_of` gives them.
    """
    loss, share, se = _in_order(panel, folds)
    best = np.minimum.accumulate(loss, axis=2)
    last = np.maximum(panel.used - 1, 0)
    stops = {patience(count): by_patience(loss, count) for count in PATIENCE}
    if se is not None and not np.isnan(se).all():
        stops[REGRET_BOUND] = by_regret_bound(loss, se)
    # What several workers had begun at the stop would be paid for too.
    ran = panel.ran & (panel.used > 0) & ~side_by_side(panel)
    spent, regret, same = (np.full((len(names), *panel.ran.shape), np.nan) for _ in range(3))
    total = np.take_along_axis(best, last[..., None], axis=2)[..., 0]
    for row, name in enumerate(names):
        if name != BUDGET and name not in stops:
            continue
        place = np.minimum(stops[name], last) if name in stops else last
        losses = np.take_along_axis(best, place[..., None], axis=2)[..., 0]
        reached = np.where(np.isfinite(losses), losses, panel.worst)
        distance = normalised(reached[..., None], panel.optimum, panel.typical)[..., 0]
        budget = np.take_along_axis(share.cumsum(axis=2), place[..., None], axis=2)[..., 0]
        spent[row] = np.where(ran, budget, np.nan)
        regret[row] = np.where(ran, bounded(distance), np.nan)
        same[row] = np.where(ran, losses == total, np.nan)
    return Runs(panel, spent, regret, same)


def by_patience(loss: Array, count: int) -> Ints:
    """Return the place at which each run has spent so much without a better incumbent: (S, R).

    Trials count from the first completed one; a failed trial is one without a gain. Where a run is
    not stopped, the place is T.

    Args:
        loss: shape (S, R, T), infinite where no full evaluation was completed.
        count: trials without a gain.

    >>> by_patience(np.array([[[3.0, 4, 2, 2, 5, 1]]]), 2).tolist()
    [[4]]
    """
    held = _holders(loss)
    return _first((held >= 0) & (np.arange(loss.shape[2]) - held >= count))


def by_regret_bound(loss: Array, se: Array) -> Ints:
    """Return the place where the remaining regret is below the error of the score: (S, R).

    The remaining regret is how far the incumbent is above the least loss there is. Its upper
    confidence bound at level q from the least loss and the next larger one of a random sample is
    q / (1 − q) times their distance, exactly so where losses near the least are uniform, as with
    two parameters that matter (Robson & Whitlock 1964, "Estimation of a truncation point"; de Haan
    1981, "Estimation of the minimum of a function using order statistics", has other numbers of
    parameters). For a strategy that learns it is a heuristic. To stop where a bound on regret is
    below the error of the incumbent's cross-validation score is the rule of Makarova et al. 2022,
    "Automatic Termination for Hyperparameter Optimization", whose bound is a Gaussian process'.

    Losses that are equal count once, as a configuration that is evaluated twice must.

    Args:
        loss: as for `by_patience`.
        se: shape (S, R, T): standard error of each evaluation's score, NaN where it is not known.
    """
    best = np.minimum.accumulate(loss, axis=2)
    before = np.concatenate([np.full_like(best[..., :1], np.inf), best[..., :-1]], axis=2)
    # All values but the best: what a gain displaces, and what is no gain.
    others = np.where(loss < before, before, np.where(loss > before, loss, np.inf))
    second = np.minimum.accumulate(others, axis=2)
    known = np.isfinite(second)
    spacing = np.where(known, second, 0.0) - np.where(known, best, 0.0)
    bound = np.where(known, BOUND_LEVEL / (1 - BOUND_LEVEL) * spacing, np.inf)
    error = np.take_along_axis(se, np.maximum(_holders(loss), 0), axis=2)
    return _first(bound < error)


def stopping(problems: Sequence[Runs], names: Sequence[str]) -> pd.DataFrame:
    """Return what each rule saves and loses, by strategy and over all strategies.

    Means over repetitions, then over the problems to which the rule applies; intervals are 95 %, on
    this problem set (_low, _high) and for new data sets (_new_low, _new_high).

    Args:
        problems: as `of_runs` gives them.
        names: of the rules, as there.

    Returns:
        A row a rule × strategy to which it applies, and with an empty strategy one a rule for the
        mean over strategies (`rules.choosing_strategies`): rule, strategy; spent (budget at the
        stop, in full evaluations); saved_share (1 − spent / what the run spent); bounded (bounded
        normalised regret at the stop); bounded_at_budget (the same at the end of the run);
        difference (bounded − bounded_at_budget, what stopping lost), each but bounded_at_budget
        with its intervals; same_share (of runs whose incumbent at the stop is as good as their
        last); n_strategies in the mean; n_problems; n_repetitions that count, of all problems.
    """
    if not problems:
        return pd.DataFrame(columns=["rule", "strategy"])
    datasets = [found.panel.dataset for found in problems]
    chooses = rules.choosing_strategies(
        [(found.panel.used > 1) & ~np.isnan(found.spent[0]) for found in problems]
    )
    spent, saved, regret, final, difference, same = (
        [rules.with_all(values, chooses) for values in part]
        for part in zip(*map(_measures, problems), strict=True)
    )
    strategies = [*problems[0].panel.strategies, ""]
    frame = pd.DataFrame(
        {
            "rule": np.repeat(np.array(names, dtype=object), len(strategies)),
            "strategy": np.array(strategies * len(names), dtype=object),
            **rules.mean_columns("spent", spent, datasets),
            **rules.mean_columns("saved_share", saved, datasets),
            **rules.mean_columns("bounded", regret, datasets, regret=True),
            "bounded_at_budget": intervals.mean(final),
            **rules.mean_columns("difference", difference, datasets, regret=True),
            "same_share": intervals.mean(same),
            "n_strategies": np.tile([1] * len(chooses) + [chooses.sum()], len(names)),
            "n_problems": (intervals.counts_of(spent) > 0).sum(axis=0),
            "n_repetitions": intervals.counts_of(spent).sum(axis=0),
        }
    )
    shares = [f"saved_share{end}" for end in rules.ENDS]
    frame[shares] = frame[shares].clip(0, 1)
    return frame[frame["n_problems"] > 0].reset_index(drop=True)


def comparable(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the rows whose regret can be compared with that of a strategy's whole budget.

    They are of strategies that make more than one trial, and of rules that apply to all problems a
    strategy is on.

    Args:
        frame: as `stopping` gives it.
    """
    whole = frame[(frame["rule"] == BUDGET) & (frame["strategy"] != "") & (frame["spent"] > 1)]
    wanted = frame["strategy"].map(whole.set_index("strategy")["n_problems"])
    return frame[frame["n_problems"] == wanted]


def _measures(runs: Runs) -> tuple[Array, ...]:
    known = np.where(np.isnan(runs.spent), np.nan, 0.0)
    final = runs.regret[:1] + known
    saved = 1 - runs.spent / runs.spent[:1]
    return runs.spent, saved, runs.regret, final, runs.regret - final, runs.same


def _in_order(panel: Panel, folds: Folds | None) -> tuple[Array, Array, Array | None]:
    """Return losses (infinite where there is none), shares and standard errors, in that order."""
    is_set = np.array([strategy in panel.unordered for strategy in panel.strategies])
    order = np.broadcast_to(np.arange(panel.budget), panel.loss.shape).copy()
    if is_set.any():
        order[is_set] = one_random_order(panel, intervals.SEED)[is_set]
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    parts = [loss, panel.share, *([] if folds is None else [folds.corrected_se])]
    found = [np.take_along_axis(values, order, axis=2) for values in parts]
    return found[0], found[1], found[2] if folds is not None else None


def _holders(loss: Array) -> Ints:
    """Return the place of the incumbent after each place, the earliest on ties; −1 before any."""
    best = np.minimum.accumulate(loss, axis=2)
    before = np.concatenate([np.full_like(best[..., :1], np.inf), best[..., :-1]], axis=2)
    steps = np.where(loss < before, np.arange(loss.shape[2]), -1)
    found: Ints = np.maximum.accumulate(steps, axis=2)
    return found


def _first(stops: Flags) -> Ints:
    """Return the first place that is true along the last axis, its length where none is."""
    found: Ints = np.where(stops.any(axis=2), stops.argmax(axis=2), stops.shape[2])
    return found
