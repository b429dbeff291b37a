"""The conformance suite: what every strategy and every problem must keep, as plain functions."""

from __future__ import annotations

import copy
import math
import pickle
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.core import (
    Budget,
    Categorical,
    Config,
    Evaluation,
    Float,
    Int,
    Metric,
    Problem,
    SearchSpace,
    Strategy,
    Trial,
)
from bench.run import End, Ended, Run, skip_reason

TRIALS = 12
"""Trials of one check's run: beyond every default number of start-up trials but one."""

SPACES: dict[str, SearchSpace] = {
    "one float": SearchSpace({"x": Float(-1, 2)}, default={"x": 0}),
    "mixed": SearchSpace(
        {
            "rate": Float(1e-4, 1, log=True),
            "depth": Int(1, 9),
            "units": Int(1, 256, log=True),
            "kind": Categorical(("a", "b", "c")),
            "flag": Categorical((True, False, None)),
        },
        default={"rate": 0.01, "depth": 3, "units": 16, "kind": "b", "flag": None},
    ),
    "fixed and tiny": SearchSpace(
        {"fixed": Float(2, 2), "one": Int(3, 3), "only": Categorical(("x",)), "k": Int(0, 2)},
        default={"fixed": 2, "one": 3, "only": "x", "k": 1},
    ),
    "conditional": SearchSpace(
        {
            "model": Categorical(("linear", "net")),
            "layers": Int(1, 2),
            "width": Int(4, 64, log=True),
            "penalty": Float(1e-3, 1, log=True),
        },
        conditions={
            "layers": {"model": ("net",)},
            "width": {"layers": (2,)},
            "penalty": {"model": ("linear",)},
        },
        default={"model": "linear", "penalty": 0.1},
    ),
}
"""Where strategies are tried."""


class CheckFailedError(AssertionError):
    """A contract that is not kept; the message states the rule and what was seen."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check: `reason` is None when it passed."""

    check: str
    reason: str | None


@dataclass
class _Bowl(Problem):
    """A deterministic loss on any space; chosen trials fail."""

    name = "bowl"
    metric = Metric("loss", "minimize")

    def __init__(self, space: SearchSpace, fails: Callable[[int], bool] = lambda _: False) -> None:
        self.space, self._fails, self._calls = space, fails, 0

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        self._calls += 1
        if self._fails(self._calls - 1):
            raise RuntimeError("this evaluation fails on purpose")
        point = self.space.to_unit(config)
        loss = sum((u - 0.3) ** 2 for u in point) + 0.01 * math.sin(40 * sum(point))
        return Evaluation(loss, test_value=loss + 1)


def _play(
    cls: type[Strategy],
    space: SearchSpace,
    *,
    seed: int = 7,
    trials: int = TRIALS,
    fails: Callable[[int], bool] = lambda _: False,
) -> tuple[list[Trial], End] | None:
    strategy, problem, budget = cls(), _Bowl(space, fails), Budget(trials)
    if skip_reason(strategy, problem, budget) is not None:
        return None
    run = Run(strategy, problem, budget=budget, strategy_seed=seed, problem_seed=0)
    return list(run), run.end


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise CheckFailedError(message)


def _configs(trials: Sequence[Trial]) -> list[Config]:
    return [trial.suggestion.config for trial in trials]


def check_strategy_is_named(cls: type[Strategy]) -> None:
    """The name is lower-case words joined by hyphens, the version a whole number from 1."""
    _check_name(cls)


def check_strategy_is_documented(cls: type[Strategy]) -> None:
    """The class docstring opens with a sentence."""
    _check_documented(cls)


def check_strategy_has_defaults(cls: type[Strategy]) -> None:
    """It can be made without arguments, so its name alone is enough in a sweep."""
    _check_defaults(cls)


def check_strategy_runs_on_every_space(cls: type[Strategy]) -> None:
    """Suggestions lie inside the space, on every kind of space it does not decline."""
    played = 0
    for label, space in SPACES.items():
        result = _play(cls, space)
        if result is not None:
            played += 1
            end = result[1]
            _require(end.ended in (Ended.COMPLETED, Ended.EXHAUSTED), f"{label}: {end.reason}")
            _require(end.trials > 0, f"a strategy must suggest something, on {label!r} it does not")
    _require(played > 0, "a strategy must run on some space, it declines all of them")


def check_strategy_is_deterministic(cls: type[Strategy]) -> None:
    """The same seed gives the same suggestions, whatever ran before in the process."""
    space = SPACES["mixed"]
    first = _play(cls, space, seed=1)
    second = _play(cls, space, seed=1)
    if first is not None and second is not None:
        _require(
            _configs(first[0]) == _configs(second[0]),
            "the same seed must give the same suggestions, two runs with seed 1 differ; "
            "draw everything from a generator made of `seed` in start",
        )


def check_strategy_leaves_global_randomness_alone(cls: type[Strategy]) -> None:
    """Neither `random` nor `numpy.random`'s global state is used or seeded."""
    before = _global_randomness()
    _play(cls, SPACES["mixed"])
    _require(
        before == _global_randomness(),
        "global random state must stay as it is, it changed; use a generator of your own",
    )


def check_strategy_survives_failures(cls: type[Strategy]) -> None:
    """Failed trials, the first, every other or the first ten, do not end a run."""
    patterns: dict[str, Callable[[int], bool]] = {
        "the first trial fails": lambda n: n == 0,
        "every other trial fails": lambda n: n % 2 == 1,
        "the first ten trials fail": lambda n: n < 10,
    }
    for label, fails in patterns.items():
        result = _play(cls, SPACES["mixed"], fails=fails)
        if result is not None:
            end = result[1]
            _require(
                end.ended in (Ended.COMPLETED, Ended.EXHAUSTED),
                f"a failed trial (loss None) must not end a run; when {label}: {end.reason}",
            )


def check_strategy_instances_are_independent(cls: type[Strategy]) -> None:
    """Two instances that run in turn do what each does alone."""
    space = SPACES["one float"]
    alone = _play(cls, space, seed=3)
    if alone is None:
        return
    runs = [
        iter(Run(cls(), _Bowl(space), budget=Budget(TRIALS), strategy_seed=s, problem_seed=0))
        for s in (3, 4)
    ]
    together: list[Trial] = []
    for trial in runs[0]:
        together.append(trial)
        next(runs[1], None)
    _require(
        _configs(together) == _configs(alone[0]),
        "instances must not share state, a run changes when another goes on beside it; "
        "keep state on self, not on the class or the module",
    )


def check_strategy_can_start_again(cls: type[Strategy]) -> None:
    """`start` begins anew: nothing of an earlier run stays."""
    space, budget = SPACES["one float"], Budget(TRIALS)
    strategy = cls()
    if skip_reason(strategy, _Bowl(space), budget) is not None:
        return
    runs = [
        list(Run(strategy, _Bowl(space), budget=budget, strategy_seed=5, problem_seed=0))
        for _ in range(2)
    ]
    _require(
        _configs(runs[0]) == _configs(runs[1]),
        "`start` must forget the run before, the second run of an instance differs",
    )


STRATEGY_CHECKS: tuple[Callable[[type[Strategy]], None], ...] = (
    check_strategy_is_named,
    check_strategy_is_documented,
    check_strategy_has_defaults,
    check_strategy_runs_on_every_space,
    check_strategy_is_deterministic,
    check_strategy_leaves_global_randomness_alone,
    check_strategy_survives_failures,
    check_strategy_instances_are_independent,
    check_strategy_can_start_again,
)


def check_problem_is_named(cls: type[Problem]) -> None:
    """The name is lower-case words joined by hyphens, the version a whole number from 1."""
    _check_name(cls)


def check_problem_is_documented(cls: type[Problem]) -> None:
    """The class docstring opens with a sentence."""
    _check_documented(cls)


def check_problem_has_defaults(cls: type[Problem]) -> None:
    """It can be made without arguments, so its name alone is enough in a sweep."""
    _check_defaults(cls)


def check_problem_states_space_and_metric(cls: type[Problem]) -> None:
    """`space` is a SearchSpace, `metric` a Metric, `optimum` a number or None."""
    problem = cls()
    _require(
        isinstance(getattr(problem, "space", None), SearchSpace),
        f"`space` must be a SearchSpace, got {getattr(problem, 'space', None)!r}",
    )
    _require(
        isinstance(getattr(problem, "metric", None), Metric),
        f"`metric` must be a Metric, got {getattr(problem, 'metric', None)!r}",
    )
    optimum = problem.optimum
    _require(
        optimum is None or math.isfinite(optimum),
        f"`optimum` must be a finite number or None, got {optimum!r}",
    )


def check_problem_evaluates_its_space(cls: type[Problem]) -> None:
    """The default and random configurations give finite values, none better than the optimum."""
    problem = cls()
    for seed in (1, 2):
        for config in _some_configs(problem):
            evaluation = problem.evaluate(config, seed=seed)
            _require(
                isinstance(evaluation, Evaluation),
                f"`evaluate` must return an Evaluation, got {type(evaluation).__name__}",
            )
            _require(
                math.isfinite(evaluation.value),
                f"a value must be finite, got {evaluation.value} at {config}",
            )
            if problem.optimum is not None:
                sign = problem.metric.sign
                _require(
                    sign * evaluation.value >= sign * problem.optimum - 1e-9,
                    f"nothing may be better than the optimum {problem.optimum}, "
                    f"got {evaluation.value} at {config}",
                )
            folds = evaluation.fold_values
            _require(
                folds is None or math.isclose(sum(folds) / len(folds), evaluation.value),
                "the value must be the mean of the fold values, it is not",
            )
            cost = evaluation.cost
            _require(cost is None or cost >= 0, f"a cost must be 0 or more, got {cost}")


def check_problem_is_deterministic(cls: type[Problem]) -> None:
    """Same configuration and seed: same values, in any order and from a fresh instance."""
    problem, configs = cls(), _some_configs(cls())
    forward = [_values(problem.evaluate(config, seed=1)) for config in configs]
    problem.evaluate(configs[0], seed=2)
    backward = [_values(problem.evaluate(config, seed=1)) for config in reversed(configs)]
    _require(
        forward == backward[::-1],
        "values may depend on configuration and seed only, they changed with the order of calls",
    )
    # One is enough: a live problem takes seconds to prepare its data and to evaluate.
    fresh = _values(cls().evaluate(configs[0], seed=1))
    _require(forward[0] == fresh, "a fresh instance must give the same values, it does not")


def check_problem_leaves_its_input_alone(cls: type[Problem]) -> None:
    """`evaluate` changes neither the configuration nor global random state."""
    problem = cls()
    config = _some_configs(problem)[0]
    before, kept = _global_randomness(), copy.deepcopy(config)
    problem.evaluate(config, seed=1)
    _require(config == kept, f"`evaluate` must not change its configuration, it made {config}")
    _require(
        before == _global_randomness(),
        "global random state must stay as it is, it changed; use a generator made of `seed`",
    )


PROBLEM_CHECKS: tuple[Callable[[type[Problem]], None], ...] = (
    check_problem_is_named,
    check_problem_is_documented,
    check_problem_has_defaults,
    check_problem_states_space_and_metric,
    check_problem_evaluates_its_space,
    check_problem_is_deterministic,
    check_problem_leaves_its_input_alone,
)


def run_checks(cls: Any, checks: Sequence[Callable[[Any], None]]) -> Iterator[Verdict]:
    """Yield a verdict a check; a check that raises has failed."""
    for check in checks:
        reason = None
        try:
            check(cls)
        except CheckFailedError as error:
            reason = str(error)
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
        yield Verdict(check.__name__.removeprefix("check_"), reason)


def _check_name(cls: type[Strategy] | type[Problem]) -> None:
    _require(
        re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", cls.name) is not None,
        f"a name must be lower-case words joined by hyphens, got {cls.name!r}",
    )
    version = cls.version
    _require(
        type(version) is int and version >= 1,
        f"a version must be a whole number from 1, got {version!r}",
    )


def _check_documented(cls: type) -> None:
    sentence = (cls.__doc__ or "").strip().partition("\n")[0]
    # dataclass writes a signature where there is no docstring.
    _require(
        bool(sentence) and not sentence.startswith(f"{cls.__name__}("),
        f"{cls.__name__} must open with a docstring sentence, it has none",
    )


def _check_defaults(cls: Callable[[], object]) -> None:
    try:
        cls()
    except TypeError as error:
        raise CheckFailedError(
            f"every setting must have a default, making one without arguments says: {error}; "
            "is the class a @dataclass?"
        ) from error


def _some_configs(problem: Problem) -> list[Config]:
    rng = np.random.default_rng(0)
    configs = [problem.space.sample(rng) for _ in range(3)]
    default = problem.space.default
    return configs if default is None else [dict(default), *configs]


def _values(evaluation: Evaluation) -> tuple[object, ...]:
    return evaluation.value, evaluation.test_value, evaluation.fold_values


def _global_randomness() -> bytes:
    return pickle.dumps((random.getstate(), np.random.get_state()))  # noqa: NPY002
