"""A metric of a model's own: a function of truth and prediction, or a scorer of scikit-learn."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from bench import Metric
from problems._metrics import Array

_RULE = (
    "scorer must be a function of (y_true, y_pred), a scikit-learn scorer, or the name of one "
    "in quotes"
)


@dataclass(frozen=True, slots=True)
class OwnScore:
    """A metric that a class brings along; used as `problems._metrics.Score` is.

    Args:
        metric: its name and direction.
        scorer: (fitted estimator, X, y) -> value, more is better unless the metric is minimised.
        sign: what turns the scorer's value into the metric's.
        positive: the code of the positive class among two, as the data have it.
    """

    metric: Metric
    scorer: Callable[[Any, Array, Array], Any]
    sign: float = 1.0
    positive: int = 1

    response: ClassVar[str] = "predict"
    looks_for_a_class: ClassVar[bool] = True

    def __call__(self, estimator: Any, X: Array, y: Array, labels: Array) -> float:
        """Return the value of a fitted `estimator` on the rows `X` whose truth is `y`."""
        return self.sign * float(self.scorer(estimator, X, y))


def own_score(scorer: Any, metric: Metric | None) -> OwnScore:
    """Return the score that the class attributes `scorer` and `metric` make.

    Args:
        scorer: a function of (y_true, y_pred), whose value is the metric's; a scikit-learn scorer
            or anything else that is called with (estimator, X, y), or its name for
            `sklearn.metrics.get_scorer`: of these more is better, so the sign is turned for a
            metric that is minimised.
        metric: name and direction, which a function needs; None: by the name of the scorer,
            maximised, but minimised for a name such as "neg_log_loss".

    Raises:
        ValueError: something else; no metric for a function or a scorer that has no name.
    """
    name = ""
    if isinstance(scorer, str):
        from sklearn.metrics import get_scorer

        name = scorer
        try:
            scorer = get_scorer(name)
        except ValueError:
            raise ValueError(
                f"{_RULE}, got {name!r}; sklearn.metrics.get_scorer_names() lists the names"
            ) from None
        wanted = 3
    else:
        wanted = _arguments(scorer)
    if metric is None:
        metric = _named(name or getattr(scorer, "__name__", ""), wanted)
    if wanted == 2:
        return OwnScore(metric, _of_predictions(scorer))
    return OwnScore(metric, scorer, -metric.sign)


def _arguments(scorer: Any) -> int:
    """Return how many arguments have to be given, 2 or 3."""
    try:
        parameters = inspect.signature(scorer).parameters.values()
    except (TypeError, ValueError):
        raise ValueError(f"{_RULE}, got {scorer!r}; write a function around it") from None
    needed = [p for p in parameters if p.default is p.empty and p.kind not in (p.VAR_KEYWORD,)]
    places = [p.name for p in needed if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(places) not in (2, 3) or len(places) != len(needed) or places[0] == "self":
        raise ValueError(
            f"{_RULE}, got one that needs ({', '.join(p.name for p in needed)}); "
            "write a function of two arguments, without self"
        )
    return len(places)


def _named(name: str, arguments: int) -> Metric:
    if not name or arguments == 2:
        # Of a scorer more is better, a function may be either.
        what = "a function of truth and prediction" if arguments == 2 else "a scorer without a name"
        raise ValueError(
            f"{what} needs a metric, which says whether more is better, got none; for example "
            'metric = Metric("F2", "maximize")'
        )
    shown = name.removeprefix("neg_").replace("_", " ").strip()
    return Metric(shown or name, "minimize" if name.startswith("neg_") else "maximize")


def _of_predictions(function: Callable[[Array, Array], Any]) -> Callable[[Any, Array, Array], Any]:
    def scorer(estimator: Any, X: Array, y: Array) -> Any:
        return function(y, estimator.predict(X))

    return scorer
