"""The section of cheaper evaluations: what early stopping spends, and how well it orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.early_stopping import FEW, EarlyStopping
from bench.captions import early_stopping as texts
from bench.prose.phrases import number
from bench.prose.quantities import aligned, percent
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Item, Note, PageTable, Section
from bench.report.sections.common import in_order, line_styles

if TYPE_CHECKING:
    import pandas as pd

HIDDEN = ["full share", "runs", "runs without a full evaluation"]
"""Columns of the strategies that only the files have."""


def section(found: Analyses, builder: Builder) -> Section | None:
    """Return the section; None for a sweep without cheaper evaluations."""
    stopping = found.early_stopping
    if stopping is None:
        return None
    frame = stopping.strategies.set_index("strategy", drop=False)
    frame = frame.loc[[name for name in in_order(found) if frame.loc[name, "n_runs"] > 0]]
    items: list[Item] = [*_strategies(found, frame), *_steps(found, stopping, builder)]
    early = frame[frame["strategy"].isin(stopping.stopping)]
    return Section(
        "cheaper",
        texts.TITLE,
        texts.sentence(early, stopping.without_bias().steps, exact=stopping.exact),
        items,
    )


def _strategies(found: Analyses, frame: pd.DataFrame) -> list[Item]:
    regrets = {f"regret after {FEW}": "regret_few", "regret": "regret"}
    if frame["regret_few"].isna().all():
        del regrets[f"regret after {FEW}"]
    whole = tables.texts(
        {
            "strategy": frame.index,
            **{
                title: _estimates(frame, name, aligned(frame[name]))
                for title, name in regrets.items()
            },
            "pruned": tables.each(frame["pruned_share"], percent),
            "budget on full": tables.each(frame["full_budget_share"], percent),
            "first full": tables.each(frame["first_full_budget"], number),
            "full evaluations": tables.each(frame["n_full"], number),
            "trials": tables.each(frame["n_trials"], number),
            "full share": tables.each(frame["full_share"], percent),
            "runs": frame["n_runs"].astype(str),
            "runs without a full evaluation": frame["n_without_full"].astype(str),
        }
    )
    shown = whole.drop(columns=HIDDEN)
    some = frame[frame["n_without_full"] > 0]
    counts = {
        str(name): (int(row["n_without_full"]), int(row["n_runs"])) for name, row in some.iterrows()
    }
    return [
        Note(texts.reading(int(frame["n_problems"].max()), found.when, list(shown.columns))),
        PageTable(
            shown,
            texts.BUDGET,
            styles=line_styles(found),
            file="early-stopping",
            raw=frame,
            whole=whole,
        ),
        Note(texts.CURVES),
        *([Note(texts.CONTINUED)] if _goes_on(found) else []),
        *([Note(texts.without(counts))] if counts else []),
    ]


def _goes_on(found: Analyses) -> bool:
    trials = found.source.trials
    return "continued_from" in trials and bool((trials["continued_from"] > 0).any())


def _steps(found: Analyses, stopping: EarlyStopping, builder: Builder) -> list[Item]:
    steps, problems = stopping.steps, stopping.problems
    if steps["tau"].isna().all():
        return [Note(texts.no_steps(recorded=len(steps) > 0))]
    against = stopping.against.set_index("strategy", drop=False)
    against = against.loc[[name for name in in_order(found) if name in against.index]]
    exact = bool(problems["tau_all"].notna().any())
    return [
        builder.figure(
            figures.early_stopping,
            stopping,
            line_styles(found),
            name="early-stopping",
            label=texts.LABEL,
            caption=texts.caption(
                against=bool(against["tau"].notna().any()), exact=stopping.exact
            ),
        ),
        *([Note(texts.wins(against.reset_index(drop=True)))] if len(against) else []),
        Note(texts.STEPS_READING),
        PageTable(_table(steps, exact), texts.STEPS, file="rungs", raw=steps),
        Details(
            [PageTable(_table(problems, exact), texts.PROBLEMS, file="rungs-by-problem",
                       raw=problems)],
            texts.BY_PROBLEM,
        ),
        Details([Note(text, soft=True) for text in texts.how(exact=exact)]),
    ]  # fmt: skip


def _table(frame: pd.DataFrame, exact: bool) -> pd.DataFrame:
    """Return the agreement of steps as texts, by problem where the frame names them."""
    first = {"problem": frame["problem"]} if "problem" in frame else {}
    last = {"all configurations": tables.each(frame["tau_all"], texts.TWO)} if exact else {}
    counts = {} if first else {"problems": frame["n_problems"].astype(str)}
    return tables.texts(
        {
            **first,
            "step": frame["share"].map(texts.share),
            "τ": _estimates(frame, "tau"),
            "same order": _estimates(frame, "concordance"),
            **last,
            "configurations": frame["n_configs"].map("{:,}".format),
            "promoted": frame["n_promoted"].map("{:,}".format),
            **counts,
        }
    )


def _estimates(frame: pd.DataFrame, name: str, show: texts.Show = texts.TWO) -> list[str]:
    columns = (frame[name + end] for end in ("", "_low", "_high"))
    rows = zip(*columns, strict=True)
    return [texts.estimate(value, low, high, show) for value, low, high in rows]
