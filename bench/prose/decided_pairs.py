"""Findings beside the main one, in one sentence."""

from __future__ import annotations

from collections.abc import Iterable

from bench.inference.estimates import BETTER, EQUAL, UNDECIDED, WORSE
from bench.prose.pairs import Pair
from bench.prose.phrases import listed
from bench.words import many

MAX_CLAUSES = 3
"""Clauses a sentence has at most."""


def otherwise(pairs: Iterable[Pair]) -> str:
    """Return a sentence on decided pairs that no other sentence tells; nothing if there is none.

    Who is better comes first, then who is practically equal; what is decided generalising to new
    data sets only comes last.

    Args:
        pairs: each pair once, best first; those that are undecided are left out.
    """
    clauses: dict[tuple[bool, bool, str], list[str]] = {}
    for pair in (pair for pair in pairs if pair.decided):
        new = pair.verdict == UNDECIDED
        verdict = pair.verdict_new if new else pair.verdict
        one, another = (pair.b, pair.a) if verdict == WORSE else (pair.a, pair.b)
        clauses.setdefault((new, verdict == EQUAL, one), []).append(another)
    if not clauses:
        return ""
    # Sorting is stable: who is best is still first among those of a kind.
    found = sorted(clauses.items(), key=lambda item: item[0][:2])
    parts = [
        f"{'generalising to new data sets, ' if new else ''}{one} is "
        f"{'practically equal to' if equal else f'significantly {BETTER} than'} {listed(others)}"
        for (new, equal, one), others in found[:MAX_CLAUSES]
    ]
    rest = sum(len(others) for _, others in found[MAX_CLAUSES:])
    if rest:
        parts.append(f"section Pairs has {many(rest, 'more finding')}")
    return f"In addition, {'; '.join(parts)}."
