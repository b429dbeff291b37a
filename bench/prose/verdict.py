"""The verdict in words: at most five sentences, each of which can be quoted alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from bench.inference.estimates import BETTER, UNDECIDED
from bench.panels.looks import Looks
from bench.panels.regret import RANDOM
from bench.prose.caveats import absent, dominated, failed, new_data_sets
from bench.prose.claims import Said, Scope
from bench.prose.comparisons import Comparisons, comparisons
from bench.prose.details import baseline, details
from bench.prose.effects import effect, effect_new
from bench.prose.finding import (
    View,
    baseline_finding,
    finding,
    lead,
    losers,
    reference,
    untested,
    view_of,
)
from bench.prose.legend import how, legend
from bench.prose.pairs import Pair
from bench.prose.phrases import interval, number
from bench.prose.strategy_time import strategy_time
from bench.prose.trials_saved import saved
from bench.prose.undecided_pairs import needed
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MAX_SENTENCES = 5
"""Sentences of a verdict; what is beyond them is in its details."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on a sweep, plain text, labels as they are: who puts it on a page escapes it.

    Args:
        said: one to `MAX_SENTENCES` sentences, the finding first; no claim of one contradicts that
            of another, nor one of `more`.
        legend: what regret is; empty where there is none.
        more: all else that is known: each comparison, and how its numbers are made.
        how: how the tests and intervals of `said` are made, a sentence each.
    """

    said: tuple[Said, ...]
    legend: str = ""
    more: tuple[Said, ...] = ()
    how: tuple[str, ...] = ()

    @property
    def sentences(self) -> tuple[str, ...]:
        """The texts of what is said first."""
        return tuple(part.text for part in self.said)

    @property
    def details(self) -> tuple[str, ...]:
        """The texts of everything else."""
        return (*(part.text for part in self.more), *self.how)


def in_words(
    board: pd.DataFrame,
    verdicts: pd.DataFrame,
    trials_saved: pd.DataFrame,
    *,
    when: str,
    rope: float,
    sources: Collection[str] = (),
    repetitions: int = 0,
    fewer: Mapping[str, int] = MappingProxyType({}),
    looks: Looks | None = None,
    own_time: pd.DataFrame | None = None,
    failures: pd.DataFrame | None = None,
) -> Verdict:
    """Return the verdict in words.

    What is said to be better, equal or undecided is so by `verdicts`; `board` gives the order
    only. So a strategy is said to be better if the tests find it so.

    Args:
        board: as `bench.curves.leaderboard.leaderboard` gives it.
        verdicts: as `bench.inference.verdicts.verdicts` gives them, of the same panels.
        trials_saved: as `bench.curves.equivalents.trials_saved` gives it.
        when: at which point of a run all this is, as "after 20 trials"; may be empty.
        rope: half the width of the region of practical equivalence, in normalised regret.
        sources: what regret is measured by, as the panels say.
        repetitions: that were planned of each problem; 0 where that is not known.
        fewer: strategy -> its planned repetitions, of those with fewer.
        looks: at the sweep, where it stops what is settled.
        own_time: as `bench.analysis.time.overhead.totals` gives it; None where times are unknown.
        failures: as `bench.analysis.failures.failures` gives it.
    """
    sweep = comparisons(board, verdicts, when, repetitions, fewer, looks)
    broken = Said("" if failures is None else failed(failures))
    if len(sweep.names) < 2 or not sweep.met:
        found = [*_nothing(board, sweep), _cost(own_time, sweep.names), Said(absent(sweep)), broken]
        scale = legend([], sources) if len(sweep.names) == 1 else ""
        return Verdict(tuple(part for part in found if part.text)[:MAX_SENTENCES], scale)
    factors = {
        str(row["strategy"]): row
        for row in trials_saved.to_dict("records")
        if RANDOM in sweep.names
    }
    view = view_of(sweep)
    best = reference(view)
    main = _main_pair(view, best)
    new = view.scope is Scope.NEW
    alone = len(sweep.names) == 2
    told = None if alone else lead(view, best)
    decided = [pair for pair in sweep.against_all(best) if pair.verdict != UNDECIDED]
    about = [best, *([RANDOM] if RANDOM in sweep.names else [main.b])]
    # In the order in which they are read, with how much each matters where there are too many.
    wanted = [
        (0, Said("") if alone else finding(view)),
        (1, Said("") if told == main else _effect(main, sweep, new=new)),
        (8, _settling(view, best, factors)),
        (2, Said("") if new else new_data_sets(sweep, best)),
        (4, _cost(own_time, about)),
        (3, Said("") if new else baseline_finding(sweep, baseline(sweep), best)),
        (5, Said(dominated(decided, depends=True))),
        (6, broken),
        (7, Said(absent(sweep))),
    ]
    there = [(rank, part) for rank, part in wanted if part.text]
    last = sorted(rank for rank, _ in there)[:MAX_SENTENCES][-1]
    said = [part for rank, part in there if rank <= last]
    more = [part for rank, part in there if rank > last]
    if told:
        more += [part for part in [losers(view, told)] if part.text]
    more += details(sweep, best, factors, [*said, *more])
    texts = [part.text for part in [*said, *more]]
    made = how(sweep, [part.text for part in said], rope=rope)
    more += [Said(text) for text in how(sweep, texts, rope=rope) if text not in made]
    return Verdict(tuple(said), legend(texts, sources), tuple(more), tuple(made))


def _nothing(board: pd.DataFrame, sweep: Comparisons) -> list[Said]:
    """Return why nothing can be compared."""
    after = f" {sweep.when}" if sweep.when else ""
    if not sweep.names:
        why = "no run has a full evaluation with a value"
        if len(sweep.absent) > 1:
            why = "no run has a value, or no two strategies ran the same repetition of a problem"
        return [Said(f"No verdict is possible{after}: {why}.")]
    if sweep.looks is not None and not sweep.looks.made and len(sweep.names) > 1:
        first = many(sweep.looks.times[0], "repetition")
        return [Said(f"Nothing is compared before the first look at the sweep, after {first}.")]
    if len(sweep.names) > 1:
        return [
            Said(
                f"No comparison is possible{after}: no two strategies ran the same repetition of a "
                "problem."
            )
        ]
    (name,) = sweep.names
    row = board[board["strategy"].astype(str) == name].iloc[0]
    ends = interval(row["mean_low"], row["mean_high"])
    within = (
        f"95 % interval on this problem set {ends}"
        if ends
        else "no interval with one repetition of a problem"
    )
    return [
        Said(f"{name} is the only strategy that can be evaluated, so no comparison is possible."),
        Said(
            f"The mean normalised regret of {name}{after} is {number(row['mean'])} ({within}; "
            f"{many(int(row['n_problems']), 'problem')})."
        ),
    ]


def _main_pair(view: View, best: str) -> Pair:
    """Return the comparison whose numbers are given: the closest one that is significant.

    Without a finding on the best strategy it is that with the baseline.
    """
    sweep = view.sweep
    base = baseline(sweep)
    rows = [pair for pair in sweep.against_all(best) if pair.problems]
    if not rows:
        rows = sweep.met
    better = [pair for pair in rows if view.word(pair) == BETTER]
    if better and not sweep.winner:
        return next((pair for pair in better if pair.b == base), better[0])
    if better:
        return max(better, key=lambda pair: pair.difference)
    decided = [pair for pair in rows if view.word(pair) != UNDECIDED]
    pool = decided or rows
    return next((pair for pair in pool if pair.b == base), pool[0])


def _effect(pair: Pair, sweep: Comparisons, *, new: bool) -> Said:
    """Return the difference of the main pair, with its interval."""
    if new:
        return Said(effect_new(pair, sweep), (pair.new,))
    return Said(effect(pair, sweep), (pair.these,))


def _settling(view: View, best: str, factors: Mapping[str, Mapping[str, Any]]) -> Said:
    """Return the trials that the leading one saves, or what a significant result would take."""
    sweep = view.sweep
    if not sweep.tests:
        return Said(f"{untested(sweep)}." if view.decided else "")
    by = lead(view, best)
    saving = _saving(by, sweep, factors) if by and by.b == RANDOM else Said("")
    if saving.text or sweep.winner:
        return saving
    rows = [pair.swapped() for pair in sweep.against_all(best)]
    base = baseline(sweep)
    against_base = [sweep.all[name, base] for name in sweep.names if base and name != base]
    if not by and any(pair.open for pair in against_base):
        rows = against_base
    rows = [pair for pair in rows if pair.open]
    return Said(needed(rows), tuple(pair.these for pair in rows)) if rows else Said("")


def _saving(pair: Pair, sweep: Comparisons, factors: Mapping[str, Mapping[str, Any]]) -> Said:
    """Return the trials that a strategy saves over random search; nothing where unknown."""
    if pair.a not in factors:
        return Said("")
    found = saved(pair, factors[pair.a], sweep)
    told = (pair.these, pair.new)
    against = any(one.contradicts(other) for one in found.claims for other in told)
    return Said("") if against else found


def _cost(own_time: pd.DataFrame | None, named: Sequence[str]) -> Said:
    return Said("" if own_time is None else strategy_time(own_time, named))
