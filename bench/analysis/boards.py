"""Leaderboards with everything a row says: of all problems, and of those with a tag."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from bench.analysis.time.overhead import totals
from bench.curves import leaderboard
from bench.curves.convergence import convergence
from bench.inference.verdicts import groups, verdicts
from bench.panels.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Board:
    """The leaderboard of some problems.

    Args:
        frame: as `board` gives it.
        convergence: regret after each number of trials, as `convergence.convergence` gives it.
        problems: labels.
    """

    frame: pd.DataFrame
    convergence: pd.DataFrame
    problems: tuple[str, ...]


def board(
    panels: Sequence[Panel],
    pairs: pd.DataFrame,
    own: pd.DataFrame,
    trials: int | None = None,
    fewer: Mapping[str, int] = MappingProxyType({}),
) -> pd.DataFrame:
    """Return the leaderboard with the group and the speed of each strategy.

    Args:
        panels: of all problems, in the same strategies.
        pairs: the verdicts on them, as `bench.inference.verdicts.verdicts` gives them.
        own: the strategies' own time on them, as `bench.analysis.time.overhead.totals` gives it.
        trials: after how many; all of each problem's budget without.
        fewer: strategy -> its planned repetitions, of those with fewer than others.

    Returns:
        The columns of `leaderboard.leaderboard`, with n_all_runs as planned, and: group (1, 2, …;
        NA where no comparison of the strategy has a p-value), suggestions_per_s (1 / the median
        seconds of the strategy itself a trial, which are those of ask and tell without the
        evaluation; NaN where unknown).
    """
    frame = leaderboard.leaderboard(panels, trials)
    frame.insert(1, "group", groups(list(frame["strategy"]), pairs).array)
    seconds = own.set_index("strategy")["ms_per_trial"].reindex(frame["strategy"]) / 1000
    known = seconds.to_numpy(dtype=float)
    frame["suggestions_per_s"] = 1 / np.where(known > 0, known, np.nan)
    frame["n_all_runs"] = [
        sum(min(len(panel.repetitions), fewer.get(name, math.inf)) for panel in panels)
        for name in frame["strategy"]
    ]
    return frame


def by_tag(
    panels: Sequence[Panel],
    tags: Mapping[str, Sequence[str]],
    trials: int | None,
    rope: float,
    fewer: Mapping[str, int] = MappingProxyType({}),
    beside: Callable[[Collection[str]], pd.DataFrame] = lambda _: pd.DataFrame(),
) -> dict[str, Board]:
    """Return tag -> the leaderboard of the problems with it.

    Tags that all problems have, or none, are left out; tags of the same problems share one
    leaderboard. Each has ranks, intervals and groups of its own, as if the other problems had not
    been there.

    Args:
        panels: of all problems, in the same strategies.
        tags: problem -> its tags.
        trials: after how many; all of each problem's budget without.
        rope: half the width of the region of practical equivalence, in bounded regret.
        fewer: as in `board`.
        beside: gives further columns, by strategy, for some problems.
    """
    found: dict[str, Board] = {}
    made: dict[tuple[str, ...], Board] = {}
    for tag in dict.fromkeys(tag for panel in panels for tag in tags.get(panel.problem, ())):
        part = [panel for panel in panels if tag in tags.get(panel.problem, ())]
        names = tuple(panel.problem for panel in part)
        if len(part) == len(panels):
            continue
        if names not in made:
            frame = board(part, verdicts(part, trials, rope), totals(part), trials, fewer)
            more = beside(names)
            frame = frame.join(more, on="strategy") if len(more) else frame
            made[names] = Board(frame, convergence(part), names)
        found[tag] = made[names]
    return found
