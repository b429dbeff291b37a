"""The base of live problems: nested cross-validation of a scikit-learn estimator on a data set."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import warnings
from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, make_dataclass
from time import perf_counter
from typing import Any, ClassVar, Literal, NamedTuple, Self

import numpy as np

from bench import Config, Evaluation, Problem, SearchSpace
from problems import _data
from problems._dataset import DataSet, Facts
from problems._metrics import CLASSIFICATION, REGRESSION, SCORES, Array, Task, score_for
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

    data: DataSet
    split: NestedSplit
    folds: tuple[_Part, ...]
    outer: _Part
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
        scoring: accuracy, balanced_accuracy, f1, roc_auc, average_precision, log_loss, rmse, mae
            or r2; empty: RMSE for regression, accuracy for classification, balanced accuracy
            where one class has more than two thirds of the rows.
        cv: how the rows are cut, see `Splitter`; empty: by group where `groups` names a column,
            stratified for classification, k-fold for regression.
        folds: k, the number of parts the rest is cut into.
        repeats: how many times it is cut.
        reshuffle: True cuts it anew for each configuration (Nagler et al., NeurIPS 2024) instead
            of once for all.
        fingerprint: of a file's content; filled in when a sweep is planned, so that results of
            another content are never mixed.

    Raises:
        ValueError: data, a column, a metric or a way to cut that is not there or does not fit.
    """

    data: str = "breast-cancer"
    target: str = ""
    groups: str = ""
    scoring: str = ""
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
    silent: ClassVar[tuple[str, ...]] = ()
    """How warnings begin that the model gives although nothing is wrong."""

    def __post_init__(self) -> None:
        self.facts = facts = _data.facts(self.data, target=self.target, groups=self.groups)
        if self.fingerprint not in ("", facts.fingerprint):
            raise ValueError(
                f"{self.data} must be what the sweep was planned with (fingerprint "
                f"{self.fingerprint}), it is now {facts.fingerprint}; run the sweep again"
            )
        self.fingerprint = facts.fingerprint
        if facts.task not in self.tasks:
            raise ValueError(
                f"{self.name} is for {' and '.join(self.tasks)} targets, that of {self.data} is "
                f"{facts.task}; use another model"
            )
        self.score = score_for(facts.task, self.scoring, largest_share=facts.largest_share)
        self.metric = self.score.metric
        if self.score.response == "predict_proba" and not self.probabilities:
            raise ValueError(
                f"{self.metric.name} needs probabilities, {self.name} does not always give them; "
                "use another metric or another model"
            )
        self.splitter = self._splitter()
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
        usual: Kind = "stratified" if self.classifies else "k-fold"
        kind = self.cv or ("group" if self.groups else usual)
        if kind == "stratified" and not self.classifies:
            raise ValueError(
                f"cv 'stratified' needs a target of classes, that of {self.data} is numbers; "
                "use 'k-fold'"
            )
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
        """A number of rows that every part to fit has, but for very uneven groups."""
        tuned = 3 * self.facts.rows // 4
        match self.splitter.kind:
            case "time-series":
                return tuned // (self.folds + 1)
            case "group":
                return tuned // 3
        return tuned * (self.folds - 1) // self.folds

    @property
    def classifies(self) -> bool:
        """Whether the target is a class."""
        return self.facts.task != "regression"

    @property
    def about(self) -> Mapping[str, str]:
        facts = self.facts
        kinds = f", {facts.categorical} of them categories" if facts.categorical else ""
        classes = f", {facts.classes} classes" if facts.classes else ""
        return {
            "data": f"{facts.title}: {facts.rows} rows × {facts.features} features"
            f"{kinds}{classes}{', with missing values' if facts.missing else ''}",
            "licence": facts.licence,
            "reference": facts.reference,
        }

    def load(self) -> DataSet:
        """Return the data."""
        return _data.load(self.data, target=self.target, groups=self.groups)

    def preprocess(self) -> Any:
        """Return an unfitted transformer for what no parameter decides, or None.

        Missing numbers become the median, categories one column each. It is fitted on the
        training rows of each fold, once for all configurations: the values are those of a
        Pipeline, which would fit it anew in every evaluation.
        """
        from sklearn.preprocessing import StandardScaler

        scaler = StandardScaler() if self.scaled else None
        if not (self.facts.categorical or self.facts.missing):
            return scaler
        from sklearn.compose import ColumnTransformer
        from sklearn.impute import SimpleImputer
        from sklearn.pipeline import make_pipeline
        from sklearn.preprocessing import OneHotEncoder

        # A column may have no value at all in the rows of a fold: then it is 0.
        imputer = SimpleImputer(strategy="median", keep_empty_features=True)
        numbers = [imputer, scaler] if scaler else [imputer]
        encoder = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
        categories = list(self.load().categorical)
        return ColumnTransformer(
            [
                ("numbers", make_pipeline(*numbers), _others(categories, self.facts.features)),
                ("categories", encoder, categories),
            ]
        )

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
        repetition = self._last[1]
        folds = self._reshuffled(repetition, config, seed) if self.reshuffle else repetition.folds
        # Made before the clock starts, because the first one imports its library.
        estimators = [self.make(config, seed) for _ in folds]
        refit = self.make(config, seed)
        # The data are finite and the space is checked, so neither is checked in every fit.
        # A configuration that does not converge is a poor one, which its value says already.
        with (
            config_context(assume_finite=True, skip_parameter_validation=True),
            warnings.catch_warnings(),
        ):
            warnings.simplefilter("ignore", ConvergenceWarning)
            for beginning in self.silent:
                warnings.filterwarnings("ignore", re.escape(beginning))
            started = perf_counter()
            values = tuple(
                self._measure(estimator, part, repetition.labels)
                for estimator, part in zip(estimators, folds, strict=True)
            )
            cost = perf_counter() - started
            test_value = self._measure(refit, repetition.outer, repetition.labels)
        return Evaluation(float(np.mean(values)), test_value, values, cost)

    def split(self, data: DataSet, seed: int) -> NestedSplit:
        """Return the row numbers of the repetition that `seed` selects."""
        return self.splitter.split(data.y, groups=data.groups, seed=seed)

    def _prepare(self, seed: int) -> _Repetition:
        data = self.load()
        split = self.split(data, seed)
        folds = () if self.reshuffle else tuple(self._part(data, *rows) for rows in split.folds)
        return _Repetition(
            data, split, folds, self._part(data, split.train, split.test), np.unique(data.y)
        )

    def _reshuffled(self, repetition: _Repetition, config: Config, seed: int) -> tuple[_Part, ...]:
        """Return folds that depend on the configuration too, never on the order of calls."""
        text = json.dumps([seed, sorted(config.items())])
        own = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "little")
        data = repetition.data
        folds = self.splitter.inner(repetition.split.train, data.y, data.groups, own)
        return tuple(self._part(data, *rows) for rows in folds)

    def _part(self, data: DataSet, fit: Rows, score: Rows) -> _Part:
        y, transformer = data.y, self.preprocess()
        self._check_classes(data, fit)
        X_fit, X_score = data.X[fit], data.X[score]
        if transformer is not None:
            X_fit = transformer.fit_transform(X_fit, y[fit])
            X_score = transformer.transform(X_score)
        for array in (X_fit, X_score):
            # All configurations share them: a model that works in place must fail aloud.
            array.flags.writeable = False
        return _Part(X_fit, y[fit], X_score, y[score])

    def _check_classes(self, data: DataSet, fit: Rows) -> None:
        """Refuse rows to fit that lack a class, of which the model would give no probability."""
        if self.score.response == "predict":
            return
        missing = np.setdiff1d(np.arange(len(data.labels)), data.y[fit])
        if len(missing):
            raise ValueError(
                f"{self.metric.name} needs rows of every class in every part that is fitted, got "
                f"a part with none of class {data.labels[missing[0]]!r}; use stratified parts or "
                "another metric"
            )

    def _measure(self, estimator: Any, part: _Part, labels: Array) -> float:
        estimator.fit(part.X_fit, part.y_fit)
        return self.score(estimator, part.X_score, part.y_score, labels)


def on_scaled_target(regressor: Any) -> Any:
    """Return a regressor that is fitted to a target of mean 0 and variance 1."""
    from sklearn.compose import TransformedTargetRegressor
    from sklearn.preprocessing import StandardScaler

    return TransformedTargetRegressor(regressor, transformer=StandardScaler())


def _others(columns: list[int], count: int) -> list[int]:
    return [column for column in range(count) if column not in columns]


def on(
    model: type[LiveProblem], name: str, data: str, scoring: str, **settings: Any
) -> type[LiveProblem]:
    """Return a problem of the catalog: a model on a data set, under a name of its own.

    Args:
        model: the class of the model.
        name: what users type.
        data: as in `LiveProblem`.
        scoring: the metric's id.
        settings: other defaults than the model's.
    """
    what, _, more = (model.__doc__ or "").partition(".")
    sentence = f"{what} on {data}, by {SCORES[scoring].metric.name}."
    values = {"data": data, "scoring": scoring, **settings}
    cls = make_dataclass(
        "".join(part.capitalize() for part in name.split("-")),
        [(key, type(value), value) for key, value in values.items()],
        bases=(model,),
        namespace={"name": name, "argument": "", "__doc__": sentence + more},
    )
    # Python 3.12 and later say that it was made here.
    cls.__module__ = model.__module__
    return cls
