"""An order for the points of an unordered design."""

from __future__ import annotations

import numpy as np

from bench.panels.arrays import Ints
from bench.panels.panel import Panel


def one_random_order(panel: Panel, seed: int) -> Ints:
    """Return the places of each run's trials in the order to read them, shape (S, R, T).

    Those of an unordered design are in one random order a run, all others as they are. Places
    without a trial stay at the end.

    Args:
        panel: the runs.
        seed: of the orders; the same seed gives the same ones.
    """
    rng = np.random.default_rng(seed)
    order = np.broadcast_to(np.arange(panel.budget), panel.loss.shape).copy()
    for s, strategy in enumerate(panel.strategies):
        if strategy in panel.unordered:
            keys = rng.random(panel.loss[s].shape)
            made = np.arange(panel.budget) < panel.used[s][:, None]
            order[s] = np.argsort(np.where(made, keys, 2.0), axis=1, kind="stable")
    return order
