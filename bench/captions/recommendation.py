"""What the section of the recommendation says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from bench.inference.estimates import BETTER
from bench.panels.regret import RANDOM
from bench.panels.rounding import at_most, cleared, of_size
from bench.prose.phrases import interval, listed, number, with_repetitions
from bench.prose.quantities import duration, percent
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

TITLE = "Recommendation"
UNTIMED = (
    "No strategy is recommended, because the seconds of strategies and evaluations are not known "
    "for every trial."
)
NOTHING = (
    "No strategy is recommended, because fewer than two strategies have a run with known times and "
    "a common repetition on every problem."
)
LABEL = "Recommended strategy by cost of an evaluation and time"
FIGURE = "Regret of a whole run against its wall-clock time"
COST = "an evaluation takes"
PAIRED = ", compared on common repetitions"

SHARES = {0.25: "a quarter of the budget", 0.5: "half of the budget", 1.0: "the whole budget"}


@dataclass(frozen=True, slots=True)
class Answer:
    """What is recommended for one cost of an evaluation and one deadline.

    Args:
        cost: seconds of an evaluation.
        share: of the budget, that random search evaluates until the deadline.
        trials: the same as the fewest and the most trials of a problem.
        best: the strategies with the lowest mean regret.
        as_good: all others that are not significantly worse, the nearest to the best first.
        simplest: the strategy with the least time of its own, of the best, those as good and no
            worse than random search.
        tested: whether any difference could be tested.
        undecided: whether no strategy is significantly better than random search.
        regret, low, high: of the best.
        problems, repetitions: how many.
        whole: whether all strategies that could be compared are the best or as good.
        plain: whether the best have the lowest mean regret too, and the same as bounded regret.
        fewer: strategy -> its repetitions, of those as good that have fewer than the best.
        ahead: of the best and those as good, the strategies that are significantly better than
            random search, where random search is itself as good.
        paired: whether some strategies have fewer repetitions than others, so that each two are
            compared on those both have.
    """

    cost: float
    share: float
    trials: tuple[int, int]
    best: tuple[str, ...]
    as_good: tuple[str, ...]
    simplest: str
    tested: bool
    undecided: bool
    regret: float
    low: float
    high: float
    problems: int
    repetitions: int
    whole: bool
    plain: bool
    fewer: Mapping[str, int] = field(default_factory=dict)
    ahead: tuple[str, ...] = ()
    paired: bool = False

    @property
    def said(self) -> tuple[Any, ...]:
        """Return what two costs must have in common to share one sentence."""
        # Where nothing is better than random search the sentence names no others.
        others = (self.simplest,) if self.undecided else (self.as_good, self.whole, self.ahead)
        return self.share, self.best, self.tested, self.undecided, others


def answers(frame: pd.DataFrame) -> list[Answer]:
    """Return the recommendations that there are, by share, then by cost.

    Args:
        frame: as `bench.analysis.time.recommendation.recommendation` gives it.
    """
    found = []
    for _, part in frame.groupby(["share", "evaluation_s"], sort=True):
        compared = part[part["difference"].notna()].sort_values("difference", kind="stable")
        best = compared[compared["recommended"]]
        if len(compared) < 2:
            continue
        tests = compared["vs_random"].astype(str)
        first = best.iloc[0]
        good = compared[compared["as_good"] & ~compared["recommended"]]
        ahead = compared[compared["as_good"] & (tests == BETTER)]
        few = good[good["n_repetitions"] < first["n_repetitions"]]
        found.append(
            Answer(
                cost=float(first["evaluation_s"]),
                share=float(first["share"]),
                trials=(int(first["n_trials_min"]), int(first["n_trials_max"])),
                best=_names(best),
                as_good=_names(good),
                simplest=_names(compared[compared["simplest"]])[0],
                tested=bool(compared["p_holm"].notna().any()),
                undecided=bool(tests.ne("").any() and tests.ne(BETTER).all()),
                regret=float(first["bounded"]),
                low=float(first["low"]),
                high=float(first["high"]),
                problems=int(first["n_problems"]),
                repetitions=int(first["n_repetitions"]),
                whole=bool(compared["as_good"].all()),
                plain=_is_plain(best, _least(compared, int(first["n_repetitions"]))),
                fewer=dict(zip(_names(few), few["n_repetitions"].astype(int), strict=True)),
                ahead=_names(ahead) if RANDOM in _names(good) else (),
                paired=compared["n_repetitions"].nunique() > 1,
            )
        )
    return found


def _least(compared: pd.DataFrame, repetitions: int) -> float:
    """Return the lowest mean regret of those with so many repetitions."""
    return float(compared.loc[compared["n_repetitions"] == repetitions, "regret"].min())


def _is_plain(best: pd.DataFrame, least: float) -> bool:
    """Return whether what is said of the bounded regret of the best holds for regret as it is."""
    regret = best["regret"].to_numpy(dtype=float)
    bounded = best["bounded"].to_numpy(dtype=float)
    return bool(
        at_most(regret, least).all() and (cleared(regret - bounded, of_size(regret)) == 0).all()
    )


def _names(rows: pd.DataFrame) -> tuple[str, ...]:
    return tuple(rows["strategy"].astype(str))


def sentences(found: Sequence[Answer], of: str) -> list[str]:
    """Return a sentence for neighbouring costs with the same answer, on the longest time.

    Args:
        found: as `answers` gives them.
        of: whose trials the time is counted in, as `clock` gives it.
    """
    return [_sentence(part, of) for part in _merged(_longest(found))]


def names_simplest(found: Sequence[Answer]) -> bool:
    """Return whether a sentence of `sentences` names the simplest choice."""
    return any(answer.undecided for answer in _longest(found))


def _longest(found: Sequence[Answer]) -> list[Answer]:
    longest = max((answer.share for answer in found), default=1.0)
    return [answer for answer in found if answer.share == longest]


def _merged(found: Sequence[Answer]) -> Iterator[list[Answer]]:
    ordered = sorted(found, key=lambda answer: (-answer.share, answer.cost))
    for _, part in groupby(ordered, key=lambda answer: answer.said):
        yield list(part)


def _sentence(part: Sequence[Answer], of: str) -> str:
    one = part[0]
    score = "regret" if all(answer.plain for answer in part) else "bounded regret"
    when = f"If an evaluation takes {_costs(part)} and time allows {time(one)} of {of}"
    best, verb = listed(one.best), "reach" if len(one.best) > 1 else "reaches"
    reached = f"{_scores(part)}{PAIRED if one.paired else ''}"
    if one.undecided:
        tail = f"{one.simplest} is the simplest choice"
        if one.simplest in one.best:
            tail = tail if len(one.best) > 1 else "is the simplest choice"
        return (
            f"{when}, no strategy is significantly better than {RANDOM}; {best} {verb} the lowest "
            f"mean {score}, {reached}, and {tail}."
        )
    return f"{when}, {best} {verb} the lowest mean {score}, {reached}; {_others(one)}{_ahead(one)}."


def _others(one: Answer) -> str:
    from_best = f"from {listed(one.best)}"
    if not one.tested:
        return "the repetitions are too few to test a difference"
    if one.as_good:
        if one.whole:
            return f"no other strategy differs significantly {from_best}"
        verb = "do" if len(one.as_good) > 1 else "does"
        names = [with_repetitions(name, one.fewer) for name in one.as_good]
        return f"{listed(names)} {verb} not differ significantly {from_best}"
    if one.whole:
        return "no strategy differs from another"
    return "all other strategies are significantly worse"


def _ahead(one: Answer) -> str:
    """Return who is better than random search, which is as good as the best by few repetitions."""
    if not one.ahead:
        return ""
    verb = "are" if len(one.ahead) > 1 else "is"
    return f", and {listed(one.ahead)} {verb} significantly better than {RANDOM}"


def _costs(part: Sequence[Answer]) -> str:
    first, last = duration(part[0].cost), duration(part[-1].cost)
    return first if first == last else f"{first} to {last}"


def time(answer: Answer) -> str:
    """Return the time until the deadline, in trials."""
    low, high = answer.trials
    if low == high:
        return many(low, "trial")
    share = SHARES.get(answer.share, f"{percent(answer.share)} of the budget")
    return f"{share} ({low:,} to {many(high, 'trial')})"


def _scores(part: Sequence[Answer]) -> str:
    """Return regret with its interval and what it is a mean over; at both ends where it differs."""
    one, last = part[0], part[-1]
    over = f"{many(one.problems, 'problem')}, {many(one.repetitions, 'repetition')}"
    texts = [(number(of.regret), interval(of.low, of.high)) for of in (one, last)]
    if texts[0] == texts[1]:
        value, span = texts[0]
        return f"{value} ({_inside(span, over)})"
    parts = []
    for of, (value, span), more in zip((one, last), texts, ("", over), strict=True):
        told = _inside(span, more)
        parts.append(f"{value} at {duration(of.cost)}{f' ({told})' if told else ''}")
    return " and ".join(parts)


def _inside(span: str, over: str) -> str:
    return ", ".join(filter(None, [f"95 % interval {span}" if span else "", over]))


def cell(answer: Answer) -> str:
    """Return what the table says for a cost and a deadline."""
    best = listed(answer.best)
    if answer.undecided:
        same = answer.best == (RANDOM,)
        return best if same else f"{best} (undecided against {RANDOM})"
    if not answer.as_good:
        return best
    others = "all others" if answer.whole else listed(answer.as_good)
    return f"{best} (undecided: {others})"


def table(found: Sequence[Answer]) -> list[dict[str, str]]:
    """Return the rows of the table; neighbouring costs with the same answers share one.

    Args:
        found: as `answers` gives them.
    """
    rows: list[tuple[list[float], dict[str, str]]] = []
    for cost, part in groupby(sorted(found, key=lambda a: (a.cost, a.share)), lambda a: a.cost):
        cells = {f"time for {time(answer)}": cell(answer) for answer in part}
        if rows and rows[-1][1] == cells:
            rows[-1][0].append(cost)
        else:
            rows.append(([cost], cells))
    return [
        {COST: " to ".join(dict.fromkeys(duration(c) for c in (costs[0], costs[-1]))), **cells}
        for costs, cells in rows
    ]


def clock(by_random: Sequence[bool]) -> str:
    """Return whose trials the deadline is counted in.

    Args:
        by_random: of each problem, whether random search sets the deadline.
    """
    if all(by_random):
        return "random search"
    fastest = "the fastest strategy"
    return f"random search (without it, of {fastest})" if any(by_random) else fastest


def how(*, score: str, of: str, paired: bool, simplest: bool) -> list[str]:
    """Return how the recommendation is computed, a paragraph each.

    Args:
        score: "regret", or "bounded regret" where the two differ.
        of: as `clock` gives it.
        paired: whether some strategies have fewer repetitions than others.
        simplest: whether a sentence names the simplest choice.
    """
    each = (
        [
            "Some strategies have fewer repetitions, so each two are compared on those that both "
            "have; the recommended strategy has the lowest mean difference to the others."
        ]
        if paired
        else []
    )
    choice = (
        [
            "The simplest choice takes the least time of its own, among the strategies that do not "
            "differ significantly from the best and are no worse than random on average."
        ]
        if simplest
        else []
    )
    return [
        f"The recommended strategy has the lowest mean normalised {score} at the deadline, when "
        f"{of} finishes the given number of trials. Runs are replayed on one worker with every "
        "strategy's own recorded seconds.",
        *each,
        "Undecided means p > 0.05 in Student's test of the mean paired difference at that "
        "deadline, after Holm's correction; it does not mean equally good.",
        *choice,
    ]


def empty(frame: pd.DataFrame) -> str:
    """Return which runs have nothing to show by some deadline; nothing where all have something.

    Args:
        frame: as `bench.analysis.time.recommendation.recommendation` gives it.
    """
    without = frame[frame["empty_share"] > 0]
    if without.empty:
        return ""
    worst = without.loc[without.groupby("strategy", sort=False)["empty_share"].idxmax()]
    parts = [
        f"{percent(row.empty_share)} of the runs of {row.strategy}" for row in worst.itertuples()
    ]
    return (
        "A run that has completed no evaluation by the deadline counts as the worst value recorded "
        f"on its problem. At the least favourable deadline, {listed(parts)} have completed none."
    )


def caption(score: str, repetitions: int) -> str:
    """Return the caption of the figure.

    Args:
        score: "regret", or "bounded regret" where the two differ.
        repetitions: the fewest of a problem.
    """
    bars = " Bars are 95 % intervals on this problem set." if repetitions > 1 else ""
    return (
        f"Marks show the mean {score} after the whole budget against the mean wall-clock time of "
        f"a run, for four costs of an evaluation.{bars} Filled, joined marks are the Pareto "
        "set: no other strategy is both as good and as fast."
    )
