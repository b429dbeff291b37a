"""Tables: what analysis gives, in words and digits a person reads."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.prose import escaping
from bench.prose.phrases import interval
from bench.prose.quantities import NONE

if TYPE_CHECKING:
    import pandas as pd

LATEX = {
    **{sign: f"\\{sign}" for sign in "&%$#_{}"},
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "−": "$-$", "±": r"$\pm$", "×": r"$\times$", "≥": r"$\geq$", "∞": r"$\infty$",
    "µ": r"\textmu{}", "⁻": r"\textsuperscript{$-$}",
    **{raised: rf"\textsuperscript{{{digit}}}" for digit, raised in enumerate("⁰¹²³⁴⁵⁶⁷⁸⁹")},
}  # fmt: skip
"""Signs that mean something else to LaTeX, and those that not every LaTeX sets."""

_SIGNS = str.maketrans(LATEX)

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
"""What would break a row."""


def texts(columns: Mapping[str, Any]) -> pd.DataFrame:
    """Return columns of texts as a table.

    Args:
        columns: name -> texts.
    """
    import pandas as pd

    return pd.DataFrame({name: list(values) for name, values in columns.items()}, dtype=str)


def each(values: Iterable[Any], show: Callable[[Any], str]) -> list[str]:
    """Return each value as a text, those that are not known as a dash."""
    return [NONE if value is None or value != value else show(value) for value in values]


def spans(
    low: Iterable[float], high: Iterable[float], show: Callable[[Any], str] | None = None
) -> list[str]:
    """Return intervals as texts, those that are not known as a dash.

    Args:
        low: lower ends.
        high: upper ends.
        show: shows an end; without, both have digits that suit the interval.
    """
    return [
        NONE if a != a or b != b else f"{show(a)} to {show(b)}" if show else interval(a, b) or NONE
        for a, b in zip(low, high, strict=True)
    ]


def entries(runs: pd.DataFrame, kind: str, labels: Sequence[str]) -> pd.DataFrame:
    """Return what stands behind the labels of strategies or problems, as text.

    Args:
        runs: a row a run.
        kind: "strategy" or "problem".
        labels: in the order to show; those without a run are left out.
    """
    columns = {
        kind: kind,
        "name": f"{kind}_name",
        "version": f"{kind}_version",
        "settings": f"{kind}_settings",
    }
    found = runs.drop_duplicates(kind).set_index(kind, drop=False)
    found = found.loc[[label for label in labels if label in found.index]]
    shown = {title: found[column].astype(str) for title, column in columns.items()}
    if kind == "strategy":
        libraries = runs.sort_values("library").groupby(kind, observed=True)["library"].unique()
        shown["library"] = libraries.loc[found.index].map(" · or · ".join)
    shown["settings"] = found[columns["settings"]].map(_settings)
    return texts(shown)


def _settings(written: str) -> str:
    items = json.loads(written).items()
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in items) or NONE


def write(table: pd.DataFrame, raw: pd.DataFrame, stem: Path) -> None:
    """Write a table as Markdown and LaTeX, and its raw numbers as CSV.

    Args:
        table: texts.
        raw: numbers.
        stem: the files' path without suffix.
    """
    stem.parent.mkdir(parents=True, exist_ok=True)
    # The numbers are texts already, and a label that looks like a number is none.
    align = ["left"] + ["right"] * (table.shape[1] - 1)
    table = table.rename(columns=_in_one_line).map(_in_one_line)
    plain = table.rename(columns=escaping.markdown).map(escaping.markdown)
    markdown = plain.to_markdown(index=False, disable_numparse=True, colalign=align)
    stem.with_suffix(".md").write_text(markdown + "\n", encoding="utf-8")
    stem.with_suffix(".tex").write_text(_latex(table), encoding="utf-8")
    escaping.for_spreadsheets(raw).to_csv(stem.with_suffix(".csv"), index=False)


def _latex(table: pd.DataFrame) -> str:
    """Return a table of texts as LaTeX, with the rules of booktabs.

    Row by row: pandas, which styles each cell, takes a millisecond a row.
    """
    head, *rows = (
        " & ".join(text.translate(_SIGNS) for text in row)
        for row in [list(table), *table.itertuples(index=False, name=None)]
    )
    lines = (
        rf"\begin{{tabular}}{{l{'r' * (table.shape[1] - 1)}}}",
        r"\toprule", rf"{head} \\", r"\midrule", *(rf"{row} \\" for row in rows), r"\bottomrule",
        r"\end{tabular}", "",
    )  # fmt: skip
    return "\n".join(lines)


def _in_one_line(text: str) -> str:
    """Return a text without what would break a row: a reason may be a page of output."""
    return CONTROL.sub(" ", text)
