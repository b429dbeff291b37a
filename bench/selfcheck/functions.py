"""Published functions: their minima, and what random search makes of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bench import registry
from bench.selfcheck.expected_and_measured import Line, exact, sampled
from bench.selfcheck.small_sweep import best_so_far, harmonic, incumbent_count, small_sweep
from bench.spec import Entry

MINIMA = {"branin": 0.39788735772973816, "hartmann6": -3.322368011415515}
"""Published (Dixon & Szegő 1978), to more digits."""

RANDOM_BEST = {
    "branin": {10: 5.716, 50: 1.427, 100: 0.9127, 200: 0.6563},
    "hartmann6": {10: -1.034, 50: -1.756, 100: -2.042, 200: -2.294},
}
"""Expected best after n random draws where their publication puts them, by simulation."""


def minima() -> Iterator[Line]:
    """Each instance has the published minimum at each of its minimisers."""
    for name, minimum in MINIMA.items():
        problem: Any = registry.PROBLEMS.create(Entry(name))
        values = [
            problem.evaluate(config, seed=seed).value
            for seed in range(20)
            for config in problem.minimizers(seed)
        ]
        furthest = max(values, key=lambda value: abs(value - minimum))
        yield exact(f"{name} at the minimisers of 20 instances, the furthest", minimum, furthest)
        yield exact(f"{name}, the optimum it states", minimum, problem.optimum)


def random_search() -> Iterator[Line]:
    """Random search on Branin and Hartmann6, and 200 draws have H_200 incumbents."""
    for name, expected in RANDOM_BEST.items():
        problem = Entry(name, settings={"shifted": False})
        best = best_so_far(*small_sweep([Entry("random")], [problem], trials=200, repetitions=60))
        for n, mean in expected.items():
            yield sampled(f"{name}, best of {n} random draws", mean, best[:, n - 1])
        count = incumbent_count(best)
        yield sampled(f"{name}, incumbents in 200 random draws: H_n", harmonic(200), count)
