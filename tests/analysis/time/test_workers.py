"""Speed-up and loss of several workers, by hand and against closed forms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pytest

from bench.analysis.time.workers import COLUMNS, without_cost, workers
from bench.panels.regret import Scale
from bench.testing.frames import Frames, join, make_run
from bench.testing.panels import panels
from bench.testing.workers import on_workers

T_1 = 12.7062047
"""Student's 97.5 % quantile with one degree of freedom."""


def one(
    values: Sequence[float | None],
    count: int,
    *,
    label: str = "",
    problem: str = "p",
    repetition: int = 0,
    costs: Sequence[float] | None = None,
    run: dict[str, Any] | None = None,
    **given: Any,
) -> Frames:
    """A run on so many workers, labelled by their number."""
    made = make_run(
        values, strategy=label or f"{count}", problem=problem, repetition=repetition, **(run or {})
    )
    return on_workers(made, count, costs=costs, **given)


def found(*parts: Frames, after: int | None = None) -> pd.DataFrame:
    """The rows by label; regret is the value."""
    trials, runs = join(*parts)
    names = list(dict.fromkeys(label for _, of in parts for label in of["strategy"]))
    scales = {problem: Scale(0.0, 1.0, "frozen") for problem in runs["problem"].unique()}
    frame = workers(trials, runs, panels((trials, runs), strategies=names, scales=scales), after)
    assert list(frame.columns) == COLUMNS
    return frame.set_index("strategy")


@pytest.mark.parametrize("count", [2, 3, 5, 8, 12, 20])
def test_equal_costs_take_as_many_rounds_as_the_workers_need(count: int) -> None:
    n = 12
    parts = [one([1.0] * n, c, repetition=r, costs=[2.5] * n) for c in (1, count) for r in (0, 1)]
    row = found(*parts).loc[f"{count}"]
    rounds = math.ceil(n / count)
    assert row["speedup"] == pytest.approx(n / rounds)
    assert row["efficiency"] == pytest.approx(n / rounds / count)
    assert row["busy_share"] == pytest.approx(n / rounds / count)
    assert row["run_s"] == pytest.approx(2.5 * rounds)
    assert [row["speedup_low"], row["speedup_high"]] == pytest.approx([n / rounds] * 2)
    assert row[["n_problems", "n_timed_problems", "n_pairs"]].tolist() == [1, 1, 2]


def test_one_worker_is_as_fast_and_as_good_as_itself() -> None:
    row = found(*(one([3.0, 1.0], c, repetition=r) for c in (1, 2) for r in (0, 1))).loc["1"]
    assert row[["speedup", "efficiency", "target_speedup", "busy_share"]].tolist() == [1, 1, 1, 1]
    assert row["loss"] == 0


def test_speed_ups_have_a_geometric_mean_over_repetitions_then_problems() -> None:
    # 2 and 8 of one problem are 4, and the other one is 1.
    costs = {"p": ([1, 1], [8] + [0] * 7), "q": ([5, 0], [5, 0])}
    parts = []
    for problem, given in costs.items():
        for repetition, several in enumerate(given):
            n = len(several)
            alone = [1.0] * n if problem == "p" else several
            side = [1.0] * n if problem == "p" else several
            for count, each in ((1, alone), (8, side)):
                parts.append(
                    one([1.0] * n, count, problem=problem, repetition=repetition, costs=each,
                        run={"budget": 8})
                )  # fmt: skip
    row = found(*parts).loc["8"]
    assert row["speedup"] == pytest.approx(math.sqrt(math.sqrt(2 * 8) * 1))
    assert row["n_pairs"] == 4
    # Logs of p are 2 and 8 apart from their mean by ln 2; its share of the mean is a half. Student
    # with fewer degrees of freedom than one (never below it): the standard error is ln 2 / 2.
    assert row["speedup_high"] >= 2 * math.exp(T_1 * math.log(2) / 2) * (1 - 1e-9)
    assert row["speedup_low"] == pytest.approx(4 / row["speedup_high"])


def test_loss_is_the_mean_paired_difference_with_students_interval() -> None:
    values = {1: (0.2, 0.2), 4: (0.5, 0.3)}
    parts = [one([1.0, v], c, repetition=r) for c, of in values.items() for r, v in enumerate(of)]
    row = found(*parts).loc["4"]
    assert row["loss"] == pytest.approx(0.2)
    half = T_1 * 0.1
    assert [row["loss_low"], row["loss_high"]] == pytest.approx([0.2 - half, 0.2 + half])
    early = found(*parts, after=1).loc["4"]
    assert (early["loss"], early["loss_low"]) == (0, 0)


def test_loss_is_of_bounded_regret() -> None:
    row = found(one([4.0], 1), one([2.0], 2)).loc["2"]
    assert row["loss"] == pytest.approx((2 - 1 / 2) - (2 - 1 / 4))
    assert np.isnan([row["loss_low"], row["speedup_low"]]).all()


def test_expected_times_to_the_target_by_hand() -> None:
    # After half of the budget one worker is at 2, 4 and 8: the targets are the medians of the
    # other two, 6, 5 and 3. It takes 1 s, 2 s and misses in 4 s: 7 s for two hits.
    alone = [[4, 2, 1, 1], [6, 4, 3, 1], [9, 8, 5, 5]]
    # Two workers take 2 s, miss in 2 s and take 1 s: 5 s for two hits.
    two = [[9, 9, 6, 1], [9, 9, 9, 9], [3, 9, 9, 9]]
    never = [[9, 9, 9, 9]] * 3
    parts = [one(v, 1, repetition=r) for r, v in enumerate(alone)]
    frame = found(*parts, *(one(v, 2, repetition=r) for r, v in enumerate(two)))
    assert frame.at["2", "target_speedup"] == pytest.approx(3.5 / 2.5)
    assert frame["missed_share"].tolist() == pytest.approx([1 / 3, 1 / 3])
    low, high = frame.loc["2", ["target_speedup_low", "target_speedup_high"]]
    assert low < 1.4 < high
    # Of 6 s without a hit one counts: the ratio is at most that.
    frame = found(*parts, *(one(v, 2, repetition=r) for r, v in enumerate(never)))
    assert frame.at["2", "target_speedup"] == pytest.approx(3.5 / 6)
    assert frame.at["2", "missed_share"] == 1


def test_a_strategy_that_draws_at_random_is_as_fast_to_the_target_under_another_seed() -> None:
    rng = np.random.default_rng(3)
    parts = [
        one(rng.random(20).tolist(), 1, label=label, repetition=r)
        for label in ("a", "b")
        for r in range(200)
    ]
    row = found(*parts, one([0.5] * 20, 2)).loc["b"]
    # Were the target of a repetition its own, the first would never miss it, and seem far faster.
    assert row["target_speedup_low"] < 1 < row["target_speedup_high"]
    assert 0.8 < row["target_speedup"] < 1.25
    assert row["loss_low"] < 0 < row["loss_high"]


def test_runs_that_spent_other_budgets_count_in_the_loss_only() -> None:
    broken = {"budget": 4, "status": "failed"}
    parts = [
        one([3.0, 2.0, 2.0, 2.0], 1),
        one([3.0, 2.0, 2.0, 2.0], 1, repetition=1),
        one([1.0, 1.0], 2, run=broken),
        one([1.0, 1.0, 1.0, 1.0], 2, repetition=1),
    ]
    row = found(*parts).loc["2"]
    assert row["n_pairs"] == 1
    assert row["speedup"] == pytest.approx(2)
    assert row["loss"] == pytest.approx(1 - 1.5)
    # What both stopped at the same place is compared.
    short = {"budget": 4, "status": "stopped early"}
    row = found(one([1.0, 1.0], 1, run=short), one([1.0, 1.0], 2, run=short)).loc["2"]
    assert (row["speedup"], row["n_pairs"]) == (2, 1)


def test_a_run_without_a_trial_has_no_time() -> None:
    crashed = {"budget": 2, "status": "crashed"}
    row = found(one([1.0, 1.0], 1), one([], 2, run=crashed)).loc["2"]
    assert row[["speedup", "target_speedup", "busy_share"]].isna().all()
    assert row["n_pairs"] == 0


def test_without_one_worker_there_is_no_ratio() -> None:
    row = found(one([1.0, 2.0], 2), one([1.0, 2.0], 1, name="gp")).loc["2"]
    unknown = ["speedup", "efficiency", "loss", "target_speedup", "missed_share"]
    assert row[unknown].isna().all()
    assert (row["busy_share"], row["run_s"]) == (1, 1)
    assert row[["n_problems", "n_timed_problems", "n_pairs"]].tolist() == [0, 0, 0]


def test_problems_without_a_cost_count_in_the_loss_only() -> None:
    parts = []
    for problem in ("p", "free"):
        for count in (1, 2):
            trials, runs = one([1.0, count / 4], count, problem=problem)
            if problem == "free":
                trials = trials.assign(evaluation_wall_s=trials["evaluation_s"])
            parts.append((trials, runs))
    assert without_cost(join(*parts)[0]) == ["free"]
    row = found(*parts).loc["2"]
    assert row[["n_problems", "n_timed_problems"]].tolist() == [2, 1]
    assert (row["speedup"], row["loss"]) == (pytest.approx(2), 0.25)
    row = found(*parts[2:]).loc["2"]
    assert row[["speedup", "target_speedup", "missed_share", "busy_share", "run_s"]].isna().all()
    assert (row["loss"], row["n_timed_problems"]) == (0.25, 0)


def test_a_set_has_no_target() -> None:
    grid = {"unordered": True}
    row = found(*(one([2.0, 1.0], c, run=grid) for c in (1, 2))).loc["2"]
    assert (row["speedup"], row["loss"]) == (2, 0)
    assert np.isnan([row["target_speedup"], row["missed_share"]]).all()


def test_with_one_worker_only_there_is_nothing() -> None:
    assert found(one([1.0], 1), one([1.0], 1, name="gp", label="gp")).empty
    assert list(workers(*one([1.0], 2), []).columns) == COLUMNS
