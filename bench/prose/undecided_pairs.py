"""Many comparisons that decide nothing, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.prose.pairs import MAX_MORE_REPETITIONS, Pair, rounded_up, still_open
from bench.prose.phrases import listed
from bench.words import many

MAX_NUMBERS = 3
"""Numbers of repetitions a sentence has at most."""

NEVER = "no affordable number"
"""Said instead of more than `bench.prose.pairs.MAX_MORE_REPETITIONS` repetitions."""

UNSURE = "but not surely"
"""Said of who seems better or worse where that is undecided."""


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
    """Return a sentence on one kind of comparisons; of undecided ones with who seems better.

    Args:
        pairs: two or more of different strategies with the same other one, as `kinds` gives them.
    """
    names, other = listed([pair.a for pair in pairs]), pairs[0].b
    if not pairs[0].problems:
        return f"{names} have no problem in common with {other}."
    if not pairs[0].open:
        return f"Not tested against {other} are {names}."
    sides = {
        "ahead of": [pair for pair in pairs if pair.difference < 0],
        "behind": [pair for pair in pairs if pair.difference > 0],
        "level with": [pair for pair in pairs if pair.difference == 0],
    }
    parts: list[str] = []
    for side, rows in sides.items():
        if rows:
            told = _would_tell(rows)
            parts.append(
                f"{side} {'it' if parts else other}, {UNSURE}: "
                f"{listed([pair.a for pair in rows])}{f' ({told})' if told else ''}"
            )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def at_the_top(pairs: Sequence[Pair], tests: int) -> str:
    """Return a sentence on undecided pairs of one strategy with others.

    Args:
        pairs: the pairs, one or more.
        tests: pairs that are tested at once.
    """
    if len(pairs) == 1:
        return still_open(pairs[0], tests)
    told = _would_tell([pair.swapped() for pair in sorted(pairs, key=_nearness)])
    counts = sorted(pair.more for pair in pairs)
    if all(0 < count <= MAX_MORE_REPETITIONS for count in counts):
        least, most = rounded_up(counts[0]), rounded_up(counts[-1])
        if least < most:
            told = f"about {least:,} to {most:,} more repetitions would tell"
    names = listed([pair.b for pair in pairs])
    return f"{pairs[0].a} against {names}: undecided{f', {told}' if told else ''}."


def _nearness(pair: Pair) -> tuple[bool, float]:
    """Return what sorts the nearest first, those of whom nothing is known last."""
    known = pair.more > 0
    return not known, pair.more if known else 0.0


def _would_tell(pairs: Sequence[Pair]) -> str:
    """Return how many repetitions would tell for whom; nothing where that is not known.

    Args:
        pairs: nearest first; it is said of `a`.
    """
    counts = [
        (pair.a, rounded_up(pair.more)) for pair in pairs if 0 < pair.more <= MAX_MORE_REPETITIONS
    ]
    never = [pair.a for pair in pairs if pair.more > MAX_MORE_REPETITIONS]
    known = len(counts) + len(never)

    def rest(number: int) -> str:
        if number == 1:
            return (never or [counts[-1][0]])[-1]
        return "the others" if known == len(pairs) else f"{number} others"

    if not counts:
        whose = "" if known == len(pairs) else f" for {rest(len(never))}"
        return f"{NEVER} of repetitions would tell{whose}" if never else ""
    if len({count for _, count in counts}) == 1 and len(counts) == len(pairs):
        return f"about {many(counts[0][1], 'more repetition')} would tell"
    shown = counts if len(counts) <= MAX_NUMBERS else counts[: MAX_NUMBERS - 1]
    (name, count), *more = shown
    parts = [f"about {many(count, 'more repetition')} would tell for {name}"]
    parts += [f"{count:,} for {name}" for name, count in more]
    if len(shown) < len(counts):
        parts.append(f"at least {counts[len(shown)][1]:,} for {rest(known - len(shown))}")
    elif never:
        parts.append(f"{NEVER} for {rest(len(never))}")
    return listed(parts)
