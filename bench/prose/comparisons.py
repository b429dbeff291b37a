"""How the strategies of a sweep stand to each other: the frames a verdict is made of, by name."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from bench.inference.estimates import BETTER, EQUAL, UNDECIDED
from bench.panels.looks import Looks
from bench.panels.rounding import at_most
from bench.prose.pairs import Pair, pairs_of
from bench.prose.samples import data_sets, span
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Comparisons:
    """How the strategies of a sweep stand to each other.

    Args:
        names: the strategies that can be judged, best first.
        absent: those that cannot.
        leaders: those that share the lowest mean rank; none where there is no ranking.
        all: (a, b) -> what is known, of both orders.
        when: at which point of a run, as "after 20 trials"; may be empty.
        trials: after how many, the largest where budgets differ; 0 where there is no pair.
        of: problems.
        repetitions: that were planned of each problem; 0 where that is not known.
        fewer: strategy -> its planned repetitions, of those with fewer.
        looks: at the sweep, where it stops what is settled.
    """

    names: list[str]
    absent: list[str]
    leaders: list[str]
    all: dict[tuple[str, str], Pair]
    when: str
    trials: int
    of: int
    repetitions: int = 0
    fewer: Mapping[str, int] = field(default_factory=dict)
    looks: Looks | None = None

    def against_all(self, name: str) -> list[Pair]:
        """Return what is known of a strategy against each other one, best first."""
        return [self.all[name, other] for other in self.names if other != name]

    @cached_property
    def met(self) -> list[Pair]:
        """The pairs that have a problem in common, each once."""
        found = (self.all[a, b] for i, a in enumerate(self.names) for b in self.names[i + 1 :])
        return [pair for pair in found if pair.problems]

    @property
    def tests(self) -> int:
        """How many pairs are tested at once on this problem set."""
        return sum(pair.tested for pair in self.met)

    @property
    def winner(self) -> str | None:
        """The strategy that is better than each other one, by the tests."""
        for name in self.names:
            if all(pair.verdict == BETTER for pair in self.against_all(name)):
                return name
        return None

    @property
    def all_equal(self) -> bool:
        """Each pair is practically equal."""
        pairs = len(self.names) * (len(self.names) - 1) // 2
        return len(self.met) == pairs and all(pair.verdict == EQUAL for pair in self.met)

    @property
    def too_few(self) -> bool:
        """No result could be significant generalising to new data sets."""
        return not any(pair.reachable or pair.verdict_new != UNDECIDED for pair in self.met)

    def sample(self, pairs: Sequence[Pair]) -> str:
        """Return how many problems, data sets, functions and repetitions pairs are compared on.

        Args:
            pairs: one or more, with a problem in common.
        """
        fewest = min(pair.repetitions for pair in pairs)
        exact = all(pair.repetitions == self._planned(pair) == fewest for pair in pairs)
        counts = [
            span([pair.problems for pair in pairs], "problem"),
            data_sets([pair.sample for pair in pairs]),
            f"{'' if exact else 'at least '}{many(fewest, 'repetition')}",
        ]
        return ", ".join(text for text in counts if text)

    def _planned(self, pair: Pair) -> int:
        return min(self.fewer.get(name, self.repetitions) for name in (pair.a, pair.b))

    @property
    def span(self) -> tuple[int, int]:
        """The fewest and the most problems a pair is compared on."""
        counts = [pair.problems for pair in self.met]
        return min(counts), max(counts)


def comparisons(
    board: pd.DataFrame,
    verdicts: pd.DataFrame,
    when: str = "",
    repetitions: int = 0,
    fewer: Mapping[str, int] = MappingProxyType({}),
    looks: Looks | None = None,
) -> Comparisons:
    """Return how the strategies stand.

    Args:
        board: as `bench.curves.leaderboard.leaderboard` gives it.
        verdicts: as `bench.inference.verdicts.verdicts` gives them, of the same panels.
        when: at which point of a run all this is, as "after 20 trials"; may be empty.
        repetitions: that were planned of each problem; 0 where that is not known.
        fewer: strategy -> its planned repetitions, of those with fewer.
        looks: at the sweep, where it stops what is settled.
    """
    known = pairs_of(verdicts)
    # Without a repetition that all of them ran there is no score, but pairs may share some.
    met = {name for pair in known.values() if pair.problems for name in (pair.a, pair.b)}
    rows = [{**row, "strategy": str(row["strategy"])} for row in board.to_dict("records")]
    names = [r["strategy"] for r in rows if not math.isnan(r["mean"]) or r["strategy"] in met]
    ranks = [float(row["rank"]) for row in rows]
    lowest = min((rank for rank in ranks if not math.isnan(rank)), default=math.nan)
    return Comparisons(
        names=names,
        absent=[row["strategy"] for row in rows if row["strategy"] not in names],
        leaders=[
            row["strategy"] for row, rank in zip(rows, ranks, strict=True) if at_most(rank, lowest)
        ],
        all=known,
        when=when,
        trials=int(verdicts["budget"].iloc[0]) if len(verdicts) else 0,
        of=max((int(row["n_all_problems"]) for row in rows), default=0),
        repetitions=repetitions,
        fewer=fewer,
        looks=looks,
    )
