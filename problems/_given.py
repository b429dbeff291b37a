"""An estimator and data that somebody has in hand, as a live problem."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from bench import Config, Evaluation, SearchSpace
from problems._columns import check_classes, to_dataset
from problems._dataset import DataSet, Facts, measured
from problems._live import LiveProblem
from problems._metrics import Array
from problems._parts import Part

if TYPE_CHECKING:
    import pandas as pd

_TARGET, _GROUPS = "the target", "the groups"
"""Columns of the table that is made of arrays."""

_SOURCE = "the data in memory"
"""What errors call that table."""


@dataclass(eq=False)
class GivenModel(LiveProblem):
    """An estimator to tune on data in memory; made by `given_model`.

    Args:
        name: what it is called.
        model: the unfitted estimator.
        parameters: the space.
        dataset: the data.
    """

    name: str = ""  # type: ignore[misc]  # that of an object, not of its class
    model: Any = None
    parameters: SearchSpace | None = None
    dataset: DataSet | None = field(default=None, repr=False)

    scaled: ClassVar[bool] = False
    argument: ClassVar[str] = ""

    def __post_init__(self) -> None:
        # Of an estimator of one's own that is a fact of the object.
        self.probabilities = hasattr(self.model, "predict_proba")  # type: ignore[misc]
        super().__post_init__()

    def find_facts(self) -> Facts:
        title = self.data.partition(" [")[0]
        return measured(
            self.load(), name=self.data, title=title, licence="not stated", reference=""
        )

    def load(self) -> DataSet:
        assert self.dataset is not None
        return self.dataset

    def space_for(self, facts: Facts) -> SearchSpace:
        assert self.parameters is not None
        return self.parameters

    def script(self, config: Config, *, seed: int, recorded: Evaluation) -> str:
        # A program could not hold data that are in memory only.
        return ""

    def make(self, config: Config, random_state: int) -> Any:
        from sklearn.base import clone

        made = clone(self.model)
        seeds = {
            key: random_state
            for key, value in made.get_params().items()
            if value is None and (key == "random_state" or key.endswith("__random_state"))
        }
        return made.set_params(**{**seeds, **config})

    def _measure(self, estimator: Any, part: Part, labels: Array) -> float:
        from sklearn import config_context

        # Nobody has tried this space on this model: without the checks of scikit-learn a value
        # that the model refuses would have a score, and steps may make numbers that are none.
        with config_context(assume_finite=False, skip_parameter_validation=False):
            return super()._measure(estimator, part, labels)


def given_model(
    model: Any,
    X: Any,
    y: Any,
    space: SearchSpace,
    *,
    name: str = "",
    groups: Any = None,
    **settings: Any,
) -> GivenModel:
    """Return an estimator on data in memory as a problem.

    Args:
        model: an unfitted classifier or regressor of scikit-learn, or what behaves like one.
        X: an array of numbers, or a frame, rows × features.
        y: a class or a number for each row.
        space: over parameters of the model.
        name: what it is called; that of the model's class unless given.
        groups: a label for each row, or None.
        settings: scoring, positive, cv, folds, repeats of `LiveProblem`.

    Raises:
        ValueError: something that cannot be measured; the message says what to change.
    """
    from sklearn.base import is_classifier, is_regressor

    if isinstance(model, type) or not (is_classifier(model) or is_regressor(model)):
        raise ValueError(
            "model must be an unfitted classifier or regressor of scikit-learn, got "
            f"{model!r}; for example LogisticRegression()"
        )
    known = model.get_params()
    if unknown := [key for key in space if key not in known]:
        raise ValueError(
            f"the space must name parameters of {type(model).__name__}, got {', '.join(unknown)}; "
            f"it has {', '.join(known)}"
        )
    data = _dataset(X, y, groups, classifies=is_classifier(model))
    if settings.get("cv") == "time-series":
        settings.setdefault("repeats", 1)
    return GivenModel(
        **settings,
        data=_title(data),
        groups="" if groups is None else _GROUPS,
        name=name or type(model).__name__,
        model=model,
        parameters=_with_default(space, known),
        dataset=data,
    )


def _with_default(space: SearchSpace, known: dict[str, Any]) -> SearchSpace:
    """Return the space with the model's present parameters as default, where they are inside."""
    if space.default is not None or space.conditions:
        return space
    try:
        return SearchSpace(space.parameters, default={key: known[key] for key in space})
    except ValueError:
        return space


def _dataset(X: Any, y: Any, groups: Any, *, classifies: bool) -> DataSet:
    import pyarrow as pa

    frame = _frame(X)
    columns = {_TARGET: np.asarray(y)} | ({} if groups is None else {_GROUPS: np.asarray(groups)})
    for what, values in columns.items():
        if values.ndim != 1 or len(values) != len(frame):
            raise ValueError(
                f"{what} must be one value for each of the {len(frame)} rows of X, got shape "
                f"{values.shape}; give one dimension of {len(frame)}"
            )
    truth = columns[_TARGET]
    if classifies:
        codes, names = _classes(truth)
        # Texts are classes and floats that are not whole are none, whatever model it is for.
        texts = [None if code < 0 else f"class {code:09}" for code in codes]
        columns[_TARGET] = np.array(texts, dtype=object)
    try:
        table = pa.Table.from_pandas(frame.assign(**columns), preserve_index=False)
    except (pa.ArrowException, TypeError) as error:
        raise ValueError(
            "a column must hold numbers, booleans or strings, the data in memory cannot be read "
            f"({'; '.join(map(str, error.args))}); convert the column, or leave it out"
        ) from None
    found = to_dataset(
        table,
        source=_SOURCE,
        target=_TARGET,
        groups="" if groups is None else _GROUPS,
    )
    if classifies:
        return DataSet(found.X, codes, names, found.categorical, found.groups, found.warnings)
    try:
        numbers = truth.astype(np.float64)
    except (TypeError, ValueError):
        raise ValueError(
            f"the target of a regressor must hold numbers, got {truth.tolist()[0]!r} in the first "
            "row; give numbers, or a classifier as model"
        ) from None
    return DataSet(found.X, numbers, (), found.categorical, found.groups, found.warnings)


def _frame(X: Any) -> pd.DataFrame:
    """Return features as a frame whose column names are strings that differ."""
    import pandas as pd

    if hasattr(X, "toarray"):
        raise ValueError("X must be an array or a frame, got a sparse matrix; use X.toarray()")
    if not isinstance(X, pd.DataFrame):
        X = np.asarray(X)
        if X.ndim not in (1, 2):
            raise ValueError(
                f"X must have two dimensions, rows × features, got shape {X.shape}; reshape it"
            )
        X = pd.DataFrame(X)
    names = [str(name) for name in X.columns]
    counts = Counter([*names, _TARGET, _GROUPS])
    if twice := [name for name, times in counts.items() if times > 1]:
        raise ValueError(
            f"column names of X must differ, also from {_TARGET!r} and {_GROUPS!r}, got "
            f"{', '.join(map(repr, twice))} more than once; rename them"
        )
    frame = X.reset_index(drop=True).set_axis(names, axis=1)
    # Intervals, as pandas.cut makes them, are categories by what is written.
    cut = [
        name
        for name, kind in frame.dtypes.items()
        if isinstance(kind, pd.CategoricalDtype)
        and isinstance(kind.categories.dtype, pd.IntervalDtype)
    ]
    return frame.assign(**{name: frame[name].cat.rename_categories(str) for name in cut})


def _classes(truth: NDArray[Any]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return the code of the class of each row, −1 where it is missing, and the classes' names.

    Raises:
        ValueError: there are fewer than two classes, or one that has one row.
    """
    import pandas as pd

    there = ~pd.isna(truth)
    known = truth[there]
    labels, found = np.unique(
        known.astype(str) if known.dtype == object else known, return_inverse=True
    )
    codes = np.full(len(truth), -1, dtype=np.int64)
    codes[there] = found
    names = tuple(str(label) for label in labels)
    if there.all() and len(truth):
        check_classes(codes, names, f"{_TARGET!r} of {_SOURCE}")
    return codes, names


def _title(data: DataSet) -> str:
    """Return what data are called: their size, and a hash that tells two data sets apart."""
    found = hashlib.sha256()
    for array in (data.X, data.y, data.groups):
        found.update(b"-" if array is None else np.ascontiguousarray(array).tobytes())
    rows, features = data.X.shape
    return f"data in memory, {rows} × {features} [{found.hexdigest()[:8]}]"
