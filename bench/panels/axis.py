"""The axis of every panel: the budget spent, counted in full evaluations."""

from __future__ import annotations

from collections.abc import Sequence

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


def cells(frame: pd.DataFrame, strategies: Sequence[str], repetitions: Ints) -> tuple[Ints, Ints]:
    """Return the place of each row's strategy and repetition in the arrays of a panel.

    Args:
        frame: of one problem: strategy, repetition.
        strategies: labels; a strategy that is none of them has the place −1.
        repetitions: sorted; one that is none of them has the place of the next larger one.
    """
    codes, names = pd.factorize(frame["strategy"])
    rows = pd.Index(strategies).get_indexer(pd.Index(names).astype(object))
    return (
        np.append(rows, -1)[codes],  # the code of what is missing is −1, too
        np.searchsorted(repetitions, frame["repetition"].to_numpy(dtype=np.int64)),
    )


def layout_of(
    trials: pd.DataFrame, strategies: Sequence[str], repetitions: Ints, ran: Flags, budget: int
) -> Layout:
    """Return where the trials of one problem stand in arrays of (S · R) runs × the budget.

    Args:
        trials: of one problem: strategy, repetition, trial_number, fidelity.
        strategies: labels, S.
        repetitions: sorted, R.
        ran: shape (S, R): the runs that count.
        budget: the length of the axis.
    """
    s, r = cells(trials, strategies, repetitions)
    r = np.minimum(r, len(repetitions) - 1)
    # A trial of a run that does not count, or beyond what a budget allows, is in no place.
    there = (s >= 0) & ran[s, r]
    there &= repetitions[r] == trials["repetition"].to_numpy(dtype=np.int64)
    return Layout(
        np.where(there, s * len(repetitions) + r, -1),
        trials["trial_number"].to_numpy(dtype=np.int64),
        trials["fidelity"].to_numpy(dtype=float),
        (ran.size, budget),
    )
