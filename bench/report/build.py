"""The report of a sweep: everything under `report/`, from two frames."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.analysis import bands, failures, overhead
from bench.analysis import leaderboard as ranking
from bench.analysis.panels import to_panels
from bench.analysis.regret import to_regret
from bench.analysis.trajectories import counted
from bench.report import figures, interactive, sections, style, tables
from bench.report.copies import write_tidy
from bench.report.interactive import Clock, View
from bench.report.page import (
    Builder,
    Chart,
    Heading,
    Item,
    Note,
    PageTable,
    Section,
    render,
    swapped_in,
)
from bench.report.source import Source
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

ADVISED_REPETITIONS = 20


def build_report(source: Source, *, folder: Path) -> Path:
    """Write tables, figures and the page, and return the page's path.

    The folder is swapped in when all is written, so a failure leaves the old report as it was.

    Args:
        source: what it is made of.
        folder: where the report goes.
    """
    trials, runs = _plain(source.trials), source.runs
    strategies, problems = source.strategies, source.problems
    page: dict[str, Any] = {
        "title": source.title,
        "sentence": _sentence(trials, runs, len(strategies), len(problems), source.repetitions),
        "notes": source.notes,
        "timed": source.timed,
    }
    closing = [
        sections.entries(runs, strategies, problems, source.seeds),
        sections.environment(_environment(source.environments), source.command),
    ]
    with swapped_in(folder) as fresh:
        _build(trials, runs, page, closing, strategies, problems, fresh)
    return folder / "index.html"


def _build(
    trials: pd.DataFrame,
    runs: pd.DataFrame,
    page: dict[str, Any],
    closing: Sequence[Section],
    strategies: Sequence[str],
    problems: Sequence[str],
    folder: Path,
) -> None:
    trials = _ordered(trials, strategies, problems)
    write_tidy(trials, runs, folder)
    builder, looks = Builder(folder), style.looks(strategies)
    done = trials[trials["run"].isin(counted(runs)["run"])]
    final = ranking.finals(done, runs)
    sets = ", ".join(trials.loc[trials["is_set"], "strategy"].unique())
    method = sections.method(sets, f"{ranking.RESAMPLES:,}")
    parts = [sections.accounts(failures.account(trials, runs)), method, *closing]
    if len(done):
        shown = to_regret(done)
        on_trials = bands.trial_bands(shown, runs)
        clocks = [Clock("trials", "trials", on_trials, whole=True)]
        if page["timed"]:
            in_time = bands.time_bands(shown, runs)
            label = "seconds of evaluation and strategy"
            clocks.append(Clock("seconds", label, in_time, log=True))
        board = ranking.leaderboard(final, strategies)
        repetitions = int(final.groupby("problem")["repetition"].nunique().min())
        page |= {
            "leaderboard": sections.leaderboard(
                tables.leaderboard(board),
                looks,
                any_trials=True,
                tie=f"{(board['rank'].count() + 1) / 2:g}",
                few=repetitions if repetitions < ADVISED_REPETITIONS else 0,
                missing=_pairs(ranking.missing_cells(final, strategies, problems)),
                unranked=", ".join(
                    f"{problem} ({many(count, 'repetition')})"
                    for problem, count in ranking.unranked(final).items()
                ),
            ),
            "overview": _overview(done, on_trials, problems, looks, builder),
            "curves": interactive.to_json(clocks, _views(done, problems), looks),
        }
        rank_figure = builder.figure(
            figures.ranks(board, looks),
            "ranks",
            "Mean rank of each strategy with its interval",
            "Mean rank with its 95 % interval.",
        )
        overhead_figure = None
        if page["timed"]:
            panels = to_panels(done, runs, strategies=strategies, problems=problems)
            overhead_figure = builder.figure(
                figures.strategy_seconds(overhead.strategy_seconds(panels), looks),
                "overhead",
                "Milliseconds a trial each strategy takes itself, against the trial number",
                "Time a strategy takes to suggest and to learn, by trial: median and quartiles "
                "over all runs that got so far; a line may jump where some end.",
            )
        tables.write(tables.leaderboard(board), board, folder / "leaderboard")
        per_problem, files = ranking.per_problem(final), style.file_names(problems)
        items = [
            item
            for number, problem in enumerate(problems, start=1)
            if (done["problem"] == problem).any()
            for item in (
                Heading(problem, f"problem-{number}"),
                *_problem(problem, files[problem], done, clocks, per_problem, looks, builder),
            )
        ]
        parts = [
            sections.problems(items),
            sections.ranks(rank_figure),
            sections.overhead(overhead_figure),
            *parts,
        ]
    else:
        page["leaderboard"] = sections.leaderboard(None, looks, any_trials=len(trials) > 0)
    page["sections"] = parts
    (folder / "index.html").write_text(render("index.html.j2", page), encoding="utf-8")


def _views(trials: pd.DataFrame, problems: Sequence[str]) -> list[View]:
    first = trials.drop_duplicates("problem").set_index("problem")
    known = trials.groupby("problem")["optimum"].apply(lambda optima: optima.notna().all())
    return [
        View(
            problem,
            figures.value_label(
                first["metric"][problem], first["direction"][problem], bool(known[problem])
            ),
            bool(known[problem]),
        )
        for problem in problems
        if problem in first.index
    ]


def _overview(
    trials: pd.DataFrame,
    on_trials: pd.DataFrame,
    problems: Sequence[str],
    looks: Mapping[str, Mapping[str, Any]],
    builder: Builder,
) -> Chart:
    figure = builder.figure(
        figures.overview(trials, on_trials, problems, looks),
        "overview",
        "Best validation value against trials, a panel a problem",
        "Best validation value so far against trials: median and quartiles over "
        "repetitions. Where the optimum is known, the distance to it, on a log scale if it "
        "spans a factor of three.",
    )
    return Chart(
        [figure],
        "Best validation value so far",
        "Median and quartiles over repetitions; where the optimum is known, the distance to it. "
        "Point at the chart, or move along it with the arrow keys, to read the values.",
    )


def _problem(
    problem: str,
    file: str,
    trials: pd.DataFrame,
    clocks: Sequence[Clock],
    per_problem: pd.DataFrame,
    looks: Mapping[str, Mapping[str, Any]],
    builder: Builder,
) -> list[Item]:
    rows = trials[trials["problem"] == problem]
    metric, direction = str(rows["metric"].iloc[0]), str(rows["direction"].iloc[0])
    optima = rows["optimum"].unique()
    shown = []
    for clock in clocks:
        part, name = clock.frame[clock.frame["problem"] == problem], clock.name
        axes = figures.problem(part, rows, looks, clock=name, title=f"{problem}: against {name}")
        label = f"{problem}: best validation value against {name}"
        extra = "Evaluation and strategy time together, log scale." if name == "seconds" else ""
        caption = f"Median and quartiles over repetitions. {extra}"
        shown.append(builder.figure(axes, f"{file}-{name}", label, caption))
    raw = per_problem[per_problem["problem"] == problem]
    table = tables.problem(raw, metric)
    tables.write(table, raw.drop(columns="sign"), builder.folder / "problems" / file)
    sentence = f"{style.axis_label(metric, direction)}."
    if (optima == optima).all():  # none is unknown
        low, high = (f"{optimum:.6g}" for optimum in (optima.min(), optima.max()))
        what = low if low == high else f"{low} to {high}, by repetition"
        sentence += f" The optimum is {what}; the figures show the distance to it."
    return [
        Note(sentence, soft=True),
        Chart(shown, f"{problem}: best validation value so far", "", problem),
        PageTable(table, problem, looks=looks),
    ]


def _plain(trials: pd.DataFrame) -> pd.DataFrame:
    """Return the tidy frame with texts for categories, as these analyses group it."""
    import pandas as pd

    kinds = trials.dtypes
    return trials.astype({n: str for n in trials if isinstance(kinds[n], pd.CategoricalDtype)})


def _ordered(
    trials: pd.DataFrame, strategies: Sequence[str], problems: Sequence[str]
) -> pd.DataFrame:
    """Return the rows in an order that depends on nothing but what they say."""
    place = {
        "problem": {name: i for i, name in enumerate(problems)},
        "strategy": {name: i for i, name in enumerate(strategies)},
    }
    return trials.sort_values(
        ["problem", "strategy", "repetition", "trial"],
        key=lambda column: column.map(place[column.name]) if column.name in place else column,
        ignore_index=True,
    )


def _sentence(
    trials: pd.DataFrame, runs: pd.DataFrame, strategies: int, problems: int, repetitions: int
) -> str:
    wanted = strategies * problems * repetitions
    budget = f" of up to {many(int(runs['budget'].max()), 'trial')}" if len(runs) else ""
    unfinished = int((runs["ended"] == "unfinished").sum())
    begun = f"{len(runs) - unfinished:,} of " if len(runs) - unfinished < wanted else ""
    text = (
        f"{many(strategies, 'strategy', 'strategies')} on {many(problems, 'problem')}, "
        f"{many(repetitions, 'repetition')}: "
        f"{begun}{many(wanted, 'run')}{budget}, {many(len(trials), 'trial')}."
    )
    if not begun:
        return text
    return text + (
        f" The sweep is not complete: {many(wanted - len(runs), 'run was', 'runs were')} not begun "
        f"and {many(unfinished, 'is', 'are')} unfinished. No rank, curve or table of values counts "
        "an unfinished run."
    )


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    return ", ".join(f"{strategy} on {problem}" for strategy, problem in pairs)


def _environment(environments: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Return what the environments say, key by key; where they differ, all of it."""
    said: dict[str, dict[str, None]] = {}
    for environment in environments:
        for key, value in environment.items():
            if isinstance(value, Mapping):
                value = ", ".join(f"{name} {item}" for name, item in value.items())
            if value is not None:
                said.setdefault(key, {})[str(value)] = None
    return [(key, " · or · ".join(values)) for key, values in said.items()]
