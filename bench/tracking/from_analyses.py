"""Analyses as items: what is known when all runs of a sweep have ended.

Every number is of an analysis that the report shows as well.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from bench.analyses import Analyses
from bench.curves.convergence import convergence
from bench.curves.finals import finals
from bench.curves.leaderboard import leaderboard
from bench.output.copies import write_tidy
from bench.panels.arrays import Array
from bench.panels.panel import Panel
from bench.plots import style
from bench.plots.axes import legend_of
from bench.plots.clocks import plot_bands
from bench.plots.leaderboard import plot_leaderboard
from bench.prose import escaping
from bench.store import FAULTS
from bench.tracking.from_records import COMPARED, SWEEP_KEY, best_params, pair_key, run_key
from bench.tracking.item import Item, Series

MAX_PAIR_ROWS = 20_000
"""Trials of a pair up to which they are attached to its run; all are attached to the sweep's."""


def pairs(found: Analyses, token: str) -> Iterator[Item]:
    """Yield what is known of each strategy on each problem that has runs.

    Args:
        found: the analyses of the sweep.
        token: of how all its runs ended.

    Yields:
        Items with the series best_value, best_test_value, evaluation_s, strategy_s (means over the
        repetitions), regret, regret_low, regret_high (as `bench.curves.convergence`), by budget
        spent; the metrics final_value and final_regret (medians), final_value_low and _high,
        final_test_value (as `bench.curves.finals`), rank and its interval (of this problem), and
        mean_rank and its interval (over all, as `bench.curves.leaderboard`), failed_trials.
    """
    board = found.board.set_index("strategy")
    best = {(row["strategy"], row["problem"]): row for row in found.best.to_dict("records")}
    panels = {panel.problem: panel for panel in found.panels}
    all_rows = _by_pair(found.source.trials)
    all_runs = _by_pair(found.source.runs)
    for problem in found.source.problems:
        panel = panels.get(problem)
        of_problem = None if panel is None else _OfProblem(panel)
        for strategy in found.source.strategies:
            if (strategy, problem) not in all_runs:
                continue
            n_runs = len(all_runs[strategy, problem])
            rows = found.source.trials.iloc[all_rows.get((strategy, problem), [])]
            failed = int((rows["status"] != "completed").sum())
            metrics = {"failed_trials": float(failed), "n_runs": float(n_runs)}
            series: dict[str, Series] = {}
            if of_problem is not None:
                series = of_problem.series(strategy)
                metrics |= of_problem.metrics(strategy)
            if strategy in board.index:
                metrics |= _interval(board.loc[strategy], "rank", "mean_rank")
            item = Item(
                pair_key(strategy, problem),
                "pair",
                f"{strategy} on {problem}",
                {COMPARED: token},
                group=f"{strategy} on {problem}",
                tags={"failed_trials": str(failed)},
                metrics=_finite(metrics),
                series=series,
                files=_of_pair(rows),
                state="finished",
            )
            yield _with_best(item, best.get((strategy, problem)))


def regrets(found: Analyses, token: str) -> Iterator[Item]:
    """Yield the regret of each run, by budget spent.

    Args:
        found: the analyses of the sweep.
        token: of how all its runs ended.
    """
    ids = {
        (str(row.strategy), str(row.problem), int(row.repetition)): str(row.run)
        for row in found.source.runs.itertuples()
    }
    states = dict(zip(found.source.runs["run"], found.source.runs["status"], strict=True))
    for panel in found.panels:
        for s, strategy in enumerate(panel.strategies):
            for r in np.flatnonzero(panel.ran[s]).tolist():
                run = ids[strategy, panel.problem, int(panel.repetitions[r])]
                used = int(panel.used[s, r])
                yield Item(
                    run_key(run),
                    "run",
                    f"{strategy} on {panel.problem}, repetition {panel.repetitions[r]}",
                    {COMPARED: token},
                    parent=pair_key(strategy, panel.problem),
                    group=f"{strategy} on {panel.problem}",
                    series=_some(regret=_steps(panel.regret[s, r, :used])),
                    state="failed" if states[run] in FAULTS else "finished",
                )


def sweep(found: Analyses, name: str, token: str) -> Item:
    """Return what is known of the sweep: its verdict, its leaderboard, its figures, its rows.

    Args:
        found: the analyses of the sweep.
        name: of the item.
        token: of how all its runs ended.
    """
    trials, runs = found.source.trials, found.source.runs
    metrics = {
        "n_runs": float(len(runs)),
        "n_trials": float(len(trials)),
        "failed_trials": float((trials["status"] != "completed").sum()),
    }
    note = "\n\n".join(map(escaping.markdown, found.verdict.sentences)) if found.panels else ""
    return Item(
        SWEEP_KEY,
        "sweep",
        name,
        {COMPARED: token},
        group="sweep",
        tags={"failed_trials": str(int(metrics["failed_trials"]))},
        metrics=metrics,
        files={**_tidy(found), **(figures(found) if found.panels else {})},
        note=note,
        state="finished",
    )


class _OfProblem:
    """The analyses of one problem, by strategy."""

    def __init__(self, panel: Panel) -> None:
        self._panel = panel
        self._board = leaderboard([panel]).set_index("strategy")
        self._finals = finals([panel]).set_index("strategy")
        self._regret = convergence([panel])

    def series(self, strategy: str) -> dict[str, Series]:
        """Return the means over the repetitions of a strategy, by budget spent."""
        panel = self._panel
        s = panel.strategies.index(strategy)
        there = panel.ran[s]
        if not there.any():
            return {}
        regret = self._regret[self._regret["strategy"] == strategy]
        steps = regret["x"].astype(int).to_numpy()
        columns = {"regret": "median", "regret_low": "low", "regret_high": "high"}
        return _some(
            best_value=_steps(panel.values(panel.best[s, there].mean(axis=0))),
            best_test_value=_steps(panel.values(panel.best_test[s, there].mean(axis=0))),
            evaluation_s=_steps(panel.cost[s, there].mean(axis=0)),
            strategy_s=_steps(panel.own[s, there].mean(axis=0)),
            **{
                name: _steps(regret[column].to_numpy(dtype=float), steps)
                for name, column in columns.items()
            },
        )

    def metrics(self, strategy: str) -> dict[str, float]:
        """Return where a strategy ended."""
        found = _interval(self._board.loc[strategy], "rank", "rank")
        if strategy in self._finals.index:
            row = self._finals.loc[strategy]
            names = {"final_value": "median", "final_value_low": "low", "final_value_high": "high",
                     "final_test_value": "test", "final_regret": "regret"}  # fmt: skip
            found |= {name: float(row[column]) for name, column in names.items()}
        return found


def _by_pair(frame: pd.DataFrame) -> Mapping[Any, Any]:
    """Return strategy and problem -> the places of their rows."""
    found: Mapping[Any, Any] = frame.groupby(["strategy", "problem"], observed=True).indices
    return found


def _interval(row: Any, column: str, name: str) -> dict[str, float]:
    ends = {"": "", "_low": "_low", "_high": "_high"}
    found = {f"{name}{end}": row[f"{column}{suffix}"] for end, suffix in ends.items()}
    # A strategy that lacks runs has no mean rank, which is a missing integer.
    return {name: float(value) for name, value in found.items() if value is not pd.NA}


def _steps(values: Array, steps: Any = None) -> Series | None:
    """Return the finite ones of some values as a series; None without one."""
    there = np.isfinite(values)
    at = np.arange(1, len(values) + 1) if steps is None else steps
    if not there.any():
        return None
    return Series(at[there].tolist(), values[there].tolist())


def _some(**found: Series | None) -> dict[str, Series]:
    return {name: series for name, series in found.items() if series is not None}


def _finite(metrics: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in metrics.items() if math.isfinite(value)}


def _with_best(item: Item, row: Mapping[str, Any] | None) -> Item:
    """Return a pair with the best configuration of all its repetitions."""
    if row is None:
        return item
    config = str(row["config"])
    return replace(
        item,
        params=best_params(json.loads(config)),
        tags={**item.tags, "best_config": config, "best_repetition": str(row["repetition"])},
    )


def _of_pair(rows: pd.DataFrame) -> dict[str, bytes]:
    if len(rows) > MAX_PAIR_ROWS:
        return {}
    return {
        "trials.csv": escaping.for_spreadsheets(rows).to_csv(index=False).encode("utf-8", "replace")
    }


def _tidy(found: Analyses) -> dict[str, bytes]:
    """Return the leaderboard, the trials and the runs as tables."""
    with tempfile.TemporaryDirectory(prefix="tunebench-") as place:
        folder = Path(place)
        write_tidy(found.source.trials, found.source.runs, folder)
        names = ("trials.parquet", "runs.csv", "runs.parquet")
        files = {name: folder / name for name in names}
        tables = {name: path.read_bytes() for name, path in files.items() if path.exists()}
    if found.panels:
        tables["leaderboard.csv"] = (
            escaping.for_spreadsheets(found.board).to_csv(index=False).encode("utf-8", "replace")
        )
    return tables


def figures(found: Analyses) -> dict[str, bytes]:
    """Return the two figures of a sweep, regret over the budget and mean ranks, as PNG."""
    styles = style.line_styles(found.order)
    with style.applied():
        curves = plot_bands(
            found.convergence, styles,
            title="Regret over all problems", xlabel=f"{found.unit}s",
            ylabel="normalised regret (lower is better)", wide=True,
        )  # fmt: skip
        legend_of([curves], styles)
        drawn = {"regret.png": curves, "mean-rank.png": plot_leaderboard(found.board, styles)}
        for axes in drawn.values():
            style.settle(axes.figure)
        return {name: style.to_bytes(axes.figure, "png") for name, axes in drawn.items()}
