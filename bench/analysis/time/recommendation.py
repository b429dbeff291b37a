"""Recommendation: which strategy to use, by the cost of an evaluation and the time there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.analysis.time.breakeven import own_seconds
from bench.analysis.time.pareto import undominated
from bench.analysis.time.replay import MAX_LATENESS_FACTOR, deadlines
from bench.inference.estimates import ALPHA, BETTER, UNDECIDED, WORSE, on_problem_set
from bench.inference.holm import holm
from bench.inference.intervals import counts_of, mean
from bench.inference.mean_intervals import mean_interval, of_regret
from bench.inference.paired import pairs_of, seen, standing
from bench.inference.sequential import p_on_problem_set
from bench.panels.arrays import Array, Flags, Ints
from bench.panels.clock import finish_times
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM, bounded, normalised
from bench.panels.rounding import at_most

COSTS = (0.01, 0.1, 1.0, 10.0, 60.0)
"""Seconds of an evaluation for which a strategy is recommended."""

SHARES = (0.25, 0.5, 1.0)
"""Shares of the budget that random search evaluates until the deadline."""

COLUMNS = [
    "evaluation_s", "share", "n_trials_min", "n_trials_max", "strategy", "bounded", "low", "high",
    "regret", "n_problems", "n_repetitions", "budget_share", "empty_share", "own_s", "difference",
    "p_holm", "vs_random", "recommended", "as_good", "simplest", "pareto",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Reached:
    """What the runs on one problem have reached by a deadline: shape (S, R), NaN where unknown.

    Args:
        regret: normalised.
        spent: the share of the budget that is finished.
        empty: 1 where no full evaluation is completed, else 0.
        grain: shape (R,): what is rounding in a difference of regrets.
    """

    regret: Array
    spent: Array
    empty: Array
    grain: Array


@dataclass(frozen=True, slots=True, eq=False)
class _Tests:
    """The paired tests of all strategies against each other: shape (S, S), row against column.

    Args:
        difference: mean over problems of the paired difference in bounded regret; NaN where one of
            the two has not run on every problem.
        p: corrected by Holm over all pairs; NaN where there is no test.
    """

    difference: Array
    p: Array

    @property
    def better(self) -> Flags:
        """Whether the strategy of the row is significantly better than that of the column."""
        found: Flags = (self.p <= ALPHA) & (self.difference < 0)
        return found


def recommendation(
    panels: Sequence[Panel], costs: Sequence[float] = COSTS, shares: Sequence[float] = SHARES
) -> pd.DataFrame:
    """Return which strategies to use for each cost of an evaluation and each deadline.

    The runs are replayed on one worker, every full evaluation takes the given seconds, and a
    strategy its own recorded ones. The deadline of a repetition is the second at which random
    search has finished a share of the problem's budget (rounded, one evaluation or more), and a
    hundredth of grace, as in `bench.analysis.time.replay.at_deadline`. On a problem without random
    search the strategy that is done with so many evaluations first, by the median, sets it. What
    had several workers is left out: its suggestions were made with evaluations still running.

    A run that has completed no full evaluation by the deadline has the worst completed value of the
    problem. So the recommendation goes by bounded regret (`bench.panels.regret.bounded`), in which
    no such run decides a mean alone. Each two strategies are compared on the repetitions that both
    have, and the best is the one with the lowest mean difference to the others: with the same
    repetitions of all that is the lowest mean. Tests are those of the verdicts on this problem set,
    Student's of the mean paired difference, corrected by Holm over all pairs of strategies at that
    deadline: which of them is the best is known from the same runs, so to correct for the
    comparisons with it alone would not do.

    Args:
        panels: the problems.
        costs: seconds of a full evaluation.
        shares: of the budget, in (0, 1]. Those that come to the same evaluations on every problem
            are one, the largest.

    Returns:
        A row a cost × share × strategy: evaluation_s (seconds of a full evaluation), share,
        n_trials_min, n_trials_max (evaluations of random search until the deadline, over problems),
        strategy, bounded (mean bounded regret at the deadline, over repetitions, then problems),
        low, high (its 95 % interval on this problem set), regret (the same mean of normalised
        regret), n_problems, n_repetitions (that the strategy has of a problem; the fewest),
        budget_share (of the budget, finished by then), empty_share (of the runs,
        without a completed full evaluation by then), own_s (the strategy's own seconds a full
        evaluation, mean over problems), difference (mean paired difference in bounded regret to the
        recommended strategy), p_holm (of that), vs_random (better, worse or undecided against
        random search; empty without a test), recommended (the lowest mean of the paired differences
        to the others), as_good (not significantly worse than a recommended one), simplest (of
        those as good, and no worse on average than random search, the least own_s), pareto (no
        other strategy is at least as good in both the mean paired difference and own_s).
        A strategy that has no run on one of the problems, or no repetition in common with another,
        has no flag and no test. NaN without a
        run.
    """
    if not panels:
        return pd.DataFrame(columns=COLUMNS)
    budgets = _budgets(panels, shares)
    own = _own(panels)
    tables = []
    for cost in costs:
        times = [finish_times(panel, cost=cost) for panel in panels]
        for share, counts in budgets.items():
            found = [_reached(*given) for given in zip(panels, times, counts, strict=True)]
            tables.append(
                _compared(panels, found, own).assign(
                    evaluation_s=cost, share=share, n_trials_min=min(counts),
                    n_trials_max=max(counts),
                )
            )  # fmt: skip
    return pd.concat(tables, ignore_index=True)[COLUMNS]


def _budgets(panels: Sequence[Panel], shares: Sequence[float]) -> dict[float, tuple[int, ...]]:
    """Return share -> full evaluations until the deadline on each problem."""
    shares_of = {
        tuple(max(1, int(share * panel.budget + 0.5)) for panel in panels): share
        for share in sorted(shares)
    }
    return {share: counts for counts, share in shares_of.items()}


def _own(panels: Sequence[Panel]) -> Array:
    """Return each strategy's own seconds a full evaluation, mean over the problems it ran on."""
    return mean([own_seconds(panel)[:, None] for panel in panels])


def _reached(panel: Panel, times: Array, evaluations: int) -> _Reached:
    """Return what the runs on a problem have reached when random search is done with so many."""
    known = panel.ran & ~np.isnan(times[..., 0])
    done = times <= MAX_LATENESS_FACTOR * deadlines(panel, times, evaluations)[:, None]
    # One worker: what is done by then is the first part of a run.
    count = done.sum(axis=2)
    held = np.take_along_axis(panel.regret, np.maximum(count, 1)[..., None] - 1, axis=2)[..., 0]
    worst = np.full((*count.shape, 1), panel.worst)
    nothing = normalised(worst, panel.optimum, panel.typical)[..., 0]
    empty = ~(done & ~np.isnan(panel.loss)).any(axis=2)
    regret, spent, without = (
        np.where(known, values, np.nan)
        for values in (np.where(count > 0, held, nothing), count / panel.budget, empty)
    )
    return _Reached(regret, spent, without, panel.grain)


def _compared(panels: Sequence[Panel], found: Sequence[_Reached], own: Array) -> pd.DataFrame:
    """Return a row a strategy, with what it has reached and how it stands to the others."""
    names = panels[0].strategies
    limited = [bounded(part.regret) for part in found]
    counts = counts_of(limited)
    number = (counts > 0).sum(axis=0)
    # A mean over fewer problems is not comparable.
    whole = number == len(found)
    centre, grain = mean(limited), max(part.grain.max(initial=0.0) for part in found)
    low, high = of_regret(mean_interval(limited), limited)
    tests = _tests(panels, limited, [part.grain for part in found], np.flatnonzero(whole))
    mean_difference = np.where(whole, standing(tests.difference, whole), np.nan)
    met = ~np.isnan(mean_difference)
    least = np.where(met, mean_difference, np.inf).min()
    best = met & at_most(mean_difference, least, grain)
    as_good = met & ~tests.better[best].any(axis=0)
    # What few repetitions cannot separate from the best may be far behind it, as a grid mostly is.
    reference = list(names).index(RANDOM) if RANDOM in names else -1
    able = as_good
    if reference >= 0 and met[reference]:
        able = as_good & at_most(tests.difference[:, reference], 0.0, grain)
    simplest = able & at_most(own, np.where(able, own, np.inf).min())
    return pd.DataFrame(
        {
            "strategy": list(names),
            "bounded": centre,
            "low": low,
            "high": high,
            "regret": mean([part.regret for part in found]),
            "n_problems": number,
            "n_repetitions": np.where(counts > 0, counts, np.iinfo(counts.dtype).max).min(axis=0)
            * (number > 0),
            "budget_share": mean([part.spent for part in found]),
            "empty_share": mean([part.empty for part in found]),
            "own_s": own,
            "difference": tests.difference[:, best][:, 0] if best.any() else np.nan,
            # Of several best ones, which are equal, the test that comes nearest to a difference.
            "p_holm": tests.p[:, best].min(axis=1) if best.any() else np.nan,
            "vs_random": _vs_random(names, tests),
            "recommended": best,
            "as_good": as_good,
            "simplest": simplest,
            "pareto": undominated(mean_difference, own),
        }
    )


def _tests(
    panels: Sequence[Panel], values: Sequence[Array], grains: Sequence[Array], whole: Ints
) -> _Tests:
    """Return the tests of all pairs of the strategies that have run on every problem."""
    one, two = np.triu_indices(len(whole), k=1)
    first, second = whole[one], whole[two]
    names = panels[0].strategies
    a, b = (tuple(names[i] for i in side) for side in (first, second))
    pairs = pairs_of(
        [(part[first], part[second]) for part in values],
        a=a,
        b=b,
        problems=tuple(map(str, range(len(values)))),
        datasets=tuple(map(str, range(len(values)))),
        grains=grains,
        seen=seen(panels, a, b),
    )
    estimate = on_problem_set(pairs)
    difference, p = np.full((2, len(names), len(names)), np.nan)
    difference[whole, whole] = 0.0
    difference[first, second], difference[second, first] = estimate.difference, -estimate.difference
    p[first, second] = p[second, first] = holm(p_on_problem_set(pairs))
    return _Tests(difference, p)


def _vs_random(names: Sequence[str], tests: _Tests) -> list[str]:
    """Return how each strategy stands to random search; nothing where that is not tested."""
    if RANDOM not in names:
        return [""] * len(names)
    random = list(names).index(RANDOM)
    better, p = tests.better, tests.p[random]
    return [
        "" if np.isnan(p[s])
        else BETTER if better[s, random]
        else WORSE if better[random, s]
        else UNDECIDED
        for s in range(len(names))
    ]  # fmt: skip
