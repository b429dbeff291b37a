"""The verdict in words: who is ahead, who beats random search, what is undecided."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.analysis.estimates import ALPHA, BETTER, EQUAL, UNDECIDED, WORSE
from bench.analysis.holm import observations_needed
from bench.analysis.regret import RANDOM
from bench.report.decided import otherwise
from bench.report.duels import Duel, on_new, result
from bench.report.legend import ends_of_scale, legend
from bench.report.phrases import interval, listed, number
from bench.report.standing import Standing, standing
from bench.report.undecided import at_the_top, kinds, together
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

COMPARED, OPEN = 6, 3
"""Strategies that get a sentence against the baseline, undecided pairs at the top that are told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a sweep, plain text, labels as they are: who puts it on a page escapes it.

    Args:
        sentences: the most important first, one or more.
        legend: what the numbers in them are; empty where nothing is compared.
    """

    sentences: tuple[str, ...]
    legend: str = ""


def in_words(
    board: pd.DataFrame,
    verdicts: pd.DataFrame,
    saved: pd.DataFrame,
    *,
    when: str,
    rope: float,
    sources: Collection[str] = (),
) -> Verdict:
    """Return the verdict in words.

    What is said to be better, equal or undecided is so by `verdicts`; `board` gives the order
    only. So a strategy is ahead if the tests find it better than each other one.

    Args:
        board: as `bench.analysis.scores.leaderboard` gives it.
        verdicts: as `bench.analysis.verdicts.verdicts` gives them, of the same panels.
        saved: as `bench.analysis.equivalents.trials_saved` gives it.
        when: at which point of a run all this is, as "after 20 trials"; may be empty.
        rope: half the width of the region of practical equivalence.
        sources: what regret is measured by, as the panels say.
    """
    sweep = standing(board, verdicts, when)
    if len(sweep.names) < 2 or not sweep.met:
        return Verdict((_nothing(board, sweep, sources), *_absent(sweep)))
    # How one stands against one other is said in full, whoever they are.
    alone = len(sweep.names) == 2
    base = RANDOM if RANDOM in sweep.names else sweep.names[1] if alone else ""
    factors = {str(row["strategy"]): row for row in saved.to_dict("records") if base == RANDOM}
    rows = [sweep.all[name, base] for name in sweep.names if base and name != base]
    decided = [duel for duel in rows if duel.decided]
    others = kinds(duel for duel in rows if not duel.decided)
    found = [_first(sweep), *(_against(duel, sweep, factors) for duel in decided[:COMPARED])]
    if len(decided) > COMPARED:
        rest = many(len(decided) - COMPARED, "more is", "more are")
        found.append(f"And {rest} decided against {base}, in section Pairs.")
    for part in others:
        found.append(together(part) if len(part) > 1 else _against(part[0], sweep, factors))
    elsewhere = otherwise(_elsewhere(sweep, base))
    if elsewhere:
        found.append(elsewhere)
    full = decided[:COMPARED] + [part[0] for part in others if len(part) == 1]
    opened = [] if sweep.winner else _opened(sweep, base)
    if opened:
        found.append(at_the_top(opened, sweep.tests))
    found += [*_new(sweep), *_untold(full, factors), *_partial(sweep), *_absent(sweep)]
    if RANDOM not in sweep.names and RANDOM not in sweep.absent:
        found.append(f"Nothing is compared with {RANDOM}: it is not in the sweep.")
    return Verdict(tuple(found), legend(sweep, found, rope=rope, sources=sources))


def _nothing(board: pd.DataFrame, sweep: Standing, sources: Collection[str]) -> str:
    """Return why nothing can be compared."""
    after = f" {sweep.when}" if sweep.when else ""
    if not sweep.names:
        if len(sweep.absent) > 1:
            return (
                f"Nothing can be concluded{after}: no run has a value, or no two strategies "
                "ran the same repetition of a problem."
            )
        return f"Nothing can be concluded{after}: no run has ended with a value."
    if len(sweep.names) > 1:
        return (
            f"Nothing can be compared{after}: no two strategies ran the same repetition of a "
            "problem."
        )
    (name,) = sweep.names
    row = board[board["strategy"].astype(str) == name].iloc[0]
    ends = interval(row["mean_low"], row["mean_high"])
    within = f" (95 % interval for these problems {ends})" if ends else ""
    chance = "" if ends else " One repetition tells nothing about chance, so it has no interval."
    return (
        f"{name} is alone, with nothing to compare it with. Its mean regret{after} is "
        f"{number(row['mean'])}{within} on {many(int(row['problems']), 'problem')}, where "
        f"{ends_of_scale(sources)}.{chance}"
    )


def _first(sweep: Standing) -> str:
    """Return who is ahead, or that nobody is and why."""
    if sweep.winner:
        return _ahead(sweep, sweep.winner)
    if sweep.all_equal:
        whole = f"all {len(sweep.names)} strategies" if len(sweep.names) > 2 else "both strategies"
        return f"Nobody is ahead {sweep.where}: {whole} are practically equal."
    if not sweep.tests:
        return (
            "One repetition tells nothing about chance: no interval and no test for these "
            f"problems. {_lowest(sweep)} {sweep.where}."
        )
    if not sweep.leaders:
        return f"Nobody is ahead {sweep.where}. {_lowest(sweep)}."
    rows = sweep.against_all(sweep.leaders[0])
    name = "" if len(sweep.leaders) == 1 else f" {sweep.leaders[0]}"
    beaten = [duel.b for duel in rows if duel.verdict == BETTER]
    also = f" It beats {listed(beaten)}." if beaten else ""
    return f"Nobody is ahead {sweep.where}. {_lowest(sweep)}, but{name} {_why_not(rows)}.{also}"


def _ahead(sweep: Standing, name: str) -> str:
    rows = sweep.against_all(name)
    ranked = ""
    if sweep.leaders and name not in sweep.leaders:
        ranked = f" {_lowest(sweep)}, all the same."
    if len(rows) == 1:
        return f"{name} is ahead of {rows[0].b} {sweep.where}.{ranked}"
    near = min(rows, key=lambda duel: -duel.difference).swapped()
    ends = interval(near.low, near.high)
    size = f"{number(near.difference)}{f' ({ends})' if ends else ''}"
    text = (
        f"{name} is ahead of {_all(len(rows))} others {sweep.where}: the nearest is {near.a}, "
        f"whose mean regret is {size} higher.{ranked}"
    )
    if sweep.too_few:
        return text
    new = sum(duel.verdict_new == BETTER for duel in rows)
    if new == len(rows):
        least = min(duel.datasets for duel in rows)
        return f"{text} The same holds for new problems ({many(least, 'data set')})."
    return f"{text} For new problems it is better than {new} of the {len(rows)}."


def _all(count: int) -> str:
    return "both" if count == 2 else f"all {count}"


def _lowest(sweep: Standing) -> str:
    if not sweep.leaders:
        return "There is no ranking, as no repetition is common to all strategies"
    if len(sweep.leaders) == 1:
        return f"{sweep.leaders[0]} has the lowest mean rank"
    return f"{listed(sweep.leaders)} share the lowest mean rank"


def _why_not(rows: Sequence[Duel]) -> str:
    """Return what keeps a strategy from being ahead of all others."""
    kinds: dict[str, list[str]] = {}
    for duel in rows:
        kinds.setdefault(duel.verdict if duel.problems else "", []).append(duel.b)
    texts = {
        UNDECIDED: "is not told apart from",
        EQUAL: "is practically equal to",
        WORSE: "is worse in mean regret than",
        "": "has no problem in common with",
    }
    parts = []
    for kind, text in texts.items():
        if kind in kinds:
            whole = len(kinds[kind]) == len(rows) > 4
            each = "all" if kind == EQUAL else "any of the"
            parts.append(f"{text} {f'{each} {len(rows)} others' if whole else listed(kinds[kind])}")
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"


def _against(duel: Duel, sweep: Standing, factors: Mapping[str, Mapping[str, Any]]) -> str:
    """Return all on a strategy against the baseline."""
    parts = [result(duel, sweep.tests)]
    if not sweep.too_few:
        parts.append(on_new(duel))
    if duel.problems and duel.a in factors:
        parts.append(_saved(factors[duel.a], sweep.trials))
    return " ".join(part for part in parts if part)


def _saved(row: Mapping[str, Any], trials: int) -> str:
    """Return how many times the trials random search needs to get as far."""
    factor, low, high = (float(row[name]) for name in ("factor", "low", "high"))
    if not math.isfinite(factor) or _unknown(row):
        return ""
    start = f"To get as far, {RANDOM} needs"
    if factor * trials <= 1:
        return f"{start} a single trial in the median over problems."
    if row["bound"]:
        known = math.isfinite(low) and number(low) != number(factor)
        least = f" (at least {number(low)} for new problems)" if known else ""
        size = f"at least {number(factor)}"
        return f"{start} {size} × as many trials in the median over problems{least}."
    ends = interval(low, high)
    if math.isfinite(low) and math.isinf(high):
        ends = f"{number(low)} or more"
    elif ends and row["bounds"]:
        ends += " or more"
    new = f" ({ends} for new problems)" if ends else ""
    return f"{start} {number(factor)} × as many trials in the median over problems{new}."


def _unknown(row: Mapping[str, Any]) -> bool:
    """Return whether a factor says nothing: at least so many, and that is fewer than were made."""
    return bool(row["bound"]) and row["factor"] < 1


def _elsewhere(sweep: Standing, base: str) -> list[Duel]:
    """Return the pairs that neither the first sentence nor those on the baseline tell."""
    if sweep.all_equal:
        return []
    first = sweep.winner or next(iter(sweep.leaders), "")
    return [
        duel
        for duel in sweep.met
        if base not in (duel.a, duel.b)
        and (first not in (duel.a, duel.b) or duel.verdict == UNDECIDED)
    ]


def _opened(sweep: Standing, base: str) -> list[Duel]:
    """Return the undecided pairs at the top that nothing was said of yet."""
    found = [duel for name in sweep.leaders[:1] for duel in sweep.against_all(name) if duel.open]
    return [duel for duel in found if base not in (duel.a, duel.b)][:OPEN]


def _new(sweep: Standing) -> list[str]:
    sets = max(duel.datasets for duel in sweep.met)
    if not sweep.too_few or not sets:
        return []
    tests = sum(duel.datasets > 0 for duel in sweep.met)
    return [
        f"For new problems all is undecided: {many(sets, 'data set')} "
        f"{'is' if sets == 1 else 'are'} too few to show a difference, since a test of "
        f"{many(tests, 'pair')} needs {observations_needed(tests, ALPHA)} or more."
    ]


def _untold(shown: Sequence[Duel], factors: Mapping[str, Mapping[str, Any]]) -> list[str]:
    names = [duel.a for duel in shown if duel.a in factors and _unknown(factors[duel.a])]
    if not names:
        return []
    return [
        f"How many trials {listed(names)} would save cannot be told: {RANDOM} has too few trials "
        "to reach as far."
    ]


def _partial(sweep: Standing) -> list[str]:
    least, most = sweep.span
    if least == sweep.of:
        return []
    span = f"{least}" if least == most else f"{least} to {most}"
    return [
        f"Not every pair can be compared everywhere: each is compared on {span} of "
        f"{many(sweep.of, 'problem')}."
    ]


def _absent(sweep: Standing) -> list[str]:
    if not sweep.absent or not sweep.names:
        return []
    verb = "has" if len(sweep.absent) == 1 else "have"
    return [f"{listed(sweep.absent)} {verb} no run that can be compared."]
