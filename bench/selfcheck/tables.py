"""Finite spaces: what is left after n draws, with replacement and without."""

from __future__ import annotations

import math
from collections.abc import Iterator

from bench.selfcheck.closed_form_problems import Steps, entry, table
from bench.selfcheck.expected_and_measured import Line, exact, sampled
from bench.selfcheck.small_sweep import as_panels, best_so_far, small_sweep
from bench.spec import Entry
from bench.words import many


def best_rank() -> Iterator[Line]:
    """The best of 10 from 100: Σ (j/N)^n with replacement, (N + 1)/(n + 1) without.

    Grid search, which is the whole table in random order, draws without replacement.
    """
    expected = sum((j / 100) ** 10 for j in range(1, 101))
    for direction, sign in (("minimize", 1), ("maximize", -1)):
        # A label of its own, and so draws of its own.
        problem = entry(Steps, direction, direction=direction)
        played = small_sweep([Entry("random")], [problem], trials=10, repetitions=800)
        best = sign * best_so_far(*played)[:, -1]
        yield sampled(f"best rank of 10 random draws from 100, {direction}", expected, best)
    played = small_sweep([Entry("grid")], [entry(Steps)], trials=100, repetitions=60)
    (panel,) = as_panels(*played)
    (curves,) = panel.best
    expected = 101 / 11
    yield exact("best rank of 10 from a grid of 100, all orders", expected, curves[:, 9].mean())
    best = best_so_far(*played)[:, 9]
    yield sampled("best rank of 10 from a grid of 100, its own order", expected, best)


SQUARES = "of {1, 4, …, 64}"
NUMBERS = (1, 2, 3, 4, 8)


def squares_with_replacement() -> Iterator[Line]:
    """The best of n draws from {1, 4, …, 64}: Σ_k (k² − (k−1)²) ((9−k)/8)^n.

    The best is k² or more when all draws are.
    """
    problem = entry(Steps, count=8, power=2)
    best = best_so_far(*small_sweep([Entry("random")], [problem], trials=8, repetitions=800))
    known = table([k**2 for k in range(1, 9)]).random_search(0, NUMBERS)
    for n, closed in zip(NUMBERS, known, strict=True):
        expected = sum((k**2 - (k - 1) ** 2) * ((9 - k) / 8) ** n for k in range(1, 9))
        yield exact(
            f"best of {many(n, 'random draw')} {SQUARES}, the table's curve", expected, closed
        )
        yield sampled(f"best of {many(n, 'random draw')} {SQUARES}", expected, best[:, n - 1])


def squares_without_replacement() -> Iterator[Line]:
    """The same without replacement: 25.5, 12, 6.75, 4.2 and at last the whole set's best."""
    problem = entry(Steps, count=8, power=2)
    played = small_sweep([Entry("grid")], [problem], trials=8, repetitions=400)
    best = best_so_far(*played)
    (panel,) = as_panels(*played)
    curve = panel.best[0, 0]
    for n, expected in zip(NUMBERS, (25.5, 12, 6.75, 4.2, 1), strict=True):
        yield exact(f"best of {n} from a grid {SQUARES}, all orders", expected, curve[n - 1])
        yield sampled(f"best of {n} from a grid {SQUARES}, its own order", expected, best[:, n - 1])


def draws_until_95_percent() -> Iterator[Line]:
    """Draws that hit the top share q with 95 %: ⌈ln .05 / ln(1 − q)⌉."""
    for percent in (10, 5, 1):
        share = percent / 100
        misses = table([0.0] * percent + [1.0] * (100 - percent)).random_search(0, range(1, 400))
        yield exact(
            f"draws that hit the top {percent} % with 95 %",
            math.ceil(math.log(0.05) / math.log(1 - share)),
            1 + (misses > 0.05).sum(),
        )
