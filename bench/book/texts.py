"""The catalog's numbers and facts as texts and tables."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from bench.analysis.landscape.importance import ENOUGH
from bench.analysis.landscape.strength import NEAR, TARGET, TRIALS
from bench.measured.problems import DRAWS, INSTANCES, Measured
from bench.prose import facts as facts_text
from bench.prose import written
from bench.prose.facts import NONE
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

PERCENT = "\N{NO-BREAK SPACE}%"

SHOWN = (10, 50, 200)
"""Numbers of random draws whose regret the tables show."""

NOTES = (
    "**needs**: what the space asks of a strategy beyond real numbers in a box.",
    f"**regret after {', '.join(map(str, SHOWN))}**: expected regret of the best of so many "
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
    f"**effective dimension**: the fewest parameters S that explain {100 * ENOUGH:.0f}{PERCENT} of "
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


class Item(Protocol):
    """A problem with its facts and what is measured."""

    @property
    def facts(self) -> Mapping[str, Any]: ...
    @property
    def measured(self) -> Measured: ...
    @property
    def group(self) -> str: ...


def raw(items: Iterable[Item]) -> pd.DataFrame:
    """Return a row a problem, with all numbers as they are."""
    import pandas as pd

    return pd.DataFrame([_raw(item) for item in items])


def _raw(item: Item) -> dict[str, Any]:
    facts, measured = item.facts, item.measured
    about, subsets = _about(facts), measured.subsets
    strength = {} if measured.strength is None else measured.strength.to_dict()
    regrets = [f"regret_{n}" for n in TRIALS]
    return {
        "name": facts["name"],
        "group": item.group,
        "version": facts["version"],
        "sentence": facts["sentence"],
        "usage": facts["usage"],
        "unavailable": facts["unavailable"],
        "data": about.get("data"),
        "licence": about.get("licence"),
        "reference": about.get("reference"),
        "metric": facts.get("metric"),
        "direction": facts.get("direction"),
        "optimum": facts.get("optimum"),
        "dimension": facts.get("dimension"),
        "needs": " ".join(facts.get("needs", ())),
        "default": json.dumps(facts["default"]) if facts.get("default") else None,
        "configurations": None if measured.landscape is None else len(measured.landscape.weights),
        "splits": None if measured.landscape is None else len(measured.landscape.losses),
        "how": measured.how,
        **{name: strength.get(name) for name in (*regrets, "draws", "near")},
        "default_beaten_by": measured.place,
        "effective_dimension": None if subsets is None else len(subsets),
        "decisive": None if subsets is None or subsets.empty else _set(subsets),
        "cost_s": measured.cost,
    }


def table(items: Iterable[Item]) -> pd.DataFrame:
    """Return a row a problem as text; columns in which no problem has anything are left out."""
    import pandas as pd

    frame = pd.DataFrame([_row(item) for item in items])
    return frame[[name for name in frame if (frame[name] != NONE).any()]]


def _row(item: Item) -> dict[str, str]:
    facts, measured = item.facts, item.measured
    strength, subsets = measured.strength, measured.subsets
    metric = NONE
    if "metric" in facts:
        metric = f"{facts['metric']} {'↑' if facts['direction'] == 'maximize' else '↓'}"
    least = "≥ " if measured.how == "sampled" else ""
    row = {
        "name": facts["name"],
        "what it is": facts["sentence"],
        "how to name or get it": facts["unavailable"] or NONE,
        "metric": metric,
        "dimension": str(facts.get("dimension", NONE)),
    }
    for n in SHOWN:
        regret = NONE if strength is None else number(strength[f"regret_{n}"])
        row[f"regret after {n}"] = regret if regret == NONE else least + regret
    row[f"draws to {TARGET:g}"] = NONE if strength is None else _draws(strength, least)
    row["near"] = NONE if strength is None else _near(strength["near"])
    row["default beaten by"] = percent(measured.place)
    row["effective dimension"] = NONE if subsets is None else str(len(subsets))
    row["seconds"] = NONE if measured.cost is None else f"{measured.cost:.2g}"
    row["needs"] = ", ".join(facts.get("needs", ())) or NONE
    row["data"] = _about(facts).get("data", NONE)
    return row


def markdown(frame: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    safe = frame.map(written.markdown)
    numeric = {name for name in frame if name.startswith(("regret", "draws", "near", "default"))}
    align = ["right" if name in numeric else "left" for name in frame]
    return str(safe.to_markdown(index=False, disable_numparse=True, colalign=align))


def parameters(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Return a problem's space as text, a row a parameter."""
    import pandas as pd

    frame = pd.DataFrame(facts_text.parameters(facts))
    return frame[[name for name in frame if (frame[name] != NONE).any()]]


def findings(measured: Measured) -> str:
    """Return what was measured, in a sentence or two."""
    strength, subsets, found = measured.strength, measured.subsets, measured.landscape
    said = []
    if found is not None:
        said.append(
            f"{many(len(found.weights), 'configuration')} on {many(len(found.losses), 'split')}."
        )
    if strength is not None and strength["draws"] == strength["draws"]:
        least = "at least " if measured.how == "sampled" else ""
        count = _draws(strength, least).replace("> ", "more than ")
        said.append(f"Random search needs {count} draws for a regret of {TARGET:g}.")
    if measured.place is not None:
        said.append(f"{percent(measured.place)} of random draws beat the default.")
    if subsets is not None and len(subsets):
        share = subsets["share"].iloc[-1]
        verb = "explains" if len(subsets) == 1 else "explain"
        said.append(
            f"{_set(subsets)} {verb} {100 * share:.0f}{PERCENT} of the better half's variance."
        )
    return " ".join(said)


def shares(measured: Measured, most: int = 10) -> pd.DataFrame | None:
    """Return the largest shares of the variance as text, or None where nothing is measured."""
    if measured.shares is None or measured.better is None:
        return None
    import pandas as pd

    both = measured.shares.merge(measured.better, on="effect", suffixes=("", "_better"))
    rest = both[both["effect"].map(len) == 0]
    both = both[both["effect"].map(len) > 0]
    both = both.sort_values("share_better", ascending=False, kind="stable")
    shown = pd.concat([both.head(most), rest])
    names = [" × ".join(effect) or "three parameters or more" for effect in shown["effect"]]
    return pd.DataFrame(
        {
            "effect": names,
            "better half": _ranges(shown, "_better"),
            "all configurations": _ranges(shown, ""),
        }
    )


def _ranges(frame: pd.DataFrame, suffix: str) -> list[str]:
    columns = [frame[name + suffix] for name in ("share", "low", "high")]
    return [
        NONE if mean != mean else f"{100 * mean:.1f}{PERCENT} ({100 * low:.1f} to {100 * high:.1f})"
        for mean, low, high in zip(*columns, strict=True)
    ]


def number(figure: float) -> str:
    """Return a regret as text."""
    if figure != figure:
        return NONE
    return "< 0.001" if 0 < figure < 0.001 else _digits(figure)


def percent(share: float | None) -> str:
    """Return a share as text."""
    if share is None or share != share:
        return NONE
    return f"< 0.1{PERCENT}" if 0 < share < 0.001 else f"{_digits(100 * share)}{PERCENT}"


def _digits(figure: float) -> str:
    """Return two digits, or all of a larger number: never 1e+02."""
    return f"{figure:.0f}" if abs(figure) >= 100 else f"{figure:.2g}"


def _draws(strength: pd.Series, least: str) -> str:
    count = strength["draws"]
    if math.isnan(count):
        return NONE
    return f"> {strength['most']:.0f}" if math.isinf(count) else f"{least}{count:,.0f}"


def _near(share: float) -> str:
    # No draw of a sample near the optimum does not make it impossible.
    return f"< 0.1{PERCENT}" if share < 0.001 else percent(share)


def _set(subsets: pd.DataFrame) -> str:
    return ", ".join(subsets["parameters"].iloc[-1])


def _about(facts: Mapping[str, Any]) -> dict[str, str]:
    return {heading.lower(): text for heading, text in facts.get("about", {}).items()}
