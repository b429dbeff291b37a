"""What every problem must keep, as plain functions."""

from __future__ import annotations

import copy
import dataclasses
import math
from collections.abc import Callable

import numpy as np

from bench.checks.common import (
    CheckFailedError,
    NotApplicable,
    check_is_documented,
    check_is_named,
    leaving_the_process_alone,
    require,
)
from bench.checks.metric import check_metric_fits_its_values
from bench.checks.signature import check_keeps_its_signature
from bench.checks.table import check_agrees_with_its_live_problem
from bench.core import Config, Evaluation, Fidelity, Metric, Problem, SearchSpace
from bench.evaluation import MAX_ABS_VALUE, plain_evaluation
from bench.words import in_words

_DRAWS = 200
"""Held against a stated optimum."""


def check_has_defaults(cls: type[Problem]) -> str:
    """It can be made without arguments, or `example` says with which ones."""
    try:
        cls()
    except (TypeError, ValueError) as error:
        made = _example(cls, error)
        return f"checked with {_given(made)}, as its name alone is not enough: {error}"
    return ""


def _example(cls: type[Problem], error: Exception) -> Problem:
    try:
        return cls.example()
    except (TypeError, ValueError) as other:
        more = ""
        if str(other) != str(error):
            raise CheckFailedError(
                f"it must be made by its classmethod `example`, which says: {other}; without "
                f"arguments it says: {error}"
            ) from error
        if cls.argument and not getattr(cls, cls.argument, ""):
            more += f"name it with its {cls.argument}, {cls.name}:{cls.argument.upper()}, or "
        raise CheckFailedError(
            f"every setting must have a default, making one without arguments says: {error}; "
            f"{more}say in the classmethod `example` which settings to check it with; "
            "is the class a @dataclass?"
        ) from error


def _given(problem: Problem) -> str:
    """Return the settings of a problem that are not its class's defaults."""
    if not dataclasses.is_dataclass(problem):
        return "what its `example` makes"
    given = {
        field.name: getattr(problem, field.name)
        for field in dataclasses.fields(problem)
        if getattr(problem, field.name) not in (getattr(type(problem), field.name, None), "", None)
    }
    return ", ".join(f"{name} = {value!r}" for name, value in given.items())


def check_states_space_and_metric(cls: type[Problem]) -> None:
    """`space` is a SearchSpace, `metric` a Metric; `optimum` and `fidelity` may be None."""
    problem = cls.example()
    require(
        isinstance(getattr(problem, "space", None), SearchSpace),
        f"`space` must be a SearchSpace, got {getattr(problem, 'space', None)!r}",
    )
    require(
        isinstance(getattr(problem, "metric", None), Metric),
        f"`metric` must be a Metric, got {getattr(problem, 'metric', None)!r}",
    )
    require(
        problem.fidelity is None or isinstance(problem.fidelity, Fidelity),
        f"`fidelity` must be a Fidelity or None, got {problem.fidelity!r}",
    )
    optimum = problem.optimum
    require(
        optimum is None or math.isfinite(optimum),
        f"`optimum` must be a finite number or None, got {optimum!r}",
    )


def check_evaluates_its_space(cls: type[Problem]) -> None:
    """Finite values, none better than the optimum; the default completes, others may fail."""
    problem = cls.example()
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
        abs(evaluation.value) <= MAX_ABS_VALUE,
        f"a value must be finite and within ±{MAX_ABS_VALUE:g}, got {evaluation.value} at {config}",
    )
    _check_optimum(problem, config, seed, evaluation)
    folds = evaluation.fold_values
    require(
        folds is None or (folds != () and _is_mean(evaluation.value, folds)),
        "the value must be the mean of the fold values, it is not",
    )
    tuned = (evaluation.scores or {}).get(problem.metric.name)
    require(
        tuned is None or tuned == (evaluation.value, evaluation.test_value),
        f"scores must have value and test value for {problem.metric.name}, got {tuned} at {config}",
    )


def _is_mean(value: float, folds: tuple[float, ...]) -> bool:
    # Relative to the folds: their mean may be 0 up to rounding.
    allowed = 1e-9 * max(abs(fold) for fold in folds)
    return math.isclose(math.fsum(folds) / len(folds), value, abs_tol=allowed)


def _check_optimum(problem: Problem, config: Config, seed: int, evaluation: Evaluation) -> None:
    optimum, sign = problem.optimum_of(seed), problem.metric.sign
    require(
        optimum is None or sign * evaluation.value >= sign * optimum - 1e-9,
        f"nothing may be better than the optimum {optimum}, got {evaluation.value} at {config}",
    )


def check_evaluates_at_less(cls: type[Problem]) -> str:
    """Cheaper evaluations give finite values, the same ones each time; all steps are a full one.

    Where a setting decides what is cheaper, that holds for each of its values.
    """
    problem = cls.example()
    offering = _offering_less(problem)
    if not offering:
        raise NotApplicable("it offers full evaluations only")
    config = _some_configs(problem)[0]
    full = _evaluated(problem, config, 1)
    offered = offering[0].fidelity
    assert offered is not None
    require(
        _text(_evaluated(problem, config, 1, share=None)) == _text(full),
        f"`evaluate` without a fidelity must give the values of all {offered.steps} "
        f"{offered.unit}, it does not at {config}; its `fidelity` must be 1.0 by default",
    )
    notes = []
    for each in offering:
        require(
            each is problem or _values(each, config) == _text(full),
            "a full evaluation must give the same values whatever is cheaper, it gives others at "
            f"{config} where cheaper ones have fewer {each.fidelity and each.fidelity.unit}",
        )
        notes.append(_check_at_less(each, config, full, is_set=each is not problem))
    return "; ".join(filter(None, notes))


def _offering_less(problem: Problem) -> list[Problem]:
    """Return the problem if it has cheaper evaluations, else with each setting that gives some."""
    words = getattr(type(problem), "fidelities", None)
    found = [problem]
    if problem.fidelity is None and words and dataclasses.is_dataclass(problem):
        found = [dataclasses.replace(problem, fidelity=word) for word in words()]
    return [each for each in found if each.fidelity and each.fidelity.lowest < each.fidelity.steps]


def _check_at_less(
    problem: Problem, config: Config, full: Evaluation | str, *, is_set: bool
) -> str:
    offered = problem.fidelity
    assert offered is not None
    changed, note = False, ""
    middle = (offered.lowest + offered.steps) // 2
    if offered.measured:
        middle = offered.measured[(len(offered.measured) - 1) // 2]
    for step in sorted({offered.lowest, middle}):
        share, where = offered.share(step), f"at {step} of {offered.steps} {offered.unit}"
        found = _evaluated(problem, config, 1, share)
        if is_set and isinstance(found, str):
            # The class has the setting from its base, and nobody may want so few rows of it.
            note = f"{where} the default fails; `least_rows` says how many rows the model needs"
            continue
        again = _evaluated(problem, config, 1, share)
        require(
            not isinstance(found, str),
            f"the default configuration must complete {where}, it fails with {found}",
        )
        assert isinstance(found, Evaluation)
        require(
            abs(found.value) <= MAX_ABS_VALUE,
            f"a value must be finite and within ±{MAX_ABS_VALUE:g} {where}, got {found.value}",
        )
        require(
            _text(found) == _text(again), f"the same evaluation must give the same values {where}"
        )
        changed = changed or _text(found) != _text(full)
        if not note and isinstance(full, Evaluation) and isinstance(again, Evaluation):
            is_measured = found.cost != again.cost or hasattr(problem, "table")
            note = _note_of_cost(found, again, full, where, is_measured=is_measured)
    same = "" if changed else f"a cheaper evaluation says the same as a full one at {config}"
    return ", ".join(filter(None, (same, note)))


def _note_of_cost(
    found: Evaluation, again: Evaluation, full: Evaluation, where: str, *, is_measured: bool
) -> str:
    """Return what a cheaper evaluation costs, where the problem says what one costs.

    What is calculated must be less than the cost of a full evaluation. What was measured is what
    it is: some models take longer on fewer rows.
    """
    if not full.cost:
        return ""
    # The lower one: other work on the machine adds to what is measured.
    times = min(found.cost or 0.0, again.cost or 0.0) / full.cost
    require(
        times < 1 or is_measured,
        f"a cheaper evaluation must cost less than a full one, {where} it costs {times:g} times "
        "as much",
    )
    return f"{where} the default costs {times:.2g} × a full evaluation"


def check_keeps_its_optimum(cls: type[Problem]) -> str:
    """No random draw is better than the optimum."""
    problem, rng = cls.example(), np.random.default_rng(1)
    if problem.optimum_of(1) is None:
        raise NotApplicable("it states no optimum")
    for _ in range(_DRAWS):
        config = problem.space.sample(rng)
        found = _evaluated(problem, config, 1)
        if not isinstance(found, str):
            _check_optimum(problem, config, 1, found)
    return f"{_DRAWS} random draws"


def check_is_deterministic(cls: type[Problem]) -> None:
    """Same configuration and seed: same values, in any order and from a fresh instance."""
    problem, configs = cls.example(), _some_configs(cls.example())
    forward = [_values(problem, config) for config in configs]
    _evaluated(problem, configs[0], 2)
    backward = [_values(problem, config) for config in reversed(configs)]
    require(
        forward == backward[::-1],
        "values may depend on configuration and seed only, they changed with the order of calls",
    )
    # One is enough: a live problem takes seconds to prepare its data and to evaluate.
    fresh = _values(cls.example(), configs[0])
    require(forward[0] == fresh, "a fresh instance must give the same values, it does not")


def check_hangs_on_its_seed(cls: type[Problem]) -> None:
    """Another seed is another repetition, with other values."""
    problem = cls.example()
    configs = _some_configs(problem)
    if all(_values(problem, c) == _values(problem, c, seed) for c in configs for seed in (2, 3)):
        raise NotApplicable(
            "seeds 1, 2 and 3 give the same values; right for a function or a table that never "
            "changes, wrong where the seed should decide a split, a shift or noise"
        )


def check_tests_on_other_data(cls: type[Problem]) -> None:
    """The test value is another than the value, since it is measured on held-out data."""
    problem, same = cls.example(), 0
    for config in _some_configs(problem):
        found = _evaluated(problem, config, 1)
        if isinstance(found, str) or found.test_value is None:
            continue
        if found.test_value != found.value:
            return
        same += 1
    if not same:
        raise NotApplicable("it has no test value")
    raise CheckFailedError(
        "a test value must be measured on data that the value has not seen, it equals the value "
        f"in all of {same} evaluations; leave it out where there is no held-out data"
    )


def check_leaves_its_input_alone(cls: type[Problem]) -> None:
    """`evaluate` changes neither the configuration nor its own space."""
    problem = cls.example()
    config, space = _some_configs(problem)[0], problem.space.to_dict()
    kept = copy.deepcopy(config)
    problem.evaluate(config, seed=1)
    require(config == kept, f"`evaluate` must not change its configuration, it made {config}")
    require(problem.space.to_dict() == space, "`evaluate` must not change the space, it did")


def check_leaves_the_process_alone(cls: type[Problem]) -> None:
    """Working directory, numpy's and Python's global state stay, and nothing is printed."""
    problem = cls.example()
    with leaving_the_process_alone():
        for config in _some_configs(problem)[:2]:
            _evaluated(problem, config, 2)


PROBLEM_CHECKS: tuple[Callable[[type[Problem]], str | None], ...] = (
    check_is_named,
    check_is_documented,
    check_has_defaults,
    check_states_space_and_metric,
    check_evaluates_its_space,
    check_evaluates_at_less,
    check_keeps_its_optimum,
    check_metric_fits_its_values,
    check_is_deterministic,
    check_hangs_on_its_seed,
    check_tests_on_other_data,
    check_leaves_its_input_alone,
    check_leaves_the_process_alone,
    check_keeps_its_signature,
    check_agrees_with_its_live_problem,
)


def _some_configs(problem: Problem) -> list[Config]:
    rng = np.random.default_rng(0)
    configs = [problem.space.sample(rng) for _ in range(3)]
    default = problem.space.default
    return configs if default is None else [dict(default), *configs]


def _evaluated(
    problem: Problem, config: Config, seed: int, share: float | None = 1.0
) -> Evaluation | str:
    """Return the evaluation as a run records it, or in words how it failed, which a trial may.

    With a share of None `evaluate` gets none.

    Raises:
        CheckFailedError: what it returned is none that a run can record.
    """
    try:
        told = {} if share is None else {"fidelity": share}
        found = problem.evaluate(dict(config), seed=seed, **told)
    except Exception as error:
        return in_words(error)
    try:
        return plain_evaluation(found, 0.0, [metric.name for metric in problem.metrics])
    except (TypeError, ValueError) as error:
        raise CheckFailedError(f"a run cannot record what `evaluate` returned: {error}") from None


def _values(problem: Problem, config: Config, seed: int = 1) -> str:
    return _text(_evaluated(problem, config, seed))


def _text(found: Evaluation | str) -> str:
    """Return the values as text, in which nan equals itself."""
    if isinstance(found, str):
        return found
    return repr((found.value, found.test_value, found.fold_values, found.train_value, found.scores))
