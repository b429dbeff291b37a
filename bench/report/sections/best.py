"""The section of best configurations: one of each problem, and what it depends on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.best import reached
from bench.captions import best as texts
from bench.panels.panel import Panel
from bench.plots import style
from bench.prose.quantities import significant
from bench.report import figures, tables
from bench.report.drawing import Builder, PageFigure
from bench.report.page import Details, Item, Note, PageTable, Section
from bench.report.sections.common import line_styles

if TYPE_CHECKING:
    import pandas as pd

COLUMNS_OF_TEXT = ("found by", "problem", "metric", "best configuration")

MAX_IMPORTANCE_PROBLEMS = 6
"""Problems on data of one's own whose importance is shown: the first ones."""


def section(found: Analyses, builder: Builder) -> Section:
    """Return the section; it is open where problems are on data of one's own."""
    title, frame = "Best configurations", found.best
    if frame.empty:
        return Section("best", title, texts.UNKNOWN, [])
    panels = {panel.problem: panel for panel in found.panels}
    own = _own(found)
    items: list[Item] = [*_models(found, panels)]
    chosen = frame[frame["is_best"]]
    table = _table(chosen, reached(frame), panels)
    items += [
        PageTable(table, texts.BEST_LABEL, text=COLUMNS_OF_TEXT, styles=line_styles(found),
                  file="best", raw=frame.drop(columns="problem_seed")),
        *_importance(found, own[:MAX_IMPORTANCE_PROBLEMS], panels, builder),
        Note(texts.MORE, soft=True),
        Details([Note(texts.RULE, soft=True)]),
    ]  # fmt: skip
    return Section("best", title, texts.sentence(len(chosen)), items, open=bool(own))


def _own(found: Analyses) -> list[str]:
    """Return the problems on data of one's own, which have a fingerprint."""
    runs = found.source.runs
    if "problem_settings" not in runs:
        return []
    first = runs.drop_duplicates("problem").set_index("problem")["problem_settings"]
    return [
        panel.problem
        for panel in found.panels
        if json.loads(str(first[panel.problem])).get("fingerprint")
    ]


def _models(found: Analyses, panels: dict[str, Panel]) -> list[Item]:
    """Return a paragraph for each data set on which several models were tuned."""
    items: list[Item] = []
    for _, group in found.models.groupby("group", sort=False):
        panel = panels[str(group["problem"].iloc[0])]
        sentences = texts.models(group, panel.metric, panel.sign)
        items.append(Note(" ".join([texts.several(str(group["dataset"].iloc[0])), *sentences])))
    return items


def _table(
    frame: pd.DataFrame, reached: dict[str, list[str]], panels: dict[str, Panel]
) -> pd.DataFrame:
    rows = frame.to_dict("records")
    columns = {
        "found by": [texts.found_by(reached[str(row["problem"])]) for row in rows],
        "problem": frame["problem"],
        "metric": [panels[str(row["problem"])].metric for row in rows],
        "validation": tables.each(frame["value"], significant),
    }
    if frame["test_value"].notna().any():
        columns["test"] = tables.each(frame["test_value"], significant)
    columns["best configuration"] = [texts.configuration(str(row["config"])) for row in rows]
    return tables.texts(columns)


def _importance(
    found: Analyses, own: list[str], panels: dict[str, Panel], builder: Builder
) -> list[Item]:
    """Return what the values depend on, for problems on data of one's own."""
    if not own:
        return []
    frame = found.importance[found.importance["problem"].isin(own)]
    if frame.empty:
        return []
    caption = " ".join(
        filter(None, [texts.IMPORTANCE, texts.conditional(frame), texts.unreliable(frame)])
    )
    figure = builder.figure(
        figures.importance,
        frame,
        name="importance",
        label=texts.IMPORTANCE_LABEL,
        caption=caption,
    )
    return [figure, *_over_two(found, frame, panels, builder)]


def _over_two(
    found: Analyses, frame: pd.DataFrame, panels: dict[str, Panel], builder: Builder
) -> list[PageFigure]:
    from bench.analysis.landscape import fanova

    files = style.file_names(found.source.problems)
    drawn = []
    for name, part in frame.groupby("problem", sort=False):
        names = [str(parameter) for parameter in part["parameter"][:2]]
        if len(names) < 2:
            continue
        trials = fanova.over_two(found.source.trials, panels[str(name)], *names)
        if trials.empty:
            continue
        drawn.append(
            builder.figure(
                figures.trials_over_two,
                trials,
                str(name),
                name=f"trials-{files[str(name)]}",
                label=f"{name}: the trials over {names[0]} and {names[1]}",
                caption=texts.trials(*names),
            )
        )
    return drawn
