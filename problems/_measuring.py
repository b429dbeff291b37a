"""Measures a model on a part: its value on the clock, and what is worth knowing beside it off."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any, NamedTuple

from problems._dataset import Facts
from problems._metrics import SCORES, Array, Score
from problems._parts import Part
from problems._positive import Label, positive_code
from problems._scorer import OwnScore


class Measured(NamedTuple):
    """What a model gave on a part.

    Args:
        value: of the metric that is tuned, on the rows to score.
        seconds: of fitting and scoring.
        train: the same metric on the rows that were fitted; None where it cannot be computed.
        scores: name of another metric -> its value on the rows to score, None likewise.
    """

    value: float
    seconds: float
    train: float | None = None
    scores: Mapping[str, float | None] = {}


def scores_of_task(facts: Facts, positive: Label, probabilities: bool) -> tuple[Score, ...]:
    """Return every metric of a task that a model can be scored by.

    Args:
        facts: of the data.
        positive: the setting: which of two classes a metric looks for.
        probabilities: whether every configuration gives the classes' probabilities.
    """
    found = [
        score
        for score in SCORES.values()
        if facts.task in score.tasks and (probabilities or score.response != "predict_proba")
    ]
    if facts.task != "binary":
        return tuple(found)
    code = positive_code(positive, facts)
    return tuple(replace(s, positive=code) if s.looks_for_a_class else s for s in found)


def measured(
    make: Callable[[], Any],
    part: Callable[[], Part],
    measure: Callable[[Any, Part], float],
    *,
    train: Score | OwnScore | None,
    beside: Sequence[Score],
    labels: Array,
) -> Measured:
    """Return what a configuration gives on a part.

    Args:
        make: gives its unfitted estimator.
        part: gives the rows.
        measure: fits an estimator and returns its value; the seconds are those of this call.
        train: what the rows that were fitted are scored by; None: they are not.
        beside: further metrics of the rows to score.
        labels: of all classes, sorted.
    """
    # Made before the clock starts, because the first one imports its library.
    estimator, rows = make(), part()
    started = perf_counter()
    value = measure(estimator, rows)
    seconds = perf_counter() - started
    at_fit = _known(train, estimator, rows.X_fit, rows.y_fit, labels) if train else None
    known = _Responses(estimator)
    scores = {s.metric.name: _known(s, known, rows.X_score, rows.y_score, labels) for s in beside}
    return Measured(value, seconds, at_fit, scores)


def _known(
    score: Score | OwnScore, estimator: Any, X: Array, y: Array, labels: Array
) -> float | None:
    """Return a value that nobody tunes; None where it cannot be computed, as of a single class."""
    # Whatever a model or a scorer of somebody raises: the evaluation has its value all the same.
    try:
        return float(score(estimator, X, y, labels))
    except Exception:
        return None


def mean(values: Sequence[float | None]) -> float | None:
    """Return the mean, the exact sum rounded once; None where one of them is not known."""
    known = [value for value in values if value is not None and math.isfinite(value)]
    return math.fsum(known) / len(known) if known and len(known) == len(values) else None


def over_parts(
    folds: Sequence[Measured], test: Measured
) -> dict[str, tuple[float | None, float | None]]:
    """Return name of each metric beside -> its mean over the folds, and its test value."""
    return {
        name: (mean([fold.scores[name] for fold in folds]), value)
        for name, value in test.scores.items()
    }


class _Responses:
    """A fitted estimator that is asked for the same rows again and again, and predicts once."""

    def __init__(self, estimator: Any) -> None:
        self._estimator = estimator
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Callable[[Array], Any]:
        method = getattr(self._estimator, name)

        def response(X: Array) -> Any:
            if name not in self._known:
                self._known[name] = method(X)
            return self._known[name]

        return response
