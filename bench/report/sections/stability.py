"""The section of rank stability: what changes with fewer data sets, repetitions and trials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.captions import stability as texts
from bench.inference.estimates import OPPOSITE, WORSE
from bench.inference.leave_out import least_stable_first
from bench.inference.wrong_winner import over_pairs
from bench.plots import style
from bench.prose.phrases import with_repetitions
from bench.prose.quantities import NONE, aligned, fixed, percent
from bench.prose.samples import Sample
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Files, Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd

MAX_PAIR_ROWS = 20
"""Pairs that the page shows; the files have all of them."""


def section(found: Analyses, builder: Builder) -> Section | None:
    """Return the section; None for a sweep with too few data sets to draw parts of them."""
    panels = found.divisible
    if not panels:
        return None
    blocks = {panel.dataset for panel in panels}
    sample = Sample(len(panels), len(blocks), len(found.functions & blocks))
    items: list[Item] = [
        Note(texts.reading(found.when, sample)),
        _halves(found),
        *_left_out(found),
        *_wrong(found, builder),
        *_budgets(found),
        Details([Note(text, soft=True) for text in texts.HOW]),
    ]
    often = found.halves.sort_values("n_first", ascending=False, kind="stable")
    sentence = texts.sentence(often, sample, found.source.fewer)
    return Section("stability", texts.TITLE, sentence, items)


def _halves(found: Analyses) -> PageTable:
    frame = found.halves.set_index("strategy", drop=False)
    frame = frame.loc[[name for name in in_order(found) if name in frame.index]]
    whole = tables.texts(
        {
            "strategy": frame["strategy"],
            "mean rank": tables.each(frame["rank"], fixed(2)),
            "first": frame["n_first"].map(texts.count),
            "first three": frame["n_first_three"].map(texts.count),
            "halves": frame["n_draws"].astype(str),
        }
    )
    shown = whole[frame["n_first_three"].to_numpy() > 0]
    return PageTable(
        shown.drop(columns="halves"),
        texts.HALVES,
        styles=line_styles(found),
        file="halves",
        raw=frame,
        whole=whole,
    )


def _left_out(found: Analyses) -> list[Item]:
    frame = _better_first(found.leave_out)
    note = Note(texts.stable(frame))
    if frame.empty:
        return [note]
    frame = least_stable_first(frame)
    lost = (frame[["n_kept", "n_kept_new"]].lt(frame["n_draws"], axis=0)).any(axis=1)
    rows = min(int(lost.sum()), MAX_PAIR_ROWS)
    if not rows:
        return [note, Files([_pairs(found, frame, rows)])]
    new = bool(frame["n_kept_new"].notna().any())
    flips = bool((frame[["n_flipped", "n_flipped_new"]].head(rows) > 0).any(axis=None))
    text = texts.least_stable(rows, len(frame), new=new, flips=flips)
    return [note, Note(text), _pairs(found, frame, rows)]


def _better_first(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the pairs with the better strategy of each as the first."""
    behind = (frame["verdict"] == WORSE) | (frame["verdict_new"] == WORSE)
    other = frame.rename(columns={"a": "b", "b": "a"}).replace(
        {"verdict": OPPOSITE, "verdict_new": OPPOSITE}
    )
    return frame.where(~behind, other[frame.columns])


def _pairs(found: Analyses, frame: pd.DataFrame, rows: int) -> PageTable:
    """Return the pairs, of which the page shows some rows."""
    whole = tables.texts(
        {
            "strategy": frame["a"],
            "against": frame["b"],
            "verdict": frame["verdict"],
            "kept": _counts(frame["n_kept"]),
            "opposite": _counts(frame["n_flipped"]),
            "new data sets": frame["verdict_new"],
            "kept (new)": _counts(frame["n_kept_new"]),
            "opposite (new)": _counts(frame["n_flipped_new"]),
        }
    )
    shown = frame.head(rows)
    columns = ["strategy", "against", "kept"]
    columns += ["opposite"] if (shown["n_flipped"] > 0).any() else []
    columns += ["kept (new)"] if frame["n_kept_new"].notna().any() else []
    columns += ["opposite (new)"] if (shown["n_flipped_new"] > 0).any() else []
    return PageTable(
        whole[columns].head(rows),
        texts.LEFT_OUT,
        ("against",),
        styles=line_styles(found),
        file="leave-out",
        raw=frame,
        whole=whole,
    )


def _counts(values: pd.Series) -> list[str]:
    return [NONE if missing else str(n) for n, missing in zip(values, values.isna(), strict=True)]


def _wrong(found: Analyses, builder: Builder) -> list[Item]:
    frame, pair = found.wrong_winner, found.first_two
    here = frame[(frame["a"] == pair[0]) & (frame["b"] == pair[1])]
    decided = frame.merge(_both(found.significant), on=["a", "b"])
    mean, pairs = over_pairs(decided), len(found.significant)
    parts = {f"{pair[0]} and {pair[1]}": here, f"mean over {pairs} significant pairs": mean}
    parts = {title: part for title, part in parts.items() if len(part)}
    if not parts:
        return []
    names = [texts.sizes(n) for n in sorted(frame["n_datasets"].unique().tolist())]
    items: list[Item] = [
        builder.figure(
            figures.wrong_winner,
            parts,
            style.line_styles(names),
            name="wrong-winner",
            label=texts.LABEL,
            caption=texts.caption(pairs=pairs),
        )
    ]
    if len(here):
        items = [Note(texts.wrong(here, pair)), *items]
    if len(parts) > 1:
        items.append(Note(texts.WRONG_TABLES))
    if len(here):
        items.append(PageTable(_wide(here), texts.WRONG, file="wrong-winner", raw=frame))
    if len(mean):
        items.append(PageTable(_wide(mean), texts.WRONG_MEAN, file="wrong-winner-mean", raw=mean))
    return items


def _both(pairs: list[tuple[str, str]]) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(pairs, columns=["a", "b"], dtype=object)


def _wide(frame: pd.DataFrame) -> pd.DataFrame:
    """Return shares as texts, a row a number of repetitions, a column a number of data sets."""
    wide = frame.pivot(index="n_repetitions", columns="n_datasets", values="wrong_share")
    return tables.texts(
        {
            "repetitions": wide.index.astype(str),
            **{texts.sizes(int(n)): tables.each(wide[n], percent) for n in wide.columns},
        }
    )


def _budgets(found: Analyses) -> list[Item]:
    frame = found.budgets
    if frame.empty:
        return []
    show = aligned(frame["mean"])
    columns: dict[str, list[str]] = {}
    firsts = []
    names = [name for name in in_order(found) if name in set(frame["strategy"])]
    for budget, part in frame.groupby("budget", sort=True):
        rows = part.set_index("strategy").reindex(names)
        first = with_repetitions(str(rows["rank"].idxmin()), found.source.fewer)
        firsts.append((int(str(budget)), first))
        spans = tables.spans(rows["mean_low"], rows["mean_high"], show)
        columns[f"{budget} trials"] = [
            value if span == NONE else f"{value} ({span})"
            for value, span in zip(tables.each(rows["mean"], show), spans, strict=True)
        ]
    table = tables.texts({"strategy": names, **columns})
    return [
        Note(f"{texts.first_by_budget(firsts)} {texts.BUDGETS_READING}"),
        PageTable(table, texts.BUDGETS, styles=line_styles(found), file="budgets", raw=frame),
    ]
