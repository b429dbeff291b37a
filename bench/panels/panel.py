"""Panels: the runs on one problem as arrays, which every analysis takes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.axis import Layout, cells, charges, layout_of
from bench.panels.looks import Looks
from bench.panels.regret import Scale, ends_of, magnitude, normalised, widths
from bench.panels.rounding import of_size, tied

COUNTED_OUT = ("skipped", "unfinished")
"""Runs that end so have no place in a conclusion: they had no budget, or not all of it yet."""

STOPPED = "stopped early"
"""The status of a run whose strategy had no candidates left before the budget was used."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """The runs on one problem: S strategies × R repetitions × a budget of T.

    The last axis is the budget spent, in full evaluations: place n − 1 holds the trials that end
    when their run has spent more than n − 1 and at most n, a cheaper trial counting by what the
    budget pays for it (`bench.panels.axis`). With full evaluations only it is the trial number.

    All values are losses (sign × value, smaller is better); `values` turns them back. Those that
    are equal up to rounding are one number in `loss`, `test`, `best`, `best_test` and `regret`, so
    these are compared as they are (`bench.panels.rounding`).

    Args:
        problem: its label.
        dataset: its data set; problems on the same data are no independent evidence.
        function: it has no data set; `dataset` is then what counts as one.
        metric: its name.
        sign: loss = sign × value.
        strategies: labels in the order of the sweep, all of them.
        unordered: those whose trials are in no order, such as a grid. One with cheaper evaluations
            has an order: what it has found after n depends on what was paid for first.
        repetitions: shape (R,).
        ran: shape (S, R): there is a run that ended and was not skipped. All else is NaN without.
        stopped: shape (S, R): it is recorded that the strategy had no candidates left.
        used: shape (S, R): places with a trial, which is the budget spent, rounded up.
        trials, failed: shape (S, R): trials, and those of them that failed.
        full: shape (S, R, T): full evaluations that end here; more than one only where models go
            on from lower steps.
        counts, share: shape (S, R, T): trials here, and the budget they cost.
        loss: shape (S, R, T): of that full evaluation, of several of the best one; NaN without one,
            or where it failed.
        worst: the worst completed loss of a full evaluation.
        test: the same of the held-out part.
        cost, own: shape (S, R, T): seconds of all trials here: of the evaluations, and of the
            strategy (ask + tell). NaN where there is no trial, or one's are unknown.
        best: the incumbent's loss: the best full evaluation so far, held after the run's end. NaN
            before the first completed one. Of a set the expectation over all orders. A run without
            any completed full evaluation has the worst completed loss of the problem.
        best_test: the test loss of that incumbent, NaN where it was not measured.
        finished: shape (S, R, T): when the last trial here was over, on the run's clock, of runs
            that evaluated side by side; NaN of all others, whose seconds add up
            (`bench.panels.clock`).
        optimum, typical: shape (R,): the losses at which normalised regret is 0 and 1.
        regret: shape (S, R, T): normalised; before the first completed trial that of the worst
            completed loss.
        source: where `optimum` and `typical` are from, in words.
        loss_grain: what is rounding in a difference of losses, however small they are.
        grain: shape (R,): the same of normalised regrets.
        looks: at the sweep, where it stops strategies whose comparisons are settled.
    """

    problem: str
    dataset: str
    function: bool
    metric: str
    sign: float
    strategies: tuple[str, ...]
    unordered: frozenset[str]
    repetitions: Ints
    ran: Flags
    stopped: Flags
    used: Ints
    trials: Ints
    failed: Ints
    full: Ints
    counts: Ints
    share: Array
    loss: Array
    worst: float
    test: Array
    cost: Array
    own: Array
    best: Array
    best_test: Array
    finished: Array
    optimum: Array
    typical: Array
    regret: Array
    source: str
    loss_grain: float
    grain: Array
    looks: Looks | None = None

    @property
    def budget(self) -> int:
        """T, the most a run may spend, in full evaluations."""
        return int(self.loss.shape[2])

    @property
    def spent(self) -> Array:
        """The budget each run spent, to the fraction, shape (S, R)."""
        found: Array = self.share.sum(axis=2)
        return found

    @property
    def cheap(self) -> Flags:
        """Which runs have a trial that is cheaper than a full evaluation, shape (S, R)."""
        found: Flags = self.trials > self.full.sum(axis=2)
        return found

    @property
    def direction(self) -> str:
        """Of the metric: minimize or maximize."""
        return "maximize" if self.sign < 0 else "minimize"

    @property
    def scaled(self) -> Flags:
        """Where regret is normalised, shape (R,): elsewhere it is a plain distance, in raw units.

        There the optimum is no better than a median draw, so there is nothing to divide by.
        """
        return widths(self.optimum, self.typical) > 0

    def regret_after(self, trials: int | None = None) -> Array:
        """Return the normalised regret after so much of the budget, or all: (S, R), NaN beyond it.

        Raises:
            ValueError: trials below 1.
        """
        if trials is not None and trials < 1:
            raise ValueError(
                f"trials must be at least 1, not {trials}; leave it out for the budget"
            )
        if trials is not None and trials > self.budget:
            return np.full(self.ran.shape, np.nan)
        return self.regret[..., (trials or self.budget) - 1]

    def layout(self, trials: pd.DataFrame) -> Layout:
        """Return where trials of the problem stand in (S · R) runs × T places, as `layout_of`."""
        return layout_of(
            trials, self.strategies, self.repetitions, self.ran, self.budget, sign=self.sign
        )

    def values(self, losses: Array) -> Array:
        """Return losses in the metric's own direction."""
        return self.sign * losses


def to_panels(
    trials: pd.DataFrame,
    runs: pd.DataFrame,
    *,
    strategies: Sequence[str],
    problems: Sequence[str],
    scales: Mapping[str, Scale] | None = None,
    datasets: Mapping[str, str] | None = None,
    functions: Collection[str] = (),
    looks: Looks | None = None,
) -> list[Panel]:
    """Return a panel for each problem that has a completed trial.

    Args:
        trials: the tidy frame: strategy, problem, repetition, trial, fidelity, status, value,
            test_value, cost, ask_s, tell_s; continued_from where models go on from lower steps;
            finished_s and worker where evaluations were made side by side.
        runs: a row a run: strategy, problem, repetition, metric, direction, optimum, budget,
            unordered, status.
        strategies: all labels, in the order to show.
        problems: the same; those without a completed trial of a run that counts are left out.
        scales: problem -> what regret is measured by. Without one it is the recorded optimum, or
            the best value of the sweep, and the median of the trials of `random`, or, where they
            are too few, of the first trials of all strategies (of their distances, where the
            optimum is not the same in all repetitions).
        datasets: problem -> its data set, by default itself.
        functions: the problems without a data set.
        looks: at the sweep, where it stops strategies whose comparisons are settled. What regret
            is measured by is then of the repetitions before the first look.
    """
    counted = runs[~runs["status"].isin(COUNTED_OUT)]
    by_problem = dict(iter(counted.groupby("problem", observed=True, sort=False)))
    places = _split(trials, by_problem)
    panels = []
    for problem in problems:
        if problem not in places:
            continue
        panel = _panel(
            problem,
            trials.iloc[places[problem]],
            by_problem[problem],
            tuple(strategies),
            (scales or {}).get(problem),
            (datasets or {}).get(problem, problem),
            problem in functions,
            looks,
        )
        if panel is not None:
            panels.append(panel)
    return panels


def functions_of(panels: Iterable[Panel]) -> frozenset[str]:
    """Return what counts as a data set and is none: no problem on it has one."""
    panels = list(panels)
    with_data = {panel.dataset for panel in panels if not panel.function}
    return frozenset(panel.dataset for panel in panels) - with_data


def _split(trials: pd.DataFrame, wanted: Iterable[str]) -> dict[str, Ints]:
    """Return problem -> places of its rows, by one sort."""
    codes, names = pd.factorize(trials["problem"])
    order = np.argsort(codes, kind="stable")
    ends = np.cumsum(np.bincount(codes, minlength=len(names)))
    parts = np.split(order, ends[:-1])
    keep = set(wanted)
    return {str(n): part for n, part in zip(names, parts, strict=False) if n in keep and len(part)}


def _panel(
    problem: str,
    trials: pd.DataFrame,
    runs: pd.DataFrame,
    strategies: tuple[str, ...],
    scale: Scale | None,
    dataset: str,
    function: bool,
    looks: Looks | None,
) -> Panel | None:
    direction = str(runs["direction"].iloc[0])
    sign = -1.0 if direction == "maximize" else 1.0
    repetitions = np.unique(runs["repetition"].to_numpy(dtype=np.int64))
    shape = len(strategies), len(repetitions), int(runs["budget"].max())
    ran, stopped = np.zeros((2, *shape[:2]), dtype=bool)
    places = cells(runs, strategies, repetitions)
    ran[places] = True
    stopped[places] = (runs["status"] == STOPPED).to_numpy()
    layout = layout_of(trials, strategies, repetitions, ran, shape[2], sign=sign)
    completed = (trials["status"] == "completed").to_numpy()
    value = np.where(completed, trials["value"].to_numpy(dtype=float), np.nan)
    held_out = np.where(completed, trials["test_value"].to_numpy(dtype=float), np.nan)
    loss, test = (layout.of_full(sign * found).reshape(shape) for found in (value, held_out))
    if np.isnan(loss).all():
        return None
    own_seconds = (trials["ask_s"] + trials["tell_s"]).to_numpy(dtype=float)
    cost, own, share = (
        layout.sums(found).reshape(shape)
        for found in (trials["evaluation_s"].to_numpy(dtype=float), own_seconds, charges(trials))
    )
    full, counts = layout.full.reshape(shape), layout.counts.reshape(shape)
    made, failed = (
        np.bincount(found, minlength=ran.size).reshape(shape[:2])
        for found in (layout.cell, layout.cell[~completed[layout.inside]])
    )
    used = (counts > 0).sum(axis=2)
    # Of which strategies some evaluations are cheaper than full ones.
    cheaper = (made > full.sum(axis=2)).any(axis=1)
    unordered = frozenset(runs.loc[runs["unordered"].astype(bool), "strategy"].astype(str))
    unordered -= {name for name, is_cheap in zip(strategies, cheaper, strict=True) if is_cheap}
    rows = np.array([name in unordered for name in strategies])
    each = layout.of_each_full(sign * value).reshape(*shape, -1)
    # What later looks see must not change by what an earlier one was measured.
    early = np.ones(len(repetitions), dtype=bool) if looks is None else repetitions < looks.times[0]
    if np.isnan(each[:, early]).all():
        early[:] = True
    of_scale = np.where(early[:, None, None], each, np.nan)
    optimum, typical, source = ends_of(
        runs, repetitions, of_scale, strategies, scale, sign, cheaper
    )
    size = magnitude(optimum, typical, source)
    loss_grain = float(of_size(size))
    loss, test = tied(loss, loss_grain), tied(test, loss_grain)
    # One that is hidden behind a better one in its place counts here all the same.
    largest = float(np.nanmax([_worst(loss[:, early]), np.nanmax(of_scale)]))
    worst = largest, _worst(test[:, early])
    best, best_test = incumbents(loss, test)
    if rows.any():
        best[rows], best_test[rows] = _of_sets(loss[rows], test[rows], used[rows], worst)
        best, best_test = tied(best, loss_grain), tied(best_test, loss_grain)
    nothing = ran & np.isnan(loss).all(axis=2)
    best[nothing], best_test[nothing] = worst
    width = widths(optimum, typical)
    grain = loss_grain / np.where(width > 0, width, 1.0)
    filled = np.where(np.isnan(best) & ran[..., None], worst[0], best)
    return Panel(
        problem=problem,
        dataset=dataset,
        function=function,
        metric=str(runs["metric"].iloc[0]),
        sign=sign,
        strategies=strategies,
        unordered=unordered,
        repetitions=repetitions,
        ran=ran,
        stopped=stopped,
        used=used,
        trials=made,
        failed=failed,
        full=full,
        counts=counts,
        share=np.nan_to_num(share),
        loss=loss,
        worst=worst[0],
        test=test,
        cost=cost,
        own=own,
        best=best,
        best_test=best_test,
        finished=_finished(trials, layout, shape),
        optimum=optimum,
        typical=typical,
        # Equal distances of repetitions whose optima differ are equal up to rounding again.
        regret=tied(normalised(filled, optimum, typical), grain[:, None]),
        source=source,
        loss_grain=loss_grain,
        grain=grain,
        looks=looks,
    )


def _finished(trials: pd.DataFrame, layout: Layout, shape: tuple[int, int, int]) -> Array:
    """Return when the last trial in each place was over, of runs with more than one worker."""
    if "worker" not in trials or not trials["worker"].to_numpy().any():
        return np.broadcast_to(np.nan, shape)
    found = layout.latest(trials["finished_s"].to_numpy(dtype=float)).reshape(shape)
    busiest = layout.latest(trials["worker"].to_numpy(dtype=float)).reshape(shape)
    several = np.nan_to_num(busiest).max(axis=2, initial=0) > 0
    return np.where(several[..., None], found, np.nan)


def incumbents(loss: Array, test: Array) -> tuple[Array, Array]:
    """Return the best so far and its test value; the earliest on ties."""
    filled = np.where(np.isnan(loss), np.inf, loss)
    best = np.minimum.accumulate(filled, axis=2)
    before = np.concatenate([np.full_like(best[..., :1], np.inf), best[..., :-1]], axis=2)
    steps = np.where(filled < before, np.arange(loss.shape[2]), -1)
    holder = np.maximum.accumulate(steps, axis=2)
    held = np.take_along_axis(test, np.maximum(holder, 0), axis=2)
    found = holder >= 0
    return np.where(found, best, np.nan), np.where(found, held, np.nan)


def _of_sets(
    loss: Array, test: Array, used: Ints, worst: tuple[float, float]
) -> tuple[Array, Array]:
    """Return the expectation of both over all orders of the points.

    A failed trial counts as the worst completed loss and test loss of the problem.
    """
    best, best_test = np.full_like(loss, np.nan), np.full_like(test, np.nan)
    weights: dict[int, Array] = {}
    for place in np.ndindex(*used.shape):
        # The trials of a run are the first ones, so those beyond its end are in no order.
        count = int(used[place])
        losses, tests = loss[place][:count], test[place][:count]
        broken = np.isnan(losses)
        if broken.all():
            continue
        losses, tests = np.where(broken, worst[0], losses), np.where(broken, worst[1], tests)
        order = np.argsort(losses, kind="stable")
        if count not in weights:
            weights[count] = order_weights(count)
        for found, values in ((best, losses), (best_test, tests)):
            # Weights sum to 1; so what is the same in every order is just that.
            first = values[order[0]]
            found[place][:count] = first + weights[count] @ (values[order] - first)
            found[place][count:] = found[place][count - 1]
    return best, best_test


def order_weights(count: int) -> Array:
    """Return W with E[best after n] = Σ_k W[n−1, k−1] · x_(k), over all orders of N points.

    W[n, k] = C(N−k, n−1) / C(N, n), x sorted best first.

    Args:
        count: N.
    """
    n = np.arange(1, count + 1)[:, None]
    k = np.arange(1, count)[None, :]
    # Weight by weight, w_(k+1) / w_k = (N − k − n + 1) / (N − k): no large binomials.
    ratios = np.clip((count - k - n + 1) / (count - k), 0.0, None)
    first = n / count
    weights: Array = np.hstack([first, first * np.cumprod(ratios, axis=1)])
    return weights


def _worst(losses: Array) -> float:
    return float(np.nanmax(losses)) if (~np.isnan(losses)).any() else float("nan")
