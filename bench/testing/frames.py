"""Frames of trials and of runs, written by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from bench.run import RunStatus

Frames = tuple[pd.DataFrame, pd.DataFrame]
"""Trials, a row each, and runs, a row each, as `Store.frames` gives them."""

Value = Callable[[str, str, int, int], float | None]
"""The value of a strategy on a problem in a repetition at a trial; None: the trial fails."""

_TRIAL = ["trial_number", "config", "fidelity", "status", "reason", "value", "test_value",
          "fold_values", "evaluation_s", "ask_s", "evaluation_wall_s", "tell_s"]  # fmt: skip
_METRICS = {
    "branin": ("value", "minimize", 0.4),
    "svm": ("roc_auc", "maximize", np.nan),
}


def make_run(
    values: Sequence[float | None],
    *,
    strategy: str = "random",
    problem: str = "p",
    repetition: int = 0,
    direction: str = "minimize",
    tests: Sequence[float | None] | None = None,
    budget: int | None = None,
    unordered: bool = False,
    status: str = "completed",
    reason: str = "",
    cost: float = 1.0,
    ask: float = 0.25,
    tell: float = 0.25,
    fidelities: Sequence[float] | None = None,
) -> Frames:
    """Return one run's frames from its values in order; None is a failed trial.

    Raises:
        ValueError: a status that no run has.

    >>> trials, runs = make_run([3.0, None, 1.0])
    >>> trials["status"].tolist()
    ['completed', 'failed', 'completed']
    """
    if status not in {*RunStatus, "short", "unfinished"}:
        raise ValueError(f"a run must have a status of `RunStatus`, got {status!r}; name one")
    common: dict[str, Any] = {
        "run": f"{strategy}/{problem}/{repetition}",
        "strategy": strategy,
        "problem": problem,
        "repetition": repetition,
        "metric": "loss",
        "direction": direction,
        "optimum": float("nan"),
        "budget": len(values) if budget is None else budget,
        "unordered": unordered,
    }
    rows = [
        common
        | {
            "trial_number": number,
            "fidelity": 1.0 if fidelities is None else fidelities[number],
            "status": "failed" if value is None else "completed",
            "reason": "it broke" if value is None else "",
            "value": value,
            "test_value": None if tests is None else tests[number],
            "evaluation_s": cost,
            "ask_s": ask,
            "tell_s": tell,
        }
        for number, value in enumerate(values)
    ]
    extra = ["trial_number", "fidelity", "status", "reason", "value", "test_value", "evaluation_s",
             "ask_s", "tell_s"]  # fmt: skip
    kinds = {"value": float, "test_value": float, "unordered": bool}
    trials = pd.DataFrame.from_records(rows, columns=[*common, *extra]).astype(kinds)
    run = common | {"status": status, "reason": reason, "n_trials": len(values)}
    return trials, pd.DataFrame([run])


def join(*parts: Frames) -> Frames:
    """Return the frames of several runs together, in an order that must not matter."""
    there = [trials for trials, _ in parts if len(trials)]
    trials = pd.concat(there, ignore_index=True) if there else parts[0][0]
    runs = pd.concat([run for _, run in parts], ignore_index=True)
    return trials.iloc[::-1].reset_index(drop=True), runs.iloc[::-1].reset_index(drop=True)


def sweep(
    strategies: tuple[str, ...] = ("random", "grid", "tpe"),
    problems: tuple[str, ...] = ("branin", "svm"),
    repetitions: int = 3,
    budget: int = 6,
    value: Callable[[float], float | None] = lambda draw: draw,
    ends: dict[tuple[str, str, int], tuple[str, str, int]] | None = None,
) -> Frames:
    """Return the frames of a made-up sweep, with all columns that a store gives.

    Args:
        strategies: their labels; `grid` is unordered.
        problems: their labels; `branin` is minimised and has an optimum, `svm` is maximised.
        repetitions: of each pair.
        budget: the trials of a run.
        value: turns a uniform draw from [0.5, 1.5] into a value; None is a failed trial.
        ends: (strategy, problem, repetition) -> how that run ended, why, after so many trials.
    """
    rng = np.random.default_rng(7)
    rows: list[dict[str, Any]] = []
    runs: list[dict[str, Any]] = []
    for strategy in strategies:
        for problem in problems:
            metric, direction, optimum = _METRICS.get(problem, ("rmse", "minimize", np.nan))
            for repetition in range(repetitions):
                status, reason, count = (ends or {}).get(
                    (strategy, problem, repetition), ("completed", "", budget)
                )
                common = {
                    "run": f"{strategy}/{problem}/{repetition}", "strategy": strategy,
                    "strategy_name": strategy, "strategy_version": 1, "strategy_settings": "{}",
                    "library": "", "problem": problem, "problem_name": problem,
                    "problem_version": 1, "problem_settings": "{}", "metric": metric,
                    "direction": direction, "optimum": optimum, "repetition": repetition,
                    "master_seed": 1, "strategy_seed": 2, "problem_seed": 3, "budget": budget,
                    "unordered": strategy == "grid",
                    "median_draw": np.nan, "scale_best": np.nan, "scale_typical": np.nan,
                    "scale_source": "",
                    "n_workers": 1, "synchronous": False, "checked": True,
                }  # fmt: skip
                runs.append(
                    common
                    | {"status": status, "reason": reason, "n_trials": count, "start_s": 0.1,
                       "run_s": 2.0}
                )  # fmt: skip
                for trial in range(count):
                    measured = value(0.5 + rng.random())
                    failed = measured is None
                    rows.append(
                        common
                        | dict(zip(_TRIAL, (
                            trial, '{"x":0.5}', 1.0, "failed" if failed else "completed",
                            "it broke" if failed else "", measured, measured,
                            None if failed else [measured, measured], 0.01 + 0.01 * rng.random(),
                            0.001, 0.03, 0.0005,
                        ), strict=True))
                    )  # fmt: skip
    kinds = {"value": float, "test_value": float, "optimum": float, "unordered": bool}
    trials = pd.DataFrame.from_records(rows, columns=[*common, *_TRIAL]).astype(kinds)
    return trials, pd.DataFrame.from_records(runs).astype({"optimum": float, "unordered": bool})


def made(
    value: Value,
    strategies: tuple[str, ...] = ("random", "tpe"),
    problems: tuple[str, ...] = ("p",),
    repetitions: int = 1,
    budget: int = 2,
    *,
    test: Value | None = None,
    cost: float = 1.0,
    own: dict[str, float] | None = None,
    optimum: float = 0.0,
    **given: Any,
) -> Frames:
    """Return the frames of a sweep whose values are known.

    Regret is the value itself where the optimum is 0 and the median trial of random is 1.

    Args:
        value: what a trial measures.
        strategies: their labels.
        problems: their labels.
        repetitions: of each pair.
        budget: the trials of a run.
        test: the test value of a trial; without it there is none.
        cost: seconds an evaluation takes.
        own: strategy -> seconds a suggestion takes.
        optimum: of every problem.
        given: what else `sweep` takes.
    """
    trials, runs = sweep(strategies, problems, repetitions, budget, lambda _: 0.0, **given)
    places = trials[["strategy", "problem", "repetition", "trial_number"]].itertuples(index=False)
    rows = list(places)
    trials["value"] = [value(*row) for row in rows]
    trials["value"] = trials["value"].astype(float)
    trials["test_value"] = [test(*row) for row in rows] if test else np.nan
    trials["status"] = np.where(trials["value"].isna(), "failed", "completed")
    trials["reason"] = np.where(trials["value"].isna(), "it broke", "")
    trials["evaluation_s"], trials["ask_s"] = cost, [(own or {}).get(row[0], 0.0) for row in rows]
    trials["tell_s"] = 0.0
    return trials.assign(optimum=optimum), runs.assign(optimum=optimum)
