"""What an evaluation may return: kept to the last bit, or refused at once."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import (
    Budget,
    Evaluation,
    EvaluationError,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Status,
    Strategy,
    Suggestion,
)
from bench.run import Run
from bench.store.record import trial_from_dict, trial_to_dict
from bench.store.seal import seal, unseal
from bench.store.validity import check_trials

numbers = st.one_of(
    st.floats(),
    st.floats(width=32).map(np.float32),
    st.integers(),
    st.sampled_from([10**400, -(10**400), 2**70, -0.0, 0, True, np.bool_(True), np.int8(-3)]),
    st.sampled_from([np.float16("nan"), np.float64("inf"), Fraction(1, 4), None, "1", "", 1j]),
    st.sampled_from([[], [0.5], b"1", np.array([0.5, 0.25]), object()]),
)


class Script(Strategy):
    """Suggests what it is given."""

    name = "script"

    def __init__(self, *suggestions):
        self.suggestions = suggestions

    def start(self, space, *, seed, budget):
        self.left = iter(self.suggestions)

    def ask(self):
        found = next(self.left, None)
        return None if found is None else Suggestion({"x": found})


class Function(Problem):
    """A problem made of a function of its configuration."""

    name = "function"
    space = SearchSpace({"x": Float(0, 1)})
    metric = Metric("m", "minimize")

    def __init__(self, function):
        self.function = function

    def evaluate(self, config, *, seed, fidelity=1.0):
        return self.function(config)


def new_run(strategy, function):
    problem = Function(function)
    return Run(strategy, problem, budget=Budget(10), strategy_seed=11, problem_seed=22)


@pytest.mark.slow
@given(
    st.fixed_dictionaries(
        {"value": numbers},
        optional={"test_value": numbers, "fold_values": st.lists(numbers), "cost": numbers},
    )
)
def test_whatever_an_evaluation_returns_comes_back_the_same_or_is_refused_at_once(returned):
    """What a run is told after it was resumed is what it would have been told without a pause."""
    (trial,) = new_run(Script(0.25), lambda _: Evaluation(**returned))
    line = unseal(seal(trial_to_dict(trial)))
    check_trials([line])
    back = trial_from_dict(line, 1.0)
    assert back == trial
    assert repr(back.evaluation) == repr(trial.evaluation)  # also the sign of 0
    if trial.evaluation is None:
        assert trial.reason
    else:
        for name, given_as in returned.items():
            found = getattr(trial.evaluation, name)
            if given_as is not None:
                plain = tuple(map(float, given_as)) if name == "fold_values" else float(given_as)
                assert found == plain


@pytest.mark.parametrize("name", ["test_value", "fold_values"])
@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 1e200])
def test_what_a_record_cannot_hold_is_refused_at_once(name, number):
    parts = {"value": 0.5, name: (0.25, number) if name == "fold_values" else number}
    (trial,) = new_run(Script(0.25), lambda _: Evaluation(**parts))  # type: ignore[arg-type]
    assert trial.status is Status.FAILED
    kind = name.replace("_", " ").removesuffix("s")
    assert f"a {kind} must be finite and within ±1e+150, got {number}" in trial.reason


@pytest.mark.parametrize("cost", [-1.0, math.nan, 1e200, "1", np.float32(2.0)])
def test_the_cost_of_a_failed_evaluation_is_seconds_or_measured(cost):
    def fail(_):
        error = EvaluationError("so it was")
        error.cost = cost
        raise error

    (trial,) = new_run(Script(0.25), fail)
    assert trial.reason == "so it was"
    assert type(trial.cost) is float
    assert trial.cost == 2.0 if cost == 2.0 else trial.cost == trial.evaluation_wall_seconds


def test_a_reason_of_megabytes_is_cut_and_says_how_long_it_was():
    def fail(_):
        raise RuntimeError("x" * 5_000_000)

    (trial,) = new_run(Script(0.25), fail)
    assert trial.reason.startswith("RuntimeError: xxx")
    assert trial.reason.endswith("… (the first 1,800 of 5,000,014 characters)")
    # A table that was made of it says the same.
    (again,) = new_run(Script(0.25), failing_with(EvaluationError(trial.reason)))
    assert again.reason == trial.reason


def test_what_a_strategy_fails_with_is_cut_once():
    strategy = Script(0.25)
    strategy.tell = failing_with(RuntimeError("y" * 3_000))
    run = new_run(strategy, failing_with(RuntimeError("no")))
    list(run)
    assert run.end.reason.endswith("… (the first 1,800 of 3,014 characters)")
    assert run.end.reason.startswith("tell raised RuntimeError: yyy")


def failing_with(error):
    def fail(*_):
        raise error

    return fail


def test_how_many_trials_failed_is_counted():
    run = new_run(Script(0.25, 0.5), failing_with(RuntimeError("no")))
    assert len(list(run)) == run.end.failed == 2


class Scored(Function):
    """A problem with two metrics, whose second is unknown on the test part."""

    metric = Metric("loss", "minimize")
    metrics = (metric, Metric("gain", "maximize"))


def trials_of(problem, *xs):
    run = Run(Script(*xs), problem, budget=Budget(len(xs)), strategy_seed=1, problem_seed=2)
    return list(run)


def test_scores_are_kept_in_the_order_of_the_metrics_and_read_back():
    problem = Scored(
        lambda c: Evaluation(
            c["x"], np.float64(2), train_value=float(np.float32(0.5)),
            scores={"gain": (np.float64(3), None), "loss": (c["x"], 2)},
        )
    )  # fmt: skip
    (trial,) = trials_of(problem, 0.25)
    assert trial.evaluation.train_value == 0.5
    assert list(trial.evaluation.scores.items()) == [("loss", (0.25, 2.0)), ("gain", (3.0, None))]
    line = unseal(seal(trial_to_dict(trial)))
    assert (line["validation_scores"], line["test_scores"]) == ([0.25, 3.0], [2.0, None])
    check_trials([line])
    assert trial_from_dict(line, 1.0, ["loss", "gain"]).evaluation == trial.evaluation
    assert trial_from_dict(line, 1.0).evaluation.scores is None


def test_a_strategy_sees_neither_the_training_value_nor_scores():
    told = []

    class Curious(Script):
        def tell(self, trial):
            told.append(trial.evaluation)

    scores = {"loss": (0.5, 1.0), "gain": (1.0, 1.0)}
    problem = Scored(lambda c: Evaluation(c["x"], 1.0, train_value=0.5, scores=scores))
    list(Run(Curious(0.5), problem, budget=Budget(1), strategy_seed=1, problem_seed=2))
    (seen,) = told
    assert (seen.value, seen.test_value, seen.train_value, seen.scores) == (0.5, None, None, None)


@pytest.mark.parametrize(
    ("beside", "reason"),
    [
        (
            {"scores": {"loss": (1.0, 1.0)}},
            "scores must be of the problem's `metrics` (loss, gain)",
        ),
        ({"scores": {}}, "got none; list a Metric for each"),
        ({"scores": {"loss": (1, 1), "gain": (1, 1), "more": (1, 1)}}, "got loss, gain, more"),
        ({"train_value": math.nan}, "a training value must be finite"),
        ({"train_value": "1"}, "TypeError"),
    ],
)
def test_what_cannot_be_recorded_fails(beside, reason):
    (trial,) = trials_of(Scored(lambda c: Evaluation(c["x"], **beside)), 0.5)
    assert trial.status is Status.FAILED
    assert reason in trial.reason


def test_a_score_that_is_not_finite_is_unknown():
    scores = {"loss": (0.5, math.nan), "gain": (math.inf, None)}
    (trial,) = trials_of(Scored(lambda c: Evaluation(c["x"], scores=scores)), 0.5)
    assert trial.evaluation.scores == {"loss": (0.5, None), "gain": (None, None)}


def test_fold_values_may_be_an_array():
    folds: Any = np.array([0.25, 0.75])
    (trial,) = trials_of(Function(lambda c: Evaluation(c["x"], fold_values=folds)), 0.5)
    assert trial.status is Status.COMPLETED
    assert trial.evaluation.fold_values == (0.25, 0.75)
