"""Slices: training, validation and test scores along one parameter, whatever the others are."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Ints
from bench.panels.panel import Panel
from bench.panels.regret import RANDOM

MAX_BINS = 8
"""Bins of a parameter; one with as many values or fewer has a bin for each."""

MIN_BIN_TRIALS = 5
"""The fewest trials of which quartiles are given."""

PARTS = {"train": "train_value", "validation": "value", "test": "test_value"}
"""What is scored -> the column of the trials that has it."""

QUARTILES = {"_q1": 0.25, "": 0.5, "_q3": 0.75}

COLUMNS = ["problem", "metric", "direction", "parameter", "low", "high", "centre",
           *(f"{part}{end}" for part in PARTS for end in QUARTILES), "gap", "n_trials",
           "strategies"]  # fmt: skip


def slices(trials: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the scores along each numeric parameter of the problems with training values.

    A slice is a margin over the other parameters: it is of the trials of random search, which
    draws them independently, or of all strategies where it did not run.

    Args:
        trials: the tidy frame, with `config` (JSON) and `train_value`.
        panels: of the same trials.

    Returns:
        A row a problem, parameter that varies, and bin of it, in the order of its values: problem,
        metric, direction, parameter; low, high, centre (least, largest and median value in the
        bin); train, validation, test (medians over the completed full evaluations in which the
        parameter is in the bin, in the metric's direction), each with its quartiles (_q1, _q3);
        gap (between the medians of training and validation: above 0 training is better), n_trials;
        strategies ("random", or empty: all). Bins have as many trials each, by quantiles; of few
        values each is a bin.
    """
    if "config" not in trials or "train_value" not in trials:
        return pd.DataFrame(columns=COLUMNS)
    there = trials[trials["train_value"].notna().to_numpy()]
    parts = [
        part
        for panel in panels
        for part in _of_panel(there[there["problem"] == panel.problem], panel)
    ]
    return pd.concat(parts, ignore_index=True)[COLUMNS] if parts else pd.DataFrame(columns=COLUMNS)


def gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Return where the gap between training and validation is largest and smallest.

    Args:
        frame: as `slices` gives it, of one parameter of each problem.

    Returns:
        A row a problem: problem, metric, parameter; low, high, train, validation and gap of the bin
        with the smallest gap (small_…) and of that with the largest one (large_…), the first of
        equal ones; overfits (whether the latter has a better training score and a worse validation
        score).
    """
    names = ["low", "high", "train", "validation", "gap"]
    rows = []
    for problem, part in frame.groupby("problem", sort=False):
        small, large = (part.loc[end] for end in (part["gap"].idxmin(), part["gap"].idxmax()))
        sign = -1 if small["direction"] == "maximize" else 1
        train, validation = (sign * (large[name] - small[name]) for name in names[2:4])
        rows.append(
            {
                "problem": problem,
                "metric": small["metric"],
                "parameter": small["parameter"],
                **{f"small_{name}": small[name] for name in names},
                **{f"large_{name}": large[name] for name in names},
                "overfits": bool(train < 0 < validation),
            }
        )
    columns = [f"{size}_{name}" for size in ("small", "large") for name in names]
    return pd.DataFrame(rows, columns=["problem", "metric", "parameter", *columns, "overfits"])


def bins(values: Array) -> Ints:
    """Return the bin of each value, from 0 up; −1 where it has too few trials, or is no number.

    Args:
        values: of a parameter in each trial; NaN where it is not active.

    >>> bins(np.repeat([1.0, 10.0, 100.0], [5, 6, 2])).tolist()
    [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, -1, -1]
    """
    found = np.full(len(values), -1)
    known = np.flatnonzero(~np.isnan(values))
    inside = values[known]
    different, codes, counts = np.unique(inside, return_inverse=True, return_counts=True)
    if len(different) > MAX_BINS:
        number = min(MAX_BINS, len(inside) // MIN_BIN_TRIALS)
        shares = np.arange(1, max(number, 1)) / max(number, 1)
        # An end is a value that a bin below it has too, so a log scale has the same bins.
        ends = np.unique(np.quantile(inside, shares, method="lower"))
        codes = np.searchsorted(ends[ends < different[-1]], inside)
        counts = np.bincount(codes)
    found[known] = np.where(counts[codes] >= MIN_BIN_TRIALS, codes, -1)
    return found


def _of_panel(trials: pd.DataFrame, panel: Panel) -> list[pd.DataFrame]:
    layout = panel.layout(trials)
    full = trials["fidelity"].to_numpy(dtype=float) >= 1
    rows = trials[layout.inside & full & (trials["status"] == "completed").to_numpy()]
    drawn = rows[(rows["strategy"] == RANDOM).to_numpy()]
    strategies = RANDOM if len(drawn) else ""
    rows = drawn if len(drawn) else rows
    if rows.empty:
        return []
    scores = pd.DataFrame({part: rows[name].to_numpy(dtype=float) for part, name in PARTS.items()})
    found = []
    for parameter, values in _parameters(rows["config"]).items():
        part = _along(values, scores)
        if len(part) > 1:
            gap = panel.sign * (part["validation"] - part["train"])
            found.append(
                part.assign(
                    problem=panel.problem,
                    metric=panel.metric,
                    direction=panel.direction,
                    parameter=parameter,
                    gap=gap,
                    strategies=strategies,
                )
            )
    return found


def _parameters(configs: pd.Series) -> dict[str, Array]:
    """Return the values of each numeric parameter, NaN where it is not active.

    Args:
        configs: JSON.
    """
    # One text: a call a trial would take most of the time.
    frame = pd.DataFrame(json.loads(f"[{','.join(configs.astype(str))}]"))
    numeric = [name for name in frame if frame[name].dtype.kind in "iuf"]
    return {str(name): frame[name].to_numpy(dtype=float) for name in numeric}


def _along(values: Array, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores in each bin of a parameter, in the order of its values."""
    code = bins(values)
    kept = code >= 0
    groups = scores[kept].groupby(code[kept])
    along = pd.Series(values[kept]).groupby(code[kept])
    quartiles = {
        f"{part}{end}": groups[part].quantile(share)
        for part in PARTS
        for end, share in QUARTILES.items()
    }
    return pd.DataFrame(
        {
            "low": along.min(),
            "high": along.max(),
            "centre": along.median(),
            **quartiles,
            "n_trials": along.size(),
        }
    )
