"""Two models' cross-validation scores, compared with a variance that is corrected for shared rows.

The models are the final incumbents of two strategies in one repetition, which share its folds. The
training parts of folds overlap, so fold scores are no independent sample and Student's test finds
differences that are none. Both models were chosen by these very folds, so their scores flatter
them: this compares what tuning ended with, not what it is worth on new data.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from bench.inference.estimates import ALPHA
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.panels.rounding import cleared, of_size

COLUMNS = ["a", "b", "problem", "repetition", "n_folds", "difference", "low", "high", "p"]


def cv_tests(trials: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the corrected resampled t-test of each pair of final incumbents.

    Args:
        trials: the tidy frame, with `fold_values`.
        runs: a row a run: problem, problem_settings.
        panels: of the same trials.

    Returns:
        A row a pair, problem and repetition in which both have fold values: a, b, problem,
        repetition, n_folds (scores that were compared), difference (mean over them of the losses of
        a less those of b, in the metric's unit; below 0: a is better), low, high (95 %), p. No row
        for a problem that does not record how its rows were cut, or cut them anew for each
        configuration, or as a time series, whose training parts differ in size.
    """
    rows: list[tuple[object, ...]] = []
    first = runs.drop_duplicates("problem").set_index("problem")["problem_settings"].astype(str)
    for panel in panels:
        ratio = part_ratio(json.loads(first[panel.problem]))
        if math.isnan(ratio) or "fold_values" not in trials:
            continue
        folds = _of_incumbents(trials[trials["problem"] == panel.problem], panel)
        for s, t in itertools.combinations(range(len(panel.strategies)), 2):
            for r, repetition in enumerate(panel.repetitions.tolist()):
                one, two = folds.get((s, r)), folds.get((t, r))
                if one is None or two is None or len(one) != len(two) or len(one) < 2:
                    continue
                found = corrected_t(panel.sign * one, panel.sign * two, ratio)
                names = panel.strategies[s], panel.strategies[t], panel.problem, repetition
                rows.append((*names, len(one), *found))
    return pd.DataFrame(rows, columns=COLUMNS)


def corrected_t(first: Array, second: Array, ratio: float) -> tuple[float, float, float, float]:
    """Return the mean difference of two models' fold scores, its 95 % interval, and the p-value.

    t = mean / √(variance · (1/n + n_test/n_train)) with n − 1 degrees of freedom: Student's test
    has 1/n alone, as if the n scores were independent.

    Args:
        first: shape (n,), two or more.
        second: shape (n,), of the same folds.
        ratio: n_test / n_train, 1/(k − 1) for k folds.

    Returns:
        difference, low, high, p. Without any scatter p is 1 where the two are equal, else 0.

    Source: Nadeau & Bengio 2003, "Inference for the Generalization Error", section 5; of repeated
    k-fold Bouckaert & Frank 2004.
    """
    grain = of_size(first, second)
    differences = cleared(first - second, grain)
    n, mean = len(differences), math.fsum(differences) / len(differences)
    mean = float(cleared(mean, grain.max()))
    spread = cleared(differences - mean, grain.max())
    se = math.sqrt(math.fsum(spread**2) / (n - 1) * (1 / n + ratio))
    half = float(stats.t.ppf(1 - ALPHA / 2, n - 1)) * se
    p = float(2 * stats.t.sf(abs(mean) / se, n - 1)) if se else float(mean == 0)
    return mean, mean - half, mean + half, p


def part_ratio(settings: Mapping[str, Any]) -> float:
    """Return n_test / n_train of a problem's folds; NaN where they are not recorded, or unequal.

    Args:
        settings: of the problem, as recorded.
    """
    folds = settings.get("folds")
    if type(folds) is not int or folds < 2:
        return math.nan
    unequal = settings.get("cv") == "time-series" or settings.get("reshuffle")
    return math.nan if unequal else 1 / (folds - 1)


def won(tests: pd.DataFrame) -> pd.DataFrame:
    """Return how often each strategy's final model is better than each other's by the test.

    Args:
        tests: as `cv_tests` gives them.

    Returns:
        strategy, other, n_better (repetitions of problems with p ≤ .05 in its favour), n_tests.
    """
    ways = [
        tests.assign(strategy=tests[one], other=tests[two], gain=sign * tests["difference"])
        for one, two, sign in (("a", "b", -1), ("b", "a", 1))
    ]
    both = pd.concat(ways, ignore_index=True)
    both["better"] = (both["p"] <= ALPHA) & (both["gain"] > 0)
    grouped = both.groupby(["strategy", "other"], sort=False, observed=True)["better"]
    return grouped.agg(n_better="sum", n_tests="size").reset_index()


def _of_incumbents(trials: pd.DataFrame, panel: Panel) -> dict[tuple[int, int], Array]:
    """Return the fold values of each run's final incumbent, by strategy and repetition."""
    loss = np.where(np.isnan(panel.loss), np.inf, panel.loss)
    best = loss.argmin(axis=2)
    layout = panel.layout(trials)
    row, lists = layout.row.reshape(loss.shape), trials["fold_values"].to_numpy()
    found = {}
    for s, r in np.argwhere(np.isfinite(loss.min(axis=2))).tolist():
        values = lists[row[s, r, best[s, r]]]
        if values is not None and len(np.atleast_1d(values)) > 1:
            found[s, r] = np.asarray(values, dtype=float)
    return found
