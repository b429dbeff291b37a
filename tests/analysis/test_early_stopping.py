import math

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from bench.analysis import early_stopping, rungs
from bench.panels.regret import Scale
from bench.testing.panels import panels

THIRD = 1 / 3
PLAIN = Scale(0.0, 1.0, "given")
"""Values are regrets."""


@pytest.fixture
def run_of(make_run):
    """Frames of a run from its trials: (configuration, share, value), None: it failed."""

    def run_of(trials, budget=6, **given):
        values = [value for _, _, value in trials]
        frame, runs = make_run(
            values, fidelities=[share for _, share, _ in trials], budget=budget, **given
        )
        return frame.assign(config=[config for config, _, _ in trials]), runs

    return run_of


def of(frames, trials=None):
    """The summary: strategy -> row."""
    found = panels(frames, scales=dict.fromkeys(frames[1]["problem"].unique(), PLAIN))
    runs = early_stopping.of_runs(frames[0], found)
    table = early_stopping.by_strategy(runs, trials)
    return {row.strategy: row for row in table.itertuples()}


# After 2 full fits c has a full evaluation, after 4 1/3 b has one.
ASHA = [
    ("a", THIRD, 3.0), ("b", THIRD, 2.0), ("c", THIRD, 1.0), ("c", 1.0, 0.9),
    ("d", THIRD, 5.0), ("e", THIRD, None), ("f", THIRD, 4.0), ("h", THIRD, 4.0),
    ("b", 1.0, 0.5), ("g", THIRD, 1.0),
]  # fmt: skip
RANDOM = [(name, 1.0, value) for name, value in zip("uvwxyz", (0.9, 0.8, 0.7, 0.6, 0.4, 0.3),
                                                    strict=True)]  # fmt: skip


def test_what_a_run_spends_where_by_hand(run_of, join):
    found = of(join(run_of(ASHA, strategy="asha"), run_of(RANDOM)))
    asha, random = found["asha"], found["random"]
    assert (asha.n_trials, asha.n_full, asha.n_runs, asha.n_without_full) == (10, 2, 1, 0)
    assert_allclose(asha.full_share, 2 / 10)
    # Of a to h b and c have a full evaluation.
    assert_allclose(asha.pruned_share, 6 / 8)
    assert_allclose(asha.full_budget_share, 2 / (8 / 3 + 2))
    assert_allclose(asha.first_full_budget, 2)
    assert_allclose([asha.regret_few, asha.regret], [0.9, 0.5])
    assert (random.n_trials, random.n_full, random.n_without_full) == (6, 6, 0)
    assert (random.full_share, random.pruned_share, random.full_budget_share) == (1, 0, 1)
    assert random.first_full_budget == 1
    assert_allclose([random.regret_few, random.regret], [0.6, 0.3])


def test_a_run_without_a_full_evaluation_is_counted_and_has_the_worst_regret(run_of, join):
    found = of(
        join(
            run_of([("a", THIRD, 0.1), ("b", THIRD, 0.2)], strategy="asha"),
            run_of(ASHA, strategy="asha", repetition=1),
            run_of([("a", 1.0, None), ("b", THIRD, 0.2)], strategy="asha", repetition=2),
            *[run_of(RANDOM, repetition=repetition) for repetition in range(3)],
        )
    )
    asha = found["asha"]
    assert (asha.n_runs, asha.n_without_full) == (3, 2)
    # Of the one run that has one.
    assert_allclose(asha.first_full_budget, 2)
    # Its failed evaluation was a full one all the same.
    assert_allclose(asha.pruned_share, (1 + 6 / 8 + 1 / 2) / 3)
    assert_allclose(asha.regret, (0.9 + 0.5 + 0.9) / 3)
    assert found["random"].n_without_full == 0


def test_a_configuration_that_starts_again_in_another_bracket_is_one(run_of):
    again = [("a", THIRD, 1.0), ("a", 1.0, 1.0), ("a", THIRD, 1.0), ("b", THIRD, 2.0)]
    assert_allclose(of(run_of(again))["random"].pruned_share, 1 / 2)


def test_means_are_over_repetitions_then_problems_with_intervals(run_of, join):
    parts = [
        run_of([*ASHA[:3], ("c", 1.0, value)], strategy="asha", problem=problem, repetition=number)
        for problem, values in (("p", (0.1, 0.3)), ("q", (0.5, 0.7, 0.9)))
        for number, value in enumerate(values)
    ]
    found = of(join(*parts))["asha"]
    assert_allclose(found.regret, (0.2 + 0.7) / 2)
    assert found.regret_low < found.regret < found.regret_high
    assert found.regret_new_low < found.regret < found.regret_new_high
    assert (found.n_runs, found.n_problems) == (5, 2)


def test_problems_without_cheaper_evaluations_are_no_part(run_of, join):
    other = run_of([("a", 1.0, 0.5)] * 6, problem="q")
    found = of(join(run_of(ASHA, strategy="asha"), run_of(RANDOM), other))
    assert_allclose(found["random"].regret, 0.3)
    assert found["random"].n_problems == 1
    assert of(other) == {}


def test_a_strategy_that_did_not_run_has_no_numbers(run_of, join):
    frames = join(run_of(ASHA, strategy="asha"), run_of(ASHA, strategy="b", status="skipped"))
    row = of(frames)["b"]
    assert (row.n_runs, row.n_without_full, row.n_problems) == (0, 0, 0)
    assert all(math.isnan(value) for value in (row.n_trials, row.pruned_share, row.regret))


def test_without_configurations_what_was_pruned_is_unknown(make_run):
    frames = make_run([1.0, 2.0], fidelities=[THIRD, 1.0], budget=2)
    row = of(frames)["random"]
    assert math.isnan(row.pruned_share)
    assert_allclose(row.first_full_budget, 4 / 3)


def test_a_budget_of_4_or_less_has_no_column_for_4(run_of):
    assert early_stopping.FEW == 4
    for budget, there in ((6, True), (4, False)):
        row = of(run_of([("a", THIRD, 1.0), ("a", 1.0, 0.5)], budget=budget))["random"]
        assert math.isnan(row.regret_few) is not there
    assert math.isnan(of(run_of(ASHA), trials=4)["random"].regret_few)


def test_scores_can_be_taken_before_the_budget(run_of):
    assert_allclose(of(run_of(ASHA), trials=3)["random"].regret, 0.9)


def test_an_empty_sweep_has_no_rows():
    runs = early_stopping.of_runs(pd.DataFrame(), [])
    assert early_stopping.by_strategy(runs).empty
    assert early_stopping.against([], "random").empty


def test_the_difference_to_random_is_over_common_repetitions(run_of, join):
    frames = join(
        run_of(ASHA, strategy="asha"),
        run_of([("c", THIRD, 0.1), ("c", 1.0, 2.0)], strategy="asha", repetition=1),
        run_of(ASHA, strategy="asha", repetition=2),
        run_of(RANDOM),
        run_of(RANDOM, repetition=1),
        run_of(RANDOM, strategy="tpe"),
    )
    scales = {"p": PLAIN}
    frame = early_stopping.against(panels(frames, scales=scales), "random")
    # 0.5 − 0.3, and 2 − 1 / 2 − 0.3: regret beyond 1 is bounded.
    assert frame.to_dict("records") == [
        {"strategy": "asha", "problem": "p", "difference": pytest.approx((0.2 + 1.2) / 2),
         "n_repetitions": 2},
    ]  # fmt: skip
    assert early_stopping.against(panels(frames, scales=scales), "sobol").empty
    assert np.isfinite(frame["difference"]).all()


def test_differences_stand_beside_the_rank_correlation_at_the_lowest_step(run_of, join):
    at_two = [("b", 0.5, 2.0), ("c", 0.5, 1.0)]
    frames = join(run_of([*at_two, *ASHA], strategy="asha", budget=8), run_of(RANDOM))
    found = panels(frames, scales={"p": PLAIN})
    observed = early_stopping.early_stopping(frames[0], found, {})
    assert observed.stopping == ("asha",)
    assert observed.problems["share"].round(2).tolist() == [0.33, 0.5]
    # c before b at a third, b before c in full.
    assert (observed.against["tau"].tolist(), observed.exact) == ([-1.0], False)
    third, half = rungs.steps([THIRD, 0.5])
    exact = early_stopping.early_stopping(frames[0], found, {"p": {third: 0.25, half: 0.5}})
    assert (exact.against["tau"].tolist(), exact.exact) == ([0.25], True)
    assert exact.steps["tau_all"].tolist() == [0.25, 0.5]
