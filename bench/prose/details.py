"""What a verdict leaves out of its sentences: each comparison, and how the numbers are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from bench.inference.estimates import UNDECIDED
from bench.panels.regret import RANDOM
from bench.prose.caveats import absent, dominated, partial, without_random
from bench.prose.claims import Said, claimed
from bench.prose.comparisons import Comparisons
from bench.prose.decided_pairs import otherwise
from bench.prose.effects import effect, on_new, one_by_one
from bench.prose.finding import lowest_rank
from bench.prose.pairs import Pair
from bench.prose.phrases import listed
from bench.prose.trials_saved import saved, unknown
from bench.prose.undecided_pairs import kinds, needed, together
from bench.words import many

MAX_COMPARED, MAX_OPEN = 6, 3
"""Strategies that get sentences against the baseline, undecided pairs with the best that do."""


def baseline(sweep: Comparisons) -> str:
    """Return whom each strategy is compared with: random search, or the other one of two."""
    if RANDOM in sweep.names:
        return RANDOM
    return sweep.names[1] if len(sweep.names) == 2 else ""


def details(
    sweep: Comparisons,
    best: str,
    factors: Mapping[str, Mapping[str, Any]],
    known: Sequence[Said],
) -> list[Said]:
    """Return everything on a sweep that its sentences do not say yet.

    Args:
        sweep: with at least one pair that has a problem in common.
        best: the strategy that the first sentence is about.
        factors: strategy -> its row of trials saved.
        known: the sentences.
    """
    there = {part.text for part in known}
    base = baseline(sweep)
    rows = [sweep.all[name, base] for name in sweep.names if base and name != base]
    decided = [pair for pair in rows if pair.decided]
    others = kinds(pair for pair in rows if not pair.decided)
    full = decided[:MAX_COMPARED] + [part[0] for part in others if len(part) == 1]
    found = [Said(f"{lowest_rank(sweep)}.")]
    said = claimed(known)
    found += [
        against(pair, sweep, factors, there, brief=pair.decided and pair.these in said)
        for pair in full
        if pair.problems
    ]
    if len(decided) > MAX_COMPARED:
        more = many(len(decided) - MAX_COMPARED, "more finding")
        found.append(Said(f"Section Pairs has {more} on comparisons with {base}."))
    for part in others:
        if len(part) > 1 or not part[0].problems:
            text = needed(part) if part[0].open else ""
            text = " ".join(filter(None, [together(part), "" if text in there else text]))
            found.append(Said(text, tuple(pair.these for pair in part if pair.open)))
    found += _elsewhere(sweep, base, [*known, *found])
    opened = [] if sweep.winner else _opened(sweep, best, base)
    if opened:
        names = listed([pair.b for pair in opened])
        turned = [pair.swapped() for pair in opened]
        text = f"{best} does not differ significantly from {names}."
        wanted = needed(turned)
        found.append(
            Said(
                " ".join(filter(None, [text, "" if wanted in there else wanted])),
                tuple(pair.these for pair in opened),
            )
        )
    texts = [
        dominated([*sweep.against_all(best), *full, *opened], depends=True),
        dominated([*full, *opened], depends=False),
    ]
    found += [Said(text) for text in texts if text]
    found += unknown(full, factors)
    texts = [partial(sweep), absent(sweep), without_random(sweep)]
    found += [Said(text) for text in texts if text]
    return [part for part in found if part.text and part.text not in there]


def against(
    pair: Pair,
    sweep: Comparisons,
    factors: Mapping[str, Mapping[str, Any]],
    known: Collection[str] = (),
    *,
    brief: bool = False,
) -> Said:
    """Return all on a strategy against another one.

    Args:
        pair: with a problem in common.
        sweep: the sweep it is of.
        factors: strategy -> its row of trials saved.
        known: sentences that are left out.
        brief: whether the difference itself is left out.
    """
    texts, claims = ["" if brief else effect(pair, sweep), one_by_one(pair)], [pair.these]
    if pair.open:
        texts.append(needed([pair]))
    if not sweep.too_few and pair.datasets:
        texts.append(on_new(pair))
        claims.append(pair.new)
    if pair.a in factors:
        found = saved(pair, factors[pair.a], sweep)
        # A mean, a pseudo-median and a median of trials may disagree; then the first two are said.
        if not any(one.contradicts(other) for one in found.claims for other in claims):
            texts.append(found.text)
            claims += found.claims
    return Said(" ".join(text for text in texts if text and text not in known), tuple(claims))


def _elsewhere(sweep: Comparisons, base: str, found: Sequence[Said]) -> list[Said]:
    """Return the significant differences that no sentence has reported yet."""
    known = claimed(found)
    rest = [
        pair
        for pair in sweep.met
        if base not in (pair.a, pair.b)
        and (pair.these if pair.verdict != UNDECIDED else pair.new) not in known
    ]
    text = otherwise(rest)
    return [Said(text)] if text else []


def _opened(sweep: Comparisons, best: str, base: str) -> list[Pair]:
    """Return the undecided pairs of the best strategy with others than the baseline."""
    found = [pair for pair in sweep.against_all(best) if pair.open]
    return [pair for pair in found if base not in (pair.a, pair.b)][:MAX_OPEN]
