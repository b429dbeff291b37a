"""Who ended where: final values by problem, ranks over problems."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.analysis.intervals import RESAMPLES as RESAMPLES
from bench.analysis.intervals import SEED
from bench.analysis.trajectories import KEYS, Array, counted, incumbents, worst_values


def finals(trials: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return what each run came to; skipped runs and unfinished ones are not in it.

    A run without a completed trial counts as the problem's worst completed value, and as its
    worst test value where the problem has any.

    Returns:
        A row a run: strategy, problem, repetition, sign, `value` and `test_value` of the final
        incumbent, used (trials), failed (trials), strategy_s and evaluation_s (seconds a trial).
    """
    # Not `.last()`, which takes another row's test value when the incumbent has none.
    last = incumbents(trials).groupby(KEYS, sort=True).tail(1).set_index(KEYS)
    own = trials.assign(
        strategy_s=trials["ask_s"] + trials["tell_s"], failed=trials["status"] == "failed"
    )
    sums = own.groupby(KEYS, sort=True).agg(
        used=("trial", "size"),
        failed=("failed", "sum"),
        strategy_s=("strategy_s", "mean"),
        evaluation_s=("cost", "mean"),
    )
    table = counted(runs)[[*KEYS, "direction", "budget"]]
    table["sign"] = np.where(table["direction"] == "maximize", -1.0, 1.0)
    table = table.join(last[["best", "best_test"]], on=KEYS).join(sums, on=KEYS)
    worst, worst_test = worst_values(trials), worst_values(trials, "test_value")
    nothing = table["best"].isna()
    table["value"] = table["best"].where(~nothing, table["problem"].map(worst).astype(float))
    table["test_value"] = table["best_test"].where(
        ~nothing, table["problem"].map(worst_test).astype(float)
    )
    table[["used", "failed"]] = table[["used", "failed"]].fillna(0).astype(int)
    return table.drop(columns=["best", "best_test", "direction"])


def per_problem(finals: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each problem and strategy.

    Returns:
        problem, strategy, repetitions, median final validation value with a 95 % bootstrap
        interval (low, high) and its interquartile mean, the median test value of the incumbent,
        the median gap between its test and validation value (positive: the test is worse),
        trials used as a share of the budget, share of failed trials, seconds a trial.
    """
    rows = []
    for (problem, strategy), group in finals.groupby(["problem", "strategy"], sort=True):
        values = group["value"].to_numpy(dtype=float)
        low, high = _median_interval(values)
        gaps = group["sign"] * (group["test_value"] - group["value"])
        used = group["used"].sum()
        rows.append(
            {
                "problem": problem,
                "strategy": strategy,
                "repetitions": len(group),
                "median": np.median(values),
                "low": low,
                "high": high,
                "iqm": interquartile_mean(values),
                "test": group["test_value"].median() if group["test_value"].notna().any() else None,
                "gap": gaps.median() if gaps.notna().any() else None,
                "used": used / group["budget"].sum(),
                "failed": group["failed"].sum() / used if used else 0.0,
                "strategy_s": group["strategy_s"].median(),
                "evaluation_s": group["evaluation_s"].median(),
                "sign": group["sign"].iloc[0],
            }
        )
    return pd.DataFrame(rows)


def interquartile_mean(values: Array) -> float:
    """Return the mean of the middle half, a quarter trimmed from each end (as rliable does)."""
    cut = len(values) // 4
    return float(np.mean(np.sort(values)[cut : len(values) - cut]))


def leaderboard(finals: pd.DataFrame, strategies: Sequence[str]) -> pd.DataFrame:
    """Return the strategies by mean rank of their final validation values.

    Ranks are taken in each problem × repetition (ties share the mean of their ranks), averaged
    over repetitions, then over problems, so every problem counts the same. A repetition counts
    once every strategy that has runs on the problem has ended it: a rank among fewer would
    flatter those that are there.

    Args:
        finals: as `finals` gives it.
        strategies: all of them; one without any run is in the table with no rank.

    Returns:
        strategy, rank with a 95 % bootstrap interval (low, high; repetitions resampled within
        problems: it speaks of these problems), best (problems with the best median over the
        repetitions that count, ties count for each), problems, of (all problems).
    """
    names = list(strategies)
    ranks = _ranks(finals, names)
    rng = np.random.default_rng(SEED)
    means, samples = [], []
    for rank in ranks.values():
        means.append(_mean(rank))
        picks = rng.integers(len(rank), size=(RESAMPLES, len(rank)))
        samples.append(_mean(rank[picks].swapaxes(0, 1)))
    mean = _mean(np.array(means)) if means else np.full(len(names), np.nan)
    spread = _mean(np.array(samples)) if samples else np.full((RESAMPLES, len(names)), np.nan)
    best = _best_counts(_comparable(finals))
    table = pd.DataFrame(
        {
            "strategy": names,
            "rank": mean,
            "low": _quantile(spread, 0.025),
            "high": _quantile(spread, 0.975),
            "best": [int(best.get(name, 0)) for name in names],
            "problems": [
                int(finals.loc[finals["strategy"] == name, "problem"].nunique()) for name in names
            ],
            "of": finals["problem"].nunique(),
        }
    )
    return table.sort_values("rank", ignore_index=True, kind="stable", na_position="last")


def missing_cells(
    finals: pd.DataFrame, strategies: Sequence[str], problems: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the (strategy, problem) pairs without any run."""
    there = set(zip(finals["strategy"], finals["problem"], strict=True))
    return [(s, p) for p in problems for s in strategies if (s, p) not in there]


def unranked(finals: pd.DataFrame) -> dict[str, int]:
    """Return problem -> repetitions that are not ranked yet, because a strategy has not ended."""
    there, ranked = (
        frame.groupby("problem", sort=True)["repetition"].nunique()
        for frame in (finals, _comparable(finals))
    )
    missing = there.sub(ranked, fill_value=0).astype(int)
    return {str(problem): int(count) for problem, count in missing.items() if count}


def _comparable(finals: pd.DataFrame) -> pd.DataFrame:
    """Return the repetitions in which every strategy that has runs on the problem has a value."""
    there = finals[finals["value"].notna()]
    wanted = finals.groupby("problem")["strategy"].nunique()
    found = there.groupby(["problem", "repetition"])["strategy"].transform("nunique")
    return there[found == there["problem"].map(wanted)]


def _ranks(finals: pd.DataFrame, names: list[str]) -> dict[str, Array]:
    """Return problem -> ranks of shape (repetitions, strategies), NaN where there is no run."""
    frame = finals.assign(loss=finals["sign"] * finals["value"])
    found = {}
    for problem, group in _comparable(frame).groupby("problem", sort=True):
        table = group.pivot(index="repetition", columns="strategy", values="loss")
        found[str(problem)] = table.reindex(columns=names).rank(axis=1).to_numpy(dtype=float)
    return found


def _best_counts(finals: pd.DataFrame) -> pd.Series:
    losses = finals.assign(loss=finals["sign"] * finals["value"])
    medians = losses.groupby(["problem", "strategy"])["loss"].median().reset_index()
    best = medians.groupby("problem")["loss"].transform("min")
    return medians[medians["loss"] == best].groupby("strategy").size()


def _mean(array: Array) -> Array:
    """Return the mean over the first axis without NaN; NaN where there is nothing."""
    there = ~np.isnan(array)
    count = there.sum(axis=0)
    total = np.where(there, array, 0.0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def _quantile(samples: Array, q: float) -> Array:
    there = ~np.isnan(samples).all(axis=0)
    result = np.full(samples.shape[1], np.nan)
    result[there] = np.nanquantile(samples[:, there], q, axis=0)
    return result


def _median_interval(values: Array) -> tuple[float, float]:
    """Return the percentile bootstrap interval of a median, 95 %."""
    rng = np.random.default_rng(SEED)
    picks = rng.integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(np.median(values[picks], axis=1), [0.025, 0.975])
    return float(low), float(high)
