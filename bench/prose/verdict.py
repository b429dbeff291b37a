"""The verdict in words: who is ahead, who beats random search, what is undecided."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.inference.dominance import DOMINANT
from bench.inference.estimates import ALPHA, BETTER, EQUAL, UNDECIDED, WORSE
from bench.inference.holm import observations_needed
from bench.panels.regret import RANDOM
from bench.prose.claims import Said, told
from bench.prose.comparisons import Comparisons, comparisons
from bench.prose.decided_pairs import otherwise
from bench.prose.legend import ends_of_scale, legend
from bench.prose.pairs import Pair, on_new, result
from bench.prose.phrases import interval, listed, number
from bench.prose.trials_saved import saved, untold
from bench.prose.undecided_pairs import at_the_top, kinds, together
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MAX_COMPARED, MAX_OPEN = 6, 3
"""Strategies that get a sentence against the baseline, undecided pairs at the top that are told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a sweep, plain text, labels as they are: who puts it on a page escapes it.

    Args:
        said: the most important first, one or more; no claim of one contradicts that of another.
        legend: what the numbers in them are; empty where nothing is compared.
    """

    said: tuple[Said, ...]
    legend: str = ""

    @property
    def sentences(self) -> tuple[str, ...]:
        """The texts."""
        return tuple(part.text for part in self.said)


def in_words(
    board: pd.DataFrame,
    verdicts: pd.DataFrame,
    trials_saved: pd.DataFrame,
    *,
    when: str,
    rope: float,
    sources: Collection[str] = (),
) -> Verdict:
    """Return the verdict in words.

    What is said to be better, equal or undecided is so by `verdicts`; `board` gives the order
    only. So a strategy is ahead if the tests find it better than each other one.

    Args:
        board: as `bench.analysis.curves.leaderboard.leaderboard` gives it.
        verdicts: as `bench.inference.verdicts.verdicts` gives them, of the same panels.
        trials_saved: as `bench.analysis.curves.equivalents.trials_saved` gives it.
        when: at which point of a run all this is, as "after 20 trials"; may be empty.
        rope: half the width of the region of practical equivalence.
        sources: what regret is measured by, as the panels say.
    """
    sweep = comparisons(board, verdicts, when)
    if len(sweep.names) < 2 or not sweep.met:
        return Verdict((Said(_nothing(board, sweep, sources)), *_absent(sweep)))
    # How one stands against one other is said in full, whoever they are.
    alone = len(sweep.names) == 2
    base = RANDOM if RANDOM in sweep.names else sweep.names[1] if alone else ""
    factors = {
        str(row["strategy"]): row for row in trials_saved.to_dict("records") if base == RANDOM
    }
    rows = [sweep.all[name, base] for name in sweep.names if base and name != base]
    decided = [pair for pair in rows if pair.decided]
    others = kinds(pair for pair in rows if not pair.decided)
    found = [_first(sweep), *(_against(pair, sweep, factors) for pair in decided[:MAX_COMPARED])]
    if len(decided) > MAX_COMPARED:
        rest = many(len(decided) - MAX_COMPARED, "more is", "more are")
        found.append(Said(f"And {rest} decided against {base}, in section Pairs."))
    for part in others:
        if len(part) > 1:
            found.append(Said(together(part), tuple(pair.these for pair in part if pair.open)))
        else:
            found.append(_against(part[0], sweep, factors))
    found += _elsewhere(sweep, base, found)
    full = decided[:MAX_COMPARED] + [part[0] for part in others if len(part) == 1]
    opened = [] if sweep.winner else _opened(sweep, base)
    if opened:
        claims = tuple(pair.these for pair in opened)
        found.append(Said(at_the_top(opened, sweep.tests), claims))
    found += [*_dominated(full + opened), *_new(sweep), *untold(full, factors)]
    found += [*_partial(sweep), *_absent(sweep)]
    if RANDOM not in sweep.names and RANDOM not in sweep.absent:
        found.append(Said(f"Nothing is compared with {RANDOM}: it is not in the sweep."))
    texts = [part.text for part in found]
    return Verdict(tuple(found), legend(sweep, texts, rope=rope, sources=sources))


def _nothing(board: pd.DataFrame, sweep: Comparisons, sources: Collection[str]) -> str:
    """Return why nothing can be compared."""
    after = f" {sweep.when}" if sweep.when else ""
    if not sweep.names:
        if len(sweep.absent) > 1:
            return (
                f"Nothing can be concluded{after}: no run has a value, or no two strategies "
                "ran the same repetition of a problem."
            )
        return f"Nothing can be concluded{after}: no run has a full evaluation with a value."
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
        f"{number(row['mean'])}{within} on {many(int(row['n_problems']), 'problem')}, where "
        f"{ends_of_scale(sources)}.{chance}"
    )


def _first(sweep: Comparisons) -> Said:
    """Return who is ahead, or that nobody is and why."""
    if sweep.winner:
        return _ahead(sweep, sweep.winner)
    if sweep.all_equal:
        whole = f"all {len(sweep.names)} strategies" if len(sweep.names) > 2 else "both strategies"
        text = f"Nobody is ahead {sweep.where}: {whole} are practically equal."
        return Said(text, tuple(pair.these for pair in sweep.met))
    if not sweep.tests:
        return Said(
            "One repetition tells nothing about chance: no interval and no test for these "
            f"problems. {_lowest(sweep)} {sweep.where}."
        )
    if not sweep.leaders:
        return Said(f"Nobody is ahead {sweep.where}. {_lowest(sweep)}.")
    rows = sweep.against_all(sweep.leaders[0])
    name = "" if len(sweep.leaders) == 1 else f" {sweep.leaders[0]}"
    beaten = [pair.b for pair in rows if pair.verdict == BETTER]
    also = f" {sweep.leaders[0]} beats {listed(beaten)}." if beaten else ""
    text = f"Nobody is ahead {sweep.where}. {_lowest(sweep)}, but{name} {_why_not(rows)}.{also}"
    return Said(text, tuple(pair.these for pair in rows if pair.problems))


def _ahead(sweep: Comparisons, name: str) -> Said:
    rows = sweep.against_all(name)
    claims = tuple(pair.these for pair in rows)
    ranked = ""
    if sweep.leaders and name not in sweep.leaders:
        ranked = f" {_lowest(sweep)}, all the same."
    if len(rows) == 1:
        return Said(f"{name} is ahead of {rows[0].b} {sweep.where}.{ranked}", claims)
    near = min(rows, key=lambda pair: -pair.difference).swapped()
    ends = interval(near.low, near.high)
    size = f"{number(near.difference)}{f' ({ends})' if ends else ''}"
    text = (
        f"{name} is ahead of {_all(len(rows))} others {sweep.where}: the nearest is {near.a}, "
        f"whose {near.measure} is {size} higher.{ranked}"
    )
    if sweep.too_few:
        return Said(text, claims)
    new = tuple(pair.new for pair in rows if pair.verdict_new == BETTER)
    if len(new) == len(rows):
        least = min(pair.datasets for pair in rows)
        text += f" The same holds for new problems ({many(least, 'data set')})."
        return Said(text, claims + new)
    count = len(new) or "none"
    return Said(f"{text} For new problems it is better than {count} of the {len(rows)}.", claims)


def _all(count: int) -> str:
    return "both" if count == 2 else f"all {count}"


def _lowest(sweep: Comparisons) -> str:
    if not sweep.leaders:
        return "There is no ranking, as no repetition is common to all strategies"
    if len(sweep.leaders) == 1:
        return f"{sweep.leaders[0]} has the lowest mean rank"
    return f"{listed(sweep.leaders)} share the lowest mean rank"


def _why_not(rows: Sequence[Pair]) -> str:
    """Return what keeps a strategy from being ahead of all others."""
    kinds: dict[str, list[str]] = {}
    for pair in rows:
        kinds.setdefault(pair.verdict if pair.problems else "", []).append(pair.b)
    texts = {
        UNDECIDED: "is not told apart from",
        EQUAL: "is practically equal to",
        WORSE: f"is worse in {rows[0].measure} than",
        "": "has no problem in common with",
    }
    parts = []
    for kind, text in texts.items():
        if kind in kinds:
            whole = len(kinds[kind]) == len(rows) > 4
            each = "all" if kind == EQUAL else "any of the"
            parts.append(f"{text} {f'{each} {len(rows)} others' if whole else listed(kinds[kind])}")
    return parts[0] if len(parts) == 1 else f"{'; '.join(parts[:-1])}; and {parts[-1]}"


def _against(pair: Pair, sweep: Comparisons, factors: Mapping[str, Mapping[str, Any]]) -> Said:
    """Return all on a strategy against the baseline."""
    texts, claims = [result(pair, sweep.tests)], [pair.these]
    if not sweep.too_few and pair.datasets:
        texts.append(on_new(pair))
        claims.append(pair.new)
    if pair.problems and pair.a in factors:
        found = saved(pair, factors[pair.a], sweep.trials)
        # A mean, a pseudo-median and a median of trials may disagree; then the first two are said.
        if not any(one.contradicts(other) for one in found.claims for other in claims):
            texts.append(found.text)
            claims += found.claims
    return Said(" ".join(text for text in texts if text), tuple(claims))


def _elsewhere(sweep: Comparisons, base: str, found: Sequence[Said]) -> list[Said]:
    """Return what is decided of pairs that no sentence has told of yet."""
    known = told(found)
    rest = [
        pair
        for pair in sweep.met
        if base not in (pair.a, pair.b)
        and (pair.these if pair.verdict != UNDECIDED else pair.new) not in known
    ]
    text = otherwise(rest)
    return [Said(text)] if text else []


def _dominated(pairs: Sequence[Pair]) -> list[Said]:
    """Return which problem decides most alone, and whether it does so in bounded regret too."""
    found = [pair for pair in pairs if pair.dominant]
    if not found:
        return []
    most = max(
        found, key=lambda pair: (pair.without != pair.verdict, pair.still > DOMINANT, pair.share)
    )
    still = f"{100 * most.still:.0f} %"
    # Bounded regret takes from a problem what exceeds 1, not that the strategies differ there only.
    rest = (
        f"in bounded regret still {still}"
        if most.still > DOMINANT
        else f"verdicts are on bounded regret, where it holds {still}"
    )
    if most.without == most.verdict:
        rest += ", and their verdict is the same without it"
    elif most.without == UNDECIDED:
        rest += ", and their verdict hangs on it: without it they are undecided"
    else:
        rest += f", and their verdict hangs on it: without it {_as_said(most)}"
    return [
        Said(
            f"In normalised regret one problem, {most.dominant}, holds {100 * most.share:.0f} % of "
            f"the variance of the mean difference between {most.a} and {most.b}; {rest} "
            "(section Pairs)."
        )
    ]


def _as_said(pair: Pair) -> str:
    word = f"{pair.without} to" if pair.without == EQUAL else f"{pair.without} than"
    return f"{pair.a} is {word} {pair.b}"


def _opened(sweep: Comparisons, base: str) -> list[Pair]:
    """Return the undecided pairs at the top that nothing was said of yet."""
    found = [pair for name in sweep.leaders[:1] for pair in sweep.against_all(name) if pair.open]
    return [pair for pair in found if base not in (pair.a, pair.b)][:MAX_OPEN]


def _new(sweep: Comparisons) -> list[Said]:
    sets = max(pair.datasets for pair in sweep.met)
    if not sweep.too_few or not sets:
        return []
    tests = sum(pair.datasets > 0 for pair in sweep.met)
    return [
        Said(
            f"For new problems all is undecided: {many(sets, 'data set')} "
            f"{'is' if sets == 1 else 'are'} too few to show a difference, since a test of "
            f"{many(tests, 'pair')} needs {observations_needed(tests, ALPHA)} or more."
        )
    ]


def _partial(sweep: Comparisons) -> list[Said]:
    least, most = sweep.span
    if least == sweep.of:
        return []
    span = f"{least}" if least == most else f"{least} to {most}"
    return [
        Said(
            f"Not every pair can be compared everywhere: each is compared on {span} of "
            f"{many(sweep.of, 'problem')}."
        )
    ]


def _absent(sweep: Comparisons) -> list[Said]:
    if not sweep.absent or not sweep.names:
        return []
    verb = "has" if len(sweep.absent) == 1 else "have"
    return [Said(f"{listed(sweep.absent)} {verb} no run that can be compared.")]
