"""A problem made of a function, or of an estimator and its data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any, Literal, overload

from bench.api.function import ProblemError, function_problem, space_of
from bench.core import Problem, SearchSpace
from bench.core.distributions import Distribution


@overload
def problem(
    function: Callable[..., Any],
    /,
    *,
    space: SearchSpace | Mapping[str, Distribution | Sequence[Any]],
    name: str = ...,
    direction: Literal["minimize", "maximize"] = ...,
    metric: str = ...,
    optimum: float | None = ...,
    default: Mapping[str, Any] | None = ...,
) -> Problem: ...


@overload
def problem(
    *,
    model: Any,
    data: tuple[Any, Any],
    space: SearchSpace | Mapping[str, Distribution | Sequence[Any]],
    name: str = ...,
    scoring: str = ...,
    positive: str | int = ...,
    cv: Literal["", "k-fold", "stratified", "hold-out", "group", "time-series"] = ...,
    folds: int = ...,
    repeats: int = ...,
    groups: Any = ...,
    fidelity: Literal["", "rows"] = ...,
    default: Mapping[str, Any] | None = ...,
) -> Problem: ...


def problem(
    function: Callable[..., Any] | None = None,
    /,
    *,
    space: SearchSpace | Mapping[str, Distribution | Sequence[Any]],
    model: Any = None,
    data: tuple[Any, Any] | None = None,
    name: str = "",
    default: Mapping[str, Any] | None = None,
    **options: Any,
) -> Problem:
    """Return a problem made of a function, or of a scikit-learn estimator and data.

    A function is called with the parameters by name, and with `seed` where it takes one; an
    exception makes a failed trial. An estimator is measured by nested cross-validation: in each
    repetition a quarter of the rows is held out as the test part, the validation value is the mean
    over the parts of the rest. Missing numbers become the median and categories one column each,
    fitted in each part; nothing else is done to the data.

    Args:
        function: returns a number, or an `Evaluation` with more.
        space: name -> (low, high) of two floats or two integers, a list of choices, or a
            distribution such as `Float(1e-3, 1e3, log=True)`; or a `SearchSpace`.
        model: an unfitted estimator; the space names parameters of its `set_params`.
        data: (X, y): arrays or frames; a class or a number for each row.
        name: what it is called; the name of the function, or of the estimator's class.
        default: the configuration without tuning, for the strategy `default`; of an estimator its
            present parameters.
        options: what else is to be said.
            Of a function: `direction`, "minimize" (unless given) or "maximize"; `metric`, the name
            of what it returns; `optimum`, its best value where that is known.
            Of an estimator: `scoring`, a metric such as "roc_auc" or "rmse" (accuracy, balanced
            accuracy where one class has more than two thirds of the rows, or RMSE unless given);
            `positive`, of two classes the one that the metric looks for (the rarer one); `cv`, how
            the rows are cut: "k-fold", "stratified", "hold-out", "group" or "time-series"
            ("stratified" for classes, else "k-fold"); `folds`, the parts to validate on (5);
            `repeats`, how many times the rows are cut (2, for "time-series" 1); `groups`, a label
            for each row: rows with the same one stay together; `fidelity`, "rows" for cheaper
            evaluations on a share of the rows to fit (full ones only unless given).

    Raises:
        ProblemError: an argument breaks a rule; the message says what to change.

    >>> made = problem(lambda x: (x - 1) ** 2, space={"x": (-5.0, 5.0)})
    >>> made.evaluate({"x": 3.0}, seed=0).value
    4.0
    >>> from sklearn.datasets import load_wine
    >>> from sklearn.neighbors import KNeighborsClassifier
    >>> data = load_wine(return_X_y=True)
    >>> made = problem(model=KNeighborsClassifier(), data=data, space={"n_neighbors": (1, 20)})
    >>> made.metric.name
    'accuracy'
    """
    if (function is None) == (model is None):
        raise ProblemError(
            "a problem is made of a function or of a model with data, got "
            f"{'neither' if function is None else 'both'}; for example "
            'problem(lambda x: x**2, space={"x": (-5.0, 5.0)})'
        )
    allowed = _OF_FUNCTION if model is None else _OF_MODEL
    if unknown := [option for option in options if option not in allowed]:
        kind = "a function" if model is None else "an estimator"
        raise ProblemError(
            f"a problem made of {kind} takes {', '.join(sorted(allowed))}, got "
            f"{', '.join(unknown)}; leave it out"
        )
    if function is not None:
        if data is not None:
            raise ProblemError("data belongs to a model, got a function; leave data out")
        return function_problem(function, space, name=name, default=default, **options)
    if not isinstance(data, tuple) or len(data) != 2:
        raise ProblemError(
            f"a model needs data=(X, y), got {type(data).__name__}; for example "
            'data=(frame.drop(columns="rent"), frame["rent"])'
        )
    given = import_module("problems._given")
    try:
        made: Problem = given.given_model(
            model, *data, space_of(space, default), name=name, **options
        )
    except (ValueError, TypeError) as error:
        raise ProblemError(str(error)) from error
    return made


_OF_FUNCTION = frozenset({"direction", "metric", "optimum"})
_OF_MODEL = frozenset({"scoring", "positive", "cv", "folds", "repeats", "groups", "fidelity"})
