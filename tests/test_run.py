"""The loop: what it hands over, records and refuses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from bench import (
    Budget,
    Evaluation,
    EvaluationError,
    Status,
    Suggestion,
    Trial,
)
from bench.run import RunStatus
from bench.testing.script import CHEAPER, LINE, ROWS, Function, Script, fail, new_run, x_of


def test_the_loop_hands_seeds_space_and_budget_to_the_right_places() -> None:
    strategy, problem = Script(0.25, 0.5), Function(x_of)
    run = new_run(strategy, problem, 2)
    trials = list(run)
    assert (strategy.space, strategy.seed, strategy.budget) == (LINE, 11, Budget(2))
    assert problem.calls == [({"x": 0.25}, 22, 1.0), ({"x": 0.5}, 22, 1.0)]
    assert [trial.number for trial in trials] == [0, 1]
    assert (run.end.status, run.end.reason, run.end.n_trials) == (RunStatus.COMPLETED, "", 2)
    assert run.end.run_seconds >= run.end.start_seconds > 0


def test_a_run_before_its_end_does_not_look_like_an_ended_one() -> None:
    run = new_run(Script(0.25, 0.5), Function(x_of))
    next(iter(run))
    assert run.end.status is RunStatus.FAILED
    assert "not iterated to its end" in run.end.reason


@pytest.mark.parametrize(("direction", "sign"), [("maximize", -1), ("minimize", 1)])
def test_strategies_minimise_and_records_keep_the_natural_value(direction: str, sign: int) -> None:
    strategy = Script(0.25)
    (trial,) = new_run(strategy, Function(x_of, direction))
    assert trial.evaluation is not None
    assert trial.evaluation.value == 0.25
    assert trial.loss == strategy.told[0].loss == sign * 0.25


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (fail, "RuntimeError: no data"),
        (lambda _: math.nan, "a value must be finite and within ±1e+150, got nan"),
        (lambda _: 1e308, "a value must be finite and within ±1e+150, got 1e+308"),
        (lambda _: math.inf, "a value must be finite and within ±1e+150, got inf"),
        (lambda _: -math.inf, "a value must be finite and within ±1e+150, got -inf"),
        (lambda _: Evaluation(None), "TypeError: "),
        (lambda _: Evaluation("1"), "TypeError: "),  # type: ignore[arg-type]
    ],
)
def test_a_failed_evaluation_is_a_failed_trial_that_the_strategy_gets(
    function: Callable[[Any], Any], reason: str
) -> None:
    strategy = Script(0.25, 0.5)
    trials = list(new_run(strategy, Function(function), 2))
    assert len(trials) == 2
    for trial in (*trials, *strategy.told):
        assert trial.status is Status.FAILED
        assert trial.loss is None
        assert trial.evaluation is None
        assert trial.reason.startswith(reason)


def test_what_is_no_evaluation_is_a_failed_trial() -> None:
    class Bare(Function):
        def evaluate(self, config: Any, *, seed: int, fidelity: float = 1.0) -> Evaluation:
            return 0.5  # type: ignore[return-value]

    (trial,) = new_run(Script(0.25), Bare(x_of))
    assert trial.status is Status.FAILED
    assert "Evaluation" in trial.reason
    assert "float" in trial.reason


def test_a_failed_trial_has_its_full_cost() -> None:
    run = new_run(Script(*[0.5] * 9), Function(fail), 3)
    assert len(list(run)) == 3
    assert run.end.status is RunStatus.COMPLETED


@pytest.mark.parametrize("cost", [7.5, None])
def test_a_recorded_failure_keeps_its_reason_and_its_cost(cost: float | None) -> None:
    def again(_: Any) -> float:
        raise EvaluationError("ValueError: no data", cost)

    (trial,) = new_run(Script(0.5), Function(again))
    assert (trial.status, trial.reason) == (Status.FAILED, "ValueError: no data")
    assert trial.cost == (cost or trial.evaluation_wall_seconds)


def test_numpy_values_become_plain() -> None:
    evaluation = Evaluation(
        np.float64(0.5),
        np.float32(0.25),  # type: ignore[arg-type]
        np.array([0.25, 0.75]),  # type: ignore[arg-type]
        np.int64(3),  # type: ignore[arg-type]
    )
    (trial,) = new_run(Script(0.25), Function(lambda _: evaluation))
    assert trial.evaluation == Evaluation(0.5, 0.25, (0.25, 0.75), 3.0)
    kinds = [type(trial.evaluation.value), type(trial.evaluation.test_value), type(trial.cost)]
    assert kinds == [float, float, float]
    assert trial.evaluation.fold_values is not None
    assert [type(value) for value in trial.evaluation.fold_values] == [float, float]
    assert type(trial.loss) is float


@pytest.mark.parametrize(
    ("step", "trials"), [("start", 0), ("ask", 3), ("tell", 3)], ids=lambda v: str(v)
)
def test_a_strategy_that_raises_ends_its_run_and_its_trials_stay(
    part: Callable[..., Any], step: str, trials: int
) -> None:
    run = new_run(part("Raises", step=step, after=3), part("Sphere"))
    assert len(list(run)) == trials
    assert run.end.status is RunStatus.FAILED
    assert run.end.n_trials == trials
    reasons = {"start": "no start today", "ask": "out of ideas", "tell": "do not want to know"}
    assert run.end.reason == f"{step} raised RuntimeError: {reasons[step]}"


@pytest.mark.parametrize(
    ("suggestion", "reason"),
    [
        (Suggestion({"x": 2.0}), "suggestion 1 is outside the space: parameter 'x' must be in"),
        (Suggestion({"x": math.nan}), "must be in [0, 1], got nan"),
        (Suggestion({"x": np.float64("nan")}), "must be in [0, 1], got nan"),
        (Suggestion({"y": 0.5}), "must set 'x', got only ['y']"),
        (Suggestion({"x": 0.5, "y": 0.5}), "may set only ['x'], got ['y']"),
        (Suggestion(None), "suggestion 1 must hold a configuration: TypeError"),
        ({"x": 0.5}, "suggestion 1 must be a Suggestion, got dict"),
        (
            Suggestion({"x": 0.5}, fidelity=0.5),
            "suggestion 1 must be a full evaluation, got fidelity 0.5; a strategy whose `supports` "
            "has Capability.FIDELITY may suggest cheaper ones",
        ),
    ],
)
def test_a_suggestion_that_breaks_a_rule_fails_the_run(suggestion: Any, reason: str) -> None:
    problem = Function(x_of)
    run = new_run(Script(0.25, suggestion), problem)
    assert len(list(run)) == 1
    assert len(problem.calls) == 1
    assert run.end.status is RunStatus.FAILED
    assert reason in run.end.reason


def test_none_means_stopped_early() -> None:
    run = new_run(Script(0.25, 0.5), Function(x_of))
    assert len(list(run)) == 2
    assert run.end.status is RunStatus.STOPPED_EARLY
    assert run.end.reason == "no candidates left after 2 trials"


def test_a_test_value_is_recorded_and_never_passed_to_the_strategy() -> None:
    strategy = Script(0.25)
    (trial,) = new_run(strategy, Function(lambda _: Evaluation(1.0, 2.0, (0.5, 1.5), 3.0)))
    assert trial.evaluation == Evaluation(1.0, 2.0, (0.5, 1.5), 3.0)
    assert strategy.told[0].evaluation == Evaluation(1.0, None, (0.5, 1.5), 3.0)


def test_the_strategy_gets_its_own_suggestion_back() -> None:
    suggestion = Suggestion({"x": 0.25}, token=object())
    strategy = Script(suggestion)
    (trial,) = new_run(strategy, Function(x_of))
    assert strategy.told[0].suggestion is suggestion
    assert trial.suggestion.token is None


def test_a_problem_that_changes_its_configuration_changes_no_record() -> None:
    (trial,) = new_run(Script(0.25), Function(lambda config: config.pop("x")))
    assert trial.suggestion.config == {"x": 0.25}


def test_the_recorded_cost_is_the_problems_own_or_the_clock() -> None:
    (own,) = new_run(Script(0.25), Function(lambda _: Evaluation(1.0, cost=40.0)))
    assert own.cost == 40.0
    assert 0 < own.evaluation_wall_seconds < 40.0
    (clock,) = new_run(Script(0.25), Function(x_of))
    assert clock.cost == clock.evaluation_wall_seconds > 0


@pytest.mark.parametrize("cost", [math.nan, math.inf, 1e151, -1.0])
def test_a_cost_that_is_none_fails_the_trial(cost: float) -> None:
    (trial,) = new_run(Script(0.5), Function(lambda c: Evaluation(x_of(c), cost=cost)), 1)
    assert trial.status is Status.FAILED
    assert trial.reason.startswith("ValueError: a cost must be seconds from 0 to 1e+150, got")


def test_a_strategy_gets_the_same_cost_when_measured_and_when_replayed() -> None:
    measured, replayed = Script(0.5), Script(0.5)
    trials = list(new_run(measured, Function(x_of), 1))
    list(new_run(replayed, Function(x_of), 1, recorded=trials))
    (one,), (other,) = measured.told, replayed.told
    assert one.evaluation == other.evaluation
    assert one.evaluation is not None
    assert one.evaluation.cost == one.cost > 0


def test_an_error_without_a_text_is_a_reason_all_the_same() -> None:
    class MuteError(Exception):
        def __str__(self) -> str:
            raise RuntimeError

    def evaluate(_: Any) -> float:
        raise MuteError

    (trial,) = new_run(Script(0.5), Function(evaluate), 1)
    assert trial.reason == "MuteError: (its message cannot be made)"


def test_a_strategy_cannot_rewrite_the_record() -> None:
    class Cheat(Script):
        def tell(self, trial: Trial) -> None:
            object.__setattr__(trial.evaluation, "value", -99.0)
            trial.suggestion.config["x"] = 0.0
            for name in ("number", "loss", "cost", "started", "finished", "tell_seconds"):
                object.__setattr__(trial, name, -99.0)
            object.__setattr__(trial, "status", Status.FAILED)

    first, second = new_run(Cheat(0.5, 0.25), Function(x_of), 2)
    assert [t.number for t in (first, second)] == [0, 1]
    for trial, value in ((first, 0.5), (second, 0.25)):
        assert trial.evaluation is not None
        assert (trial.evaluation.value, trial.loss, trial.status) == (value, value, "completed")
        assert trial.suggestion.config == {"x": value}
        assert min(trial.cost, trial.tell_seconds, trial.finished - trial.started) > 0
    assert second.started > first.finished


def test_what_the_rest_of_the_budget_does_not_pay_for_ends_the_run() -> None:
    cheap, whole = Suggestion({"x": 0.5}, 0.5), Suggestion({"x": 0.5})
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(cheap, whole, cheap, supports=CHEAPER), problem, 1)
    assert [trial.suggestion.fidelity for trial in run] == [0.5]
    assert run.end.status is RunStatus.COMPLETED
