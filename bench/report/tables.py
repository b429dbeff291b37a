"""Tables: what analysis gives, in words and digits a person reads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def leaderboard(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the leaderboard as text."""
    return _texts(
        {
            "strategy": frame["strategy"],
            "mean rank": frame["rank"].map(lambda v: _number(v, 2)),
            "95 % interval": _intervals(frame, 2),
            "best on": frame["best"].astype(str) + " of " + frame["of"].astype(str),
            "problems": frame["problems"].astype(str),
        }
    )


def problem(frame: pd.DataFrame, metric: str) -> pd.DataFrame:
    """Return the table of one problem as text, the best median first.

    Without a test value there are no columns of them.
    """
    losses = frame["sign"] * frame["median"]
    frame = frame.loc[losses.sort_values(kind="stable").index]
    tested = frame["test"].notna().any()
    held_out = {
        "test (median)": frame["test"].map(_significant),
        "test gap": frame["gap"].map(_significant),
    }
    return _texts(
        {
            "strategy": frame["strategy"],
            f"{metric} (median)": frame["median"].map(_significant),
            "95 % interval": _intervals(frame),
            # A function has no held-out part; two columns of dashes would say that eight times.
            **(held_out if tested else {}),
            "budget used": frame["used"].map(_percent),
            "failed trials": frame["failed"].map(_percent),
            "strategy ms/trial": (1000 * frame["strategy_s"].astype(float)).map(_significant),
            "evaluation ms/trial": (1000 * frame["evaluation_s"].astype(float)).map(_significant),
            "runs": frame["repetitions"].astype(str),
        }
    )


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
    texts = {title: found[column].astype(str) for title, column in columns.items()}
    if kind == "strategy":
        libraries = runs.sort_values("library").groupby(kind)["library"].unique()
        texts["library"] = libraries.loc[found.index].map(" · or · ".join)
    texts["settings"] = found[settings].map(_settings)
    return _texts(texts)


def _settings(written: str) -> str:
    items = json.loads(written).items()
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in items) or "–"


def write(table: pd.DataFrame, raw: pd.DataFrame, stem: Path) -> None:
    """Write a table as Markdown and LaTeX, and its raw numbers as CSV."""
    stem.parent.mkdir(parents=True, exist_ok=True)
    # The numbers are texts already, and a label that looks like a number is none.
    align = ["left"] + ["right"] * (table.shape[1] - 1)
    markdown = table.to_markdown(index=False, disable_numparse=True, colalign=align)
    stem.with_suffix(".md").write_text(markdown + "\n", encoding="utf-8")
    styler = table.style.hide(axis="index").format(escape="latex")
    styler = styler.format_index(escape="latex", axis="columns")
    latex = styler.to_latex(hrules=True, column_format="l" + "r" * (table.shape[1] - 1))
    stem.with_suffix(".tex").write_text(latex, encoding="utf-8")
    raw.to_csv(stem.with_suffix(".csv"), index=False)


def _texts(columns: dict[str, object]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns).reset_index(drop=True)


def _intervals(frame: pd.DataFrame, digits: int | None = None) -> list[str]:
    show = _significant if digits is None else lambda value: _number(value, digits)
    return [
        f"{show(low)} – {show(high)}" if low == low else "–"
        for low, high in zip(frame["low"], frame["high"], strict=True)
    ]


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}f}" if value == value else "–"


def _significant(value: float | None) -> str:
    return "–" if value is None or value != value else f"{value:.4g}"


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %" if value == 0 or value >= 0.01 else "< 1 %"
