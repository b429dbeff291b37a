"""What the section of the problems says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from bench.curves.clocks import has_distance
from bench.panels.regret import RANDOM
from bench.prose import phrases
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

    from bench.panels.panel import Panel

REGRET = "Normalised regret after the whole budget, median over repetitions"
BEST = "Best strategy of each problem with its scores"
OVERVIEW = (
    "The table shows the strategy with the best median regret, its median scores, and the median "
    "validation score of random search, on common repetitions. Scores may be ordered unlike "
    "regret, because repetitions have their own splits. No strategy is best where each is behind "
    "another."
)
CHARTS = (
    "Charts show the median best score over repetitions, or its distance to a known optimum, with "
    "quartiles as bands."
)
SCALE = "How regret is scaled"
"""What opens the sources of the scale."""


def sentence(board: pd.DataFrame, when: str, fewer: Mapping[str, int]) -> str:
    """Return which strategy has the best median regret, and on how many problems.

    Args:
        board: as `bench.curves.leaderboard.leaderboard` gives it.
        when: at which point of a run.
        fewer: strategy -> its repetitions, of those with fewer than others.
    """
    what = "This section shows the curves and the final scores of each problem."
    winners = board[board["n_best"] > 0].sort_values("n_best", ascending=False, kind="stable")
    if board["mean"].notna().sum() < 2 or winners.empty:
        return what
    whole = many(int(winners["n_all_problems"].iloc[0]), "problem")
    counts = [
        f"{phrases.with_repetitions(str(row.strategy), fewer)} on {row.n_best}"
        + ("" if place else f" of {whole}")
        for place, row in enumerate(winners.itertuples())
    ]
    ties = (
        "; a tie counts for each strategy"
        if winners["n_best"].sum() > winners["n_all_problems"].iloc[0]
        else ""
    )
    return f"The best median regret {when} belongs to {phrases.listed(counts)}{ties}."


def label(problem: str, clocks: Iterable[str]) -> str:
    """Return what a screen reader says of a problem's figure."""
    return f"{problem}: best validation score against {' and '.join(clocks)}"


def score(panel: Panel) -> str:
    """Return the metric of a problem, and which way is better."""
    better = "higher" if panel.direction == "maximize" else "lower"
    return f"{panel.metric.replace('_', ' ')} ({better})"


def optimum(panel: Panel) -> str:
    """Return the known optimum of a problem, over its repetitions; empty where it is not known.

    Args:
        panel: of the problem.
    """
    if not has_distance(panel):
        return ""
    optima = panel.values(panel.optimum)
    low, high = (
        f"{optimum:.6g}".replace("-", phrases.MINUS) for optimum in (optima.min(), optima.max())
    )
    return low if low == high else f"{low} to {high}"


def special(panel: Panel, positive: str, dependence: str) -> str:
    """Return what is special about the values of a problem; empty where nothing is.

    Args:
        panel: of the problem.
        positive: its positive class; empty where there is none.
        dependence: how its values differ between processors; empty where nothing is known.
    """
    parts = [f"The positive class is {positive!r}."] if positive else []
    if not panel.scaled.all():
        parts.append(
            "Regret has no scale here, since the median of one random draw is as good as the "
            "best; regret is the plain distance."
        )
    if dependence:
        parts.append(f"As recorded with the catalog, {dependence}.")
    return " ".join(parts)


def sources(problems: Mapping[str, Sequence[str]]) -> list[str]:
    """Return by what the regret of each problem is measured.

    Args:
        problems: where 0 and 1 of the scale are from -> the problems they are so on.
    """
    return [
        f"Regret on {phrases.listed(names, len(names))} is scaled by "
        f"{phrases.listed(source.split('; '))}."
        for source, names in problems.items()
    ]


def table(label: str) -> str:
    """Return what a table of all problems shows, by its label."""
    return f"The table shows the {label[0].lower()}{label[1:]}."


def columns(shown: Sequence[str], of: int) -> list[str]:
    """Return which strategies have a column in the table of regret; nothing where all have.

    Args:
        shown: in the order of the leaderboard, with random search last where it is not among the
            first ones.
        of: strategies there are.
    """
    if len(shown) == of:
        return []
    which = f"the first {len(shown)} strategies of the leaderboard"
    if shown[-1] == RANDOM:
        which = f"the first {len(shown) - 1} strategies of the leaderboard and {RANDOM}"
    return [f"Its columns are {which}; tables/regret.csv has all {of:,} strategies."]
