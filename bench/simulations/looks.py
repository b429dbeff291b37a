"""How often sweeps that stop what is settled are wrong, and how many runs they save."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd

from bench.inference import ROPE
from bench.inference.estimates import ALPHA, on_problem_set
from bench.inference.holm import holm
from bench.inference.paired import pairs_of
from bench.inference.sequential import sequential_p
from bench.panels.arrays import Flags, Ints
from bench.simulations.draws import KINDS, Array, draw

SWEEPS = 2000
STRATEGIES, PROBLEMS, REPETITIONS, EACH = 6, 4, 30, 5
"""Of a sweep; it is looked at after each so many repetitions."""

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
        distribution, differ (what: see `MEANS`), sweeps, better (share of sweeps with a wrong
        *better* or *worse*), equal (with a wrong *equal*), unadjusted (with a wrong *better* or
        *worse* at any look, if each were tested by itself), runs (share of all that are made),
        found (share of the pairs that differ about which the sweep is right), found_without (the
        same in a sweep without looks).
    """
    rows = []
    for place, (kind, differ) in enumerate(itertools.product(KINDS, MEANS)):
        means, rng = MEANS[differ], np.random.default_rng([place, 17])
        noise = NOISE / 10 if differ == "border" else NOISE
        p, p_equal, ahead = _tested(kind, means, noise, sweeps, rng)
        every = np.arange(EACH, REPETITIONS + 1, EACH)
        fractions = tuple(float(n) / REPETITIONS for n in every)
        first, second = np.triu_indices(STRATEGIES, k=1)
        truth = np.sign(means[first] - means[second])
        apart = np.abs(means[first] - means[second]) >= ROPE
        shape = len(every), sweeps, len(first)
        better, equal, made = _stopped(
            sequential_p(p, fractions).reshape(shape),
            sequential_p(p_equal, fractions, two_sided=False).reshape(shape),
        )
        side = ahead.reshape(shape)
        # The side is that of the look at which a pair had its last repetitions.
        said = np.take_along_axis(side, better[1][None], axis=0)[0] * better[0]
        alone = [_holm(part.reshape(shape[1:])) <= ALPHA for part in p]
        naive = np.stack([(np.sign(side[k]) * alone[k]) for k in range(len(every))])
        wrong = (said != 0) & (said != truth)
        differs = truth != 0
        rows.append(
            (
                kind,
                differ,
                sweeps,
                wrong.any(axis=1).mean(),
                (equal & apart).any(axis=1).mean(),
                ((naive != 0) & (naive != truth)).any(axis=(0, 2)).mean(),
                made.mean() / REPETITIONS,
                (said == truth)[:, differs].mean() if differs.any() else np.nan,
                (naive[-1] == truth)[:, differs].mean() if differs.any() else np.nan,
            )
        )
    columns = ["distribution", "differ", "sweeps", "better", "equal", "unadjusted"]
    frame = pd.DataFrame(rows, columns=[*columns, "runs", "found", "found_without"])
    return frame.round(4)


def _tested(
    kind: str, means: Array, noise: float, sweeps: int, rng: np.random.Generator
) -> tuple[Array, Array, Array]:
    """Return p, p of equality and the sign of the difference at each look, shape (looks, M)."""
    first, second = np.triu_indices(STRATEGIES, k=1)
    regrets = [
        means[:, None]
        + noise * (k + 1) / PROBLEMS * draw(kind, rng, (sweeps, STRATEGIES, REPETITIONS))
        for k in range(PROBLEMS)
    ]
    names = tuple(f"p{k}" for k in range(PROBLEMS))
    labels = ("",) * (sweeps * len(first))
    found = []
    for n in range(EACH, REPETITIONS + 1, EACH):
        values = [
            (
                regret[:, first, :n].reshape(-1, n),
                regret[:, second, :n].reshape(-1, n),
            )
            for regret in regrets
        ]
        estimate = on_problem_set(
            pairs_of(values, a=labels, b=labels, problems=names, datasets=names)
        )
        found.append((estimate.p(), estimate.p_equal(ROPE), np.sign(estimate.difference)))
    p, p_equal, ahead = (np.stack(part) for part in zip(*found, strict=True))
    return p, p_equal, ahead


def _stopped(p: Array, p_equal: Array) -> tuple[tuple[Flags, Ints], Flags, Ints]:
    """Return what is said of each pair, and the repetitions of each strategy.

    Args:
        p: sequential, shape (looks, sweeps, pairs).
        p_equal: the same, of equality.

    Returns:
        Whether a pair is better or worse and the look that says so, whether it is equal, each of
        shape (sweeps, pairs); repetitions of each strategy, shape (sweeps, strategies).
    """
    count, sweeps, pairs = p.shape
    first, second = np.triu_indices(STRATEGIES, k=1)
    active = np.ones((sweeps, STRATEGIES), dtype=bool)
    made = np.zeros((sweeps, STRATEGIES), dtype=np.int64)
    last = np.zeros((sweeps, pairs), dtype=np.int64)
    for look in range(count):
        made += EACH * active
        last = np.where(active[:, first] & active[:, second], look, last)
        now, equal_now = (np.take_along_axis(part, last[None], axis=0)[0] for part in (p, p_equal))
        equal = _holm(equal_now) <= ALPHA
        better = (_holm(now) <= ALPHA) & ~equal
        settled = better | equal
        for strategy in range(STRATEGIES):
            own = (first == strategy) | (second == strategy)
            active[:, strategy] &= ~settled[:, own].all(axis=1)
    return (better, last), equal, made


def _holm(p: Array) -> Array:
    """Return p-values corrected in each row."""
    return np.array([holm(row) for row in p])
