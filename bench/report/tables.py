"""Tables: what analysis gives, in words and digits a person reads."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.prose import written
from bench.prose.phrases import interval
from bench.prose.phrases import number as number

if TYPE_CHECKING:
    import pandas as pd

NONE = "–"
"""What stands where nothing is known."""

LATEX = {
    "−": "$-$", "±": r"$\pm$", "×": r"$\times$", "≥": r"$\geq$", "∞": r"$\infty$",
    "µ": r"\textmu{}", "²": r"\textsuperscript{2}",
}  # fmt: skip
"""Signs that not every LaTeX sets."""


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


def fixed(digits: int) -> Callable[[float], str]:
    """Return what shows a number with so many decimals."""
    return lambda value: _signed(f"{value:.{digits}f}")


def resolving(values: Iterable[float]) -> Callable[[float], str]:
    """Return what shows numbers so that they can be told apart, all with as many decimals.

    Four digits of the largest, more where they differ later; where they span more than a factor of
    a thousand each has four digits of its own.

    Args:
        values: those that will be shown, and others in their unit.
    """
    sizes = sorted(abs(v) for v in values if v == v and v not in (0, math.inf, -math.inf))
    if not sizes or sizes[-1] > 1000 * sizes[0] or not 1e-4 <= sizes[-1] < 1e7:
        return significant
    spread = sizes[-1] - sizes[0] or sizes[-1]
    first, told = (math.floor(math.log10(number)) for number in (sizes[-1], spread))
    return fixed(min(max(3 - first, 1 - told, 0), 8))


def significant(value: float) -> str:
    """Return a number with four digits."""
    return _signed(f"{value:.4g}")


def percent(value: float) -> str:
    """Return a share in whole percents, what is nearly none or nearly all as such."""
    if 0 < value < 0.01:
        return "< 1 %"
    return "> 99 %" if 0.99 < value < 1 else f"{100 * value:.0f} %"


def probability(value: float) -> str:
    """Return a p-value or a probability."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def equation(name: str, value: float) -> str:
    """Return what a p-value is, as an equation or less than something."""
    return f"{name} < 0.001" if value < 0.001 else f"{name} = {value:.3f}"


def duration(seconds: float) -> str:
    """Return seconds in the unit in which they are told."""
    for size, unit in ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs")):
        if seconds >= size:
            return f"{float(f'{seconds / size:.2g}'):g} {unit}"
    return "0 s" if seconds == 0 else "< 1 µs"


def _signed(text: str) -> str:
    if not text.startswith("-"):
        return text
    # What rounds to nothing is on no side of it.
    return f"−{text[1:]}" if text.strip("-0.") else text[1:]


def entries(runs: pd.DataFrame, kind: str, labels: Sequence[str]) -> pd.DataFrame:
    """Return what stands behind the labels of strategies or problems, as text.

    Args:
        runs: a row a run.
        kind: "strategy" or "problem".
        labels: in the order to show; those without a run are left out.
    """
    settings = "settings" if kind == "strategy" else "problem_settings"
    columns = {
        kind: kind,
        "name": f"{kind}_name",
        "version": f"{kind}_version",
        "settings": settings,
    }
    found = runs.drop_duplicates(kind).set_index(kind, drop=False)
    found = found.loc[[label for label in labels if label in found.index]]
    shown = {title: found[column].astype(str) for title, column in columns.items()}
    if kind == "strategy":
        libraries = runs.sort_values("library").groupby(kind, observed=True)["library"].unique()
        shown["library"] = libraries.loc[found.index].map(" · or · ".join)
    shown["settings"] = found[settings].map(_settings)
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
    plain = table.rename(columns=written.markdown).map(written.markdown)
    markdown = plain.to_markdown(index=False, disable_numparse=True, colalign=align)
    stem.with_suffix(".md").write_text(markdown + "\n", encoding="utf-8")
    styler = table.style.hide(axis="index").format(escape="latex")
    styler = styler.format_index(escape="latex", axis="columns")
    latex = styler.to_latex(hrules=True, column_format="l" + "r" * (table.shape[1] - 1))
    for sign, command in LATEX.items():
        latex = latex.replace(sign, command)
    stem.with_suffix(".tex").write_text(latex, encoding="utf-8")
    written.for_spreadsheets(raw).to_csv(stem.with_suffix(".csv"), index=False)


def _in_one_line(text: str) -> str:
    """Return a text without what would break a row: a reason may be a page of output."""
    return CONTROL.sub(" ", text)
