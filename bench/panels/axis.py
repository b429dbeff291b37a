"""The axis of every panel: the budget spent, counted in full evaluations."""

from __future__ import annotations

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints

MARGIN = 1e-9
"""By how much a sum of shares may miss an integer, as nine times 1/9 does."""


def evaluations(spent: Array) -> Ints:
    """Return sums of fidelities as numbers of full evaluations, rounded up.

    >>> evaluations(np.array([1 / 3 + 1 / 3 + 1 / 3, 1.5, 0.0])).tolist()
    [1, 2, 0]
    """
    found: Ints = np.ceil(np.asarray(spent, dtype=float) - MARGIN).astype(np.int64)
    return found


def places(run: Ints, trial: Ints, fidelity: Array) -> Ints:
    """Return the place on the axis of each trial: n − 1 where its run has spent n once it is over.

    A trial whose run has spent c with it, c the sum of fidelities, is at ⌈c⌉ − 1. A full one costs
    1, so no two of a run end in the same place; where all are full it is the trial's number. A run
    on several workers that was ended lacks what was being evaluated, and those after it move up.

    Args:
        run: a number for each run, of each trial.
        trial: its number in its run.
        fidelity: its share of a full evaluation.
    """
    if (fidelity >= 1).all() and _has_all(run, trial):
        return trial
    order = np.lexsort((trial, run))
    # pandas sums each run for itself, with the rounding carried along.
    spent = pd.Series(fidelity[order]).groupby(run[order]).cumsum().to_numpy()
    found = np.empty_like(trial)
    found[order] = np.maximum(evaluations(spent) - 1, 0)
    return found


def _has_all(run: Ints, trial: Ints) -> bool:
    """Return whether no run lacks a trial before its last one."""
    counts = np.bincount(run)
    most = np.zeros_like(counts)
    np.maximum.at(most, run, trial + 1)
    return bool((most == counts).all())


class Layout:
    """Where the trials of a frame stand in arrays of runs × the axis.

    Args:
        run: a number for each run, of each trial, from 0; −1 for a trial that is nowhere.
        trial: its number in its run.
        fidelity: its share of a full evaluation.
        shape: runs, and the length of the axis: trials beyond it are nowhere.
    """

    def __init__(self, run: Ints, trial: Ints, fidelity: Array, shape: tuple[int, int]) -> None:
        self.shape = shape
        known = run >= 0
        place = np.full(len(run), shape[1])
        place[known] = places(run[known], trial[known], fidelity[known])
        self.inside: Flags = place < shape[1]
        self.whole: Flags = self.inside & (fidelity >= 1)
        self.cell: Ints = run[self.inside]
        self._flat: Ints = run * shape[1] + place
        # One trial a place: sums are the numbers themselves, to the last bit and in less time.
        self._only_full = bool((self.whole == self.inside).all())
        self.full: Flags = np.zeros(shape, dtype=bool)
        self.full.reshape(-1)[self._flat[self.whole]] = True
        self.counts: Ints = (
            self.full.astype(np.int64)
            if self._only_full
            else np.bincount(self._flat[self.inside], minlength=self.full.size).reshape(shape)
        )

    def of_full(self, values: Array) -> Array:
        """Return the value of the full evaluation in each place, NaN where there is none."""
        found = np.full(self.full.size, np.nan)
        found[self._flat[self.whole]] = values[self.whole]
        return found.reshape(self.shape)

    def latest(self, values: Array) -> Array:
        """Return the largest value in each place, NaN where there is none."""
        found = np.full(self.full.size, -np.inf)
        np.maximum.at(found, self._flat[self.inside], values[self.inside])
        return np.where(self.counts > 0, found.reshape(self.shape), np.nan)

    def sums(self, values: Array) -> Array:
        """Return the sum over the trials in each place, NaN where there is none or one is NaN."""
        if self._only_full:
            return self.of_full(values)
        found = np.bincount(self._flat[self.inside], values[self.inside], self.full.size)
        return np.where(self.counts > 0, found.reshape(self.shape), np.nan)
