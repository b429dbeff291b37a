"""The base of live problems: nested, repeated cross-validation of a scikit-learn estimator."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from dataclasses import dataclass
from time import perf_counter
from typing import Any, ClassVar, NamedTuple

import numpy as np

from bench import Config, Evaluation, Problem
from problems._metrics import Array, Score
from problems._splits import Kind, NestedSplit, Rows, Splitter


class _Part(NamedTuple):
    """The preprocessed rows one model is fitted on and the rows it is scored on."""

    X_fit: Array
    y_fit: Array
    X_score: Array
    y_score: Array


@dataclass(frozen=True, slots=True)
class _Repetition:
    """Everything one seed decides, sliced once for all configurations."""

    folds: tuple[_Part, ...]
    outer: _Part
    labels: Array


@dataclass
class LiveProblem(Problem):
    """A model to tune on real data, measured by nested cross-validation (Stone, JRSS B 36, 1974).

    The seed holds out a quarter of the rows as the test part and cuts the rest into repeated k
    folds, both stratified when `stratified` is true. `value` is the mean over the folds;
    `test_value` is that of a refit on all rows outside the test part; `cost` counts fitting and
    scoring the model in the folds. A subclass says what it tunes (`space`), on which data
    (`load`), with which model (`make`), by which measure (`score`) and, where the model wants
    it, after which preprocessing (`preprocess`).

    Args:
        folds: k, the number of parts the rest is cut into.
        repeats: how many times it is cut.

    Raises:
        ValueError: fewer than 2 folds or fewer than 1 repeat.
    """

    folds: int = 5
    repeats: int = 2

    requires = ("sklearn",)
    score: ClassVar[Score]
    stratified: ClassVar[bool] = True

    def __post_init__(self) -> None:
        kind: Kind = "stratified" if self.stratified else "k-fold"
        self._splitter = Splitter(kind, self.folds, self.repeats)
        self.metric = self.score.metric
        self._last: tuple[int, _Repetition] | None = None

    @abstractmethod
    def load(self) -> tuple[Array, Array]:
        """Return the data: rows × features, and the truth of each row."""

    @abstractmethod
    def make(self, config: Config, random_state: int) -> Any:
        """Return an unfitted estimator; preprocessing that `config` decides belongs inside."""

    def preprocess(self) -> Any:
        """Return an unfitted transformer for what no parameter decides, or None.

        It is fitted on the training rows of each fold, once for all configurations: the values
        are those of a Pipeline, which would fit it anew in every evaluation.
        """
        return None

    def pipeline(self, config: Config, random_state: int) -> Any:
        """Return the whole unfitted estimator, preprocessing included, as one would deploy it."""
        transformer, model = self.preprocess(), self.make(config, random_state)
        if transformer is None:
            return model
        from sklearn.pipeline import make_pipeline

        return make_pipeline(transformer, model)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        from sklearn import config_context
        from sklearn.exceptions import ConvergenceWarning

        # Only the last seed's data are kept: a run has one seed.
        if self._last is None or self._last[0] != seed:
            self._last = seed, self._prepare(seed)
        data = self._last[1]
        # Made before the clock starts, because the first one imports its library.
        estimators = [self.make(config, seed) for _ in data.folds]
        refit = self.make(config, seed)
        # The bundled data are finite and the space is checked, so neither is checked in every fit.
        # A configuration that does not converge is a poor one, which its value says already.
        with (
            config_context(assume_finite=True, skip_parameter_validation=True),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", ConvergenceWarning)
            started = perf_counter()
            values = tuple(
                self._measure(estimator, part, data.labels)
                for estimator, part in zip(estimators, data.folds, strict=True)
            )
            cost = perf_counter() - started
            test_value = self._measure(refit, data.outer, data.labels)
        return Evaluation(float(np.mean(values)), test_value, values, cost)

    def split(self, y: Array, seed: int) -> NestedSplit:
        """Return the row numbers of the repetition that `seed` selects, for the truth `y`."""
        return self._splitter.split(y, seed=seed)

    def _prepare(self, seed: int) -> _Repetition:
        X, y = self.load()
        split = self.split(y, seed)
        return _Repetition(
            folds=tuple(self._part(X, y, *rows) for rows in split.folds),
            outer=self._part(X, y, split.train, split.test),
            labels=np.unique(y),
        )

    def _part(self, X: Array, y: Array, fit: Rows, score: Rows) -> _Part:
        X_fit, X_score, transformer = X[fit], X[score], self.preprocess()
        if transformer is not None:
            X_fit = transformer.fit_transform(X_fit, y[fit])
            X_score = transformer.transform(X_score)
        for array in (X_fit, X_score):
            # All configurations share them: a model that works in place must fail aloud.
            if isinstance(array, np.ndarray):
                array.flags.writeable = False
        return _Part(X_fit, y[fit], X_score, y[score])

    def _measure(self, estimator: Any, part: _Part, labels: Array) -> float:
        estimator.fit(part.X_fit, part.y_fit)
        return self.score(estimator, part.X_score, part.y_score, labels)
