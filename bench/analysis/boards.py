"""Leaderboards with everything a row says: of all problems, and of each kind of problem."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from bench.analysis.time.overhead import by_run, totals_of
from bench.curves import leaderboard
from bench.curves.convergence import convergence
from bench.curves.kinds import Kind, places_of
from bench.inference.paired import all_pairs, on_problems
from bench.inference.verdicts import groups, verdicts_on_problem_set
from bench.panels.panel import Panel


@dataclass(frozen=True, slots=True, eq=False)
class Boards:
    """The leaderboards of the problems of a kind.

    Args:
        kind: of the problems.
        frames: trials (None: all of each problem's budget) -> the leaderboard after so many, as
            `board` gives it.
        convergence: regret after each number of trials, as `convergence.convergence` gives it.
    """

    kind: Kind
    frames: Mapping[int | None, pd.DataFrame]
    convergence: pd.DataFrame


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
        pairs: the verdicts on them, as `bench.inference.verdicts.verdicts` or
            `verdicts_on_problem_set` gives them.
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


def by_kind(
    panels: Sequence[Panel],
    kinds: Sequence[Kind],
    budgets: Sequence[int | None],
    rope: float,
    fewer: Mapping[str, int] = MappingProxyType({}),
    beside: Callable[[Collection[str]], pd.DataFrame] = lambda _: pd.DataFrame(),
) -> list[Boards]:
    """Return the leaderboards of the problems of each kind.

    Each has ranks, intervals and groups of its own, as if the other problems had not been there.

    Args:
        panels: of all problems, in the same strategies.
        kinds: as `bench.curves.kinds.kinds_of` gives them.
        budgets: after how many trials; None for all of each problem's budget.
        rope: half the width of the region of practical equivalence, in bounded regret.
        fewer: as in `board`.
        beside: gives further columns, by strategy, for some problems.
    """
    # A problem's differences and times are the same whatever the others are.
    times = [by_run(panel) for panel in panels]
    pairs = {budget: all_pairs(panels, budget) for budget in budgets}
    found = []
    for kind in kinds:
        places = places_of(kind, panels)
        part = [panels[place] for place in places]
        own = totals_of([times[place] for place in places], part)
        more = beside(kind.problems)
        frames = {}
        for budget in budgets:
            tests = verdicts_on_problem_set(on_problems(pairs[budget], places), rope)
            frame = board(part, tests, own, budget, fewer)
            frames[budget] = frame.join(more, on="strategy") if len(more) else frame
        found.append(Boards(kind, frames, convergence(part)))
    return found
