"""Verdicts on pairs of strategies, seen from either side, in words."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.inference.estimates import ALPHA, BETTER, EQUAL, OPPOSITE, UNDECIDED, WORSE
from bench.prose.claims import Claim, Scope
from bench.prose.phrases import interval, number
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

MAX_MORE_REPETITIONS = 10_000
"""More repetitions than so many are not asked for."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of `a` against `b`; the columns are those of `bench.inference.verdicts`.

    Args:
        a, b: the strategies.
        problems, repetitions: they are compared on; 0 where they have nothing in common.
        verdict: what `a` is against `b` on these problems.
        difference, low, high: of normalised regret, below 0 where `a` is better.
        p, p_equal: before any correction; NaN where nothing is tested.
        won, lost, of: problems, each tested on its own.
        ahead, behind: problems, by medians.
        more: repetitions of each problem that would tell; inf: never, NaN: unknown.
        datasets, verdict_new, reachable: of new data sets.
        regret: the difference in normalised regret, which is not bounded.
        dominant, share: the problem that holds most of the variance of that, empty where none does,
            and how much.
        still: how much the same problem holds in bounded regret, which verdicts are of.
        without: the verdict if that problem were left out, empty where there is none.
    """

    a: str
    b: str
    problems: int
    repetitions: int
    verdict: str
    difference: float
    low: float
    high: float
    p: float
    p_equal: float
    won: int
    lost: int
    of: int
    ahead: int
    behind: int
    more: float
    datasets: int
    verdict_new: str
    reachable: bool
    regret: float
    dominant: str
    share: float
    still: float
    without: str

    @property
    def measure(self) -> str:
        """What differences are of: bounded regret is regret where no run exceeds 1."""
        same = math.isclose(self.difference, self.regret, rel_tol=1e-9, abs_tol=1e-12)
        return "mean regret" if same or math.isnan(self.regret) else "mean bounded regret"

    @property
    def these(self) -> Claim:
        """What is claimed of these problems."""
        return Claim(self.a, self.b, self.verdict)

    @property
    def new(self) -> Claim:
        """What is claimed of new data sets."""
        return Claim(self.a, self.b, self.verdict_new, Scope.NEW)

    @property
    def tested(self) -> bool:
        """There is a test: one repetition has none."""
        return not math.isnan(self.p)

    @property
    def open(self) -> bool:
        """It was tested, without an answer."""
        return self.tested and self.verdict == UNDECIDED

    @property
    def decided(self) -> bool:
        """It has an answer, for these problems or for new ones."""
        return self.verdict != UNDECIDED or self.verdict_new != UNDECIDED

    def swapped(self) -> Pair:
        """Return what is known of `b` against `a`."""
        return Pair(
            a=self.b, b=self.a, problems=self.problems, repetitions=self.repetitions,
            verdict=OPPOSITE[self.verdict], difference=-self.difference, low=-self.high,
            high=-self.low, p=self.p, p_equal=self.p_equal, won=self.lost, lost=self.won,
            of=self.of, ahead=self.behind, behind=self.ahead, more=self.more,
            datasets=self.datasets, verdict_new=OPPOSITE[self.verdict_new],
            reachable=self.reachable, regret=-self.regret, dominant=self.dominant,
            share=self.share, still=self.still, without=OPPOSITE.get(self.without, ""),
        )  # fmt: skip


def pairs_of(verdicts: pd.DataFrame) -> dict[tuple[str, str], Pair]:
    """Return (a, b) -> what is known of a against b, for both orders.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them.
    """
    found = {}
    for row in verdicts.to_dict("records"):
        needed = [row["n_repetitions_needed"], row["n_repetitions_needed_equal"]]
        known = [float(count) for count in needed if not math.isnan(count)]
        pair = Pair(
            a=str(row["a"]), b=str(row["b"]), problems=int(row["n_problems"]),
            repetitions=int(row["n_repetitions"]), verdict=str(row["verdict"]),
            difference=float(row["difference"]), low=float(row["low"]), high=float(row["high"]),
            p=float(row["p"]), p_equal=float(row["p_equal"]), won=int(row["n_won"]),
            lost=int(row["n_lost"]), of=int(row["n_won"] + row["n_tied"] + row["n_lost"]),
            ahead=int(row["n_ahead"]), behind=int(row["n_behind"]),
            more=min(known, default=math.nan) - row["n_repetitions"],
            datasets=int(row["n_datasets"]), verdict_new=str(row["verdict_new"]),
            reachable=bool(row["reachable"]), regret=float(row["regret_difference"]),
            dominant=str(row["dominant"]), share=float(row["dominant_share"]),
            still=float(row["dominant_bounded"]), without=str(row["verdict_without"]),
        )  # fmt: skip
        found[pair.a, pair.b], found[pair.b, pair.a] = pair, pair.swapped()
    return found


def result(pair: Pair, tests: int) -> str:
    """Return a sentence on a pair: the verdict, the difference, problem by problem.

    Args:
        pair: the pair.
        tests: pairs that are tested at once.
    """
    if not pair.problems:
        return f"{pair.a} has no problem in common with {pair.b}."
    size = f"{number(abs(pair.difference))}{_ends(pair)}"
    single = _one_by_one(pair)
    match pair.verdict:
        case "better":
            text = f"{pair.a} beats {pair.b}: its {pair.measure} is {size} lower{single}"
        case "worse":
            text = f"{pair.a} is worse than {pair.b}: its {pair.measure} is {size} higher{single}"
        case "practically equal":
            text = f"{pair.a} and {pair.b} are practically equal: {_difference(pair)}{single}"
        case _:
            said = "undecided" if pair.tested else "not tested"
            text = f"{pair.a} against {pair.b}: {said}, {_difference(pair)}"
            text += f"{_alone(pair, tests)}{single}{more(pair)}"
    return f"{text}."


def still_open(pair: Pair, tests: int) -> str:
    """Return a sentence on an undecided pair: the difference, and what would tell.

    Args:
        pair: the pair.
        tests: pairs that are tested at once.
    """
    text = f"{pair.a} against {pair.b}: undecided, {_difference(pair)}{_alone(pair, tests)}"
    return f"{text}{more(pair)}."


def more(pair: Pair) -> str:
    """Return how many more repetitions would tell, if the difference is what it seems."""
    if not pair.more > 0:  # NaN too
        return ""
    if pair.more > MAX_MORE_REPETITIONS:
        return f"; not even {MAX_MORE_REPETITIONS:,} more repetitions would tell"
    return f"; about {many(rounded_up(pair.more), 'more repetition')} would tell"


def rounded_up(count: float) -> int:
    """Return a count rounded up to two digits.

    Args:
        count: finite, above 0.
    """
    unit = int(10 ** max(0, len(str(int(count))) - 2))
    return math.ceil(count / unit) * unit


def alone(
    low: float, high: float, p: float, p_equal: float, family: str, equal: str = EQUAL
) -> str:
    """Return why a difference that seems clear decides nothing; nothing where none does.

    Args:
        low: the lower end of its 95 % interval.
        high: the upper end.
        p: of no difference, before any correction.
        p_equal: of a difference that matters, before any correction.
        family: that is tested at once, as "6 pairs".
        equal: what is said where no difference that matters is left.
    """
    if p_equal <= ALPHA:
        return f"{equal} alone but not as one of {family}"
    if math.isnan(p) or low <= 0 <= high:
        return ""
    if p <= ALPHA:
        return f"clear alone but not as one of {family}"
    return "but the repetitions are too few to call it"


def on_new(pair: Pair) -> str:
    """Return a sentence on problems like these; nothing where there is no data set."""
    if not pair.datasets:
        return ""
    sets = many(pair.datasets, "data set")
    if pair.verdict_new == UNDECIDED:
        if not pair.reachable:
            few = f"{sets} {'is' if pair.datasets == 1 else 'are'} too few"
            return f"For new problems it is undecided: {few} to show a difference."
        too = " too" if pair.verdict == UNDECIDED else ""
        return f"For new problems it is undecided{too} ({sets})."
    if pair.verdict_new == pair.verdict:
        return f"The same holds for new problems ({sets})."
    if pair.verdict_new == EQUAL:
        return f"For new problems they are practically equal ({sets})."
    return f"For new problems {pair.a} is {pair.verdict_new} ({sets})."


def _difference(pair: Pair) -> str:
    if pair.difference == 0:
        return f"no difference in {pair.measure}{_ends(pair) if pair.low < pair.high else ''}"
    of = "" if pair.measure == "mean regret" else f" in {pair.measure}"
    return f"a difference{of} of {number(pair.difference)}{_ends(pair)}"


def _ends(pair: Pair) -> str:
    """Return the interval, as that of a size where the verdict says which way."""
    low, high = pair.low, pair.high
    if pair.verdict == BETTER:
        low, high = -high, -low
    ends = interval(low, high)
    return f" ({ends})" if ends else ""


def _alone(pair: Pair, tests: int) -> str:
    text = alone(pair.low, pair.high, pair.p, pair.p_equal, many(tests, "pair"))
    return f", {text}" if text else ""


def _one_by_one(pair: Pair) -> str:
    """Return on how many problems it wins and loses; by medians where none decides alone."""
    if pair.of < 2:
        return ""
    ahead, behind = ("wins", pair.won), ("loses", pair.lost)
    if pair.verdict == WORSE:
        ahead, behind = behind, ahead
    (verb, count), (other, rest) = ahead, behind
    if count or rest:
        if not count:
            (verb, count), (other, rest) = behind, ahead
        also = f" and {other} {rest}" if rest else ""
        return f"; problem by problem, it {verb} {count} of {pair.of}{also}"
    if pair.verdict == EQUAL or not pair.ahead + pair.behind:
        return ""
    word, count = ("worse", pair.behind) if pair.verdict == WORSE else ("better", pair.ahead)
    subject = "its median" if pair.repetitions > 1 else "it"
    return f"; {subject} is {word} on {count} of {pair.of} problems"
