"""How often sweeps that stop what is settled are wrong, and how many runs they save."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.estimates import ALPHA, Estimate, on_problem_set
from bench.inference.holm import holm
from bench.inference.paired import Pairs, pairs_of
from bench.inference.sequential import sequential_p
from bench.panels.arrays import Flags, Ints
from bench.simulations.draws import KINDS, Array, draw

SWEEPS = 10_000
STRATEGIES, PROBLEMS, EACH = 6, 4, 5
"""Of a sweep; it is looked at after each so many repetitions."""

REPETITIONS = (10, 30)
"""Two looks, and six."""

NOISE = 0.05
"""The regrets of a problem are draws times that times (k + 1) / K, so their variances differ."""

MEANS = {
    "none": np.zeros(STRATEGIES),
    "one": np.array([0.05, 0, 0, 0, 0, 0]),
    "all": 0.05 * np.arange(STRATEGIES),
    "border": np.array([ROPE, 0, 0, 0, 0, 0]),
}
"""What differs -> mean regrets: no strategy, one, all; one by what practical equivalence allows."""


def looks(sweeps: int = SWEEPS) -> pd.DataFrame:
    """Return how often any pair of a sweep gets a wrong word, and the share of runs that is made.

    A strategy gets no more repetitions once all its pairs are better, worse or practically equal.
    *Better* and *worse* are wrong where means are equal, or the other way round; *equal* where they
    differ by what practical equivalence allows, or more. At the border regrets have a tenth of the
    noise, so that *equal* is said at all.

    Args:
        sweeps: simulated of each case.

    Returns:
        distribution, differ (what: see `MEANS`), repetitions (the most of a strategy), sweeps,
        better (share of sweeps with a wrong *better* or *worse*), equal (with a wrong *equal*),
        unadjusted (with a wrong *better* or *worse* at any look, if each were tested by itself),
        covered (share of the 95 % intervals, as the repetitions at hand give them, that hold the
        difference), runs (share of all that are made), found (share of the pairs that differ about
        which the sweep is right), found_without (the same in a sweep without looks).
    """
    rows = []
    cases = itertools.product(KINDS, MEANS, REPETITIONS)
    for place, (kind, differ, most) in enumerate(cases):
        means, rng = MEANS[differ], np.random.default_rng([place, 17])
        noise = NOISE / 10 if differ == "border" else NOISE
        regrets = [
            means[:, None]
            + noise * (k + 1) / PROBLEMS * draw(kind, rng, (sweeps, STRATEGIES, most))
            for k in range(PROBLEMS)
        ]
        seen = Seen([on_problem_set(pairs) for pairs in pairs_at_looks(regrets)], sweeps)
        first, second = np.triu_indices(STRATEGIES, k=1)
        gap = means[first] - means[second]
        truth, apart = np.sign(gap), np.abs(gap) >= ROPE
        end = seen.stopped()
        # The side is that of the look at which a pair had its last repetitions.
        said = end.at_last(seen.side) * end.better
        naive = np.stack([_rows(p) <= ALPHA for p in seen.p]) * seen.side
        wrong = (said != 0) & (said != truth)
        low, high = map(end.at_last, seen.intervals)
        differs = truth != 0
        rows.append(
            (
                kind,
                differ,
                most,
                sweeps,
                wrong.any(axis=1).mean(),
                (end.equal & apart).any(axis=1).mean(),
                ((naive != 0) & (naive != truth)).any(axis=(0, 2)).mean(),
                ((low <= gap) & (gap <= high)).mean(),
                end.made.mean() / most,
                (said == truth)[:, differs].mean() if differs.any() else np.nan,
                (naive[-1] == truth)[:, differs].mean() if differs.any() else np.nan,
            )
        )
    columns = ["distribution", "differ", "repetitions", "sweeps", "better", "equal", "unadjusted"]
    frame = pd.DataFrame(rows, columns=[*columns, "covered", "runs", "found", "found_without"])
    return frame.round(4)


def pairs_at_looks(regrets: list[Array]) -> list[Pairs]:
    """Return the pairs of all sweeps as each look would see them, if nothing were stopped.

    Args:
        regrets: of each problem, shape (sweeps, strategies, repetitions).
    """
    sweeps, strategies, most = regrets[0].shape
    first, second = np.triu_indices(strategies, k=1)
    names = tuple(f"p{k}" for k in range(len(regrets)))
    labels = ("",) * (sweeps * len(first))
    return [
        pairs_of(
            [
                (part[:, first, :n].reshape(-1, n), part[:, second, :n].reshape(-1, n))
                for part in regrets
            ],
            a=labels, b=labels, problems=names, datasets=names,
        )
        for n in range(EACH, most + 1, EACH)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class End:
    """What sweeps come to that stop what is settled.

    Args:
        last: shape (sweeps, pairs): the look at which a pair had its last repetitions.
        better: shape (sweeps, pairs): whether it is better or worse then.
        equal: shape (sweeps, pairs): whether it is practically equal.
        made: shape (sweeps, strategies): repetitions.
    """

    last: Ints
    better: Flags
    equal: Flags
    made: Ints

    def at_last(self, values: Array) -> Array:
        """Return values of shape (looks, sweeps, pairs) as of the last look at each pair."""
        found: Array = np.take_along_axis(values, self.last[None], axis=0)[0]
        return found


class Seen:
    """What the looks at sweeps see, if nothing were stopped; all of shape (looks, sweeps, pairs).

    Args:
        estimates: at each look, of all pairs of the first sweep, then of the second one, ….
        sweeps: how many.
    """

    def __init__(self, estimates: list[Estimate], sweeps: int) -> None:
        self._shape = len(estimates), sweeps, -1
        self._fractions = tuple(float(n) / len(estimates) for n in range(1, len(estimates) + 1))
        self.p = self._of([found.p() for found in estimates])
        self.p_equal = self._of([found.p_equal(ROPE) for found in estimates])
        self.side = self._of([np.sign(found.difference) for found in estimates])
        ends = [found.interval() for found in estimates]
        self.intervals = self._of([low for low, _ in ends]), self._of([high for _, high in ends])

    def valid(self, p: Array, *, two_sided: bool = True) -> Array:
        """Return sequential p-values."""
        found = sequential_p(p.reshape(len(p), -1), self._fractions, two_sided=two_sided)
        return found.reshape(p.shape)

    def stopped(self) -> End:
        """Return what the sweeps come to."""
        p, p_equal = self.valid(self.p), self.valid(self.p_equal, two_sided=False)
        count, sweeps, pairs = p.shape
        strategies = round((1 + np.sqrt(1 + 8 * pairs)) / 2)
        first, second = np.triu_indices(strategies, k=1)
        active = np.ones((sweeps, strategies), dtype=bool)
        made = np.zeros((sweeps, strategies), dtype=np.int64)
        last = np.zeros((sweeps, pairs), dtype=np.int64)
        better = equal = np.zeros((sweeps, pairs), dtype=bool)
        for look in range(count):
            made += EACH * active
            last = np.where(active[:, first] & active[:, second], look, last)
            now, equal_now = (np.take_along_axis(of, last[None], axis=0)[0] for of in (p, p_equal))
            equal = _rows(equal_now) <= ALPHA
            better = (_rows(now) <= ALPHA) & ~equal
            for strategy in range(strategies):
                own = (first == strategy) | (second == strategy)
                active[:, strategy] &= ~(better | equal)[:, own].all(axis=1)
        return End(last, better, equal, made)

    def _of(self, values: list[Array]) -> Array:
        return np.stack(values).reshape(self._shape)


def _rows(p: Array) -> Array:
    """Return p-values corrected in each row."""
    return np.array([holm(row) for row in p])
