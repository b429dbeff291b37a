"""How often the 95 % intervals of the leaderboard hold the truth."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from bench.curves.ranks import pair_losses
from bench.inference.intervals import pooled_iqm
from bench.inference.mean_intervals import iqm_interval, mean_interval
from bench.simulations.draws import KINDS, Array, draw, truth

SWEEPS = 4000
REPETITIONS, PROBLEMS = (5, 10, 20), (3, 8, 15)
_IQM_SWEEPS = 4
"""So many times fewer: an interquartile mean is taken row by row."""
_TRUTH_REPETITIONS = 4000
"""Repetitions of one large sweep whose interquartile mean stands for the truth."""


def coverage(sweeps: int = SWEEPS) -> pd.DataFrame:
    """Return how often the truth is in an interval.

    Regrets of problem k are draws of a kind times (k + 1) / K, so problems have variances of their
    own. For new data sets each has an effect of that kind beside the noise of its repetitions. The
    rank is that of one of two strategies that are alike, so the truth is 1.5.

    Args:
        sweeps: simulated of each case.

    Returns:
        sample (repetitions or data sets), statistic, distribution, repetitions (R), problems (K),
        sweeps, coverage.
    """
    rows = []
    for place, (kind, count, repetitions) in enumerate(
        itertools.product(KINDS, PROBLEMS, REPETITIONS)
    ):
        case = kind, repetitions, count
        rng = np.random.default_rng([place, 9])
        sizes = (np.arange(count) + 1) / count
        shape = sweeps, repetitions
        values = [size * draw(kind, rng, shape) for size in sizes]
        mean = truth(kind).mean
        rows.append(("repetitions", "mean", *case, sweeps, _share(values, mean * sizes.mean())))
        few = max(1, sweeps // _IQM_SWEEPS)
        large = [size * draw(kind, rng, (1, _TRUTH_REPETITIONS)) for size in sizes]
        found = _held(iqm_interval([part[:few] for part in values]), float(pooled_iqm(large)[0]))
        rows.append(("repetitions", "iqm", *case, few, found))
        others = [size * draw(kind, rng, shape) for size in sizes]
        lost = [pair_losses(np.stack(both))[0] for both in zip(values, others, strict=True)]
        rows.append(("repetitions", "rank", *case, sweeps, _share(lost, 0.5)))
        names = [f"d{k}" for k in range(count)]
        effects = [draw(kind, rng, (sweeps, 1)) + 0.5 * draw("normal", rng, shape) for _ in names]
        rows.append(("data sets", "mean", *case, sweeps, _share(effects, mean, names)))
    columns = ["sample", "statistic", "distribution", "repetitions", "problems"]
    frame = pd.DataFrame(rows, columns=[*columns, "sweeps", "coverage"])
    return frame.sort_values(columns, kind="stable", ignore_index=True).round({"coverage": 4})


def _share(values: list[Array], expected: float, datasets: list[str] | None = None) -> float:
    return _held(mean_interval(values, datasets), expected)


def _held(ends: tuple[Array, Array], expected: float) -> float:
    low, high = ends
    return float(((low <= expected) & (expected <= high)).mean())
