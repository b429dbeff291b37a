"""An estimator and data that somebody has in hand, as a live problem."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from bench import Config, Evaluation, SearchSpace
from problems._columns import to_dataset
from problems._dataset import DataSet, Facts, measured
from problems._live import LiveProblem

_TARGET, _GROUPS = "the target", "the groups"
"""Columns of the table that is made of arrays."""


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
        settings: scoring, positive, cv, folds, repeats, fidelity of `LiveProblem`.

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
    import pandas as pd
    import pyarrow as pa

    if hasattr(X, "toarray"):
        raise ValueError("X must be an array or a frame, got a sparse matrix; use X.toarray()")
    frame = X if isinstance(X, pd.DataFrame) else pd.DataFrame(np.asarray(X))
    frame = frame.reset_index(drop=True).rename(columns=str)
    columns = {_TARGET: np.asarray(y)} | ({} if groups is None else {_GROUPS: np.asarray(groups)})
    for what, values in columns.items():
        if values.ndim != 1 or len(values) != len(frame):
            raise ValueError(
                f"{what} must be one value for each of the {len(frame)} rows of X, got shape "
                f"{values.shape}; give as many"
            )
    truth = columns[_TARGET]
    labels, codes = np.unique(truth.astype(str) if truth.dtype == object else truth,
                              return_inverse=True) if classifies else ((), None)  # fmt: skip
    # Texts are classes and floats that are not whole are none, whatever model it is for.
    target = pd.Series(truth) if codes is None else pd.Series(codes).map(lambda c: f"class {c:09}")
    table = frame.assign(**columns | {_TARGET: target})
    found = to_dataset(
        pa.Table.from_pandas(table, preserve_index=False),
        source="the data in memory",
        target=_TARGET,
        groups="" if groups is None else _GROUPS,
    )
    if codes is None:
        return DataSet(
            found.X, truth.astype(np.float64), (), found.categorical, found.groups, found.warnings
        )
    names = tuple(str(label) for label in labels)
    return DataSet(found.X, codes, names, found.categorical, found.groups, found.warnings)


def _title(data: DataSet) -> str:
    """Return what data are called: their size, and a hash that tells two data sets apart."""
    found = hashlib.sha256()
    for array in (data.X, data.y, data.groups):
        found.update(b"-" if array is None else np.ascontiguousarray(array).tobytes())
    rows, features = data.X.shape
    return f"data in memory, {rows} × {features} [{found.hexdigest()[:8]}]"
