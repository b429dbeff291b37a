"""A function of one's own as a problem."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, Literal

from bench.core import (
    Categorical,
    Config,
    Evaluation,
    Float,
    Int,
    Metric,
    Ordinal,
    Problem,
    SearchSpace,
)
from bench.core.distributions import Distribution
from bench.errors import UserError

UNNAMED = "function"
"""What a lambda is called unless it is given a name."""


class ProblemError(UserError, ValueError):
    """What cannot be made a problem; the message says what to change."""


@dataclass(eq=False)
class FunctionProblem(Problem):
    """A function to tune.

    Args:
        function: is called with the parameters by name, and with `seed` if it takes one; returns
            a number or an `Evaluation`.
        name: what it is called.
        space: the parameters.
        metric: what it returns.
        optimum: its best value, or None where unknown.
    """

    function: Callable[..., Any]
    name: str  # type: ignore[misc]  # that of an object, not of its class
    space: SearchSpace
    metric: Metric
    optimum: float | None = None

    def __post_init__(self) -> None:
        self._takes_seed = _check_arguments(self.function, self.space, self.name)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        more = {"seed": seed} if self._takes_seed else {}
        found = self.function(**config, **more)
        return found if isinstance(found, Evaluation) else Evaluation(found)


def function_problem(
    function: Callable[..., Any],
    space: SearchSpace | Mapping[str, Distribution | Sequence[Any]],
    *,
    name: str = "",
    direction: Literal["minimize", "maximize"] = "minimize",
    metric: str = "value",
    optimum: float | None = None,
    default: Mapping[str, Any] | None = None,
) -> FunctionProblem:
    """Return a function as a problem; arguments as `bench.api.problem.problem` has them.

    Raises:
        ProblemError: the space or the function's arguments do not fit.
    """
    if not callable(function):
        raise ProblemError(
            f"a problem needs a function that can be called, got {function!r}; "
            "for example lambda x: x**2"
        )
    try:
        wanted = Metric(metric, direction)
    except ValueError as error:
        raise ProblemError(str(error)) from None
    return FunctionProblem(
        function, name or name_of(function), space_of(space, default), wanted, optimum
    )


def name_of(function: object) -> str:
    """Return what a function is called: its name, for a lambda always the same word.

    >>> name_of(len), name_of(lambda x: x)
    ('len', 'function')
    """
    # What has no name of its own, such as a partial, is called by its class.
    found = str(getattr(function, "__name__", type(function).__name__))
    return UNNAMED if found == "<lambda>" else found


def space_of(
    space: SearchSpace | Mapping[str, Distribution | Sequence[Any]],
    default: Mapping[str, Any] | None = None,
) -> SearchSpace:
    """Return a search space.

    Args:
        space: one that is ready, or name -> (low, high) of floats or integers, a list of choices,
            or a distribution.
        default: the configuration without tuning, or None.

    Raises:
        ProblemError: something else; the message names the parameter.

    >>> space_of({"x": (0.0, 1.0), "n": (1, 9), "kind": ["a", "b"]}).parameters["n"]
    Int(low=1, high=9, log=False)
    """
    if isinstance(space, SearchSpace):
        if default is None:
            return space
        return _made(space.parameters, space.conditions, default)
    if not isinstance(space, Mapping):
        raise ProblemError(
            f"a space must map names to ranges, got {space!r}; for example "
            'space={"x": (-5.0, 5.0)}'
        )
    return _made({name: _distribution(name, item) for name, item in space.items()}, None, default)


def _made(
    parameters: Mapping[str, Distribution],
    conditions: Mapping[str, Mapping[str, tuple[Any, ...]]] | None,
    default: Mapping[str, Any] | None,
) -> SearchSpace:
    try:
        return SearchSpace(parameters, conditions=conditions, default=default)
    except ValueError as error:
        raise ProblemError(f"the space cannot be used: {error}") from None


def _distribution(name: str, item: Distribution | Sequence[Any]) -> Distribution:
    if isinstance(item, Float | Int | Categorical | Ordinal):
        return item
    try:
        if isinstance(item, list):
            return Categorical(tuple(item))
        if isinstance(item, tuple) and len(item) == 2:
            low, high = item
            # Numbers of NumPy too: bounds are often the ends of an array.
            if not any(isinstance(end, bool) for end in item):
                if all(isinstance(end, Integral) for end in item):
                    return Int(int(low), int(high))
                if all(isinstance(end, Real) for end in item):
                    return Float(float(low), float(high))
    except ValueError as error:
        raise ProblemError(f"parameter {name!r}: {error}") from None
    raise ProblemError(
        f"a parameter must be (low, high) of two numbers, a list of choices or a distribution, "
        f"{name!r} is {item!r}; for example {name}=(0.0, 1.0) or tb.Float(1e-3, 1e3, log=True)"
    )


def _check_arguments(function: Callable[..., Any], space: SearchSpace, name: str) -> bool:
    """Refuse a function that does not take the parameters; return whether it takes a seed."""
    try:
        taken = inspect.signature(function).parameters
    except (TypeError, ValueError):  # of compiled functions nothing is known
        return False
    kinds = [part.kind for part in taken.values()]
    named = [n for n, part in taken.items() if part.kind in (part.POSITIONAL_OR_KEYWORD,
                                                             part.KEYWORD_ONLY)]  # fmt: skip
    anything = inspect.Parameter.VAR_KEYWORD in kinds
    needed = [n for n in named if taken[n].default is inspect.Parameter.empty and n != "seed"]
    missing = [parameter for parameter in space if parameter not in named]
    more = [parameter for parameter in needed if parameter not in space]
    if (missing and not anything) or more:
        raise ProblemError(
            f"the function {name!r} must take the parameters of the space by name, "
            f"{', '.join(space)}; it takes {', '.join(named) or 'none of that kind'}; "
            "rename one of the two"
        )
    return "seed" in named and "seed" not in space
