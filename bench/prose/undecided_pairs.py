"""Comparisons without a significant result, and how many repetitions would be needed for one."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from bench.prose.pairs import Pair
from bench.prose.phrases import listed
from bench.words import many

MAX_MORE_REPETITIONS = 10_000
"""More repetitions than so many are not asked for."""

MAX_NUMBERS = 3
"""Numbers of repetitions a sentence has at most."""


def kinds(pairs: Iterable[Pair]) -> list[list[Pair]]:
    """Return those that are undecided, nearest first, those not tested, and those never met.

    Args:
        pairs: that have no answer.

    Returns:
        Up to three lists, none of them empty.
    """
    rows = list(pairs)
    parts = [
        sorted((pair for pair in rows if pair.open), key=_nearness),
        [pair for pair in rows if pair.problems and not pair.open],
        [pair for pair in rows if not pair.problems],
    ]
    return [part for part in parts if part]


def together(pairs: Sequence[Pair]) -> str:
    """Return a sentence on one kind of comparisons; of undecided ones with who does better.

    Args:
        pairs: of different strategies with the same other one, as `kinds` gives them.
    """
    names, other = listed([pair.a for pair in pairs]), pairs[0].b
    if not pairs[0].problems:
        return f"{names} {_verb(pairs, 'has', 'have')} no problem in common with {other}."
    if not pairs[0].open:
        return f"{names} cannot be tested against {other} without a second repetition."
    sides = {
        "better than": [pair for pair in pairs if pair.difference < 0],
        "worse than": [pair for pair in pairs if pair.difference > 0],
        "as well as": [pair for pair in pairs if pair.difference == 0],
    }
    parts = [
        f"{listed([pair.a for pair in rows])} {_verb(rows, 'does', 'do')} {side} {other}"
        for side, rows in sides.items()
        if rows
    ]
    many_differ = "no difference is" if len(pairs) > 1 else "the difference is not"
    return f"{'; '.join(parts)} on average, but {many_differ} significant."


def needed(pairs: Sequence[Pair]) -> str:
    """Return how many repetitions a difference or practical equality needs; nothing if unknown.

    Args:
        pairs: undecided, of different strategies `a` with the same `b`.
    """
    rows = sorted(pairs, key=_nearness)
    counts = [(pair, rounded_up(pair.more)) for pair in rows if pair.more > 0]
    finite = [(pair, count) for pair, count in counts if count <= MAX_MORE_REPETITIONS]
    never = [pair for pair, count in counts if count > MAX_MORE_REPETITIONS]
    if not finite:
        if not never:
            return ""
        return (
            f"More than {MAX_MORE_REPETITIONS:,} further repetitions of each problem would be "
            f"needed to {_detect(never)}."
        )
    first, least = finite[0]
    size = many(int(least), "more repetition")
    start = f"About {size} of each problem would be needed to"
    if len(finite) == len(rows) and len({count for _, count in finite}) == 1:
        return f"{start} {_detect(rows)}."
    shown = finite if len(counts) <= MAX_NUMBERS else finite[: MAX_NUMBERS - 1]
    if len(shown) < len(counts) and shown[-1][1] == least:
        return f"At least {size} of each problem would be needed to {_detect(rows)}."
    parts = [f"{start} {_detect([first])}"]
    parts += [
        f"{int(count):,} " + (f"for {pair.a}" if _alike([first, pair]) else f"to {_detect([pair])}")
        for pair, count in shown[1:]
    ]
    left = [pair for pair, _ in counts[len(shown) :]]
    if left:
        next_count = counts[len(shown)][1]
        more = (
            f"more than {MAX_MORE_REPETITIONS:,}"
            if next_count > MAX_MORE_REPETITIONS
            else f"at least {int(next_count):,}"
        )
        whom = f"the other {len(left)}" if len(counts) == len(rows) else f"{len(left)} others"
        whom = left[0].a if len(left) == 1 else whom
        same = _alike([first, *(pair for pair, _ in counts)])
        parts.append(f"{more} {'for' if same else 'for either result on'} {whom}")
    return f"{', '.join(parts)}."


def rounded_up(count: float) -> float:
    """Return a count rounded up to two digits; infinity as it is.

    Args:
        count: above 0.
    """
    if math.isinf(count):
        return count
    unit = int(10 ** max(0, len(str(int(count))) - 2))
    return math.ceil(count / unit) * unit


def _detect(pairs: Sequence[Pair]) -> str:
    """Return what the repetitions would show of some pairs with the same `b`."""
    other = pairs[0].b
    differ = [pair for pair in pairs if not pair.of_equality]
    equal = [pair for pair in pairs if pair.of_equality]
    parts = []
    if differ:
        names = listed([pair.a for pair in differ])
        parts.append(
            f"detect the difference between {names} and {other}"
            if len(differ) == 1
            else f"detect the differences of {names} from {other}"
        )
    if equal:
        names = listed([pair.a for pair in equal])
        verb = _verb(equal, "is", "are")
        parts.append(f"show that {names} {verb} practically equal to {other}")
    return " and ".join(parts)


def _alike(pairs: Sequence[Pair]) -> bool:
    """Return whether the repetitions would show the same kind of result of all of them."""
    return len({pair.of_equality for pair in pairs}) == 1


def _nearness(pair: Pair) -> tuple[bool, float]:
    """Return what sorts the nearest first, those of whom nothing is known last."""
    known = pair.more > 0
    return not known, pair.more if known else 0.0


def _verb(pairs: Sequence[Pair], one: str, more: str) -> str:
    return one if len(pairs) == 1 else more
