"""Best-so-far: the incumbent after each trial and after each second."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

KEYS = ["strategy", "problem", "repetition"]
Array = npt.NDArray[np.float64]


def incumbents(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the incumbent after each trial: the best validation value, the earliest on ties.

    A value measured at less than full fidelity is no candidate.

    Args:
        trials: the tidy frame.

    Returns:
        A row a trial, sorted: strategy, problem, repetition, trial, `best` and `best_test` (the
        incumbent's validation and test value, in the metric's direction, NaN before the first
        completed trial), `seconds` (evaluation and strategy time so far), `sign` (loss = sign ×
        value).
    """
    frame = trials.sort_values([*KEYS, "trial"], ignore_index=True)
    sign = np.where(frame["direction"] == "maximize", -1.0, 1.0)
    whole = (frame["status"] == "completed") & (frame["fidelity"] >= 1)
    loss = (sign * frame["value"]).where(whole, np.inf)
    runs = [frame[key] for key in KEYS]
    best = loss.groupby(runs, sort=False).cummin()
    before = best.groupby(runs, sort=False).shift(fill_value=np.inf)
    test = frame["test_value"].where(loss < before)
    # A frame without rows does not know that these are numbers.
    seconds = (frame["cost"] + frame["ask_s"] + frame["tell_s"]).astype(float)
    found = np.isfinite(best)
    # Forward fill from improvement to improvement; an incumbent without a test value has none.
    improvement = (loss < before).groupby(runs, sort=False).cumsum()
    held = test.groupby([*runs, improvement], sort=False).transform("first")
    return frame[[*KEYS, "trial"]].assign(
        best=(sign * best).where(found),
        best_test=held.where(found),
        seconds=seconds.groupby(runs, sort=False).cumsum(),
        sign=sign,
    )


def expected_best(losses: Array) -> Array:
    """Return the expected best of n draws without replacement, for n = 1 … N.

    E[best after n] = Σ_k x_(k) · C(N−k, n−1) / C(N, n), x sorted best first: the curve of a set,
    such as a grid, over all orders it could be run in.

    Args:
        losses: shape (N,), smaller is better.
    """
    ordered = np.sort(losses)
    count = len(ordered)
    k = np.arange(1, count)
    curve = np.empty(count)
    for n in range(1, count + 1):
        # Weight by weight, w_(k+1) / w_k = (N − k − n + 1) / (N − k): no large binomials.
        ratios = np.clip((count - k - n + 1) / (count - k), 0, None)
        weights = n / count * np.concatenate([[1.0], np.cumprod(ratios)])
        used = weights > 0
        curve[n - 1] = weights[used] @ ordered[used]
    return curve


def worst_values(trials: pd.DataFrame, column: str = "value") -> pd.Series:
    """Return problem -> worst value of completed trials, what a failure counts as.

    Args:
        trials: the tidy frame.
        column: "value" or "test_value".
    """
    completed = trials[trials["status"] == "completed"].dropna(subset=column)
    sign = np.where(completed["direction"] == "maximize", -1.0, 1.0)
    worst = (sign * completed[column]).groupby(completed["problem"]).max()
    signs = completed.assign(sign=sign).groupby("problem")["sign"].first()
    return worst * signs


def counted(runs: pd.DataFrame) -> pd.DataFrame:
    """Return the runs that conclusions are drawn from: all that ended without being skipped.

    A run that is still going would count with a value that only a part of its budget bought.
    """
    ended = runs[~runs["ended"].isin(["skipped", "unfinished"])]
    return ended.sort_values(KEYS, ignore_index=True)


def trial_curves(trials: pd.DataFrame, runs: pd.DataFrame) -> dict[tuple[str, str], Array]:
    """Return (strategy, problem) -> best-so-far on the trial clock.

    A run that ends early keeps its last value. A run that ended without a completed trial, also
    one without any trial, has the problem's worst completed value. A strategy that is a set has
    the exact expectation over random orders instead of the order it happened to run in; there a
    failed trial counts as the problem's worst completed value.

    Args:
        trials: the tidy frame.
        runs: a row a run; skipped and unfinished ones have no curve.

    Returns:
        Arrays of shape (repetitions, budget) in the metric's direction, NaN before the first
        completed trial, and all NaN where the problem has no completed trial at all.
    """
    worst = worst_values(trials)
    ran = dict(iter(incumbents(trials).groupby(KEYS, sort=False)))
    rows = dict(iter(trials[trials["is_set"]].groupby(KEYS, sort=False)))
    table = counted(runs)
    budgets = table.groupby("problem")["budget"].max()
    curves: dict[tuple[str, str], list[Array]] = {}
    for strategy, problem, repetition in table[KEYS].itertuples(index=False):
        key = (strategy, problem, repetition)
        fallback = float(worst.get(problem, np.nan))
        if key not in ran or ran[key]["best"].isna().all():
            curve = np.array([fallback])
        elif key in rows:
            sign = float(ran[key]["sign"].iloc[0])
            values = rows[key]["value"].where(rows[key]["status"] == "completed", fallback)
            curve = sign * expected_best(sign * values.to_numpy(dtype=float))
        else:
            curve = ran[key]["best"].to_numpy()
        budget = int(budgets[problem])
        padded = np.append(curve, np.full(max(0, budget - len(curve)), curve[-1]))
        curves.setdefault((strategy, problem), []).append(padded[:budget])
    return {pair: np.vstack(found) for pair, found in curves.items()}


def time_curves(
    trials: pd.DataFrame, runs: pd.DataFrame, points: int = 80
) -> dict[str, tuple[Array, dict[str, Array]]]:
    """Return best-so-far on the clock of evaluation and strategy seconds.

    A run that ended without a completed trial has the problem's worst completed value.

    Args:
        trials: the tidy frame.
        runs: a row a run; skipped and unfinished ones have no curve.
        points: how many points in time.

    Returns:
        problem -> (seconds, strategy -> values of shape (repetitions, points)). The seconds are
        spaced evenly on the log scale from the first completed trial to the last end. A value is
        NaN before a repetition's first completed trial and held after its end. When the last
        repetition has used its budget the rest is NaN; a strategy that had nothing more to
        suggest is held to the end.
    """
    worst = worst_values(trials)
    table = counted(runs)
    budgets = table.groupby("problem")["budget"].max()
    steps = incumbents(trials).merge(table[KEYS], on=KEYS)
    found: dict[str, tuple[Array, dict[str, Array]]] = {}
    for problem, frame in steps.groupby("problem", sort=True):
        completed = frame.dropna(subset="best")
        if completed.empty:
            continue
        first = max(float(completed["seconds"].min()), 1e-9)
        last = max(float(frame["seconds"].max()), first * 1.001)
        grid = np.geomspace(first, last, points)
        # Rounding must neither hide the first value nor the last.
        grid[0], grid[-1] = first, last
        ran = dict(iter(frame.groupby(KEYS, sort=False)))
        strategies: dict[str, list[Array]] = {}
        for key in table.loc[table["problem"] == problem, KEYS].itertuples(index=False, name=None):
            run = ran.get(key)
            if run is None or run["best"].isna().all():
                row = np.full(points, float(worst[problem]))
            else:
                at = np.searchsorted(run["seconds"].to_numpy(), grid, side="right") - 1
                row = np.where(at >= 0, run["best"].to_numpy()[np.maximum(at, 0)], np.nan)
            strategies.setdefault(key[0], []).append(row)
        arrays = {strategy: np.vstack(rows) for strategy, rows in strategies.items()}
        for strategy, part in frame.groupby("strategy", sort=False):
            if int(part["trial"].max()) + 1 >= int(budgets[problem]):
                arrays[strategy][:, grid > float(part["seconds"].max())] = np.nan
        found[str(problem)] = grid, arrays
    return found
