"""Slices: training, validation and test scores along one parameter, with the choices held."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.axis import LAYOUT
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
           *(f"{part}{end}" for part in PARTS for end in QUARTILES),
           *(f"gap{end}" for end in QUARTILES), "n_trials", "strategies", "held"]  # fmt: skip


def slices(trials: pd.DataFrame, panels: Sequence[Panel]) -> pd.DataFrame:
    """Return the scores along each numeric parameter of the problems with training values.

    A slice is of the trials of random search, which draws parameters independently, or of all
    strategies where it did not run. What is no number is held: a choice such as the weights of k
    nearest neighbours splits scores into two groups, between which a median jumps by chance. Each
    repetition has a trial with the best validation score; held is what most of these trials chose.
    Over the other numbers a slice is a margin.

    Args:
        trials: the tidy frame, with `config` (JSON) and `train_value`.
        panels: of the same trials.

    Returns:
        A row a problem, parameter that varies, and bin of it, in the order of its values: problem,
        metric, direction, parameter; low, high, centre (least, largest and median value in the
        bin); train, validation, test (medians over the completed full evaluations in which the
        parameter is in the bin, in the metric's direction), each with its quartiles (_q1, _q3);
        gap (between the medians of training and validation: above 0 training is better), gap_q1,
        gap_q3 (quartiles of the gaps of single trials), n_trials; strategies ("random", or empty:
        all); held (JSON: the choices that are held, of those that vary and are active). Bins have
        as many trials each, by quantiles; of few values each is a bin.
    """
    if "config" not in trials or "train_value" not in trials:
        return pd.DataFrame(columns=COLUMNS)
    # The others would be copied too, rows of millions.
    needed = [name for name in trials if name in (*LAYOUT, "config", "problem", *PARTS.values())]
    there = trials.loc[trials["train_value"].notna().to_numpy(), needed]
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
        A row a problem: problem, metric, parameter, held; low, high, train, validation and gap of
        the bin with the smallest gap (small_…) and of that with the largest one (large_…), the
        first of equal ones; clear (whether three quarters of the trials of the latter have a larger
        gap than three quarters of those of the former, whatever their other parameters are);
        overfits (whether the difference is clear, and the latter has a better training score and a
        worse validation score).
    """
    names = ["low", "high", "train", "validation", "gap"]
    rows = []
    for problem, part in frame.groupby("problem", sort=False):
        small, large = (part.loc[end] for end in (part["gap"].idxmin(), part["gap"].idxmax()))
        sign = -1 if small["direction"] == "maximize" else 1
        train, validation = (sign * (large[name] - small[name]) for name in names[2:4])
        clear = large["gap_q1"] > small["gap_q3"]
        rows.append(
            {
                "problem": problem,
                "metric": small["metric"],
                "parameter": small["parameter"],
                "held": small["held"],
                **{f"small_{name}": small[name] for name in names},
                **{f"large_{name}": large[name] for name in names},
                "clear": bool(clear),
                "overfits": bool(clear and train < 0 < validation),
            }
        )
    columns = [f"{size}_{name}" for size in ("small", "large") for name in names]
    keys = ["problem", "metric", "parameter", "held"]
    return pd.DataFrame(rows, columns=[*keys, *columns, "clear", "overfits"])


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
    scores["trial_gap"] = panel.sign * (scores["validation"] - scores["train"])
    # One text: a call a trial would take most of the time.
    configs = pd.DataFrame(json.loads(f"[{','.join(rows['config'].astype(str))}]"))
    held, there = _held(configs, panel.sign * scores["validation"], rows["repetition"])
    scores, configs = scores[there].reset_index(drop=True), configs[there]
    found = []
    for parameter in _numeric(configs):
        part = _along(configs[parameter].to_numpy(dtype=float), scores)
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
                    held=held,
                )
            )
    return found


def _numeric(configs: pd.DataFrame) -> list[str]:
    return [str(name) for name in configs if configs[name].dtype.kind in "iuf"]


def _held(configs: pd.DataFrame, loss: pd.Series, repetition: pd.Series) -> tuple[str, Flags]:
    """Return the choices that are held, as JSON, and which trials have them.

    Args:
        configs: a row a trial, a column a parameter; missing where it is not active.
        loss: of validation, of each trial.
        repetition: of each trial.
    """
    numeric = _numeric(configs)
    names = [name for name in configs if name not in numeric]
    chosen = configs[names].astype(object).where(configs[names].notna(), None)
    # As `json.dumps` writes a row, from the text of each value, which is made once.
    each = {
        name: [f"{json.dumps(name)}: {json.dumps(one)}" for one in chosen[name]] for name in names
    }
    varying = [column for column in each.values() if len(set(column)) > 1]
    rows = zip(*varying, strict=True) if varying else ((),) * len(chosen)
    texts = pd.Series([f"{{{', '.join(row)}}}" for row in rows])
    best = loss.groupby(repetition.to_numpy()).idxmin()
    held = str(texts[best].value_counts(sort=True).index[0])
    known = {name: value for name, value in json.loads(held).items() if value is not None}
    return json.dumps(known), (texts == held).to_numpy()


def _along(values: Array, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the scores in each bin of a parameter, in the order of its values."""
    code = bins(values)
    kept = code >= 0
    if not kept.any():
        return pd.DataFrame()
    groups = scores[kept].groupby(code[kept])
    along = pd.Series(values[kept]).groupby(code[kept])
    # All at once: a call for each takes most of the time.
    found = groups[[*PARTS, "trial_gap"]].quantile(list(QUARTILES.values())).unstack()
    quartiles = {
        f"{part}{end}": found[part, share] for part in PARTS for end, share in QUARTILES.items()
    }
    return pd.DataFrame(
        {
            "low": along.min(),
            "high": along.max(),
            "centre": along.median(),
            **quartiles,
            "gap_q1": found["trial_gap", QUARTILES["_q1"]],
            "gap_q3": found["trial_gap", QUARTILES["_q3"]],
            "n_trials": along.size(),
        }
    )
