"""Continuous spaces: how near and how soon random search comes, how evenly Sobol points lie."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from bench.selfcheck.closed_form_problems import (
    Board,
    Centre,
    NoisySelection,
    Quantile,
    Sphere,
    entry,
)
from bench.selfcheck.expected_and_measured import Line, ratio, sampled
from bench.selfcheck.small_sweep import (
    as_panels,
    best_so_far,
    harmonic,
    incumbent_count,
    small_sweep,
)
from bench.spec import Entry

RANDOM = [Entry("random")]


def top_share() -> Iterator[Line]:
    """1 − .95^60 of all runs hit the top 5 % (Bergstra & Bengio, JMLR 2012)."""
    for log, scale in ((False, "linear"), (True, "log")):
        # A label of its own, and so draws of its own.
        problem = entry(Quantile, scale, log=log)
        best = best_so_far(*small_sweep(RANDOM, [problem], trials=60, repetitions=200))
        hit = best[:, -1] < 0.05
        yield sampled(f"60 random draws hit the top 5 % of a {scale} axis", 1 - 0.95**60, hit)
    # Ranks alone decide the rest, so any continuous problem will do.
    first = best[:, :50]
    position = (first == first[:, -1:]).argmax(axis=1) + 1
    yield sampled("position of the best of 50, mean: (n+1)/2", 25.5, position)
    yield sampled("position of the best of 50, variance", (50**2 - 1) / 12, (position - 25.5) ** 2)
    yield sampled("incumbents in 50 random draws: H_n", harmonic(50), incumbent_count(first))


def centre() -> Iterator[Line]:
    """The least of n max|x_i − ½| in d dimensions: ½ Γ(1+1/d) n! / Γ(n+1+1/d)."""
    for d, n, repetitions in ((1, 10, 400), (2, 100, 100), (5, 100, 100)):
        problem = entry(Centre, dimension=d)
        best = best_so_far(*small_sweep(RANDOM, [problem], trials=n, repetitions=repetitions))
        # A sum of logarithms: n! is too big for a float.
        expected = 0.5 * math.exp(
            math.lgamma(1 + 1 / d) + math.lgamma(n + 1) - math.lgamma(n + 1 + 1 / d)
        )
        yield sampled(f"max|x_i − ½| after {n} random draws, d = {d}", expected, best[:, -1])


def time_to_target() -> Iterator[Line]:
    """Trials until x² + y² ≤ 1 on [−5, 5]²: 100/π, misses in the numerator."""
    hit = best_so_far(*small_sweep(RANDOM, [entry(Sphere)], trials=100, repetitions=150)) <= 1
    used = np.where(hit.any(axis=1), hit.argmax(axis=1) + 1, hit.shape[1])
    yield ratio("random draws until the sphere is ≤ 1", 100 / math.pi, used, hit.any(axis=1))


def board() -> Iterator[Line]:
    """Squares of an 8 × 8 board hit by 64 points: all by Sobol, 64 (1 − (63/64)^64) by random.

    A Sobol sequence in two dimensions is a (0, m, 2)-net, scrambled or not (Sobol 1967; Owen,
    J. Complexity 1998).
    """
    for strategy, repetitions, expected in (
        ("sobol", 10, 64.0),
        ("random", 100, 64 * (1 - (63 / 64) ** 64)),
    ):
        trials, _ = small_sweep(
            [Entry(strategy)], [entry(Board)], trials=64, repetitions=repetitions
        )
        squares = trials.groupby("repetition")["value"].nunique()
        yield sampled(f"squares of 64 that 64 {strategy} points hit", expected, squares)


def optimism() -> Iterator[Line]:
    """Validation minus truth of the selected of 50: m_K σ²/√(τ² + σ²), m_50 = 2.24907.

    m_K is the expected largest of K standard normal numbers.
    """
    spread, noise = 0.02, 0.01
    problem = entry(NoisySelection, spread=spread, noise=noise)
    (panel,) = as_panels(*small_sweep(RANDOM, [problem], trials=50, repetitions=300))
    expected = 2.24907 * noise**2 / math.hypot(spread, noise)
    gap = panel.best_test - panel.best
    yield sampled("optimism of the best of 50 noisy values", expected, gap[0, :, -1])
