"""The part of the recommendation that is by kind of problem."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.captions import kinds as texts
from bench.captions import tags
from bench.curves.kinds import TYPES, Kind, tag_of
from bench.prose.quantities import NONE
from bench.report import tables
from bench.report.page import Details, Heading, Item, Note, PageTable
from bench.report.sections.common import is_bounded

if TYPE_CHECKING:
    import pandas as pd


def items(found: Analyses) -> list[Item]:
    """Return the table and what stands beside it; nothing on few data sets or without tags."""
    kinds = sorted(found.kinds, key=lambda kind: tags.order(kind.tags))
    frame = found.best_by_kind if len(kinds) > 1 and found.divisible else None
    if frame is None or frame.empty:
        return []
    near = [kind for kind in kinds if tags.order(kind.tags) <= tags.order(TYPES)]
    rest = kinds[len(near) :]
    score = "bounded regret" if is_bounded(found.board) else "regret"
    whole = _table(frame, kinds, found.unit)
    words = list(whole)[2:]
    first = frame[frame["best"]]
    there = {tag for kind in found.source.tags.values() for tag in kind}
    notes = [
        texts.absent([name for name in TYPES if name not in there]),
        texts.too_few(bool((frame["n_datasets"] < texts.MIN_DATA_SETS).any())),
        texts.own_time(_own_seconds(found, list(first["strategy"].unique()))),
        texts.few_repetitions(_fewer(first, int(frame["n_repetitions"].max()))),
    ]
    table = PageTable(
        _table(frame, near, found.unit),
        texts.LABEL,
        text=words,
        file="kinds",
        raw=frame,
        whole=whole,
    )
    more: list[Item] = [PageTable(_table(frame, rest, found.unit), texts.MORE_LABEL, text=words)]
    return [
        Heading(texts.TITLE, "kinds"),
        Note(texts.reading(score)),
        table,
        *([Details(more, texts.MORE)] if rest else []),
        *[Note(text) for text in notes if text],
        Details([Note(text, soft=True) for text in texts.how(score)]),
    ]


def _table(frame: pd.DataFrame, kinds: Sequence[Kind], unit: str) -> pd.DataFrame:
    """Return a row a kind, and a column a budget."""
    parts = dict(iter(frame.groupby(["tag", "budget"], sort=False)))
    counts = frame.groupby("tag")["n_datasets"].max()
    budgets = sorted(frame["budget"].unique().tolist())
    keys = [tag_of(next(iter(kind.keys), ())) for kind in kinds]
    columns = {
        "kind of problem": [
            texts.kind(kind.tags, counts.get(key, 0)) for kind, key in zip(kinds, keys, strict=True)
        ],
        "data sets": [str(counts.get(key, 0)) for key in keys],
    }
    for budget in budgets:
        found = [parts.get((key, budget)) for key in keys]
        columns[texts.budget(budget, unit)] = [
            NONE if part is None else texts.cell(part) for part in found
        ]
    return tables.texts(columns)


def _own_seconds(found: Analyses, names: Sequence[str]) -> dict[str, float]:
    """Return the strategies' own seconds a trial, of those known."""
    own = found.own_time.set_index("strategy")["ms_per_trial"].reindex(names) / 1000
    return {str(name): float(seconds) for name, seconds in own.items() if seconds == seconds}


def _fewer(rows: pd.DataFrame, most: int) -> dict[str, int]:
    """Return strategy -> its repetitions, of those with fewer than others."""
    few = rows[rows["n_repetitions"] < most].groupby("strategy", sort=False)["n_repetitions"]
    return {str(name): int(count) for name, count in few.min().items()}
