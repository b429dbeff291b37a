"""What a planned sweep could find out, before anything has run."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from bench.inference.estimates import ALPHA, Estimate
from bench.inference.holm import observations_needed
from bench.inference.power import POWER, detectable

TYPICAL_SD = 0.1
"""Standard deviation within a problem of the paired differences between search strategies, in
normalised regret: the median over pairs in results/quick, 20 trials, without default and grid."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What a planned sweep could find out by the tests that its report will make.

    Args:
        pairs: of strategies that have a problem in common.
        problems: the most a pair has.
        difference: on this problem set, that is found with a power of 0.8 if repetitions differ as
            assumed, in the pair with the most paired runs; inf where nothing can be decided.
        repetitions: of each problem, the fewest with which anything can be decided on these
            problems.
        datasets: the most a pair has.
        functions: those of them that are functions, which count as one each.
        decides_new: whether anything can be decided for new data sets.
        datasets_needed: the fewest with which it could.
    """

    pairs: int
    problems: int
    difference: float
    repetitions: int
    datasets: int
    functions: int
    decides_new: bool
    datasets_needed: int


def prospect(
    cells: Collection[tuple[str, str]],
    datasets: Mapping[str, str],
    repetitions: Mapping[str, int],
    sd: float,
    *,
    functions: Collection[str] = (),
    alpha: float = ALPHA,
    power: float = POWER,
) -> Prospect:
    """Return what a planned sweep could find out.

    Args:
        cells: strategy and problem of each pair that runs.
        datasets: problem -> its data set.
        repetitions: of each strategy on each problem; a pair has those of the one with fewer.
        sd: standard deviation of the paired differences within a problem.
        functions: the problems without a data set.
        alpha: two-sided, of a family.
        power: the chance to find the difference.
    """
    problems: dict[str, set[str]] = {}
    for strategy, problem in cells:
        problems.setdefault(strategy, set()).add(problem)
    shared = {
        (a, b): both for a, b in combinations(problems, 2) if (both := problems[a] & problems[b])
    }
    common = list(shared.values())
    if not common:
        return Prospect(0, 0, math.inf, 0, 0, 0, decides_new=False, datasets_needed=0)
    tests, most = len(common), max(map(len, common))
    sizes = [(len(both), min(repetitions[a], repetitions[b])) for (a, b), both in shared.items()]
    largest = max(sizes, key=lambda size: (size[0] * size[1], size))
    blocks = [{datasets[name] for name in both} for both in common]
    sets = [len(found) for found in blocks]
    none = {datasets[name] for name in functions}
    # Fewer data sets than a test alone needs keep a pair out of the family, as in the report.
    able = sum(count >= observations_needed(1, alpha) for count in sets)
    needed = observations_needed(tests, alpha)
    return Prospect(
        pairs=tests,
        problems=most,
        difference=_difference(*largest, sd, alpha / tests, power),
        repetitions=max(2, math.ceil(needed / most)),
        datasets=max(sets),
        functions=len(max(blocks, key=len) & none),
        decides_new=able > 0 and max(sets) >= observations_needed(able, alpha),
        datasets_needed=needed,
    )


def _difference(problems: int, repetitions: int, sd: float, alpha: float, power: float) -> float:
    if repetitions < 2:
        return math.inf
    draws = np.array([problems * repetitions])
    planned = Estimate(
        difference=np.zeros(1),
        se=sd / np.sqrt(draws),
        df=np.array([float(problems * (repetitions - 1))]),
        counts=np.array([problems]),
        draws=draws,
        moved=draws,
    )
    return float(detectable(planned, alpha, power)[0])
