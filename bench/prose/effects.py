"""Comparisons of two strategies in sentences: the verdict, the difference, its interval."""

from __future__ import annotations

import math

from bench.inference.estimates import ALPHA, BETTER, EQUAL, UNDECIDED, WORSE
from bench.prose.comparisons import Comparisons
from bench.prose.pairs import Pair
from bench.prose.phrases import interval, number
from bench.prose.quantities import equation
from bench.prose.samples import observations
from bench.words import many

GENERALISING = "Generalising to new data sets"
"""How a sentence begins that speaks of data sets which are not in the sweep."""


def effect(pair: Pair, sweep: Comparisons) -> str:
    """Return a sentence on a pair that stands alone: verdict, difference, interval, p, sample.

    Args:
        pair: with a problem in common.
        sweep: the sweep it is of.
    """
    when = f" {sweep.when}" if sweep.when else ""
    known = evidence(pair, sweep)
    if pair.verdict in (BETTER, WORSE):
        word = "lower" if pair.verdict == BETTER else "higher"
        return (
            f"{pair.a} is significantly {pair.verdict} than {pair.b}: its {pair.measure} is "
            f"{number(abs(pair.difference))} {word}{when}{known}."
        )
    if pair.verdict == EQUAL:
        text = f"{pair.a} and {pair.b} are practically equal"
    elif pair.tested:
        text = f"{pair.a} and {pair.b} do not differ significantly"
    else:
        text = f"{pair.a} and {pair.b} cannot be tested without a second repetition"
    return (
        f"{text}: the difference in {pair.measure} ({pair.a} − {pair.b}) is "
        f"{number(pair.difference)}{when}{known}."
    )


def effect_new(pair: Pair, sweep: Comparisons) -> str:
    """Return a sentence on a pair, with its numbers, that generalises to new data sets.

    Args:
        pair: with a data set in common.
        sweep: the sweep it is of.
    """
    if pair.verdict_new == UNDECIDED:
        return on_new(pair)
    known = evidence_new(pair, sweep)
    when = f" {sweep.when}" if sweep.when else ""
    if pair.verdict_new == EQUAL:
        return (
            f"{GENERALISING}, {pair.a} and {pair.b} are practically equal: the difference in "
            f"bounded regret ({pair.a} − {pair.b}) is {number(pair.difference_new)}{when}"
            f"{known}."
        )
    word = "lower" if pair.verdict_new == BETTER else "higher"
    return (
        f"{GENERALISING}, {pair.a} is significantly {pair.verdict_new} than {pair.b}: its bounded "
        f"regret is {number(abs(pair.difference_new))} {word}{when}{known}."
    )


def evidence(pair: Pair, sweep: Comparisons) -> str:
    """Return interval, p and sample in parentheses, behind a space.

    The interval is of the difference, or of its size where one is better.

    Args:
        pair: with a problem in common.
        sweep: the sweep it is of.
    """
    low, high = pair.low, pair.high
    if pair.verdict == BETTER:
        low, high = -high, -low
    parts = [_span(low, high)]
    if pair.verdict != EQUAL:
        parts.append(_p(pair.corrected, sweep.tests > 1))
    if pair.verdict == UNDECIDED:
        family = many(sweep.tests, "pair")
        looked = sweep.looks is not None
        why = alone(pair.low, pair.high, pair.p, pair.p_equal, family, looked=looked)
        parts.append(why)
    parts.append(sweep.sample([pair]))
    return f" ({'; '.join(part for part in parts if part)})"


def evidence_new(pair: Pair, sweep: Comparisons) -> str:
    """Return the same of what generalises to new data sets.

    Args:
        pair: with a data set in common.
        sweep: the sweep it is of.
    """
    low, high = pair.low_new, pair.high_new
    if pair.verdict_new == BETTER:
        low, high = -high, -low
    several = sum(other.datasets > 0 for other in sweep.met) > 1
    p = "" if pair.verdict_new == EQUAL else _p(pair.corrected_new, several)
    parts = ["pseudo-median", _span(low, high), p, observations([pair.sample])]
    return f" ({'; '.join(part for part in parts if part)})"


def on_new(pair: Pair) -> str:
    """Return a sentence that generalises to new data sets; nothing where there is no data set."""
    if not pair.datasets:
        return ""
    sets = observations([pair.sample])
    names = f"{pair.a} and {pair.b}"
    if pair.verdict_new == EQUAL:
        return f"{GENERALISING}, {names} are practically equal ({sets})."
    if pair.verdict_new != UNDECIDED:
        return (
            f"{GENERALISING}, {pair.a} is significantly {pair.verdict_new} than {pair.b} ({sets})."
        )
    if not pair.reachable:
        few = f"{sets} {'is' if pair.datasets == 1 else 'are'} too few for a significant difference"
        return f"{GENERALISING}, {few} between {names}."
    return f"{GENERALISING}, {names} do not differ significantly ({sets})."


def one_by_one(pair: Pair) -> str:
    """Return a sentence on how many problems it wins; by medians where no test decides alone."""
    if pair.of < 2:
        return ""
    if pair.won or pair.lost:
        return (
            f"Tested one by one, {pair.a} is significantly better than {pair.b} on {pair.won} and "
            f"worse on {pair.lost} of {pair.of} problems."
        )
    if pair.verdict == EQUAL or not pair.ahead + pair.behind:
        return ""
    subject = f"The median of {pair.a}" if pair.repetitions > 1 else pair.a
    other = f"the median of {pair.b}" if pair.repetitions > 1 else pair.b
    word, count = ("worse", pair.behind) if pair.verdict == WORSE else ("better", pair.ahead)
    return f"{subject} is {word} than {other} on {count} of {pair.of} problems."


def alone(
    low: float,
    high: float,
    p: float,
    p_equal: float,
    family: str,
    equal: str = EQUAL,
    *,
    looked: bool = False,
) -> str:
    """Return why a difference that seems clear decides nothing; nothing where none does.

    Args:
        low: the lower end of its 95 % interval.
        high: the upper end.
        p: of no difference, before any correction.
        p_equal: of a difference that matters, before any correction.
        family: that is tested at once, as "6 pairs".
        equal: what is said where no difference that matters is left.
        looked: whether it is tested at several looks, each of which has a part of α.
    """
    if p_equal <= ALPHA:
        return f"{equal} before the correction for {family}, not after it"
    if math.isnan(p) or low <= 0 <= high:
        return ""
    if p <= ALPHA:
        return f"significant before the correction for {family}, not after it"
    if looked:
        return "not significant at the looks so far, whatever the interval"
    return "not significant with so few repetitions, whatever the interval"


def _span(low: float, high: float) -> str:
    ends = interval(low, high)
    return f"95 % interval {ends}" if ends else ""


def _p(value: float, corrected: bool) -> str:
    if math.isnan(value):
        return ""
    return equation("p", value) + (" after Holm's correction" if corrected else "")
