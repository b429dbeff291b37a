"""What the catalog of problems says: what was measured of each, and what the columns mean."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from bench.analysis.landscape.difficulty import NEAR, TARGET, TRIALS
from bench.analysis.landscape.importance import MIN_EXPLAINED_SHARE
from bench.measured.problems import DRAWS, INSTANCES, Measured
from bench.prose.quantities import NONE
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

PERCENT = "\N{NO-BREAK SPACE}%"

SHOWN_DRAWS = (10, 50, 200)
"""Numbers of random draws whose regret the tables show."""

NOTES = (
    "**needs**: what the space asks of a strategy beyond real numbers in a box.",
    f"**regret after {', '.join(map(str, SHOWN_DRAWS))}**: expected regret of the best of so many "
    "random draws, where 0 is the optimum and 1 the median of one random draw, averaged over "
    "splits. Regret is of the validation value, which is what a strategy sees.",
    f"**draws to {TARGET:g}**: how many random draws bring that regret to {TARGET:g}.",
    f"**near**: the probability that one random draw has a regret of at most {NEAR:g}.",
    "Both are exact for a table, from all its values and the probability of each configuration "
    "in one random draw; draws are with replacement, and a failed evaluation counts as the "
    f"split's worst value. For a function they are means over {INSTANCES} instances with {DRAWS} "
    f"random draws each, and nothing beyond {max(TRIALS)} draws is measured. Of a live model "
    "nobody knows the optimum: the best of a sweep's random draws takes its place, repetition by "
    "repetition, which makes the numbers lower bounds (≥); nothing beyond half those draws is "
    "measured.",
    "**default beaten by**: the share of random draws that are better than the default "
    "configuration.",
    "**effective dimension**: the fewest parameters S that explain "
    f"{100 * MIN_EXPLAINED_SHARE:.0f}{PERCENT} of "
    "the variance, Var E[loss | S] / Var loss over one random draw, averaged over splits: all "
    "their main effects and interactions. It is taken on the better half (losses worse than the "
    "median draw count as the median), because a few catastrophes can make up the variance of the "
    "rest. Splits are noisy, so noise counts as interaction.",
    "**seconds**: median cost of the evaluation of a random draw as it was recorded for the table "
    "or in the sweep, refit and test not included; machines differ.",
    "**Shares** are those of functional ANOVA (Hutter, Hoos & Leyton-Brown, ICML 2014), exact on "
    "the full table. In a space with conditions being absent is a level of its own; effects then "
    "overlap and need not add up, so only main effects are given.",
)


def sentence(groups: Mapping[str, int]) -> str:
    """Return how many problems there are, by heading."""
    parts = ", ".join(f"{heading.lower()}: {count}" for heading, count in groups.items())
    return f"{many(sum(groups.values()), 'problem')} ({parts})."


def lead(groups: Mapping[str, int], numbers: str) -> str:
    """Return what stands on top of the catalog as Markdown.

    Args:
        groups: heading -> problems.
        numbers: the file with the numbers.
    """
    return (
        f"{sentence(groups)} The same with spaces, defaults and shares, as a page for the "
        f"browser: [index.html](index.html); as numbers: [{numbers}]({numbers})."
    )


def measured_text(measured: Measured) -> str:
    """Return what was measured, in a sentence or two."""
    difficulty, subsets, found = measured.difficulty, measured.subsets, measured.landscape
    said = []
    if found is not None:
        said.append(
            f"{many(len(found.weights), 'configuration')} on {many(len(found.losses), 'split')}."
        )
    if (
        difficulty is not None
        and difficulty["n_draws_to_target"] == difficulty["n_draws_to_target"]
    ):
        least = "at least " if measured.how == "sampled" else ""
        count = draws(difficulty, least).replace("> ", "more than ")
        said.append(f"Random search needs {count} draws for a regret of {TARGET:g}.")
    if measured.place is not None:
        said.append(f"{share_text(measured.place)} of random draws beat the default.")
    if subsets is not None and len(subsets):
        share = subsets["share"].iloc[-1]
        verb = "explains" if len(subsets) == 1 else "explain"
        said.append(
            f"{decisive(subsets)} {verb} {100 * share:.0f}{PERCENT} of the better half's variance."
        )
    return " ".join(said)


def surface_label(name: str) -> str:
    """Return what a screen reader says of the picture of a problem."""
    return f"{name}: its response surface"


def heat_caption(metric: str, *, whole: bool, cut: bool) -> str:
    """Return what a heat map shows.

    Args:
        metric: its name.
        whole: whether there are no other parameters.
        cut: whether the colours end before the worst value.
    """
    others = "" if whole else ", the best over all other parameters"
    return (
        f"Validation {metric.replace('_', ' ')}, mean over splits{others}: the brighter the "
        "better, with the colours spread out towards the best."
        + (" What is worse than the bar's end has its darkest colour." if cut else "")
    )


def slices_caption(metric: str, shown: int, parameters: int) -> str:
    """Return what slices show.

    Args:
        metric: its name.
        shown: parameters that have a slice.
        parameters: all of them.
    """
    rest = "" if shown == parameters else f" The {shown} most important parameters."
    return (
        f"Validation {metric.replace('_', ' ')}, mean over splits, at each level of a "
        "parameter: median, quartiles and best over random draws of all others, the most "
        f"important parameter first.{rest}"
    )


def regret_text(figure: float) -> str:
    """Return a regret as text."""
    if figure != figure:
        return NONE
    return "< 0.001" if 0 < figure < 0.001 else _digits(figure)


def share_text(share: float | None) -> str:
    """Return a share as text."""
    if share is None or share != share:
        return NONE
    return f"< 0.1{PERCENT}" if 0 < share < 0.001 else f"{_digits(100 * share)}{PERCENT}"


def _digits(figure: float) -> str:
    """Return two digits, or all of a larger number: never 1e+02."""
    return f"{figure:.0f}" if abs(figure) >= 100 else f"{figure:.2g}"


def draws(difficulty: pd.Series, least: str) -> str:
    """Return how many draws reach the target, put behind `least` where they are a bound."""
    count = difficulty["n_draws_to_target"]
    if math.isnan(count):
        return NONE
    return f"> {difficulty['n_measured']:.0f}" if math.isinf(count) else f"{least}{count:,.0f}"


def near(share: float) -> str:
    """Return the probability of one draw near the optimum."""
    # No draw of a sample near the optimum does not make it impossible.
    return f"< 0.1{PERCENT}" if share < 0.001 else share_text(share)


def decisive(subsets: pd.DataFrame) -> str:
    """Return the parameters that explain most."""
    return ", ".join(subsets["parameters"].iloc[-1])
