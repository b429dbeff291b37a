"""The best configuration of each strategy on each problem, chosen by the validation value alone.

Within a repetition all strategies share the splits, so validation values are comparable, and the
best full evaluation of a run is its incumbent. Repetitions have different splits, so incumbents of
different repetitions are compared by their advantage over the level of their repetition: the loss
that a quarter of all its trials reach, or the optimum where that is known in each repetition. Where
a problem has no test value it has no splits: its repetitions measure one function, so their values
are compared as they are. Of equal ones the earlier repetition and the earlier trial count.

The validation value of the best of many is optimistic, since luck helped to choose it. The test
value takes no part in the choice, so its mean over repetitions is not.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from bench.inference.estimates import ALPHA
from bench.panels.arrays import Array
from bench.panels.clock import whole_seconds
from bench.panels.panel import Panel
from bench.panels.regret import KNOWN
from bench.panels.rounding import at_most, cleared, of_size

LEVEL_SHARE = 0.25
"""The share of a repetition's trials whose loss is its level or better."""

TEST_RATIO = 1 / 3
"""n_test / n_train of a hold-out of a quarter, which is the test part of every live problem."""

COLUMNS = ["strategy", "problem", "repetition", "trial_number", "config", "value", "test_value",
           "evaluation_s", "problem_seed", "advantage"]  # fmt: skip


def incumbents(trials: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the best full evaluation of each run.

    Args:
        trials: the tidy frame, with `config` (JSON).
        runs: a row a run: problem, repetition, problem_seed.
        panels: of the same trials.

    Returns:
        A row a run with a completed full evaluation: strategy, problem, repetition, trial_number,
        config, value (validation), test_value (both in the metric's direction), evaluation_s
        (seconds, with lower steps that the model went on from), problem_seed, advantage (the level
        of the repetition less the loss: more is
        better). No row where configurations are not recorded.
    """
    parts = []
    if "config" in trials:
        parts = [
            _of_panel(trials[trials["problem"] == panel.problem], panel, _seeds(runs, panel))
            for panel in panels
        ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def best(incumbents: pd.DataFrame, runs: pd.DataFrame) -> pd.DataFrame:
    """Return the best configuration of each strategy on each problem.

    Args:
        incumbents: as `incumbents` gives them.
        runs: a row a run: problem, problem_settings.

    Returns:
        A row a strategy and problem, the best of a problem first: the columns of the incumbent
        with the largest advantage; mean_value, mean_test, test_low, test_high (mean over the
        incumbents of all repetitions, and its 95 % interval, see `mean_test`), n_repetitions,
        is_best (whether it is the best of its problem).
    """
    if incumbents.empty:
        more = ["mean_value", "mean_test", "test_low", "test_high", "n_repetitions", "is_best"]
        return pd.DataFrame(columns=[*COLUMNS, *more])
    settings = runs.drop_duplicates("problem").set_index("problem")["problem_settings"].astype(str)
    rows = []
    for (problem, _), part in incumbents.groupby(["problem", "strategy"], sort=False):
        chosen = part.loc[part["advantage"].idxmax()]
        mean, low, high = mean_test(part["test_value"].to_numpy(dtype=float), settings[problem])
        rows.append(
            {
                **chosen.to_dict(),
                "mean_value": part["value"].mean(),
                "mean_test": mean,
                "test_low": low,
                "test_high": high,
                "n_repetitions": len(part),
            }
        )
    found = pd.DataFrame(rows)
    order = pd.Index(found["problem"].unique()).get_indexer(found["problem"])
    found = found.iloc[np.lexsort((-found["advantage"].to_numpy(dtype=float), order))]
    return found.assign(is_best=~found["problem"].duplicated()).reset_index(drop=True)


def reached(best: pd.DataFrame) -> dict[str, list[str]]:
    """Return problem -> the strategies that reach its best configuration or an equally good one.

    Args:
        best: as `best` gives it.

    >>> names = {"strategy": ["a", "b", "c"], "problem": "p", "advantage": [0.3, 0.1 + 0.2, 0.2]}
    >>> reached(pd.DataFrame(names))
    {'p': ['a', 'b']}
    """
    found = {}
    for problem, part in best.groupby("problem", sort=False):
        behind = -part["advantage"].to_numpy(dtype=float)
        found[str(problem)] = list(part["strategy"][at_most(behind, behind.min())])
    return found


def mean_test(values: Array, settings: str) -> tuple[float, float, float]:
    """Return the mean of test values over repetitions and both ends of its 95 % interval.

    The training parts of repetitions overlap, so the variance of the mean is that of the values
    times 1/n + n_test/n_train (Nadeau & Bengio 2003), not times 1/n. The interval is NaN where
    there is one repetition, or where all share one test part (cv "time-series").

    Args:
        values: of n repetitions.
        settings: of the problem, as JSON.

    >>> mean, low, high = mean_test(np.array([0.8, 0.9]), "{}")
    >>> round(mean, 3), round(high - mean, 3)
    (0.85, 0.82)
    """
    mean = float(np.mean(values)) if len(values) else math.nan
    if len(values) < 2 or np.isnan(values).any() or shares_test_part(settings):
        return mean, math.nan, math.nan
    se = math.sqrt(float(np.var(values, ddof=1)) * (1 / len(values) + TEST_RATIO))
    half = float(stats.t.ppf(1 - ALPHA / 2, len(values) - 1)) * se
    return mean, mean - half, mean + half


def shares_test_part(settings: str) -> bool:
    """Return whether all repetitions of a problem are tested on the same rows.

    Args:
        settings: of the problem, as JSON.
    """
    return bool(json.loads(settings).get("cv") == "time-series")


def references(panel: Panel) -> Array:
    """Return the loss by which trials of different repetitions are compared, shape (R,).

    It is the optimum where that is known, else the lower quartile of the completed full
    evaluations of all strategies.
    """
    if panel.source.startswith(KNOWN):
        return panel.optimum
    found = np.full(len(panel.repetitions), np.nan)
    for place in range(len(found)):
        losses = panel.loss[:, place]
        if not np.isnan(losses).all():
            found[place] = np.nanquantile(losses, LEVEL_SHARE)
    return found


def _compared_with(panel: Panel) -> Array:
    """Return the loss that incumbents of each repetition are compared with, shape (R,)."""
    is_function = not panel.source.startswith(KNOWN) and bool(np.isnan(panel.test).all())
    return np.zeros(len(panel.repetitions)) if is_function else references(panel)


def _of_panel(trials: pd.DataFrame, panel: Panel, seeds: dict[int, int]) -> pd.DataFrame:
    """Return the incumbents on one problem, in the order of strategies and repetitions."""
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    found, level = loss.argmin(axis=2), _compared_with(panel)
    s, r = np.nonzero(np.isfinite(loss.min(axis=2)))
    least = loss.min(axis=2)[s, r]
    trials = trials.assign(evaluation_s=whole_seconds(trials))
    rows = trials.iloc[panel.layout(trials).row.reshape(loss.shape)[s, r, found[s, r]]]
    return rows.assign(
        strategy=np.array(panel.strategies, dtype=object)[s],
        problem=panel.problem,
        problem_seed=[seeds.get(int(repetition), 0) for repetition in rows["repetition"]],
        # What is rounding in a difference must not choose.
        advantage=cleared(level[r] - least, of_size(level[r], least)),
    )


def _seeds(runs: pd.DataFrame, panel: Panel) -> dict[int, int]:
    """Return repetition -> the seed of the problem in it."""
    part = runs[runs["problem"] == panel.problem]
    return dict(zip(part["repetition"].astype(int), part["problem_seed"].astype(int), strict=True))
