"""How often verdicts for new data sets are wrong: better where nothing is, equal at the border."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.estimates import ALPHA
from bench.inference.holm import holm
from bench.inference.new_data_sets import new_data_sets
from bench.inference.paired import Pairs, pairs_of
from bench.inference.significance import signed_rank
from bench.panels.arrays import Flags
from bench.simulations.draws import KINDS, Array, draw, truth

SWEEPS = 500
PAIRS, DATA_SETS = 10, (8, 15, 30)
SCATTER = 0.005
"""Of differences between data sets, in normalised regret: half of the region of equivalence."""


def words(sweeps: int = SWEEPS) -> pd.DataFrame:
    """Return how often any pair of a sweep gets a wrong word for new data sets.

    Pseudo-medians are 0 where *better* or *worse* is wrong, and on the border of the region of
    practical equivalence where *equal* is. Where means are equal one of the strategies is skewed:
    its pseudo-median is not 0, so *better* is no error there. `beside` is the share of sweeps in
    which the test rejects while the interval holds 0, which then is no word. *Equal* is
    judged by its signed-rank tests alone; the Bayesian test that is asked too makes it rarer.

    Args:
        sweeps: of ten pairs, simulated of each case; each pair is a sweep of one pair, too.

    Returns:
        distribution, datasets, pairs, sweeps, better (or worse, in any pair), equal (in any pair),
        beside.
    """
    rows = []
    for place, (kind, count) in enumerate(itertools.product((*KINDS, "equal means"), DATA_SETS)):
        shape = sweeps * PAIRS, count
        values = draw(
            "skewed" if kind == "equal means" else kind, np.random.default_rng(place), shape
        )
        known = truth("skewed").mean if kind == "equal means" else truth(kind).pseudo_median
        none = SCATTER * (values - known)
        tested = _tested(none)
        p_equal = new_data_sets(_pairs(none + ROPE))["p_equal"].to_numpy(dtype=float)
        for pairs in (1, PAIRS):
            found, beside = _found(*tested, pairs)
            equal = float((_corrected(p_equal, pairs) <= ALPHA).any(axis=1).mean())
            rows.append((kind, count, pairs, len(values) // pairs, found, equal, beside))
    columns = ["distribution", "datasets", "pairs", "sweeps", "better", "equal", "beside"]
    return pd.DataFrame(rows, columns=columns).round(dict.fromkeys(columns[4:], 4))


def _tested(differences: Array) -> tuple[Array, Flags]:
    """Return the p-value of each pair, and whether its interval holds 0."""
    found = new_data_sets(_pairs(differences))
    p = np.array([signed_rank(row)[1] for row in differences])
    return p, ((found["low"] <= 0) & (found["high"] >= 0)).to_numpy(dtype=bool)


def _found(p: Array, inside: Flags, pairs: int) -> tuple[float, float]:
    """Return how often any pair gets a word, and how often one whose interval holds 0 would."""
    rejected, held = _corrected(p, pairs) <= ALPHA, inside.reshape(-1, pairs)
    found, beside = (float((rejected & part).any(axis=1).mean()) for part in (~held, held))
    return found, beside


def _corrected(p: Array, pairs: int) -> Array:
    return np.array([holm(part) for part in p.reshape(-1, pairs)])


def _pairs(differences: Array) -> Pairs:
    """Return pairs with one repetition on each data set."""
    count, sets = differences.shape
    names = tuple(f"d{k}" for k in range(sets))
    values = [(column[:, None], np.zeros((count, 1))) for column in differences.T]
    return pairs_of(values, a=("a",) * count, b=("b",) * count, problems=names, datasets=names)
