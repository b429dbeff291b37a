"""The section of training, validation and test scores along the parameters of a problem."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.analyses import Analyses
from bench.analysis.slices import gaps
from bench.captions import slices as texts
from bench.plots import style
from bench.prose.phrases import axis_label
from bench.prose.quantities import resolving
from bench.report import figures, tables
from bench.report.drawing import Builder
from bench.report.page import Details, Files, Item, Note, PageTable, Section

if TYPE_CHECKING:
    import pandas as pd

MAX_PARAMETERS = 3
"""In the figure of a problem; the files have all."""

MAX_OPEN_PROBLEMS = 2
"""Problems whose figures are shown at once; those of more are folded."""


def section(found: Analyses, builder: Builder) -> Section | None:
    """Return the section; None for a sweep without training values along any parameter."""
    import pandas as pd

    frame = found.slices
    if frame.empty:
        return None
    by_problem = frame.groupby("problem", sort=False)
    shown = {str(name): _shown(found, str(name), part) for name, part in by_problem}
    widest = gaps(pd.concat([parts[0] for parts in shown.values()]))
    files = style.file_names(found.source.problems)
    problems: list[Item] = []
    for row, (problem, parts) in zip(widest.itertuples(), shown.items(), strict=True):
        direction = str(parts[0]["direction"].iloc[0])
        names = [str(part["parameter"].iloc[0]) for part in parts]
        figure = builder.figure(
            figures.slices,
            parts,
            title=problem,
            ylabel=axis_label(str(row.metric), direction),
            name=f"slices-{files[problem]}",
            label=texts.label(problem, names),
        )
        problems += [figure, Note(texts.gap(row))]
    if len(widest) > MAX_OPEN_PROBLEMS:
        problems = [Details(problems, texts.BY_PROBLEM)]
    items: list[Item] = [
        Note(texts.READING),
        *(Note(text) for text in _trials(frame)),
        *problems,
        Files([PageTable(_table(frame), texts.FILE, file="slices", raw=frame)]),
        Details([Note(text, soft=True) for text in texts.HOW]),
    ]
    return Section("slices", texts.TITLE, texts.sentence(widest), items)


def _shown(found: Analyses, problem: str, frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the slices of the most important parameters, those of unknown importance last."""
    important = found.importance[found.importance["problem"] == problem]
    parts = {str(name): part for name, part in frame.groupby("parameter", sort=False)}
    ordered = [str(name) for name in important["parameter"] if name in parts]
    return [parts[name] for name in dict.fromkeys([*ordered, *parts])][:MAX_PARAMETERS]


def _trials(frame: pd.DataFrame) -> list[str]:
    """Return of which trials slices are."""
    everyone = list(frame.loc[frame["strategies"] == "", "problem"].unique())
    drawn = [texts.RANDOM] if (frame["strategies"] != "").any() else []
    said = [" ".join([texts.MARGINAL, *drawn])]
    return [*said, texts.all_strategies(everyone)] if everyone else said


def _table(frame: pd.DataFrame) -> pd.DataFrame:
    parts = {texts.TRAIN: "train", texts.VALIDATION: "validation", texts.TEST: "test", "gap": "gap"}
    shows = {
        problem: resolving(part[["train", "validation", "test"]].to_numpy().ravel())
        for problem, part in frame.groupby("problem", sort=False)
    }
    return tables.texts(
        {
            "problem": frame["problem"],
            "parameter": frame["parameter"],
            "from": frame["low"].map(texts.value),
            "to": frame["high"].map(texts.value),
            **{
                title: [
                    tables.each([value], shows[problem])[0]
                    for value, problem in zip(frame[part], frame["problem"], strict=True)
                ]
                for title, part in parts.items()
            },
            "trials": frame["n_trials"].map("{:,}".format),
        }
    )
