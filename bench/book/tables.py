"""The catalog's numbers and facts as tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from bench.analysis.landscape.difficulty import TARGET, TRIALS
from bench.book.texts import PERCENT, SHOWN_DRAWS, decisive, draws, near, regret_text, share_text
from bench.measured.problems import Measured
from bench.prose import description_text, escaping
from bench.prose.quantities import NONE

if TYPE_CHECKING:
    import pandas as pd


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
    difficulty = {} if measured.difficulty is None else measured.difficulty.to_dict()
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
        "n_configurations": None if measured.landscape is None else len(measured.landscape.weights),
        "n_splits": None if measured.landscape is None else len(measured.landscape.losses),
        "how": measured.how,
        **{
            name: difficulty.get(name) for name in (*regrets, "n_draws_to_target", "p_near_optimum")
        },
        "default_beaten_by": measured.place,
        "effective_dimension": None if subsets is None else len(subsets),
        "decisive": None if subsets is None or subsets.empty else decisive(subsets),
        "evaluation_s": measured.cost,
    }


def table(items: Iterable[Item]) -> pd.DataFrame:
    """Return a row a problem as text; columns in which no problem has anything are left out."""
    import pandas as pd

    frame = pd.DataFrame([_row(item) for item in items])
    return frame[[name for name in frame if (frame[name] != NONE).any()]]


def _row(item: Item) -> dict[str, str]:
    facts, measured = item.facts, item.measured
    difficulty, subsets = measured.difficulty, measured.subsets
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
    for n in SHOWN_DRAWS:
        regret = NONE if difficulty is None else regret_text(difficulty[f"regret_{n}"])
        row[f"regret after {n}"] = regret if regret == NONE else least + regret
    row[f"draws to {TARGET:g}"] = NONE if difficulty is None else draws(difficulty, least)
    row["near"] = NONE if difficulty is None else near(difficulty["p_near_optimum"])
    row["default beaten by"] = share_text(measured.place)
    row["effective dimension"] = NONE if subsets is None else str(len(subsets))
    row["seconds"] = NONE if measured.cost is None else f"{measured.cost:.2g}"
    row["needs"] = ", ".join(facts.get("needs", ())) or NONE
    row["data"] = _about(facts).get("data", NONE)
    return row


def markdown(frame: pd.DataFrame) -> str:
    """Return a table as Markdown."""
    safe = frame.map(escaping.markdown)
    numeric = {name for name in frame if name.startswith(("regret", "draws", "near", "default"))}
    align = ["right" if name in numeric else "left" for name in frame]
    return str(safe.to_markdown(index=False, disable_numparse=True, colalign=align))


def parameters(facts: Mapping[str, Any]) -> pd.DataFrame:
    """Return a problem's space as text, a row a parameter."""
    import pandas as pd

    frame = pd.DataFrame(description_text.parameters(facts))
    return frame[[name for name in frame if (frame[name] != NONE).any()]]


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


def _about(facts: Mapping[str, Any]) -> dict[str, str]:
    return {heading.lower(): text for heading, text in facts.get("about", {}).items()}
