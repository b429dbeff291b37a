"""The final result of each run, in the columns that `bencheval` evaluates."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bench.exchange.imported import ExchangeError
from bench.exchange.outgoing import Exported, optima_of, why_no_optimum
from bench.exchange.ran import UNFINISHED, of_strategies
from bench.sources.source import Source, first_few
from bench.words import many

if TYPE_CHECKING:
    import pandas as pd

FILE = "results.csv"


def write(source: Source, folder: Path) -> Exported:
    """Write one table, a row a run: method, task, seed, metric_error, metric, imputed.

    With known times there is time_train_s too, seconds of all evaluations and of the strategy; of a
    run that failed before its first trial those of the run, empty where they were not recorded. The
    result of a run is its incumbent: the best value of a full evaluation, the earliest on ties. Its
    `metric_error`, 0 or more and the lower the better, is that of its test value where the problem
    has them, otherwise of its value: the distance to a known optimum; without one 1 − score of a
    score to maximise (as AutoGluon has it) and the value of a loss to minimise. `imputed` marks a
    run without any value, which gets the worst error of its task and seed.

    Args:
        source: the runs, without skipped ones.
        folder: an empty one.

    Raises:
        ExchangeError: no problem has an error of this kind that all strategies have.
    """
    import pandas as pd

    finals, lines = _finals(source), _unfinished(source)
    methods = [name for name in source.strategies if name in set(finals["method"])]
    parts, left, dropped = [], [], 0
    for problem in source.problems:
        of_problem = finals[finals["task"] == problem]
        rows, why = _dense(of_problem, methods)
        if not why:
            error, why = _errors(rows)
        if why:
            left.append(f"{problem} ({why})")
            continue
        dropped += len(of_problem) - len(rows)
        parts.append(_filled(rows.assign(metric_error=error)))
    if not parts:
        raise ExchangeError(
            "bencheval compares methods on the tasks and seeds that all have, and errors of 0 or "
            f"more, there is none: {first_few(left)}; export a results folder of fewer strategies, "
            "or report the results instead"
        )
    table = pd.concat(parts, ignore_index=True)
    columns = ["method", "task", "seed", "metric_error", "metric", "imputed"]
    if source.timed:
        columns.append("time_train_s")
    table[columns].to_csv(folder / FILE, index=False)
    if left:
        lines.append(f"left out: {first_few(left)}")
    if dropped:
        few = [
            f"{name} has {many(count, 'repetition')}"
            for name, count in source.fewer.items()
            if name in methods
        ]
        why = f" ({first_few(few)})" if few else ""
        lines.append(
            f"only the repetitions that all strategies have, with a value, are written{why}: "
            f"{many(dropped, 'run is', 'runs are')} left out"
        )
    lines += _imputed(table, source)
    lines.append(
        "metric_error is that of the test value where there is one: 1 − score, or the loss; "
        "otherwise the distance to the optimum where it is known"
    )
    untimed = _untimed(table, source) if source.timed else []
    lines += untimed
    extra = '["time_train_s"]' if source.timed and not untimed else "None"
    return Exported(
        f"{many(len(table), 'run')} in {FILE}",
        int(source.trials["run"].isin(table["run"]).sum()),
        tuple(lines),
        (
            "import pandas; from bencheval.evaluator import BenchmarkEvaluator",
            f'evaluator = BenchmarkEvaluator(seed_column="seed", columns_to_agg_extra={extra})',
            f'print(evaluator.leaderboard(pandas.read_csv("{{}}/{FILE}")))',
        ),
    )


def _unfinished(source: Source) -> list[str]:
    rows = source.runs[source.runs["status"] == UNFINISHED]
    if rows.empty:
        return []
    return [f"left out, since they are unfinished: {of_strategies(rows, source)}"]


def _imputed(table: pd.DataFrame, source: Source) -> list[str]:
    rows = source.runs[source.runs["run"].isin(table["run"][table["imputed"]])]
    if rows.empty:
        return []
    return [
        f"{many(len(rows), 'run has', 'runs have')} no value of a full evaluation, and the worst "
        f"error of the task and seed instead (column imputed): {of_strategies(rows, source)}"
    ]


def _untimed(table: pd.DataFrame, source: Source) -> list[str]:
    """Return a line on empty times, where there are any: the evaluator refuses their column."""
    rows = source.runs[source.runs["run"].isin(table["run"][table["time_train_s"].isna()])]
    if rows.empty:
        return []
    return [
        "time_train_s is empty where no time was recorded, and bencheval takes no column with an "
        f"empty cell: {of_strategies(rows, source)}"
    ]


def _finals(source: Source) -> pd.DataFrame:
    """Return a row a run that ended with its incumbent, NaN where it has none."""
    trials, runs = source.trials, source.runs
    seconds = trials["evaluation_s"] + trials["ask_s"] + trials["tell_s"]
    spent = seconds.groupby(trials["run"], observed=True).sum()
    whole = trials[(trials["status"] == "completed") & (trials["fidelity"] >= 1)]
    loss = whole["value"].where(whole["direction"] != "maximize", -whole["value"])
    order = whole.assign(loss=loss).sort_values(["loss", "trial_number"], kind="stable")
    best = order.drop_duplicates("run").set_index("run")[["value", "test_value"]]
    best.index = best.index.astype(str)
    spent.index = spent.index.astype(str)
    found = runs[runs["status"] != UNFINISHED].set_index("run")
    # Of a run that was ended from outside, 0 says that its time was not taken.
    alone = found["run_s"].astype(float).where(lambda taken: taken > 0)
    optima = optima_of(source)
    return (
        found[["metric", "direction"]]
        .assign(
            method=found["strategy"].astype(str),
            task=found["problem"].astype(str),
            seed=found["repetition"],
            optimum=optima.loc[list(zip(found["problem"], found["repetition"], strict=True))].array,
            time_train_s=spent.reindex(found.index).fillna(alone),
        )
        .join(best)
        .reset_index()
    )


def _dense(rows: pd.DataFrame, methods: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """Return the rows of the repetitions that all strategies have, in their order, or why none is.

    A repetition in which nobody has a value is none, since nothing can stand for it.
    """
    by_seed = rows.groupby("seed")
    whole = by_seed["method"].nunique() == len(methods)
    common = whole & (by_seed["value"].count() > 0)
    kept = rows[rows["seed"].map(common).astype(bool)]
    absent = [name for name in methods if name not in set(rows["method"])]
    why = ""
    if absent:
        why = f"no run of {first_few(absent)}"
    elif not whole.any():
        why = "no repetition has a result of every strategy"
    elif kept.empty:
        why = "no run has a value"
    return kept.sort_values(["seed", "method"], ignore_index=True), why


def _errors(rows: pd.DataFrame) -> tuple[pd.Series[float] | None, str]:
    """Return the error of each row of a problem, or None and why there is none."""
    there = rows["value"].notna()
    maximize = rows["direction"].iloc[0] == "maximize"
    tested = bool(rows["test_value"][there].notna().all())
    value = rows["test_value"] if tested else rows["value"]
    unknown = why_no_optimum(rows["optimum"])
    if not unknown and not tested:
        gap = rows["optimum"] - value if maximize else value - rows["optimum"]
        return gap.clip(lower=0.0), ""  # below 0 by rounding only
    error = 1.0 - value if maximize else value
    if (error[there] < 0).any():
        below = "test losses below 0" if tested else f"losses below 0, and {unknown}"
        return None, "scores above 1" if maximize else below
    return error, ""


def _filled(rows: pd.DataFrame) -> pd.DataFrame:
    missing = rows["metric_error"].isna()
    worst = rows.groupby("seed")["metric_error"].transform("max")
    return rows.assign(metric_error=rows["metric_error"].where(~missing, worst), imputed=missing)
