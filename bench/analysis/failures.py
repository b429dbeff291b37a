"""What did not go as planned: failed trials, failed runs, skips, runs that stopped early."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Ints
from bench.panels.panel import Panel, order_weights
from bench.panels.regret import widths

COLUMNS = ["kind", "strategy", "problem", "n", "reason"]
TRIAL_KINDS = {
    "failed": "trial failed",
    "timeout": "trial timed out",
    "out of memory": "trial out of memory",
    "crashed": "trial crashed",
}
"""Status of a trial that failed -> its kind of failure."""

LIMIT_SHARES = {"timeout": "timeout_share", "out of memory": "out_of_memory_share"}
"""Status of a trial that a limit ended -> the column of its share."""


def failures(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return what did not go as planned, counted by kind, pair and reason.

    Args:
        trials: the tidy frame: strategy, problem, status, reason; texts or categories.
        runs: a row a run: strategy, problem, status, reason.

    Returns:
        Columns kind (of trials as `TRIAL_KINDS` has them, or the status of runs: stopped early,
        failed, timeout, crashed, skipped, unfinished), strategy, problem, n, reason (empty where
        there is none); sorted by all but n.
    """
    keys = ["strategy", "problem", "reason"]
    failed = trials.loc[(trials["status"] != "completed").to_numpy(), ["status", *keys]]
    ended = runs.loc[(runs["status"] != "completed").to_numpy(), ["status", *keys]]
    stopped = _counted(ended.rename(columns={"status": "kind"}))
    counted = _counted(failed.rename(columns={"status": "kind"}))
    counted["kind"] = counted["kind"].map(TRIAL_KINDS)
    there = [part for part in (stopped, counted) if len(part)]
    if not there:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(there, ignore_index=True)[COLUMNS]
    # Within a kind the order stays: each is from one part.
    return found.sort_values("kind", kind="stable", ignore_index=True)


def limit_shares(trials: pd.DataFrame, problems: Collection[str] | None = None) -> pd.DataFrame:
    """Return how many of its trials each strategy lost to a limit.

    Args:
        trials: the tidy frame: strategy, problem, status.
        problems: those that count; None: all.

    Returns:
        Strategies as the index; timeout_share and out_of_memory_share (of their trials on these
        problems), each only where a trial on any problem ended so.
    """
    shares = {n: trials["status"] == s for s, n in LIMIT_SHARES.items()}
    shares = {name: ended for name, ended in shares.items() if ended.any()}
    if not shares:
        return pd.DataFrame(index=pd.Index([], name="strategy"))
    frame = pd.DataFrame(shares)
    strategies = trials["strategy"].astype(str)
    if problems is not None:
        inside = trials["problem"].isin(list(problems))
        frame, strategies = frame[inside], strategies[inside]
    return frame.groupby(strategies).mean()


def _counted(frame: pd.DataFrame) -> pd.DataFrame:
    """Return how often each combination of texts is there, sorted, and `n`."""
    coded = [_coded(frame[name]) for name in frame]
    sizes = [len(texts) for _, texts in coded]
    # One integer a row: millions of texts are neither compared nor made.
    keys = np.ravel_multi_index([codes for codes, _ in coded], sizes)
    places, found = pd.factorize(keys)
    order = np.argsort(found)
    table = {
        name: texts.take(codes)
        for name, (_, texts), codes in zip(
            frame, coded, np.unravel_index(found[order], sizes), strict=True
        )
    }
    return pd.DataFrame(table | {"n": np.bincount(places, minlength=len(found))[order]})


def _coded(column: pd.Series) -> tuple[Ints, pd.Index]:
    """Return the texts of a column as places among those it has, sorted.

    Grouping drops what has no key, and a failure without a reason is one all the same: what is
    missing is an empty text.
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, names = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, names = pd.factorize(column)
    # What is missing has the code −1, which is the last place.
    seen = np.zeros(len(names) + 1, dtype=bool)
    seen[codes], seen[-1] = True, True
    used = pd.Index(names)[seen[:-1]].astype("str").append(pd.Index([""], dtype="str"))
    ranks, texts = pd.factorize(used, sort=True)
    place = np.zeros(len(seen), dtype=np.int64)
    place[seen] = ranks
    return place[codes], texts


def two_rules(panels: Sequence[Panel], trials: int | None = None) -> pd.DataFrame:
    """Return the normalised regret of each strategy under two rules for what fails.

    "worst": before its first completed trial, and without any, a run has the worst completed loss
    of the problem; so has a failed point of a set. "typical": it has the median of one random
    draw instead, a normalised regret of 1. Where the two lead to another order, the conclusion
    hangs on the rule.

    Args:
        panels: the problems.
        trials: after so many, by default the whole budget of each problem. Problems with a
            smaller budget are left out.

    Returns:
        strategy, worst and typical (mean normalised regret over repetitions, then problems),
        failed_share (failed trials / trials), empty_share (runs without any completed trial /
        runs), n_trials, n_runs, n_problems, all of the problems that are in it. NaN without a run.
        No row without a problem.
    """
    panels = [panel for panel in panels if trials is None or trials <= panel.budget]
    if not panels:
        columns = [
            "strategy",
            "worst",
            "typical",
            "failed_share",
            "empty_share",
            "n_trials",
            "n_runs",
            "n_problems",
        ]
        return pd.DataFrame(columns=columns)
    worst, typical = (
        np.array([_means(regret(panel, trials), panel) for panel in panels])
        for regret in (_worst, _typical)
    )
    there = np.array([panel.ran.any(axis=1) for panel in panels])
    problems = there.sum(axis=0)
    made, failed, runs, empty = (
        sum(counts) for counts in zip(*(_counts(panel) for panel in panels), strict=True)
    )
    return pd.DataFrame(
        {
            "strategy": panels[0].strategies,
            "worst": _share(np.where(there, worst, 0.0).sum(axis=0), problems),
            "typical": _share(np.where(there, typical, 0.0).sum(axis=0), problems),
            "failed_share": _share(failed, made),
            "empty_share": _share(empty, runs),
            "n_trials": made,
            "n_runs": runs,
            "n_problems": problems,
        }
    )


def _counts(panel: Panel) -> tuple[Array, Array, Array, Array]:
    """Return trials, failed trials, runs and runs without a completed trial of each strategy."""
    empty = panel.ran & np.isnan(panel.loss).all(axis=2)
    return tuple(a.sum(axis=1) for a in (panel.trials, panel.failed, panel.ran, empty))


def _means(regret: Array, panel: Panel) -> Array:
    return _share(np.where(panel.ran, regret, 0.0).sum(axis=1), panel.ran.sum(axis=1))


def _share(part: Array, whole: Array) -> Array:
    return np.where(whole > 0, part / np.maximum(whole, 1), np.nan)


def _worst(panel: Panel, trials: int | None) -> Array:
    return panel.regret[..., (trials or panel.budget) - 1]


def _typical(panel: Panel, trials: int | None) -> Array:
    n = trials or panel.budget
    scale = widths(panel.optimum, panel.typical)
    # 1, but where all is the same and regret is the plain distance.
    drawn, unit = np.where(scale > 0, 1.0, scale), np.where(scale > 0, scale, 1.0)
    none = np.isnan(panel.best[..., n - 1]) | np.isnan(panel.loss).all(axis=2)
    regret = np.where(none, drawn, panel.regret[..., n - 1])
    for s, strategy in enumerate(panel.strategies):
        if strategy not in panel.unordered:
            continue
        for r in np.flatnonzero(panel.failed[s]):
            count = int(panel.used[s, r])
            points = (panel.loss[s, r, :count] - panel.optimum[r]) / unit[r]
            points = np.sort(np.where(np.isnan(points), drawn[r], points))
            regret[s, r] = order_weights(count)[min(n, count) - 1] @ points
    return regret
