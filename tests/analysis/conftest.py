"""Small frames, written by hand."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import pytest

from bench.analysis.panels import Panel, Scale, to_panels

Frames = tuple[pd.DataFrame, pd.DataFrame]


@pytest.fixture
def make_run() -> Callable[..., Frames]:
    """One run's frames from its values in order; None is a failed trial."""

    def make(
        values: Sequence[float | None],
        *,
        strategy: str = "random",
        problem: str = "p",
        repetition: int = 0,
        direction: str = "minimize",
        tests: Sequence[float | None] | None = None,
        budget: int | None = None,
        is_set: bool = False,
        ended: str = "completed",
        reason: str = "",
        cost: float = 1.0,
        ask: float = 0.25,
        tell: float = 0.25,
        fidelities: Sequence[float] | None = None,
    ) -> Frames:
        common: dict[str, Any] = {
            "run": f"{strategy}/{problem}/{repetition}",
            "strategy": strategy,
            "problem": problem,
            "repetition": repetition,
            "metric": "loss",
            "direction": direction,
            "optimum": float("nan"),
            "budget": len(values) if budget is None else budget,
            "is_set": is_set,
        }
        rows = [
            common
            | {
                "trial": number,
                "fidelity": 1.0 if fidelities is None else fidelities[number],
                "status": "failed" if value is None else "completed",
                "reason": "it broke" if value is None else "",
                "value": value,
                "test_value": None if tests is None else tests[number],
                "cost": cost,
                "ask_s": ask,
                "tell_s": tell,
            }
            for number, value in enumerate(values)
        ]
        extra = [
            "trial",
            "fidelity",
            "status",
            "reason",
            "value",
            "test_value",
            "cost",
            "ask_s",
            "tell_s",
        ]
        kinds = {"value": float, "test_value": float, "is_set": bool}
        trials = pd.DataFrame.from_records(rows, columns=[*common, *extra]).astype(kinds)
        run = common | {"ended": ended, "reason": reason, "trials": len(values)}
        return trials, pd.DataFrame([run])

    return make


@pytest.fixture
def join() -> Callable[..., Frames]:
    """The frames of several runs together, in an order that must not matter."""

    def joined(*parts: Frames) -> Frames:
        there = [trials for trials, _ in parts if len(trials)]
        trials = pd.concat(there, ignore_index=True) if there else parts[0][0]
        runs = pd.concat([run for _, run in parts], ignore_index=True)
        return trials.iloc[::-1].reset_index(drop=True), runs.iloc[::-1].reset_index(drop=True)

    return joined


@pytest.fixture
def make_panels() -> Callable[..., list[Panel]]:
    """Panels from final regrets: problem -> strategy -> a value a repetition, None: no run.

    The scale of every problem is 0 and 1, so values are normalised regrets. Each run has two
    trials, the first of them 1 worse.
    """

    def make(
        values: Mapping[str, Mapping[str, Sequence[float | None]]],
        *,
        datasets: Mapping[str, str] | None = None,
        scale: float = 1.0,
    ) -> list[Panel]:
        rows = [
            (strategy, problem, repetition, value)
            for problem, cells in values.items()
            for strategy, found in cells.items()
            for repetition, value in enumerate(found)
            if value is not None
        ]
        runs = pd.DataFrame(rows, columns=["strategy", "problem", "repetition", "value"])
        runs = runs.assign(
            metric="loss", direction="minimize", optimum=0.0, budget=2, is_set=False
        ).assign(ended="completed")
        trials = pd.concat(
            [runs.assign(trial=0, value=runs["value"] + 1), runs.assign(trial=1)]
        ).assign(fidelity=1.0, status="completed", test_value=math.nan, cost=1.0, ask_s=0, tell_s=0)
        return to_panels(
            trials.reset_index(drop=True),
            runs,
            strategies=list(dict.fromkeys(s for cells in values.values() for s in cells)),
            problems=list(values),
            scales={problem: Scale(0.0, scale, "given") for problem in values},
            datasets=datasets,
        )

    return make
