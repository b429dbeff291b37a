"""Tests at several looks: p-values that stay valid where a sweep stops because of what it saw.

The tests are group-sequential with the spending function of Lan and DeMets (1983), O’Brien–Fleming
type: early looks spend little of α, so the last one tests nearly as a sweep without looks does. A
sequential p-value (Liu and Anderson 2008) is the least α at which a pair is significant at this
look or was at an earlier one. Holm's correction of sequential p-values is the group-sequential Holm
procedure (Ye, Li, Liu and Yao 2013; Maurer and Bretz 2013). It keeps the error rate of the family
whichever pairs stop when: a sequential p-value only falls with more looks, so a pair that is given
no further look has the larger one. Holm asks of each p-value alone that it is valid, which a
sequential one is whatever ended the looks: another number of trials, other problems of the sweep or
other data sets may be tested with the same looks. Generalising to new data sets the looks are more
alike than the function takes them to be, so less is spent.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable

import numpy as np
from scipy import special, stats

from bench.inference.estimates import on_problem_set
from bench.inference.paired import Pairs
from bench.panels.arrays import Array

_POINTS = 161
"""Of the density of a statistic below its bound, at each look: more change no third digit."""

_FAR = 8.0
"""Standard deviations beyond which there is nothing."""

_ALPHAS = np.concatenate([np.geomspace(1e-6, 1e-3, 13)[:-1], np.geomspace(1e-3, 0.999, 49)])
"""The α for which nominal ones are found; their logarithms are interpolated."""

_TINY = 1e-300


def valid_p(pairs: Pairs, test: Callable[[Pairs], Array], *, two_sided: bool = True) -> Array:
    """Return p-values of pairs that know of the looks at their sweep, or those of a test.

    Every p-value of a report on strategies goes through this. Without looks it is the test itself.

    Args:
        pairs: M of them.
        test: gives p-values of pairs, shape (M,) or (M, …), NaN where there is none.
        two_sided: whether it is.
    """
    if not pairs.looks:
        return test(pairs)
    each = np.stack([test(look.pairs) for look in pairs.looks])
    shares = np.stack([look.fraction for look in pairs.looks]).T
    groups: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for place, row in enumerate(shares):
        groups[tuple(row[~np.isnan(row)].tolist())].append(place)
    found = np.full(each.shape[1:], np.nan)
    for fractions, places in groups.items():
        if not fractions:
            continue
        # A pair that stopped has the first looks of one that goes on, with the same nominal α.
        longest = max((of for of in groups if of[: len(fractions)] == fractions), key=len)
        p = each[~np.isnan(shares[places[0]])][:, places]
        rows = np.full((len(longest), p[0].size), np.nan)
        rows[: len(p)] = p.reshape(len(p), -1)
        valid = sequential_p(rows, longest, two_sided=two_sided)[len(p) - 1]
        found[places] = valid.reshape(p.shape[1:])
    return found


def p_on_problem_set(pairs: Pairs) -> Array:
    """Return two-sided p-values of no difference on this problem set, shape (M,).

    A look at which the other one of a pair was ahead says nothing for the one that is now.
    """
    side = np.sign(on_problem_set(pairs).difference)

    def test(seen: Pairs) -> Array:
        found = on_problem_set(seen)
        return np.where(np.sign(found.difference) * side < 0, 1.0, found.p())

    return valid_p(pairs, test)


def p_equal_on_problem_set(pairs: Pairs, rope: float) -> Array:
    """Return p-values of a difference beyond ±rope on this problem set, shape (M,).

    What was within at a look and is beyond now has none below 1.
    """
    found = valid_p(pairs, lambda seen: on_problem_set(seen).p_equal(rope), two_sided=False)
    if not pairs.looks:
        return found
    beyond = np.abs(on_problem_set(pairs).difference) > rope
    return np.where(beyond & ~np.isnan(found), 1.0, found)


def spent(alpha: float, fractions: Array) -> Array:
    """Return how much of a one-sided α is spent up to each look, 2 − 2Φ(z_{1−α/2} / √t).

    Args:
        alpha: of all looks, in (0, 1).
        fractions: t in (0, 1]: the share of all repetitions that a look sees.

    Source: Lan and DeMets 1983, equation for O'Brien–Fleming type.
    """
    found: Array = 2 * stats.norm.sf(stats.norm.isf(alpha / 2) / np.sqrt(fractions))
    return found


def nominal_alphas(alpha: float, fractions: tuple[float, ...]) -> Array:
    """Return the nominal α at which each look tests, one-sided, so that all together spend α.

    Args:
        alpha: one-sided, of all looks, in (0, 1).
        fractions: increasing, in (0, 1]: the share of all repetitions that a look sees.

    Returns:
        Shape (looks,).

    Source: Armitage, McPherson and Rowe 1969, the recursion over looks.
    """
    shares = np.diff(spent(alpha, np.array(fractions)), prepend=0.0)
    found, before = [], 0.0
    points, masses = np.zeros(1), np.ones(1)
    for fraction, share in zip(fractions, shares, strict=True):
        sd, end = np.sqrt(fraction - before), _FAR * np.sqrt(fraction)
        low, high = -end, 5 * end
        for _ in range(60):
            bound = (low + high) / 2
            beyond = masses @ special.ndtr((points - bound) / sd)
            low, high = (bound, high) if beyond > share else (low, bound)
        found.append(float(special.ndtr(-bound / np.sqrt(fraction))))
        inside = np.linspace(-end, max(min(bound, end), 1e-9 - end), _POINTS)
        simpson = np.where(np.arange(_POINTS) % 2, 4.0, 2.0)
        simpson[[0, -1]] = 1.0
        density = stats.norm.pdf((inside[:, None] - points) / sd) @ masses / sd
        points, masses = inside, density * simpson * (inside[1] - inside[0]) / 3
        before = fraction
    return np.array(found)


def sequential_p(p: Array, fractions: tuple[float, ...], *, two_sided: bool = True) -> Array:
    """Return p-values that are valid after each look, from those of each look by itself.

    Args:
        p: shape (looks, M); NaN where a pair has no test yet.
        fractions: increasing, in (0, 1]: the share of all repetitions that a look sees.
        two_sided: whether the p-values are; each side then has half of α.

    Returns:
        Shape (looks, M), in each column falling. None is below 1e-6.

    Source: Liu and Anderson 2008.
    """
    sides = 2 if two_sided else 1
    table = _table(fractions)
    logs = np.log(np.maximum(p / sides, _TINY))
    found = np.array(
        [
            np.interp(row, column, np.log(_ALPHAS), right=0.0)
            for row, column in zip(logs, table, strict=True)
        ]
    ).reshape(p.shape)
    each = np.minimum(sides * np.exp(np.where(np.isnan(p), 0.0, found)), 1.0)
    falling: Array = np.minimum.accumulate(each, axis=0)
    return np.where(np.logical_and.accumulate(np.isnan(p), axis=0), np.nan, falling)


@functools.lru_cache(maxsize=16)
def _table(fractions: tuple[float, ...]) -> Array:
    """Return logarithms of the nominal α at each look for the grid of α, shape (looks, grid)."""
    found = np.array([nominal_alphas(float(alpha), fractions) for alpha in _ALPHAS]).T
    # What is next to nothing is rounding; it must rise all the same.
    return np.maximum.accumulate(np.log(np.maximum(found, _TINY)), axis=1)
