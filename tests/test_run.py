from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from bench import (
    Budget,
    Capability,
    Evaluation,
    EvaluationError,
    Fidelity,
    Float,
    Metric,
    Problem,
    SearchSpace,
    Status,
    Strategy,
    Suggestion,
    Trial,
)
from bench.run import Ended, Run, skip_reason

LINE = SearchSpace({"x": Float(0, 1)})
ROWS = Fidelity("rows", 30, lowest=3)
CHEAPER = [Capability.FIDELITY]


class Script(Strategy):
    """Suggests what it is given, and keeps what it is told."""

    name = "script"

    def __init__(self, *suggestions: Any, supports: Sequence[Capability] = ()) -> None:
        self.suggestions, self.supports = suggestions, frozenset(supports)

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        self.space, self.seed, self.budget = space, seed, budget
        self.told: list[Trial] = []
        self.left = iter(self.suggestions)

    def ask(self) -> Suggestion | None:
        found: Any = next(self.left, None)
        return Suggestion({"x": found}) if isinstance(found, float) else found

    def tell(self, trial: Trial) -> None:
        self.told.append(trial)


class Function(Problem):
    """A problem made of a function of its configuration."""

    name = "function"

    def __init__(
        self,
        function: Callable[[dict[str, Any]], Any],
        direction: str = "minimize",
        space: SearchSpace = LINE,
        fidelity: Fidelity | None = None,
    ) -> None:
        self.function, self.space, self.fidelity = function, space, fidelity
        self.metric = Metric("m", direction)
        self.calls: list[tuple[dict[str, Any], int, float]] = []

    def evaluate(self, config: Any, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self.calls.append((dict(config), seed, fidelity))
        value = self.function(config)
        return value if isinstance(value, Evaluation) else Evaluation(value)


def x_of(config: dict[str, Any]) -> float:
    return float(config["x"])


def new_run(strategy: Strategy, problem: Problem, trials: int = 10, **options: Any) -> Run:
    return Run(
        strategy, problem, budget=Budget(trials), strategy_seed=11, problem_seed=22, **options
    )


def told_without_clocks(trials: Sequence[Trial]) -> list[Any]:
    return [(t.number, t.suggestion, t.status, t.loss, t.reason) for t in trials]


def test_the_loop_hands_seeds_space_and_budget_to_the_right_places() -> None:
    strategy, problem = Script(0.25, 0.5), Function(x_of)
    run = new_run(strategy, problem, 2)
    trials = list(run)
    assert (strategy.space, strategy.seed, strategy.budget) == (LINE, 11, Budget(2))
    assert problem.calls == [({"x": 0.25}, 22, 1.0), ({"x": 0.5}, 22, 1.0)]
    assert [trial.number for trial in trials] == [0, 1]
    assert (run.end.ended, run.end.reason, run.end.trials) == (Ended.COMPLETED, "", 2)
    assert run.end.seconds >= run.end.start_seconds > 0


def test_a_run_before_its_end_does_not_look_like_an_ended_one() -> None:
    run = new_run(Script(0.25, 0.5), Function(x_of))
    next(iter(run))
    assert run.end.ended is Ended.FAILED
    assert "not iterated to its end" in run.end.reason


@pytest.mark.parametrize(("direction", "sign"), [("maximize", -1), ("minimize", 1)])
def test_strategies_minimise_and_records_keep_the_natural_value(direction: str, sign: int) -> None:
    strategy = Script(0.25)
    (trial,) = new_run(strategy, Function(x_of, direction))
    assert trial.evaluation is not None
    assert trial.evaluation.value == 0.25
    assert trial.loss == strategy.told[0].loss == sign * 0.25


def fail(_: Any) -> float:
    raise RuntimeError("no data")


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (fail, "RuntimeError: no data"),
        (lambda _: math.nan, "a value must be finite and within ±1e+150, got nan"),
        (lambda _: 1e308, "a value must be finite and within ±1e+150, got 1e+308"),
        (lambda _: math.inf, "a value must be finite and within ±1e+150, got inf"),
        (lambda _: -math.inf, "a value must be finite and within ±1e+150, got -inf"),
        (lambda _: Evaluation(None), "TypeError: "),
        (lambda _: Evaluation("1"), "TypeError: "),
    ],
)
def test_a_failed_evaluation_is_a_failed_trial_that_is_told(
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
            return 0.5

    (trial,) = new_run(Script(0.25), Bare(x_of))
    assert trial.status is Status.FAILED
    assert "Evaluation" in trial.reason
    assert "float" in trial.reason


def test_a_failed_trial_costs_its_full_price() -> None:
    run = new_run(Script(*[0.5] * 9), Function(fail), 3)
    assert len(list(run)) == 3
    assert run.end.ended is Ended.COMPLETED


@pytest.mark.parametrize("cost", [7.5, None])
def test_a_recorded_failure_keeps_its_reason_and_its_price(cost: float | None) -> None:
    def again(_: Any) -> float:
        raise EvaluationError("ValueError: no data", cost)

    (trial,) = new_run(Script(0.5), Function(again))
    assert (trial.status, trial.reason) == (Status.FAILED, "ValueError: no data")
    assert trial.cost == (cost or trial.evaluate_seconds)


def test_numpy_values_become_plain() -> None:
    evaluation = Evaluation(
        np.float64(0.5),
        np.float32(0.25),
        np.array([0.25, 0.75]),
        np.int64(3),
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
    assert run.end.ended is Ended.FAILED
    assert run.end.trials == trials
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
    assert run.end.ended is Ended.FAILED
    assert reason in run.end.reason


def test_none_means_exhausted() -> None:
    run = new_run(Script(0.25, 0.5), Function(x_of))
    assert len(list(run)) == 2
    assert run.end.ended is Ended.EXHAUSTED
    assert run.end.reason == "nothing more to suggest after 2 trials"


def test_a_test_value_is_recorded_and_never_told() -> None:
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
    assert 0 < own.evaluate_seconds < 40.0
    (clock,) = new_run(Script(0.25), Function(x_of))
    assert clock.cost == clock.evaluate_seconds > 0


@pytest.mark.parametrize("cost", [math.nan, math.inf, 1e151, -1.0])
def test_a_cost_that_is_none_fails_the_trial(cost: float) -> None:
    (trial,) = new_run(Script(0.5), Function(lambda c: Evaluation(x_of(c), cost=cost)), 1)
    assert trial.status is Status.FAILED
    assert trial.reason.startswith("ValueError: a cost must be seconds from 0 to 1e+150, got")


def test_a_strategy_is_told_the_cost_alike_when_measured_and_when_replayed() -> None:
    measured, replayed = Script(0.5), Script(0.5)
    trials = list(new_run(measured, Function(x_of), 1))
    list(new_run(replayed, Function(x_of), 1, recorded=trials))
    (one,), (other,) = measured.told, replayed.told
    assert one.evaluation == other.evaluation
    assert one.evaluation is not None
    assert one.evaluation.cost == one.cost > 0


def test_an_error_that_cannot_be_told_is_a_reason_all_the_same() -> None:
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

    (trial,) = new_run(Cheat(0.5), Function(x_of), 1)
    assert trial.evaluation is not None
    assert trial.evaluation.value == 0.5


def test_what_the_rest_of_the_budget_does_not_pay_for_ends_the_run() -> None:
    cheap, whole = Suggestion({"x": 0.5}, 0.5), Suggestion({"x": 0.5})
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(cheap, whole, cheap, supports=CHEAPER), problem, 1)
    assert [trial.suggestion.fidelity for trial in run] == [0.5]
    assert run.end.ended is Ended.COMPLETED


def test_a_strategy_without_conditions_gets_the_flat_space_and_its_inactive_values_are_dropped(
    part: Callable[..., Any],
) -> None:
    problem = part("Tree")
    config = {"kind": "b", "depth": 1, "width": 0.5}
    strategy = Script(Suggestion(config), Suggestion({**config, "kind": "a"}))
    trials = list(new_run(strategy, problem))
    assert not strategy.space.conditions
    assert [dict(trial.suggestion.config) for trial in trials] == [
        {"kind": "b", "depth": 1},
        {"kind": "a"},
    ]
    assert [trial.loss for trial in trials] == [2, 1]
    assert strategy.told[0].suggestion.config == config


def test_a_strategy_with_conditions_gets_the_space_as_it_is(part: Callable[..., Any]) -> None:
    strategy = Script(Suggestion({"kind": "a"}), supports=[Capability.CONDITIONAL])
    list(new_run(strategy, part("Tree")))
    assert strategy.space.conditions


def test_cheaper_evaluations_are_paid_by_their_share() -> None:
    # 1/3 three times over is one: rounding may not buy a trial more.
    third = [Suggestion({"x": 0.5}, fidelity=1 / 3)] * 99
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(*third, supports=CHEAPER), problem, 10)
    trials = list(run)
    assert len(trials) == 30
    assert run.end.ended is Ended.COMPLETED
    assert {trial.suggestion.fidelity for trial in trials} == {1 / 3}
    assert {call[2] for call in problem.calls} == {1 / 3}


def test_whole_steps_use_a_budget_up() -> None:
    # As floats 210 times 1 / 30 are 6.999999999999985: rounding may neither buy nor cost a trial.
    for steps in ([1] * 30, [3, 6, 21], [30]):
        rows = Fidelity("rows", 30)
        suggestions = [Suggestion({"x": 0.5}, rows.share(step)) for step in steps]
        run = new_run(Script(*suggestions * 7, supports=CHEAPER), Function(x_of, fidelity=rows), 7)
        assert len(list(run)) == 7 * len(steps)
        assert run.end.ended is Ended.COMPLETED


@pytest.mark.parametrize("fidelity", [0.0, -0.5, 1 / 15, 0.35, 1.5, math.nan, 10**400, "0.5", None])
def test_a_fidelity_that_is_no_whole_step_fails_the_run(fidelity: Any) -> None:
    run = new_run(
        Script(Suggestion({"x": 0.5}, fidelity=fidelity), supports=CHEAPER),
        Function(x_of, fidelity=ROWS),
    )
    assert list(run) == []
    assert run.end.ended is Ended.FAILED
    rule = "suggestion 0: a fidelity must be n / 30 with a whole n from 3 to 30 (rows), got "
    assert run.end.reason.startswith(rule)
    assert "`share(n)` gives it" in run.end.reason


def test_without_the_capability_a_cheaper_evaluation_fails_the_run() -> None:
    problem = Function(x_of, fidelity=ROWS)
    run = new_run(Script(0.25, Suggestion({"x": 0.5}, fidelity=0.5)), problem)
    assert len(list(run)) == 1
    assert [call[2] for call in problem.calls] == [1.0]
    assert run.end.ended is Ended.FAILED
    assert run.end.reason.startswith("suggestion 1 must be a full evaluation, got fidelity 0.5; ")


def test_only_a_strategy_with_the_capability_is_given_the_fidelity() -> None:
    able, other = Script(0.5, supports=CHEAPER), Script(0.5)
    for strategy in (able, other):
        list(new_run(strategy, Function(x_of, fidelity=ROWS)))
    assert able.budget == Budget(10, ROWS)
    assert other.budget == Budget(10)


@pytest.mark.parametrize("share", [3.0**-4, (1 / 3) ** 4, math.nextafter(1 / 81, 1), 1 / 81])
def test_a_share_is_recorded_and_evaluated_as_that_of_its_step(share: float) -> None:
    problem = Function(x_of, fidelity=Fidelity("epochs", 81))
    strategy = Script(Suggestion({"x": 0.5}, fidelity=share), supports=CHEAPER)
    (trial,) = new_run(strategy, problem)
    assert trial.suggestion.fidelity == problem.calls[0][2] == 1 / 81
    # And so an interrupted run goes on where it was.
    assert list(new_run(strategy, problem, recorded=[trial])) == []


def test_a_fidelity_from_numpy_becomes_plain() -> None:
    suggestions = [Suggestion({"x": 0.5}, fidelity=np.float64(f)) for f in (0.5, 1.0)]
    problem = Function(x_of, fidelity=ROWS)
    trials = list(new_run(Script(*suggestions, supports=CHEAPER), problem))
    assert [type(trial.suggestion.fidelity) for trial in trials] == [float, float]


def test_a_pair_that_cannot_run_says_why(part: Callable[..., Any]) -> None:
    cheap, full = part("Cheap"), part("Sphere")
    hungry = Script(supports=[Capability.FIDELITY])
    reason = skip_reason(hungry, full, Budget(5))
    assert reason is not None
    assert "offers full ones only" in reason
    assert skip_reason(hungry, Function(x_of, fidelity=Fidelity("rows", 9, 9)), Budget(5)) == reason
    assert skip_reason(hungry, cheap, Budget(5)) is None
    assert skip_reason(part("Declines"), full, Budget(5)) == "it does not like this space"


def test_skip_is_asked_about_the_space_the_strategy_would_get(part: Callable[..., Any]) -> None:
    class Curious(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return f"{len(space.conditions)} conditions"

    assert skip_reason(Curious(), part("Tree"), Budget(5)) == "0 conditions"
    able = Curious(supports=[Capability.CONDITIONAL])
    assert skip_reason(able, part("Tree"), Budget(5)) == "2 conditions"


def test_skip_is_asked_about_the_fidelity_the_strategy_would_get() -> None:
    class Curious(Script):
        def skip(self, space: SearchSpace, *, budget: Budget) -> str | None:
            return f"{budget.trials} times {budget.fidelity.steps} {budget.fidelity.unit}"

    problem = Function(x_of, fidelity=ROWS)
    assert skip_reason(Curious(supports=CHEAPER), problem, Budget(5)) == "5 times 30 rows"
    assert skip_reason(Curious(), problem, Budget(5)) == "5 times 1 evaluations"


@pytest.mark.parametrize("problem", ["Sphere", "Flaky", "Accuracy", "Tree"])
@pytest.mark.parametrize("k", [0, 1, 7, 20])
def test_an_interrupted_run_ends_as_one_that_never_was(
    part: Callable[..., Any], problem: str, k: int
) -> None:
    def play(recorded: Sequence[Trial]) -> tuple[Run, list[Trial]]:
        run = new_run(part("Climber"), part(problem), 20, recorded=recorded)
        return run, list(run)

    whole_run, whole = play(())
    rest_run, rest = play(whole[:k])
    assert told_without_clocks(rest) == told_without_clocks(whole[k:])
    assert (rest_run.end.ended, rest_run.end.trials) == (Ended.COMPLETED, whole_run.end.trials)


def test_replay_really_met_failures(part: Callable[..., Any]) -> None:
    statuses = {t.status for t in new_run(part("Climber"), part("Flaky"), 20)}
    assert statuses == set(Status)


def test_recorded_trials_are_told_and_not_measured(part: Callable[..., Any]) -> None:
    whole = list(new_run(Script(0.1, 0.2, 0.3), Function(x_of), 3))
    strategy, problem = Script(0.1, 0.2, 0.3), Function(x_of)
    rest = list(new_run(strategy, problem, 3, recorded=whole[:2]))
    assert [call[0] for call in problem.calls] == [{"x": 0.3}]
    assert [trial.number for trial in rest] == [2]
    assert [trial.loss for trial in strategy.told] == [0.1, 0.2, 0.3]
    # Told again is what was recorded, clocks included.
    assert strategy.told[0].cost == whole[0].cost


def test_the_first_other_suggestion_ends_the_replay() -> None:
    recorded = list(new_run(Script(0.1, 0.2, 0.3), Function(x_of), 3))
    problem = Function(x_of)
    new = list(new_run(Script(0.1, 0.9, 0.3), problem, 3, recorded=recorded))
    # 0.3 was recorded too, but after another past.
    assert [call[0] for call in problem.calls] == [{"x": 0.9}, {"x": 0.3}]
    assert [trial.number for trial in new] == [1, 2]


def test_another_fidelity_ends_the_replay() -> None:
    half, full = Suggestion({"x": 0.1}, fidelity=0.5), Suggestion({"x": 0.1})
    recorded = list(new_run(Script(half, supports=CHEAPER), Function(x_of, fidelity=ROWS)))
    problem = Function(x_of, fidelity=ROWS)
    assert len(list(new_run(Script(full, supports=CHEAPER), problem, recorded=recorded))) == 1
    assert problem.calls == [({"x": 0.1}, 22, 1.0)]


@pytest.mark.parametrize("step", ["ask", "tell"])
def test_a_replayed_run_fails_where_it_failed(part: Callable[..., Any], step: str) -> None:
    first = new_run(part("Raises", step=step), part("Sphere"))
    recorded = list(first)
    again = new_run(part("Raises", step=step), part("Sphere"), recorded=recorded)
    assert list(again) == []
    assert dataclasses.replace(again.end, seconds=0, start_seconds=0) == dataclasses.replace(
        first.end, seconds=0, start_seconds=0
    )


class Opened(Script):
    """Counts what was started and not yet ended; may fail anywhere."""

    def __init__(self, fails: str = "") -> None:
        super().__init__(0.1, 0.2, 0.3, 0.4)
        self.fails = fails
        self.calls: list[str] = []

    def _at(self, step: str) -> None:
        self.calls.append(step)
        if step == self.fails:
            raise RuntimeError(f"no {step}")

    def start(self, space: SearchSpace, *, seed: int, budget: Budget) -> None:
        super().start(space, seed=seed, budget=budget)
        self._at("start")

    def ask(self) -> Suggestion | None:
        self._at("ask")
        return super().ask()

    def tell(self, trial: Trial) -> None:
        self._at("tell")

    def close(self) -> None:
        self._at("close")


@pytest.mark.parametrize(
    ("fails", "measured"), [("", 4), ("start", 0), ("ask", 0), ("tell", 1), ("close", 4)]
)
def test_a_strategy_is_closed_once_however_its_run_ends(fails: str, measured: int) -> None:
    strategy = Opened(fails)
    run = new_run(strategy, Function(x_of), trials=4)
    trials = list(run)
    assert strategy.calls.count("close") == 1
    assert strategy.calls[-1] == "close"
    # What was measured stays, also where only closing fails.
    assert len(trials) == run.end.trials == measured
    assert run.end.ended is (Ended.FAILED if fails else Ended.COMPLETED)
    assert run.end.reason == (f"{fails} raised RuntimeError: no {fails}" if fails else "")


def test_a_run_that_is_given_up_closes_its_strategy() -> None:
    strategy = Opened()
    run = iter(new_run(strategy, Function(x_of), trials=4))
    next(run)
    run.close()  # type: ignore[attr-defined]
    assert strategy.calls[-1] == "close"
