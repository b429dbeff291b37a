"""Panels of runs, written by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.panels.panel import Panel, to_panels
from bench.panels.regret import Scale
from bench.testing.frames import Frames


def panels(frames: Frames, **options: Any) -> list[Panel]:
    """Return the panels of frames; strategies and problems are all there are, by name."""
    trials, runs = frames
    options.setdefault("strategies", sorted(runs["strategy"].unique()))
    options.setdefault("problems", sorted(runs["problem"].unique()))
    return to_panels(trials, runs, **options)


def panel(frames: Frames, **options: Any) -> Panel:
    """Return the panel of frames of one problem."""
    (found,) = panels(frames, **options)
    return found


def panels_of(
    losses: Mapping[str, Any],
    *,
    strategies: Sequence[str] | None = None,
    datasets: Mapping[str, str] | None = None,
    failed: Sequence[str] = (),
) -> list[Panel]:
    """Panels of losses (S, R, T) by problem: regret is the best so far, as 0 and 1 are frozen.

    A run of NaN alone was not made; other NaN are failed trials.
    """
    trials, runs = [], []
    for problem, values in losses.items():
        found = np.asarray(values, dtype=float)
        names = np.array(strategies or list("abcdefgh")[: len(found)], dtype=object)
        broken = np.isin(names, failed)[:, None]
        ran = ~np.isnan(found).all(axis=2) | broken
        s, r = np.nonzero(ran)
        rows = pd.DataFrame({"strategy": names[s], "problem": problem, "repetition": r})
        runs.append(
            rows.assign(
                metric="loss", direction="minimize", optimum=np.nan, unordered=False,
                budget=found.shape[2], status="completed",
            )
        )  # fmt: skip
        s, r, t = np.nonzero(np.broadcast_to(ran[..., None], found.shape))
        value = found[s, r, t]
        trials.append(
            pd.DataFrame(
                {
                    "strategy": names[s], "problem": problem, "repetition": r, "trial_number": t,
                    "fidelity": 1.0, "value": value, "test_value": np.nan,
                    "status": np.where(np.isnan(value), "failed", "completed"),
                    "evaluation_s": 1.0, "ask_s": 0.0, "tell_s": 0.0,
                }
            )
        )  # fmt: skip
    return to_panels(
        pd.concat(trials, ignore_index=True),
        pd.concat(runs, ignore_index=True),
        strategies=list(names),
        problems=list(losses),
        scales={problem: Scale(0.0, 1.0, "frozen") for problem in losses},
        datasets=datasets,
    )


def panel_of(
    losses: Any,
    *,
    strategies: Sequence[str] | None = None,
    problem: str = "p",
    tests: Any = None,
    cost: Any = 1.0,
    own: Any = 0.5,
    unordered: Sequence[str] = (),
    missing: Sequence[tuple[int, int]] = (),
    stopped: Sequence[tuple[int, int]] = (),
    optimum: Any = np.nan,
    direction: str = "minimize",
    scale: Scale | None = None,
    dataset: str | None = None,
) -> Panel:
    """A panel from losses of shape (S, R, T); NaN is a failed trial, inf one that was not made."""
    loss = np.asarray(losses, dtype=float)
    names = [f"s{i}" for i in range(len(loss))] if strategies is None else list(strategies)
    s, r, t = np.nonzero(loss != np.inf)
    there = ~np.isin(s * loss.shape[1] + r, [a * loss.shape[1] + b for a, b in missing])
    places = s[there], r[there], t[there]
    sign = -1.0 if direction == "maximize" else 1.0

    def spread(values: Any) -> Any:
        return np.broadcast_to(np.asarray(values, dtype=float), loss.shape)[places]

    value = sign * loss[places]
    trials = pd.DataFrame(
        {
            "strategy": np.array(names, dtype=object)[places[0]],
            "problem": problem,
            "repetition": places[1],
            "trial_number": places[2],
            "fidelity": 1.0,
            "status": np.where(np.isnan(value), "failed", "completed"),
            "value": value,
            "test_value": sign * spread(np.nan if tests is None else tests),
            "evaluation_s": spread(cost),
            "ask_s": spread(own),
            "tell_s": 0.0,
        }
    )
    optima = np.broadcast_to(np.asarray(optimum, dtype=float), loss.shape[1])
    runs = pd.DataFrame(
        [
            {
                "strategy": name,
                "problem": problem,
                "repetition": repetition,
                "metric": "loss",
                "direction": direction,
                "optimum": optima[repetition],
                "budget": loss.shape[2],
                "unordered": name in unordered,
                "status": "stopped early" if (i, repetition) in stopped else "completed",
            }
            for i, name in enumerate(names)
            for repetition in range(loss.shape[1])
            if (i, repetition) not in missing
        ]
    )
    (panel,) = to_panels(
        trials,
        runs,
        strategies=names,
        problems=[problem],
        scales=None if scale is None else {problem: scale},
        datasets=None if dataset is None else {problem: dataset},
    )
    return panel


def make_panels(
    values: Mapping[str, Mapping[str, Sequence[float | None]]],
    *,
    datasets: Mapping[str, str] | None = None,
    functions: Collection[str] = (),
    scale: float = 1.0,
) -> list[Panel]:
    """Panels from final regrets: problem -> strategy -> a value a repetition, None: no run.

    The scale of every problem is 0 and 1, so values are normalised regrets. Each run has two
    trials, the first of them 1 worse.
    """
    rows = [
        (strategy, problem, repetition, value)
        for problem, cells in values.items()
        for strategy, found in cells.items()
        for repetition, value in enumerate(found)
        if value is not None
    ]
    runs = pd.DataFrame(rows, columns=["strategy", "problem", "repetition", "value"])
    runs = runs.assign(
        metric="loss", direction="minimize", optimum=0.0, budget=2, unordered=False
    ).assign(status="completed")
    trials = pd.concat(
        [runs.assign(trial_number=0, value=runs["value"] + 1), runs.assign(trial_number=1)]
    ).assign(
        fidelity=1.0, status="completed", test_value=math.nan, evaluation_s=1.0, ask_s=0, tell_s=0
    )
    return to_panels(
        trials.reset_index(drop=True),
        runs,
        strategies=list(dict.fromkeys(s for cells in values.values() for s in cells)),
        problems=list(values),
        scales={problem: Scale(0.0, scale, "given") for problem in values},
        datasets=datasets,
        functions=functions,
    )


_TABLE = """
.763 .768 .771 .798  .599 .591 .590 .569  .954 .971 .968 .967  .628 .661 .654 .657
.882 .888 .886 .898  .936 .931 .916 .931  .661 .668 .609 .685  .583 .583 .563 .625
.775 .838 .866 .875  1 1 1 1  .940 .962 .965 .962  .619 .666 .614 .669
.972 .981 .975 .975  .957 .978 .946 .970
"""
DEMSAR = np.array(_TABLE.split(), dtype=float).reshape(14, 4)
"""The AUC of C4.5, C4.5+m, C4.5+cf and C4.5+m+cf on 14 data sets (Demšar 2006, table 6)."""


def demsar() -> list[Panel]:
    """Return the panels of Demšar's table: four strategies, one run of one trial each."""
    rows = DEMSAR.reshape(14, 4, 1, 1)
    return panels_of({f"d{place:02}": 1 - losses for place, losses in enumerate(rows)})
