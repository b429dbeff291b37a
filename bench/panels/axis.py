"""The axis of every panel: the budget spent, counted in full evaluations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from bench.panels.arrays import Array, Flags, Ints
from bench.panels.rounding import tied

MARGIN = 1e-9
"""By how much a sum of shares may miss an integer, as nine times 1/9 does."""


def evaluations(spent: Array) -> Ints:
    """Return sums of fidelities as numbers of full evaluations, rounded up.

    >>> evaluations(np.array([1 / 3 + 1 / 3 + 1 / 3, 1.5, 0.0])).tolist()
    [1, 2, 0]
    """
    found: Ints = np.ceil(np.asarray(spent, dtype=float) - MARGIN).astype(np.int64)
    return found


def charges(trials: pd.DataFrame) -> Array:
    """Return what the budget pays for each trial, as a share of a full evaluation.

    That is its fidelity, or by how much it exceeds the one that its model went on from.

    Args:
        trials: fidelity, and continued_from where there is any.
    """
    fidelity: Array = trials["fidelity"].to_numpy(dtype=float)
    if "continued_from" not in trials:
        return fidelity
    found: Array = fidelity - trials["continued_from"].to_numpy(dtype=float)
    return found


def places(run: Ints, trial: Ints, charge: Array) -> Ints:
    """Return the place on the axis of each trial: n − 1 where its run has spent n once it is over.

    A trial whose run has spent c with it, c the sum of charges, is at ⌈c⌉ − 1. Where all are full
    evaluations that cost 1 it is the trial's number. A run on several workers that was ended lacks
    what was being evaluated, and those after it move up.

    Args:
        run: a number for each run, of each trial.
        trial: its number in its run.
        charge: as `charges` gives it.
    """
    if (charge >= 1).all() and _has_all(run, trial):
        return trial
    order = np.lexsort((trial, run))
    # pandas sums each run for itself, with the rounding carried along.
    spent = pd.Series(charge[order]).groupby(run[order]).cumsum().to_numpy()
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
        charge: what the budget pays for it, as `charges` gives it.
        shape: runs, and the length of the axis: trials beyond it are nowhere.
        loss: of each trial, NaN where it failed; needed where a full evaluation costs less than 1,
            so that several may end in one place.

    Attributes:
        inside: shape (trials,): which of them have a place.
        cell: the run of each of those.
        row: the trial that is the full evaluation of each place, −1 where there is none. Of several
            it is the best one, the earliest on ties.
        full, counts: full evaluations and trials in each place.
    """

    def __init__(
        self,
        run: Ints,
        trial: Ints,
        fidelity: Array,
        charge: Array,
        shape: tuple[int, int],
        loss: Array | None = None,
    ) -> None:
        self.shape = shape
        known = run >= 0
        place = np.full(len(run), shape[1])
        place[known] = places(run[known], trial[known], charge[known])
        self.inside: Flags = place < shape[1]
        whole = self.inside & (fidelity >= 1)
        self.cell: Ints = run[self.inside]
        self._flat: Ints = run * shape[1] + place
        # One trial a place: sums are the numbers themselves, to the last bit and in less time.
        self._only_full = bool((whole & (charge >= 1) == self.inside).all())
        rows = self._whole = np.flatnonzero(whole)
        if loss is not None:
            rows = _best_last(rows, trial, loss)
        self.row: Ints = np.full(shape, -1)
        self.row.reshape(-1)[self._flat[rows]] = rows  # of several in one place the last one stays
        self.full, self.counts = self._number(whole), self._number(self.inside)

    def _number(self, which: Flags) -> Ints:
        size = self.shape[0] * self.shape[1]
        found: Ints = np.bincount(self._flat[which], minlength=size).reshape(self.shape)
        return found

    def of_full(self, values: Array) -> Array:
        """Return the value of the full evaluation in each place, NaN where there is none."""
        return np.where(self.row < 0, np.nan, values[self.row])

    def of_each_full(self, values: Array) -> Array:
        """Return the values of all full evaluations in each place, NaN beyond: a further axis."""
        most = int(self.full.max(initial=0))
        if most <= 1:
            return self.of_full(values)[..., np.newaxis]
        order = np.argsort(self._flat[self._whole], kind="stable")
        rows = self._whole[order]
        flat = self._flat[rows]
        found = np.full((self.full.size, most), np.nan)
        found[flat, np.arange(len(flat)) - np.searchsorted(flat, flat)] = values[rows]
        return found.reshape(*self.shape, most)

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


def _best_last(rows: Ints, trial: Ints, loss: Array) -> Ints:
    """Return rows from the worst loss to the best, the earliest trial last on ties."""
    losses = np.where(np.isnan(loss[rows]), np.inf, loss[rows])
    # What is rounding in a difference must not choose.
    found: Ints = rows[np.lexsort((-trial[rows], -tied(losses)))]
    return found


LAYOUT = (
    "strategy", "repetition", "trial_number", "fidelity", "continued_from", "status", "value"
)  # fmt: skip
"""The columns of trials that `layout_of` takes."""


def layout_of(
    trials: pd.DataFrame,
    strategies: Sequence[str],
    repetitions: Ints,
    ran: Flags,
    budget: int,
    *,
    sign: float,
) -> Layout:
    """Return where the trials of one problem stand in arrays of (S · R) runs × the budget.

    Args:
        trials: of one problem: strategy, repetition, trial_number, fidelity; where models go on
            from lower steps, also continued_from, status and value.
        strategies: labels, S.
        repetitions: sorted, R.
        ran: shape (S, R): the runs that count.
        budget: the length of the axis.
        sign: loss = sign × value.
    """
    s, r = cells(trials, strategies, repetitions)
    r = np.minimum(r, len(repetitions) - 1)
    # A trial of a run that does not count, or beyond what a budget allows, is in no place.
    there = (s >= 0) & ran[s, r]
    there &= repetitions[r] == trials["repetition"].to_numpy(dtype=np.int64)
    fidelity, charge = trials["fidelity"].to_numpy(dtype=float), charges(trials)
    loss = None
    if (charge < fidelity).any():
        value = trials["value"].to_numpy(dtype=float)
        loss = np.where((trials["status"] == "completed").to_numpy(), sign * value, np.nan)
    return Layout(
        np.where(there, s * len(repetitions) + r, -1),
        trials["trial_number"].to_numpy(dtype=np.int64),
        fidelity,
        charge,
        (ran.size, budget),
        loss,
    )
