"""Rungs: how well the order at each step of cheaper evaluations agrees with that of full ones.

Within a repetition all strategies evaluate on the same data, so a configuration has one value at
each step, whoever asked for it. The agreement is over the configurations of all strategies that
have a value both at the step and in full. Those are no random sample: among promoted ones alone,
which are alike, the agreement is lower than among all; promoted ones beside others, which were good
at both and stand out, raise it. A failed evaluation is worse than every value.

Kendall's τ-b is the rank correlation, because it counts what early stopping does, which is to
compare pairs, handles ties, and is defined for a handful of configurations.
"""

from __future__ import annotations

import itertools
import math
import operator
from bisect import bisect_left, bisect_right, insort
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from bench.inference import intervals
from bench.inference.mean_intervals import mean_interval
from bench.panels.arrays import Array
from bench.panels.axis import charges
from bench.panels.panel import Panel
from bench.panels.rounding import tied

Exact = Mapping[str, Mapping[float, float]]
"""Problem -> share (as `steps` gives it) -> τ among all its configurations."""

SIGNIFICANT_DIGITS = 2
"""Of a share: problems whose steps agree to so many digits are summarised together."""

COUNTS = ["n_configs", "n_promoted", "n_both", "n_pairs"]
MEASURES = {"tau": (-1.0, 1.0), "concordance": (0.0, 1.0)}
"""Measure of agreement -> the least and the most that it can be."""

COLUMNS = ["problem", "repetition", "share", *COUNTS, *MEASURES]


class Agreement(NamedTuple):
    """How well cheaper evaluations order configurations as full ones do.

    Args:
        tau: Kendall's τ-b, in [−1, 1]; NaN if either kind of evaluation orders no pair.
        concordance: share of the pairs that full evaluations order which cheaper ones order alike,
            a tie of cheaper ones counts half, in [0, 1]; NaN without such a pair.
        n_pairs: pairs that full evaluations order.
    """

    tau: float
    concordance: float
    n_pairs: int


def agreement(cheaper: Array, full: Array) -> Agreement:
    """Return how well the order of cheaper losses agrees with that of full ones.

    With C pairs ordered alike, D the other way round, and n₁ and n₂ pairs that the cheaper and
    the full losses order, τ-b = (C − D) / √(n₁ n₂) (Kendall 1945, "The treatment of ties in
    ranking problems", Biometrika 33), and the concordance is ½ + (C − D) / (2 n₂) (Harrell et al.
    1982, "Evaluating the yield of medical tests", JAMA 247).

    Args:
        cheaper: shape (N,): losses, infinite for a failed evaluation.
        full: the same of the same configurations.

    >>> agreement(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0])).n_pairs
    3
    """
    by_cheaper, by_full = _ordered_pairs(cheaper), _ordered_pairs(full)
    if not by_full:
        return Agreement(math.nan, math.nan, 0)
    surplus = _surplus(cheaper, full)
    tau = surplus / math.sqrt(by_cheaper * by_full) if by_cheaper else math.nan
    return Agreement(tau, 0.5 + surplus / (2 * by_full), by_full)


def _ordered_pairs(losses: Array) -> int:
    """Return how many pairs differ."""
    _, sizes = np.unique(losses, return_counts=True)
    return (len(losses) ** 2 - int((sizes**2).sum())) // 2


def _surplus(cheaper: Array, full: Array) -> int:
    """Return how many pairs both order alike, less those that they order the other way round."""
    # For a few dozen losses several times as fast as scipy.stats.kendalltau: there are thousands.
    seen: list[float] = []
    found = 0
    pairs = sorted(zip(cheaper.tolist(), full.tolist(), strict=True))
    for _, group in itertools.groupby(pairs, key=operator.itemgetter(0)):
        losses = [loss for _, loss in group]
        for loss in losses:
            found += bisect_left(seen, loss) - (len(seen) - bisect_right(seen, loss))
        for loss in losses:
            insort(seen, loss)
    return found


def steps(fidelity: npt.ArrayLike) -> Array:
    """Return fidelities with those that are equal up to rounding as one number.

    >>> steps([1 / 81, 3.0**-4]).tolist()
    [0.01234567901, 0.01234567901]
    """
    values, places = np.unique(np.asarray(fidelity, dtype=float), return_inverse=True)
    return np.array([float(f"{value:.10g}") for value in values])[places]


def cheaper_panels(panels: Sequence[Panel]) -> list[Panel]:
    """Return those with an evaluation that is cheaper than a full one.

    Args:
        panels: of all problems.
    """
    return [panel for panel in panels if panel.cheap.any()]


def evaluations(trials: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return the evaluations on one problem in runs that count.

    Args:
        trials: the tidy frame; `config` (JSON) may be missing.
        panel: of the problem.

    Returns:
        A row a trial: s, r (places of strategy and repetition in the panel), trial_number, share
        (as `steps` gives it), charge (what the budget paid, in full evaluations), loss (equal ones
        are one number; infinite where it failed); config (a number), where configurations are
        recorded.
    """
    part = trials[trials["problem"] == panel.problem]
    s = pd.Index(panel.strategies).get_indexer(part["strategy"].astype(object))
    repetition = part["repetition"].to_numpy(dtype=np.int64)
    r = np.minimum(np.searchsorted(panel.repetitions, repetition), len(panel.repetitions) - 1)
    counts = (s >= 0) & (panel.repetitions[r] == repetition) & panel.ran[s, r]
    completed = (part["status"] == "completed").to_numpy()
    loss = np.where(completed, panel.sign * part["value"].to_numpy(dtype=float), np.inf)
    found = pd.DataFrame(
        {
            "s": s,
            "r": r,
            "trial_number": part["trial_number"].to_numpy(),
            "share": steps(part["fidelity"]),
            "charge": charges(part),
            "loss": tied(loss, panel.loss_grain),
        }
    )
    if "config" in part:
        found["config"] = pd.factorize(part["config"])[0]
    return found[counts]


def by_repetition(trials: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the agreement of each step below a full evaluation, in each repetition of a problem.

    Args:
        trials: the tidy frame; without `config` (JSON) there is no row.
        panels: of the same trials.

    Returns:
        A row a problem, repetition and step, in this order: problem, repetition, share (of a full
        evaluation); n_configs (configurations evaluated at the step, of each run that did),
        n_promoted (those of them that the same run evaluated at a higher step, too); n_both
        (different configurations with a value at the step and in full); n_pairs, tau, concordance
        of them, as `Agreement` has them.
    """
    there = cheaper_panels(panels) if "config" in trials else []
    rows = [row for panel in there for row in _of_problem(evaluations(trials, panel), panel)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _of_problem(made: pd.DataFrame, panel: Panel) -> list[tuple[object, ...]]:
    once = made.drop_duplicates(["s", "r", "config", "share"])
    reached = once.groupby(["s", "r", "config"])["share"].transform("max")
    counted = once.assign(promoted=reached > once["share"]).groupby(["r", "share"])["promoted"]
    counts, promoted = counted.size(), counted.sum()
    # Of a value and a failure of one configuration, as of a timeout, the value counts.
    values = made.groupby(["r", "config", "share"])["loss"].min().unstack("share")
    losses = {share: values[share].to_numpy() for share in values}
    full = losses.get(1.0, np.full(len(values), np.nan))
    repetition = values.index.get_level_values("r").to_numpy()
    rows: list[tuple[object, ...]] = []
    for place, number in counts.items():
        r, share = place
        if share >= 1:
            continue
        both = (repetition == r) & ~np.isnan(losses[share]) & ~np.isnan(full)
        found = agreement(losses[share][both], full[both])
        counted_here = (number, int(promoted[place]), int(both.sum()), found.n_pairs)
        which = (panel.problem, int(panel.repetitions[r]), share)
        rows.append((*which, *counted_here, found.tau, found.concordance))
    return rows


def by_problem(
    frame: pd.DataFrame, panels: Sequence[Panel], exact: Exact | None = None
) -> pd.DataFrame:
    """Return the agreement of each step on each problem.

    Args:
        frame: as `by_repetition` gives it.
        panels: of the same problems.
        exact: τ among all configurations, where that is known.

    Returns:
        A row a problem and step: problem, share, the counts of `by_repetition` summed over
        repetitions; tau and concordance, means over repetitions, each with its 95 % interval on
        this problem (_low, _high); n_repetitions with a tau; tau_all (among all configurations,
        mean over splits; NaN where it is not known).
    """
    columns = ["problem", "share", *COUNTS, *_with_ends(("_low", "_high"))]
    rows = []
    for panel in panels:
        part = frame[frame["problem"] == panel.problem]
        known = (exact or {}).get(panel.problem, {})
        for share, of in part.groupby("share"):
            scores = [of[list(MEASURES)].to_numpy(dtype=float).T]
            values = _clipped([intervals.mean(scores), *mean_interval(scores)])
            number = int(of["tau"].notna().sum())
            counts = of[COUNTS].sum().tolist()
            rows.append(
                (panel.problem, share, *counts, *values, number, known.get(float(share), math.nan))
            )
    return pd.DataFrame(rows, columns=[*columns, "n_repetitions", "tau_all"])


def over_problems(
    frame: pd.DataFrame, panels: Sequence[Panel], exact: Exact | None = None
) -> pd.DataFrame:
    """Return the agreement of each step over all problems that have it.

    Steps of different problems count as one if their shares agree to two significant digits.

    Args:
        frame: as `by_repetition` gives it.
        panels: of the same problems.
        exact: as for `by_problem`.

    Returns:
        A row a step, the cheapest first: share (two digits); the counts of `by_repetition` summed;
        tau and concordance, means over repetitions, then problems, each with its 95 % intervals on
        this problem set (_low, _high) and generalising to new data sets (_new_low, _new_high);
        n_problems with a tau; tau_all, the mean over the problems (NaN unless it is known of
        all).
    """
    ends = ("_low", "_high", "_new_low", "_new_high")
    columns = ["share", *COUNTS, *_with_ends(ends), "n_problems", "tau_all"]
    dataset = {panel.problem: panel.dataset for panel in panels}
    each = by_problem(frame, panels, exact)
    rows = []
    for share, part in frame.groupby(_rounded(frame["share"])):
        problems = list(dict.fromkeys(part["problem"]))
        scores = [
            part[part["problem"] == name].groupby("repetition")[list(MEASURES)].mean().to_numpy().T
            for name in problems
        ]
        these = mean_interval(scores)
        new = mean_interval(scores, [dataset[name] for name in problems])
        values = _clipped([intervals.mean(scores), *these, *new])
        of = each[(_rounded(each["share"]) == share) & each["tau"].notna()]
        known = float(of["tau_all"].mean()) if of["tau_all"].notna().all() else math.nan
        rows.append((share, *part[COUNTS].sum(), *values, of["problem"].nunique(), known))
    return pd.DataFrame(rows, columns=columns)


def _with_ends(ends: Sequence[str]) -> list[str]:
    return [measure + end for measure in MEASURES for end in ("", *ends)]


def _clipped(parts: Sequence[Array]) -> list[float]:
    """Return mean and ends of each measure, one measure after the other, within what it can be."""
    table = np.stack(parts, axis=1)
    limits = np.array(list(MEASURES.values()))
    return [float(v) for v in np.clip(table, limits[:, :1], limits[:, 1:]).ravel()]


def _rounded(shares: pd.Series) -> pd.Series:
    """Return shares with the digits by which problems are summarised."""
    return shares.map(lambda share: float(f"{share:.{SIGNIFICANT_DIGITS}g}")).astype(float)
