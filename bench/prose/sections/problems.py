"""What the section of the problems says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bench.analysis.curves.clocks import has_distance
from bench.prose import phrases
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

    from bench.panels.panel import Panel

REGRET = "Normalised regret after the whole budget, median over repetitions"
CUT = "The value axis shows where the curves end up, and what is far from there is cut off."
"""Of a figure of values whose best is not known."""


def sentence(board: pd.DataFrame, when: str) -> str:
    """Return who is best on how many problems.

    Args:
        board: as `bench.analysis.curves.leaderboard.leaderboard` gives it.
        when: at which point of a run.
    """
    what = "The curves of each problem, and its values after the whole budget."
    winners = board[board["n_best"] > 0].sort_values("n_best", ascending=False, kind="stable")
    if board["mean"].notna().sum() < 2 or winners.empty:
        return what
    whole = many(int(winners["n_all_problems"].iloc[0]), "problem")
    counts = [
        f"{row.strategy} on {row.n_best}" + ("" if place else f" of {whole}")
        for place, row in enumerate(winners.itertuples())
    ]
    ties = (
        "; ties count for each"
        if winners["n_best"].sum() > winners["n_all_problems"].iloc[0]
        else ""
    )
    return f"Best median {when}: {phrases.listed(counts)}{ties}."


def label(problem: str, clocks: Iterable[str]) -> str:
    """Return what a screen reader says of a problem's figure."""
    return f"{problem}: best validation value against {' and '.join(clocks)}"


def caption(known: bool) -> str:
    """Return what a problem's figure shows, by whether the optimum is known."""
    return "Median and quartiles over repetitions." + ("" if known else f" {CUT}")


def about(panel: Panel, positive: str, dependence: str) -> str:
    """Return what a problem's values and regret are.

    Args:
        panel: of the problem.
        positive: its positive class; empty where there is none.
        dependence: how its values differ between processors; empty where nothing is known.
    """
    text = f"{phrases.axis_label(panel.metric, panel.direction)}."
    if positive:
        text += f" The positive class is {positive!r}."
    optima = panel.values(panel.optimum)
    if has_distance(panel):
        low, high = (
            f"{optimum:.6g}".replace("-", phrases.MINUS) for optimum in (optima.min(), optima.max())
        )
        what = low if low == high else f"{low} to {high}, by repetition"
        text += f" The optimum is {what}; the figures show the distance to it."
    text += f" Regret is measured by {panel.source}."
    if not panel.scaled.all():
        text += (
            " That leaves no scale, since what stands for one random draw is as good as the best; "
            "regret is the plain distance there."
        )
    return f"{text} As recorded with the catalog, {dependence}." if dependence else text
