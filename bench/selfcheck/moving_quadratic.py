"""A quadratic whose minimum moves through the box: where a grid wins, and where random search."""

from __future__ import annotations

from collections.abc import Iterator

from bench.selfcheck.expected_and_measured import Line, sampled
from bench.selfcheck.small_sweep import best_so_far, small_sweep
from bench.spec import Entry

TRIALS = 81

CENTRES = Entry("grid", "grid, centres", {"placement": "centres"})
ENDPOINTS = Entry("grid", "grid, endpoints", {"placement": "endpoints"})
RANDOM = Entry("random")


def all_axes_matter() -> Iterator[Line]:
    """81 points, d = 2, m = 9 an axis: centres d/(12 m²), endpoints d/(12 (m−1)²).

    Random search: ∫ 2 r P(no point within r of c) dr, the mean over all c, by quadrature.
    """
    name, settings = "2 of 2 axes matter", {"dimension": 2, "effective": 2}
    # As many as it takes to tell the two grids apart.
    yield _line(name, settings, CENTRES, 2 / (12 * 9**2), repetitions=400)
    yield _line(name, settings, ENDPOINTS, 2 / (12 * 8**2), repetitions=400)
    yield _line(name, settings, RANDOM, 0.00439241, repetitions=200)


def one_axis_matters() -> Iterator[Line]:
    """81 points, d = 4 but one axis matters, m = 3: centres 1/(12 m²), endpoints 1/(12 (m−1)²).

    Random search: the same integral, which is (n + 7)/(2 (n + 1)(n + 2)(n + 3)) on one axis.
    """
    name, settings = "1 of 4 axes matters", {"dimension": 4, "effective": 1}
    n = TRIALS
    yield _line(name, settings, CENTRES, 1 / (12 * 3**2), repetitions=80)
    yield _line(name, settings, ENDPOINTS, 1 / (12 * 2**2), repetitions=80)
    # The losses are skewed: it takes more of them for a mean that is nearly normal.
    expected = (n + 7) / (2 * (n + 1) * (n + 2) * (n + 3))
    yield _line(name, settings, RANDOM, expected, repetitions=200)


def _line(
    name: str, settings: dict[str, int], strategy: Entry, expected: float, *, repetitions: int
) -> Line:
    problem = Entry("quadratic-low-effective", name, settings)
    best = best_so_far(*small_sweep([strategy], [problem], trials=TRIALS, repetitions=repetitions))
    what = f"{name}, loss after {TRIALS} trials: {strategy.label}"
    return sampled(what, expected, best[:, -1])
