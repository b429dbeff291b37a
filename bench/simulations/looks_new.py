"""How often verdicts for new data sets are wrong in sweeps that stop what is settled."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from bench.inference.estimates import ALPHA, on_problem_set
from bench.inference.holm import holm
from bench.inference.paired import blocks_of
from bench.inference.significance import signed_rank
from bench.panels.arrays import Flags
from bench.simulations.draws import Array
from bench.simulations.looks import NOISE, Seen, pairs_at_looks

SWEEPS = 20_000
STRATEGIES, DATA_SETS, REPETITIONS = (2, 4), (8, 20), 30
SCATTER = (0.0, 0.2, 1.0)
"""How much strategies differ by data set: standard deviation, over that of the noise."""


def looks_new(sweeps: int = SWEEPS) -> pd.DataFrame:
    """Return how often a sweep calls a difference on new data sets significant, where none is.

    Strategies are alike on average over data sets and differ on each of them, so a look stops what
    differs on these. Data sets are the sample, and each look sees the same ones. A fourth of the
    sweeps have four strategies.

    Args:
        sweeps: simulated of each case with two strategies.

    Returns:
        strategies, datasets, scatter (see `SCATTER`), sweeps, better (share of sweeps with a wrong
        *better* or *worse* on new data sets), uncorrected (the same without the correction for
        looks), without (the same in a sweep without looks), runs (share of all that are made).
    """
    rows = []
    cases = itertools.product(STRATEGIES, DATA_SETS, SCATTER)
    for place, (strategies, datasets, scatter) in enumerate(cases):
        count = sweeps if strategies == 2 else max(sweeps // 4, 1)
        rng = np.random.default_rng([place, 23])
        shape = count, strategies, REPETITIONS
        regrets = [
            NOISE * (scatter * rng.standard_normal((*shape[:2], 1)) + rng.standard_normal(shape))
            for _ in range(datasets)
        ]
        pairs = pairs_at_looks(regrets)
        seen = Seen([on_problem_set(part) for part in pairs], count)
        blocks = [blocks_of(part)[0] for part in pairs]
        p = np.stack([[signed_rank(row)[1] for row in part] for part in blocks])
        p = p.reshape(len(pairs), count, -1)
        end = seen.stopped()
        rows.append(
            (
                strategies,
                datasets,
                scatter,
                count,
                _any(end.at_last(seen.valid(p))).mean(),
                _any(end.at_last(p)).mean(),
                _any(p[-1]).mean(),
                end.made.mean() / REPETITIONS,
            )
        )
    columns = ["strategies", "datasets", "scatter", "sweeps", "better", "uncorrected", "without"]
    return pd.DataFrame(rows, columns=[*columns, "runs"]).round(4)


def _any(p: Array) -> Flags:
    """Return in which sweeps any pair is significant after Holm's correction, shape (sweeps,)."""
    return np.array([bool((holm(row) <= ALPHA).any()) for row in p], dtype=bool)
