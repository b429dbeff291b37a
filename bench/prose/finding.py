"""The first sentence of a verdict: which strategies differ, and from which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bench.inference.estimates import BETTER, EQUAL, UNDECIDED, WORSE
from bench.panels.regret import RANDOM
from bench.prose.claims import Claim, Said, Scope
from bench.prose.comparisons import Comparisons
from bench.prose.effects import GENERALISING, effect, evidence, evidence_new
from bench.prose.pairs import Pair
from bench.prose.phrases import first_of_all, interval, listed, number, with_repetitions
from bench.prose.quantities import equation

MAX_SIZES = 3
"""Differences that one sentence gives one by one."""


@dataclass(frozen=True, slots=True)
class View:
    """The verdicts of a sweep, on its problem set or generalising to new data sets.

    Args:
        sweep: all that is known.
        scope: which of the two kinds of verdicts.
    """

    sweep: Comparisons
    scope: Scope

    def word(self, pair: Pair) -> str:
        """Return what `a` is against `b`; empty where they have no problem in common."""
        if not pair.problems:
            return ""
        return pair.verdict if self.scope is Scope.THESE else pair.verdict_new

    def claim(self, pair: Pair) -> Claim:
        """Return what is claimed of a pair."""
        return pair.these if self.scope is Scope.THESE else pair.new

    def difference(self, pair: Pair) -> float:
        """Return the difference of a pair, below 0 where `a` is better."""
        return pair.difference if self.scope is Scope.THESE else pair.difference_new

    def count(self, name: str, word: str) -> int:
        """Return against how many others a strategy is what the word says."""
        return sum(self.word(pair) == word for pair in self.sweep.against_all(name))

    @property
    def decided(self) -> bool:
        """Whether there is a finding."""
        return any(self.word(pair) != UNDECIDED for pair in self.sweep.met)


def view_of(sweep: Comparisons) -> View:
    """Return the verdicts a sentence begins with: on this problem set, where one is decided.

    Args:
        sweep: with at least one pair that has a problem in common.
    """
    these, new = View(sweep, Scope.THESE), View(sweep, Scope.NEW)
    return new if new.decided and not these.decided else these


def reference(view: View) -> str:
    """Return the strategy that the others are compared with: the best one by the tests.

    It is one to which no other is better. Among these it is the one with most findings, of equal
    ones the one with the lowest mean rank; better counts before practically equal.

    Args:
        view: the verdicts.
    """
    names = view.sweep.names
    unbeaten = [name for name in names if not view.count(name, WORSE)]
    lowest = view.sweep.leaders[:1]

    for word in (BETTER, EQUAL):
        for pool in (unbeaten, names):
            counts = {name: view.count(name, word) for name in pool}
            most = max(counts.values(), default=0)
            if most:
                found = [name for name in pool if counts[name] == most]
                return next((name for name in found if name in lowest), found[0])
    return next((name for name in names if name in lowest), names[0])


def lead(view: View, best: str) -> Pair | None:
    """Return the comparison that says how far the best strategy leads; None if it does not lead.

    A strategy leads if the tests find it better than some others, random search among them if
    there is one, and none better than it. The comparison is that with random search, else with the
    first in order of rank that it is better than, or the closest where it is better than all.

    Args:
        view: the verdicts.
        best: as `reference` gives it.
    """
    rows = view.sweep.against_all(best)
    better = {pair.b: pair for pair in rows if view.word(pair) == BETTER}
    if not better or any(view.word(pair) == WORSE for pair in rows):
        return None
    if RANDOM in view.sweep.names:
        return better.get(RANDOM)
    if len(better) == len(rows):
        return max(better.values(), key=view.difference)
    return next(iter(better.values()))


def losers(view: View, by: Pair) -> Said:
    """Return which strategies the leading one is better than; nothing where it is one or all.

    Args:
        view: the verdicts.
        by: as `lead` gives it.
    """
    rows = view.sweep.against_all(by.a)
    better = [pair for pair in rows if view.word(pair) == BETTER]
    if len(better) in (1, len(rows)):
        return Said("")
    start = f"{GENERALISING}, " if view.scope is Scope.NEW else ""
    names = listed(first_of_all(RANDOM, [pair.b for pair in better]))
    return Said(
        f"{start}{by.a} is significantly {BETTER} than {names}.",
        tuple(view.claim(pair) for pair in better),
    )


def finding(view: View) -> Said:
    """Return which strategy leads, by how much, and which do not differ from it.

    Args:
        view: the verdicts of two strategies or more.
    """
    sweep = view.sweep
    if not view.decided:
        return _nothing_found(sweep)
    if view.scope is Scope.THESE and sweep.all_equal:
        text = (
            f"All {len(sweep.names)} strategies are practically equal in "
            f"{_context(view, sweep.met)}."
        )
        return Said(text, tuple(pair.these for pair in sweep.met))
    name = reference(view)
    rows = sweep.against_all(name)
    kinds = {
        word: first_of_all(RANDOM, [pair.b for pair in rows if view.word(pair) == word])
        for word in (BETTER, WORSE, EQUAL, UNDECIDED, "")
    }
    met = [pair for pair in rows if pair.problems]
    by = lead(view, name)
    if by:
        # Those that are compared on no fewer repetitions than the number given need no remark.
        fewer = {
            pair.b: sweep.fewer[pair.b]
            for pair in rows
            if pair.b in sweep.fewer and pair.repetitions < by.repetitions
        }
        text = _leads(view, by, _beside(name, kinds, fewer))
        return Said(text, tuple(view.claim(pair) for pair in met))
    clauses = [
        f"{name} is significantly {word} than {_others(kinds[word], rows)}"
        for word in (BETTER, WORSE)
        if kinds[word]
    ]
    clauses += _beside(name, kinds, sweep.fewer)
    # What has fewer repetitions says so itself, unless it is the one that is compared.
    told = [*kinds[EQUAL], *kinds[UNDECIDED]]
    usual = [pair for pair in met if pair.b not in sweep.fewer or pair.b not in told] or met
    start = f"{GENERALISING}, " if view.scope is Scope.NEW else ""
    first, *more = clauses
    text = "; ".join([f"{start}{first} in {_context(view, usual)}", *more])
    return Said(f"{text}.", tuple(view.claim(pair) for pair in met))


def baseline_finding(sweep: Comparisons, base: str, best: str) -> Said:
    """Return which strategies the baseline is better than, and by how much.

    Args:
        sweep: the sweep it is of.
        base: the baseline; empty for none.
        best: the strategy that the first sentence is about.
    """
    if not base or base == best:
        return Said("")
    rows = [pair for pair in sweep.against_all(base) if pair.verdict == BETTER and pair.b != best]
    if not rows:
        return Said("")
    claims = tuple(pair.these for pair in rows)
    if len(rows) == 1:
        return Said(effect(rows[0], sweep), claims)
    when = f" {sweep.when}" if sweep.when else ""
    lower = sorted(-pair.difference for pair in rows)
    sizes = listed([number(-pair.difference) for pair in rows])
    ends = listed([interval(-pair.high, -pair.low) for pair in rows])
    spans = f"95 % intervals {ends}; " if all(interval(p.low, p.high) for p in rows) else ""
    if len(rows) > MAX_SIZES:
        sizes, spans = f"{number(lower[0])} to {number(lower[-1])}", ""
    least = equation("p", max(pair.corrected for pair in rows), sign="≤")
    return Said(
        f"{base} is significantly better than {listed([pair.b for pair in rows])}: its "
        f"{_measure(rows)} is {sizes} lower{when} ({spans}{least} after Holm's correction; "
        f"{sweep.sample(rows)}).",
        claims,
    )


def untested(sweep: Comparisons) -> str:
    """Return why nothing can be tested on the problem set; nothing where something can.

    Args:
        sweep: with at least one pair that has a problem in common.
    """
    if sweep.tests:
        return ""
    if sweep.repetitions == 1:
        return "One repetition of each problem allows no significance test on this problem set"
    return "No two strategies share two repetitions of a problem, as a significance test needs"


def lowest_rank(sweep: Comparisons) -> str:
    """Return who has the lowest mean rank, as a sentence without its full stop."""
    if not sweep.leaders:
        return "There is no ranking, since no repetition is common to all strategies"
    if len(sweep.leaders) == 1:
        return f"{sweep.leaders[0]} has the lowest mean rank"
    return f"{listed(sweep.leaders)} share the lowest mean rank"


def _nothing_found(sweep: Comparisons) -> Said:
    sample = sweep.sample(sweep.met)
    when = f" {sweep.when}" if sweep.when else ""
    if not sweep.tests:
        lowest = lowest_rank(sweep)
        return Said(f"{untested(sweep)}; {lowest}{when} ({sample}).")
    count = len(sweep.names)
    who = f"No two of the {count} strategies" if count > 2 else "The strategies do not"
    measure = _measure(sweep.met)
    text = f"{who} differ significantly in {measure}{when} on this problem set ({sample})."
    return Said(text, tuple(pair.these for pair in sweep.met))


def _leads(view: View, by: Pair, beside: Sequence[str]) -> str:
    """Return a sentence on the strategy that leads.

    Args:
        view: the verdicts.
        by: as `lead` gives it.
        beside: clauses on those that are not worse.
    """
    sweep, name = view.sweep, by.a
    new = view.scope is Scope.NEW
    start, where = (f"{GENERALISING}, ", "") if new else ("", " on this problem set")
    measure = "bounded regret" if new else by.measure
    known = evidence_new(by, sweep) if new else evidence(by, sweep)
    when = f" {sweep.when}" if sweep.when else ""
    size = f"{number(abs(view.difference(by)))} lower{when} than that of {by.b}{known}"
    if not beside:
        rows = sweep.against_all(name)
        others = _others([pair.b for pair in rows], rows)
        ahead = f"{start}{name} is significantly {BETTER} than {others}{where}"
        return f"{ahead}: its {measure} is {size}."
    heads = ", ".join([f"{name} leads{where}", *beside[:-1], f"and {beside[-1]}"])
    return f"{start}{heads}: the {measure} of {name} is {size}."


def _beside(name: str, kinds: Mapping[str, Sequence[str]], fewer: Mapping[str, int]) -> list[str]:
    """Return a clause on each kind of others that are neither better nor worse.

    Args:
        name: the strategy that they are compared with.
        kinds: what it is against them -> their labels.
        fewer: strategy -> its repetitions, of those that are named with them.
    """
    clauses = []
    for word, verbs, text in (
        (EQUAL, ("is", "are"), "practically equal to"),
        (UNDECIDED, ("does", "do"), "not differ significantly from"),
        ("", ("has", "have"), "no problem in common with"),
    ):
        if kinds[word]:
            verb = verbs[len(kinds[word]) > 1]
            others = [with_repetitions(other, fewer) for other in kinds[word]]
            clauses.append(f"{listed(others)} {verb} {text} {name}")
    return clauses


def _context(view: View, pairs: Sequence[Pair]) -> str:
    """Return the quantity, the budget and the sample."""
    sweep = view.sweep
    when = f" {sweep.when}" if sweep.when else ""
    if view.scope is Scope.NEW:
        return f"bounded regret{when} ({sweep.sample(pairs)})"
    return f"{_measure(pairs)}{when} on this problem set ({sweep.sample(pairs)})"


def _measure(pairs: Sequence[Pair]) -> str:
    measures = {pair.measure for pair in pairs}
    return measures.pop() if len(measures) == 1 else "mean bounded regret"


def _others(names: Sequence[str], rows: Sequence[Pair]) -> str:
    if len(names) < len(rows) or len(names) == 1:
        return listed(names)
    return "both others" if len(names) == 2 else f"each of the {len(names)} others"
