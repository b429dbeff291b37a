"""What every problem must keep, as plain functions."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import numpy as np

from bench.checks.common import (
    check_has_defaults,
    check_is_documented,
    check_is_named,
    global_randomness,
    require,
)
from bench.core import Config, Evaluation, Metric, Problem, SearchSpace


def check_states_space_and_metric(cls: type[Problem]) -> None:
    """`space` is a SearchSpace, `metric` a Metric, `optimum` a number or None."""
    problem = cls()
    require(
        isinstance(getattr(problem, "space", None), SearchSpace),
        f"`space` must be a SearchSpace, got {getattr(problem, 'space', None)!r}",
    )
    require(
        isinstance(getattr(problem, "metric", None), Metric),
        f"`metric` must be a Metric, got {getattr(problem, 'metric', None)!r}",
    )
    optimum = problem.optimum
    require(
        optimum is None or math.isfinite(optimum),
        f"`optimum` must be a finite number or None, got {optimum!r}",
    )


def check_evaluates_its_space(cls: type[Problem]) -> None:
    """The default and random configurations give finite values, none better than the optimum."""
    problem = cls()
    for seed in (1, 2):
        for config in _some_configs(problem):
            evaluation = problem.evaluate(config, seed=seed)
            require(
                isinstance(evaluation, Evaluation),
                f"`evaluate` must return an Evaluation, got {type(evaluation).__name__}",
            )
            require(
                math.isfinite(evaluation.value),
                f"a value must be finite, got {evaluation.value} at {config}",
            )
            if problem.optimum is not None:
                sign = problem.metric.sign
                require(
                    sign * evaluation.value >= sign * problem.optimum - 1e-9,
                    f"nothing may be better than the optimum {problem.optimum}, "
                    f"got {evaluation.value} at {config}",
                )
            folds = evaluation.fold_values
            require(
                folds is None or math.isclose(sum(folds) / len(folds), evaluation.value),
                "the value must be the mean of the fold values, it is not",
            )
            cost = evaluation.cost
            require(cost is None or cost >= 0, f"a cost must be 0 or more, got {cost}")


def check_is_deterministic(cls: type[Problem]) -> None:
    """Same configuration and seed: same values, in any order and from a fresh instance."""
    problem, configs = cls(), _some_configs(cls())
    forward = [_values(problem.evaluate(config, seed=1)) for config in configs]
    problem.evaluate(configs[0], seed=2)
    backward = [_values(problem.evaluate(config, seed=1)) for config in reversed(configs)]
    require(
        forward == backward[::-1],
        "values may depend on configuration and seed only, they changed with the order of calls",
    )
    # One is enough: a live problem takes seconds to prepare its data and to evaluate.
    fresh = _values(cls().evaluate(configs[0], seed=1))
    require(forward[0] == fresh, "a fresh instance must give the same values, it does not")


def check_leaves_its_input_alone(cls: type[Problem]) -> None:
    """`evaluate` changes neither the configuration nor global random state."""
    problem = cls()
    config = _some_configs(problem)[0]
    before, kept = global_randomness(), copy.deepcopy(config)
    problem.evaluate(config, seed=1)
    require(config == kept, f"`evaluate` must not change its configuration, it made {config}")
    require(
        before == global_randomness(),
        "global random state must stay as it is, it changed; use a generator made of `seed`",
    )


PROBLEM_CHECKS: tuple[Callable[[type[Problem]], None], ...] = (
    check_is_named,
    check_is_documented,
    check_has_defaults,
    check_states_space_and_metric,
    check_evaluates_its_space,
    check_is_deterministic,
    check_leaves_its_input_alone,
)


def _some_configs(problem: Problem) -> list[Config]:
    rng = np.random.default_rng(0)
    configs = [problem.space.sample(rng) for _ in range(3)]
    default = problem.space.default
    return configs if default is None else [dict(default), *configs]


def _values(evaluation: Evaluation) -> tuple[object, ...]:
    return evaluation.value, evaluation.test_value, evaluation.fold_values
