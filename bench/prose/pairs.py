"""Verdicts on pairs of strategies, seen from either side."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.inference.estimates import OPPOSITE, UNDECIDED
from bench.prose.claims import Claim, Scope
from bench.prose.samples import Sample

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Pair:
    """What is known of `a` against `b`; the columns are those of `bench.inference.verdicts`.

    Args:
        a, b: the strategies.
        problems, repetitions: they are compared on; 0 where they have nothing in common.
        verdict: what `a` is against `b` on this problem set.
        difference, low, high: of normalised regret, below 0 where `a` is better.
        p, p_equal: before any correction; NaN where nothing is tested.
        corrected: p after Holm's correction over all pairs.
        won, lost, of: problems, each tested on its own.
        ahead, behind: problems, by medians.
        more: further repetitions of each problem that are needed for a significant result, the
            fewer of a difference and of practical equality; inf: never enough, NaN: unknown.
        of_equality: whether these would show practical equality.
        datasets, functions, verdict_new, reachable: generalising to new data sets; the functions
            are those of the data sets that are none, but count as one each.
        difference_new, low_new, high_new, corrected_new: the pseudo-median of the difference in
            bounded regret over data sets, its interval, and the corrected p.
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
    corrected: float
    won: int
    lost: int
    of: int
    ahead: int
    behind: int
    more: float
    of_equality: bool
    datasets: int
    functions: int
    verdict_new: str
    difference_new: float
    low_new: float
    high_new: float
    corrected_new: float
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
        unbounded = same or math.isnan(self.regret)
        return "mean normalised regret" if unbounded else "mean bounded regret"

    @property
    def sample(self) -> Sample:
        """What the two are compared on."""
        return Sample(self.problems, self.datasets, self.functions)

    @property
    def these(self) -> Claim:
        """What is claimed on this problem set."""
        return Claim(self.a, self.b, self.verdict)

    @property
    def new(self) -> Claim:
        """What is claimed generalising to new data sets."""
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
        """It has an answer, on this problem set or generalising to new data sets."""
        return self.verdict != UNDECIDED or self.verdict_new != UNDECIDED

    def swapped(self) -> Pair:
        """Return what is known of `b` against `a`."""
        return Pair(
            a=self.b, b=self.a, problems=self.problems, repetitions=self.repetitions,
            verdict=OPPOSITE[self.verdict], difference=-self.difference, low=-self.high,
            high=-self.low, p=self.p, p_equal=self.p_equal, corrected=self.corrected,
            won=self.lost, lost=self.won, of=self.of, ahead=self.behind, behind=self.ahead,
            more=self.more, of_equality=self.of_equality, datasets=self.datasets,
            functions=self.functions, verdict_new=OPPOSITE[self.verdict_new],
            difference_new=-self.difference_new, low_new=-self.high_new,
            high_new=-self.low_new, corrected_new=self.corrected_new, reachable=self.reachable,
            regret=-self.regret, dominant=self.dominant, share=self.share, still=self.still,
            without=OPPOSITE.get(self.without, ""),
        )  # fmt: skip


def pairs_of(verdicts: pd.DataFrame) -> dict[tuple[str, str], Pair]:
    """Return (a, b) -> what is known of a against b, for both orders.

    Args:
        verdicts: as `bench.inference.verdicts.verdicts` gives them.
    """
    found = {}
    for row in verdicts.to_dict("records"):
        differs, equal = (
            float(row[name]) for name in ("n_repetitions_needed", "n_repetitions_needed_equal")
        )
        known = [count for count in (differs, equal) if not math.isnan(count)]
        pair = Pair(
            a=str(row["a"]), b=str(row["b"]), problems=int(row["n_problems"]),
            repetitions=int(row["n_repetitions"]), verdict=str(row["verdict"]),
            difference=float(row["difference"]), low=float(row["low"]), high=float(row["high"]),
            p=float(row["p"]), p_equal=float(row["p_equal"]),
            corrected=float(row["p_holm"]), won=int(row["n_won"]), lost=int(row["n_lost"]),
            of=int(row["n_won"] + row["n_tied"] + row["n_lost"]),
            ahead=int(row["n_ahead"]), behind=int(row["n_behind"]),
            more=min(known, default=math.nan) - row["n_repetitions"],
            of_equality=bool(equal < differs or (math.isnan(differs) and not math.isnan(equal))),
            datasets=int(row["n_datasets"]), functions=int(row["n_functions"]),
            verdict_new=str(row["verdict_new"]), difference_new=float(row["difference_new"]),
            low_new=float(row["low_new"]), high_new=float(row["high_new"]),
            corrected_new=float(row["p_new_holm"]), reachable=bool(row["reachable"]),
            regret=float(row["regret_difference"]), dominant=str(row["dominant"]),
            share=float(row["dominant_share"]), still=float(row["dominant_bounded"]),
            without=str(row["verdict_without"]),
        )  # fmt: skip
        found[pair.a, pair.b], found[pair.b, pair.a] = pair, pair.swapped()
    return found
