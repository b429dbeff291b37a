"""Many comparisons that decide nothing, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bench.prose.duels import MOST, Duel, rounded_up, still_open
from bench.prose.phrases import listed
from bench.words import many

NUMBERS = 3
"""Numbers of repetitions a sentence has at most."""

NEVER = "no affordable number"
"""Said instead of more than `bench.prose.duels.MOST` repetitions."""

UNSURE = "but not surely"
"""Said of who seems better or worse where that is undecided."""


def kinds(duels: Iterable[Duel]) -> list[list[Duel]]:
    """Return those that are undecided, nearest first, those not tested, and those never met.

    Args:
        duels: that have no answer.

    Returns:
        Up to three lists, none of them empty.
    """
    rows = list(duels)
    parts = [
        sorted((duel for duel in rows if duel.open), key=_nearness),
        [duel for duel in rows if duel.problems and not duel.open],
        [duel for duel in rows if not duel.problems],
    ]
    return [part for part in parts if part]


def together(duels: Sequence[Duel]) -> str:
    """Return a sentence on one kind of comparisons; of undecided ones with who seems better.

    Args:
        duels: two or more of different strategies with the same other one, as `kinds` gives them.
    """
    names, other = listed([duel.a for duel in duels]), duels[0].b
    if not duels[0].problems:
        return f"{names} have no problem in common with {other}."
    if not duels[0].open:
        return f"Not tested against {other} are {names}."
    sides = {
        "ahead of": [duel for duel in duels if duel.difference < 0],
        "behind": [duel for duel in duels if duel.difference > 0],
        "level with": [duel for duel in duels if duel.difference == 0],
    }
    parts: list[str] = []
    for side, rows in sides.items():
        if rows:
            told = _would_tell(rows)
            parts.append(
                f"{side} {'it' if parts else other}, {UNSURE}: "
                f"{listed([duel.a for duel in rows])}{f' ({told})' if told else ''}"
            )
    text = "; ".join(parts)
    return f"{text[0].upper()}{text[1:]}."


def at_the_top(duels: Sequence[Duel], pairs: int) -> str:
    """Return a sentence on undecided pairs of one strategy with others.

    Args:
        duels: the pairs, one or more.
        pairs: that are tested at once.
    """
    if len(duels) == 1:
        return still_open(duels[0], pairs)
    told = _would_tell([duel.swapped() for duel in sorted(duels, key=_nearness)])
    counts = sorted(duel.more for duel in duels)
    if all(0 < count <= MOST for count in counts):
        least, most = rounded_up(counts[0]), rounded_up(counts[-1])
        if least < most:
            told = f"about {least:,} to {most:,} more repetitions would tell"
    names = listed([duel.b for duel in duels])
    return f"{duels[0].a} against {names}: undecided{f', {told}' if told else ''}."


def _nearness(duel: Duel) -> tuple[bool, float]:
    """Return what sorts the nearest first, those of whom nothing is known last."""
    known = duel.more > 0
    return not known, duel.more if known else 0.0


def _would_tell(duels: Sequence[Duel]) -> str:
    """Return how many repetitions would tell for whom; nothing where that is not known.

    Args:
        duels: nearest first; it is said of `a`.
    """
    counts = [(duel.a, rounded_up(duel.more)) for duel in duels if 0 < duel.more <= MOST]
    never = [duel.a for duel in duels if duel.more > MOST]
    known = len(counts) + len(never)

    def rest(number: int) -> str:
        if number == 1:
            return (never or [counts[-1][0]])[-1]
        return "the others" if known == len(duels) else f"{number} others"

    if not counts:
        whose = "" if known == len(duels) else f" for {rest(len(never))}"
        return f"{NEVER} of repetitions would tell{whose}" if never else ""
    if len({count for _, count in counts}) == 1 and len(counts) == len(duels):
        return f"about {many(counts[0][1], 'more repetition')} would tell"
    shown = counts if len(counts) <= NUMBERS else counts[: NUMBERS - 1]
    (name, count), *more = shown
    parts = [f"about {many(count, 'more repetition')} would tell for {name}"]
    parts += [f"{count:,} for {name}" for name, count in more]
    if len(shown) < len(counts):
        parts.append(f"at least {counts[len(shown)][1]:,} for {rest(known - len(shown))}")
    elif never:
        parts.append(f"{NEVER} for {rest(len(never))}")
    return listed(parts)
