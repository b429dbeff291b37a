"""Models that were tuned on one data set, compared by the test values of their best trials."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from bench.analysis.best import TEST_RATIO, mean_test, shares_test_part
from bench.inference.cv_tests import corrected_t
from bench.inference.estimates import ALPHA
from bench.inference.holm import holm, smallest_p
from bench.panels.arrays import Array, Ints
from bench.panels.panel import Panel

SIGNIFICANT, UNDECIDED, UNTESTED = "significant", "undecided", "not tested"
"""What is said of a model's difference to the best: its interval excludes 0, or allows either
sign, or there is none."""

COLUMNS = ["group", "dataset", "problem", "model", "mean_value", "mean_test", "test_low",
           "test_high", "n_repetitions", "difference", "low", "high", "p", "p_holm", "paired",
           "verdict"]  # fmt: skip

_SHARED = ("data", "target", "groups", "drop", "sep", "decimal", "thousands", "scoring", "positive",
           "cv", "folds", "repeats", "reshuffle", "fingerprint")  # fmt: skip
"""Settings in which models must agree: what is measured, and how the rows are cut."""


def models(incumbents: pd.DataFrame, runs: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return how the models that were tuned on one data set compare.

    The value of a model in a repetition is that of its incumbent with the best validation value
    over all strategies; the test value takes no part in the choice. Models are ordered by their
    mean validation value, and the test values of the first are compared with those of each other
    one by the corrected resampled t-test (Nadeau & Bengio 2003): paired where the repetitions of
    both have the same splits, else as two samples. p-values are corrected by Holm within a data
    set, and none is below what so few repetitions can bring by signs or order alone.

    Args:
        incumbents: as `bench.analysis.best.incumbents` gives them.
        runs: a row a run: problem, problem_name, problem_settings, dataset.
        panels: of the same trials.

    Returns:
        A row a model on a data set that has several: group (0, 1, …), dataset, problem, model (its
        name in the catalog), mean_value, mean_test, test_low, test_high (95 %), n_repetitions,
        difference (of mean test losses: the first model less this one, below 0: the first is
        better), low, high (95 %), p, p_holm, paired, verdict ("" for the first).
    """
    first = runs.drop_duplicates("problem").set_index("problem")
    groups: dict[tuple[object, ...], list[Panel]] = {}
    for panel in panels:
        settings = json.loads(str(first.loc[panel.problem, "problem_settings"]))
        if settings.get("data"):
            shared = json.dumps([settings.get(name) for name in _SHARED])
            groups.setdefault((panel.metric, panel.sign, shared), []).append(panel)
    rows = [
        row
        for number, group in enumerate(group for group in groups.values() if len(group) > 1)
        for row in _compared(incumbents, first, group, number)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _compared(
    incumbents: pd.DataFrame, first: pd.DataFrame, group: Sequence[Panel], number: int
) -> list[dict[str, object]]:
    chosen = {panel.problem: _chosen(incumbents, panel) for panel in group}
    signs = {panel.problem: panel.sign for panel in group}
    known = [name for name in chosen if len(chosen[name])]
    order = sorted(known, key=lambda name: float(signs[name] * chosen[name]["value"].mean()))
    found = []
    for name in order:
        part, settings = chosen[name], str(first.loc[name, "problem_settings"])
        mean, low, high = mean_test(part["test_value"].to_numpy(dtype=float), settings)
        found.append(
            {
                "group": number, "dataset": group[0].dataset, "problem": name,
                "model": str(first.loc[name, "problem_name"]), "mean_value": part["value"].mean(),
                "mean_test": mean, "test_low": low, "test_high": high, "n_repetitions": len(part),
                "verdict": "", **_difference(chosen[order[0]], part, signs[name], settings),
            }
        )  # fmt: skip
    adjusted = holm(np.array([row["p"] for row in found[1:]], dtype=float))
    for row, p in zip(found[1:], adjusted.tolist(), strict=True):
        row["p_holm"] = p
        row["verdict"] = UNTESTED if math.isnan(p) else SIGNIFICANT if p <= ALPHA else UNDECIDED
    return found


def _chosen(incumbents: pd.DataFrame, panel: Panel) -> pd.DataFrame:
    """Return the incumbent with the best validation value of each repetition."""
    part = incumbents[incumbents["problem"] == panel.problem]
    order = (panel.sign * part["value"]).sort_values(kind="stable").index
    return part.loc[order].drop_duplicates("repetition").set_index("repetition").sort_index()


def _difference(
    first: pd.DataFrame, other: pd.DataFrame, sign: float, settings: str
) -> Mapping[str, object]:
    """Return the difference of two models' test losses, its interval and its p-value."""
    unknown = {"difference": math.nan, "low": math.nan, "high": math.nan, "p": math.nan}
    both = first.index.intersection(other.index)
    one, two = (
        sign * part.loc[both, "test_value"].to_numpy(dtype=float) for part in (first, other)
    )
    paired = bool((first.loc[both, "problem_seed"] == other.loc[both, "problem_seed"]).all())
    if first is other or shares_test_part(settings) or len(both) < 2 or np.isnan(one - two).any():
        return {**unknown, "p_holm": math.nan, "paired": paired}
    difference, low, high, p = corrected_t(one, two, TEST_RATIO) if paired else _two(one, two)
    least = _least(one - two) if paired else 2 / math.comb(2 * len(both), len(both))
    return {
        "difference": difference, "low": low, "high": high, "p": max(p, least), "p_holm": math.nan,
        "paired": paired,
    }  # fmt: skip


def _least(differences: Array) -> float:
    moved: Ints = np.array([np.count_nonzero(differences)])
    return float(smallest_p(moved)[0])


def _two(one: Array, two: Array) -> tuple[float, float, float, float]:
    """Return the difference of two samples' means, its interval and p-value: Welch's t-test.

    The variance of each mean is corrected for training parts that overlap, as in `corrected_t`.
    """
    n = len(one)
    shares = np.array([np.var(one, ddof=1), np.var(two, ddof=1)])
    difference = float(one.mean() - two.mean())
    if not shares.any():
        return difference, difference, difference, float(difference == 0)
    se = math.sqrt(float(shares.sum()) * (1 / n + TEST_RATIO))
    df = (n - 1) * float(shares.sum()) ** 2 / float((shares**2).sum())
    half = float(stats.t.ppf(1 - ALPHA / 2, df)) * se
    p = float(2 * stats.t.sf(abs(difference) / se, df))
    return difference, difference - half, difference + half, p
