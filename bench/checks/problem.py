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
from bench.checks.signature import check_keeps_its_signature
from bench.checks.table import check_agrees_with_its_live_problem
from bench.core import Config, Evaluation, Metric, Problem, SearchSpace
from bench.run import LARGEST, in_words


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
    """Finite values, none better than the optimum; the default completes, others may fail."""
    problem = cls()
    configs = _some_configs(problem)
    completed = 0
    for seed in (1, 2):
        for config in configs:
            found = _evaluated(problem, config, seed)
            if isinstance(found, str):
                require(
                    config is not configs[0],
                    f"{'a random' if problem.space.default is None else 'the default'} "
                    f"configuration must complete, {config} fails with {found}",
                )
            else:
                completed += 1
                _check_evaluation(problem, config, seed, found)
    require(completed > 0, "some evaluation must complete, all fail")


def _check_evaluation(problem: Problem, config: Config, seed: int, evaluation: Evaluation) -> None:
    require(
        isinstance(evaluation, Evaluation),
        f"`evaluate` must return an Evaluation, got {type(evaluation).__name__}",
    )
    require(
        abs(evaluation.value) <= LARGEST,
        f"a value must be finite and within ±{LARGEST:g}, got {evaluation.value} at {config}",
    )
    optimum = problem.optimum_of(seed)
    if optimum is not None:
        sign = problem.metric.sign
        require(
            sign * evaluation.value >= sign * optimum - 1e-9,
            f"nothing may be better than the optimum {optimum}, got {evaluation.value} at {config}",
        )
    folds = evaluation.fold_values
    require(
        folds is None or (folds != () and math.isclose(np.mean(folds), evaluation.value)),
        "the value must be the mean of the fold values, it is not",
    )
    cost = evaluation.cost
    require(cost is None or cost >= 0, f"a cost must be 0 or more, got {cost}")


def check_is_deterministic(cls: type[Problem]) -> None:
    """Same configuration and seed: same values, in any order and from a fresh instance."""
    problem, configs = cls(), _some_configs(cls())
    forward = [_values(problem, config) for config in configs]
    _evaluated(problem, configs[0], 2)
    backward = [_values(problem, config) for config in reversed(configs)]
    require(
        forward == backward[::-1],
        "values may depend on configuration and seed only, they changed with the order of calls",
    )
    # One is enough: a live problem takes seconds to prepare its data and to evaluate.
    fresh = _values(cls(), configs[0])
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


PROBLEM_CHECKS: tuple[Callable[[type[Problem]], str | None], ...] = (
    check_is_named,
    check_is_documented,
    check_has_defaults,
    check_states_space_and_metric,
    check_evaluates_its_space,
    check_is_deterministic,
    check_leaves_its_input_alone,
    check_keeps_its_signature,
    check_agrees_with_its_live_problem,
)


def _some_configs(problem: Problem) -> list[Config]:
    rng = np.random.default_rng(0)
    configs = [problem.space.sample(rng) for _ in range(3)]
    default = problem.space.default
    return configs if default is None else [dict(default), *configs]


def _evaluated(problem: Problem, config: Config, seed: int) -> Evaluation | str:
    """Return the evaluation, or in words how it failed, which a trial may."""
    try:
        return problem.evaluate(dict(config), seed=seed)
    except Exception as error:
        return in_words(error)


def _values(problem: Problem, config: Config) -> str:
    found = _evaluated(problem, config, 1)
    if isinstance(found, str):
        return found
    # As text, in which nan equals itself.
    return repr((found.value, found.test_value, found.fold_values))
