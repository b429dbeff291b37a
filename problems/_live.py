"""The base of live problems: nested cross-validation of a scikit-learn estimator on a data set."""

from __future__ import annotations

import contextlib
import copy
import math
import re
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from time import perf_counter
from typing import Any, ClassVar, Literal, Self

import numpy as np

from bench import Config, Evaluation, Problem, SearchSpace
from problems import _data
from problems._dataset import DataSet, Facts
from problems._dialect import Dialect
from problems._effort import expected_seconds, is_large
from problems._metrics import CLASSIFICATION, REGRESSION, Array, Task
from problems._oracle import of_truth_and_disorder
from problems._parts import Part, are_held, check_size, part
from problems._positive import Label
from problems._preprocessing import preprocessing
from problems._rounding import otherwise_rounded
from problems._score import score_of
from problems._script import Measured, script
from problems._script_data import Place
from problems._splits import NO_GROUPS, Kind, NestedSplit, Rows, Splitter, own_seed
from problems._summary import about, summary

LATER = {"record_default": False}
"""Metadata of a setting that older results do not have (`bench.settings.values`)."""


@dataclass(frozen=True, slots=True)
class _Repetition:
    """Everything one seed decides, sliced once for all configurations."""

    data: DataSet
    split: NestedSplit
    folds: tuple[Callable[[], Part], ...]
    outer: Callable[[], Part]
    labels: Array


@dataclass
class LiveProblem(Problem):
    """A model to tune on real data, measured by nested cross-validation (Stone, JRSS B 36, 1974).

    The seed holds out a quarter of the rows as the test part and cuts the rest into parts to fit
    and to validate on. `value` is the mean over the validation parts; `test_value` is that of a
    refit on all rows outside the test part; `cost` counts fitting and scoring the model in the
    validation parts. A subclass says which model (`make`), over which space (`space_for`).

    Args:
        data: iris, wine, breast-cancer, digits, diabetes, a generated set (`generated:rows=300`,
            or a named one such as `imbalanced`), an OpenML id (`openml:31`), or a file of one's
            own (CSV or Parquet).
        target: the column to predict, for files and OpenML.
        groups: the column whose rows belong together.
        drop: the columns to leave out, of a file or OpenML, separated by commas.
        sep: what separates the values of a text file: one character; of a .tsv file a tab.
        decimal: what separates whole from fraction in a text file, "." or ",".
        thousands: what groups digits in a text file, such as "," or " "; empty: nothing.
        scoring: accuracy, balanced_accuracy, f1, roc_auc, average_precision, log_loss, rmse, mae
            or r2; empty: RMSE for regression, accuracy for classification, balanced accuracy
            where one class has more than two thirds of the rows.
        positive: of two classes the one that f1, average_precision or a metric of one's own looks
            for, its name or value; empty: the rarer one, of two of a size the one that sorts
            last. Where that is the one that sorts first it is filled in when a sweep is planned.
        cv: how the rows are cut, see `Splitter`, which keeps the rows of a group together; empty:
            stratified for classification, k-fold for regression.
        folds: k, the number of parts the rest is cut into.
        repeats: how many times it is cut.
        reshuffle: True cuts it anew for each configuration (Nagler et al., NeurIPS 2024) instead
            of once for all.
        fingerprint: of a file's content, filled in by the plan: results of two are never mixed.

    Raises:
        ValueError: data, a column, a metric, a class or a way to cut that is not there or does
            not fit.
    """

    data: str = "breast-cancer"
    target: str = ""
    groups: str = ""
    drop: str = field(default="", metadata=LATER)
    sep: str = field(default=",", metadata=LATER)
    decimal: str = field(default=".", metadata=LATER)
    thousands: str = field(default="", metadata=LATER)
    scoring: str = ""
    positive: Label = field(default="", metadata=LATER)
    cv: Literal["", "k-fold", "stratified", "hold-out", "group", "time-series"] = ""
    folds: int = 5
    repeats: int = 2
    reshuffle: bool = False
    fingerprint: str = ""

    requires = ("sklearn",)
    argument = "data"
    tasks: ClassVar[tuple[Task, ...]] = (*CLASSIFICATION, *REGRESSION)
    """What the model can learn."""
    scaled: ClassVar[bool] = True
    """Whether the model wants numbers of mean 0 and variance 1."""
    probabilities: ClassVar[bool] = True
    """Whether every configuration of it gives the classes' probabilities."""
    scorer: ClassVar[Any] = None
    """A metric of its own instead of `scoring`, see `problems._scorer.own_score`; among two classes
    the positive one is 1, the other 0. Its name and direction are in `metric`."""
    silent: ClassVar[tuple[str, ...]] = ()
    """How warnings begin that the model gives although nothing is wrong."""

    def __post_init__(self) -> None:
        self.facts = facts = self.find_facts()
        if self.fingerprint not in ("", facts.fingerprint):
            raise ValueError(
                f"{self.data} must be what the sweep was planned with (fingerprint "
                f"{self.fingerprint}), it is now {facts.fingerprint}; run the sweep again"
            )
        self.fingerprint = facts.fingerprint
        if isinstance(self.tasks, str):
            raise ValueError(f"tasks must be a tuple such as ('regression',), got {self.tasks!r}")
        if facts.task not in self.tasks:
            raise ValueError(
                f"{self.name} is for {' and '.join(self.tasks)} targets, that of {self.data} is "
                f"{facts.task}; use another model"
            )
        check_size(facts)
        kind = "classification" if self.classifies else "regression"
        self.tags = (*type(self).tags, kind)
        self.score, code = score_of(facts, type(self), self.scoring, self.positive)
        self.metric = self.score.metric
        if code is not None:
            self.positive_class = facts.labels[code]
            if self.positive == "" and code == 0:
                # Results that were made before this was a setting looked for the other class.
                self.positive = self.positive_class
        if self.score.response == "predict_proba" and not self.probabilities:
            raise ValueError(
                f"{self.metric.name} needs probabilities, {self.name} does not always give them; "
                "use another metric or another model"
            )
        self.splitter = self._splitter()
        if self.groups and (self.splitter.kind != "group" or self.fewest_rows < self._a_third):
            # Before, other kinds did not look at groups, and the rows to fit were counted as if
            # all groups were of a size.
            self.version = type(self).version + 1
        self.space = self.space_for(facts)
        self._last: tuple[int, _Repetition] | None = None

    @classmethod
    def example(cls) -> Self:
        """Return one on its default data set, or else on the first bundled one that fits."""
        fitting = [name for name, facts in _data.BUNDLED.items() if facts.task in cls.tasks]
        if cls.data in _data.BUNDLED and fitting:
            fitting.sort(key=lambda name: name != cls.data)
            for name in fitting:
                # Of its task, but perhaps not for its metric or its way to cut the rows.
                with contextlib.suppress(ValueError):
                    return cls(data=name)
            return cls(data=fitting[0])
        return cls()

    def _splitter(self) -> Splitter:
        # By groups k-fold is "group", the name that older results have for it.
        usual: Kind = "stratified" if self.classifies else "group" if self.groups else "k-fold"
        kind = self.cv or usual
        if kind == "stratified" and not self.classifies:
            raise ValueError(
                f"cv 'stratified' needs a target of classes, that of {self.data} is numbers; "
                "use 'k-fold'"
            )
        if kind == "time-series" and self.groups:
            raise ValueError(NO_GROUPS)
        if kind == "time-series" and self.reshuffle:
            raise ValueError(
                "reshuffle must be false for cv 'time-series', whose parts stay in time order, "
                "got true; leave it out"
            )
        splitter = Splitter(kind, self.folds, self.repeats, stratify=self.classifies)
        # Once and now, not in every trial; bundled sets have rows enough for usual folds.
        if kind == "group" or self.data not in _data.BUNDLED or self.folds > 20:
            data = self.load()
            # By name, as the user knows the classes.
            truth = np.array(data.labels)[data.y] if data.labels else data.y
            splitter.check(truth, data.groups)
        return splitter

    @abstractmethod
    def space_for(self, facts: Facts) -> SearchSpace:
        """Return the space to tune over on data of this kind, with the model's default."""

    @abstractmethod
    def make(self, config: Config, random_state: int) -> Any:
        """Return an unfitted estimator; preprocessing that `config` decides belongs inside."""

    @property
    def fewest_rows(self) -> int:
        """A number of rows, 1 or more, that every part to fit has."""
        groups = self.load().groups if self.groups else None
        return self.splitter.fewest(self.facts.rows, groups)

    @property
    def _a_third(self) -> int:
        return 3 * self.facts.rows // 4 // 3

    @property
    def classifies(self) -> bool:
        """Whether the target is a class."""
        return self.facts.task != "regression"

    @property
    def about(self) -> Mapping[str, str]:
        return about(self.facts)

    def load(self) -> DataSet:
        """Return the data."""
        return _data.load(self.data, **self._reading)

    def find_facts(self) -> Facts:
        """Return what is known about the data."""
        return _data.facts(self.data, **self._reading)

    @property
    def _reading(self) -> dict[str, Any]:
        dropped = tuple(name.strip() for name in self.drop.split(",") if name.strip())
        dialect = Dialect(self.sep, self.decimal, self.thousands)
        return {
            "target": self.target, "groups": self.groups, "drop": dropped, "dialect": dialect
        }  # fmt: skip

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should look at before trusting results on this data, a sentence each."""
        # Bundled sets are known, and cost time to load.
        found = () if self.data in _data.BUNDLED else self.load().warnings
        if self.positive != "" and not self.positive_class:
            found += (f"positive = {self.positive!r} changes nothing about {self.metric.name}",)
        return found

    @property
    def summary(self) -> str:
        """What was read and how it is cut, unless the data are bundled."""
        found = self.facts, self.splitter, self.groups
        return "" if self.data in _data.BUNDLED else summary(self.load(), *found)

    def of_truth_and_disorder(self) -> tuple[float, float] | None:
        """Return the metric of a perfect prediction and of a shuffled one, None where unknown."""
        return of_truth_and_disorder(self.load().y, self.score, classifies=self.classifies)

    def preprocess(self) -> Any:
        """Return an unfitted transformer for what no parameter decides, or None.

        Missing numbers become the median, categories one column each. It is fitted on the
        training rows of each fold, once for all configurations: the values are those of a
        Pipeline, which would fit it anew in every evaluation.
        """
        has_gaps = self.facts.missing or self.facts.categorical
        categories = self.load().categorical if has_gaps else None
        return preprocessing(categories, self.facts.features, scaled=self.scaled)

    def pipeline(self, config: Config, random_state: int) -> Any:
        """Return the whole unfitted estimator, preprocessing included, as one would deploy it."""
        transformer, model = self.preprocess(), self.make(config, random_state)
        if transformer is None:
            return model
        from sklearn.pipeline import make_pipeline

        return make_pipeline(transformer, model)

    def script(self, config: Config, *, seed: int, recorded: Evaluation) -> str:
        place = Place(self.data, self.target, self.groups, self._reading["dialect"])
        estimator, inner = self.pipeline(config, seed), own_seed(config, seed)
        measured = Measured(
            estimator, place, self.load(), self.splitter, self.score, seed,
            inner if self.reshuffle else None,
        )  # fmt: skip
        return script(measured, recorded)

    def evaluate(self, config: Config, *, seed: int, fidelity: float = 1.0) -> Evaluation:
        from sklearn import config_context
        from sklearn.exceptions import ConvergenceWarning

        # Only the last seed's data are kept: a run has one seed.
        if self._last is None or self._last[0] != seed:
            self._last = seed, self._prepare(seed)
        repetition = self._last[1]
        folds = self._reshuffled(repetition, config, seed) if self.reshuffle else repetition.folds
        # The data are finite and the space is checked, so neither is checked in every fit.
        # A configuration that does not converge is a poor one, which its value says already.
        with (
            config_context(assume_finite=True, skip_parameter_validation=True),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", ConvergenceWarning)
            for beginning in self.silent:
                warnings.filterwarnings("ignore", re.escape(beginning))
            # One after the other, so that one part at a time and its model are in memory.
            measured = [self._timed(config, seed, part, repetition.labels) for part in folds]
            test_value, _ = self._timed(config, seed, repetition.outer, repetition.labels)
        values = tuple(value for value, _ in measured)
        cost = sum(seconds for _, seconds in measured)
        # The exact sum, rounded once: in whatever order the folds come it is the same.
        return Evaluation(math.fsum(values) / len(values), test_value, values, cost)

    def otherwise_rounded(self, seed: int) -> LiveProblem:
        """Return the same problem as another processor would measure it: with other last bits."""
        found, has_steps = copy.copy(self), self.preprocess() is not None
        # In its place the instance finds it before the method of its class.
        found.__dict__["make"] = otherwise_rounded(self.make, is_computed=has_steps, seed=seed)
        return found

    def split(self, data: DataSet, seed: int) -> NestedSplit:
        """Return the row numbers of the repetition that `seed` selects."""
        return self.splitter.split(data.y, groups=data.groups, seed=seed)

    def expected_seconds(self) -> float | None:
        default = self.space.default
        if not is_large(self.facts) or default is None:
            return None
        return expected_seconds(
            self.load(), self.splitter, self.preprocess, lambda: self.make(default, 0)
        )

    def _prepare(self, seed: int) -> _Repetition:
        data = self.load()
        split = self.split(data, seed)
        if type(self).scorer is not None and self.score.positive == 0:
            # A scorer takes the second class for the positive one.
            data = replace(data, y=1 - data.y, labels=data.labels[::-1])
        held = are_held(self.facts, self.splitter)
        folds = (
            ()
            if self.reshuffle
            else tuple(self._part(data, *rows, held=held) for rows in split.folds)
        )
        return _Repetition(
            data,
            split,
            folds,
            self._part(data, split.train, split.test, held=held),
            np.unique(data.y),
        )

    def _reshuffled(
        self, repetition: _Repetition, config: Config, seed: int
    ) -> Iterator[Callable[[], Part]]:
        """Yield folds that depend on the configuration too, never on the order of calls."""
        data, own = repetition.data, own_seed(config, seed)
        folds = self.splitter.inner(repetition.split.train, data.y, data.groups, own)
        return (self._part(data, *rows, held=True) for rows in folds)

    def _part(self, data: DataSet, fit: Rows, score: Rows, *, held: bool) -> Callable[[], Part]:
        self._check_classes(data, fit)
        return part(data, fit, score, self.preprocess, held=held)

    def _check_classes(self, data: DataSet, fit: Rows) -> None:
        """Refuse rows to fit that lack a class, of which the model would give no probability."""
        if self.score.response == "predict":
            return
        missing = np.setdiff1d(np.arange(len(data.labels)), data.y[fit])
        if len(missing):
            raise ValueError(
                f"{self.metric.name} needs rows of every class in every part that is fitted, got "
                f"a part with none of class {data.labels[missing[0]]!r}; use cv "
                "'stratified', fewer folds or another metric"
            )

    def _timed(
        self, config: Config, seed: int, part: Callable[[], Part], labels: Array
    ) -> tuple[float, float]:
        """Return the value of a configuration on a part, and the seconds it took."""
        # Made before the clock starts, because the first one imports its library.
        estimator, rows = self.make(config, seed), part()
        started = perf_counter()
        value = self._measure(estimator, rows, labels)
        return value, perf_counter() - started

    def _measure(self, estimator: Any, part: Part, labels: Array) -> float:
        estimator.fit(part.X_fit, part.y_fit)
        return self.score(estimator, part.X_score, part.y_score, labels)


def on_scaled_target(regressor: Any) -> Any:
    """Return a regressor that is fitted to a target of mean 0 and variance 1."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(regressor, transformer=StandardScaler())
