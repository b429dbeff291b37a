"""Reads a table from its Parquet file and checks it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.core.distributions import Categorical, Distribution, Ordinal, Scalar
from bench.core.fidelity import Fidelity
from bench.core.problem import Metric
from bench.core.space import SearchSpace
from bench.tabular.file import Codes, TableFile
from bench.tabular.match import Rows, few, row_keys, row_order
from bench.tabular.table import Array, Measurements, Table
from bench.tabular.write import FOLD, SCORE_PARTS

_FIDELITY_EXAMPLE = (
    'for example {"fidelity": {"unit": "epochs", "steps": 81}} under the key \'tunebench\''
)


def read_table(path: Path) -> Table:
    """Read and check a table.

    A column `value` is what is tuned, `test_value`, `train_value`, `cost` (seconds), `split`,
    `reason` (why an evaluation failed) and `fold_1`, `fold_2`, … are optional, and every other
    column is a parameter: numbers are ordered grid points, other values choices. The metadata (JSON
    under the key `tunebench`) must give the `metric` (name, direction); they may give the `space`,
    with its conditions, or else its `default`, and other names for the `columns`. If they give
    `metrics`, `scores` among these names has two columns for each, of validation and of test. If
    they give a `fidelity` (unit, steps of a full evaluation), a column `fidelity` holds each row's
    steps.

    Raises:
        ValueError: not such a table; the message says what is wrong and where.
    """
    try:
        return _table(TableFile(path))
    except ValueError as error:
        raise ValueError(f"table {path}: {' '.join(str(error).split())}") from None


def _table(file: TableFile) -> Table:
    metric = _metric(file.meta)
    described = _described_space(file.meta)
    names = _names(file, described)
    space = described or _found_space(file, names)
    _check_columns(file, names, space)
    splits, split = _splits(file, names)
    fidelity, step = _fidelity(file, names)
    passes = [f"split {label!r}{where}" for where in _places(fidelity) for label in splits]
    order = row_order(space, row_keys(file, space), passes, step * len(splits) + split)
    order = order.reshape(-1, len(splits), order.shape[1])
    reasons = _reasons(file, names, order)
    failed = np.zeros(order.shape, dtype=bool)
    for place in reasons:
        failed[place] = True
    # A full evaluation; all cheap ones may fail, such as those with too few rows for a model.
    if failed[-1].all(axis=1).any():
        label = splits[int(failed[-1].all(axis=1).argmax())]
        raise ValueError(f"each split must have a completed evaluation, {label!r} has none")

    def measured(name: str) -> Array | None:
        return _measured(file, name, order, failed, names) if name in file.columns else None

    value = measured(names.value)
    assert value is not None
    folds = [measured(name) for name in names.fold_values]
    cost = measured(names.cost)
    if cost is not None and (cost < 0).any():
        raise ValueError(f"column {names.cost!r} must hold seconds, 0 or more, got {cost.min()}")
    test_value = measured(names.test_value)
    fold_values = np.stack(folds, axis=-1) if folds else None  # type: ignore[arg-type]

    def known(name: str) -> Array | None:
        return _decimal(file.numbers(name)[order[-1]]) if name in file.columns else None

    metrics = _metrics(file.meta, names)
    found = [known(name) for name in names.scores]
    scores = None
    if metrics:
        stacked = np.stack(found, axis=-1)  # type: ignore[arg-type]
        scores = stacked.reshape(*stacked.shape[:2], len(metrics), len(SCORE_PARTS))

    def of(step: int) -> dict[str, Any]:
        return {
            "value": value[step],
            "test_value": None if test_value is None else test_value[step],
            "cost": None if cost is None else cost[step],
            "fold_values": None if fold_values is None else fold_values[step],
            "reasons": {(s, row): text for (at, s, row), text in reasons.items() if at == step},
        }

    *cheaper, full = range(len(order))
    return Table(
        space,
        metric,
        **of(full),
        train_value=known(names.train_value),
        metrics=metrics,
        scores=scores,
        meta=file.meta,
        fidelity=fidelity,
        cheaper={fidelity.measured[k]: Measurements(**of(k)) for k in cheaper} if fidelity else {},
    )


_LISTS = ("fold_values", "scores")
"""Names of more than one column."""


@dataclass(frozen=True, slots=True)
class _Names:
    """What the columns of a file are called; "" where it cannot have one."""

    value: str = "value"
    test_value: str = "test_value"
    cost: str = "cost"
    split: str = "split"
    fidelity: str = "fidelity"
    reason: str = "reason"
    train_value: str = "train_value"
    fold_values: tuple[str, ...] = ()
    scores: tuple[str, ...] = ()

    @property
    def all(self) -> set[str]:
        single = {self.value, self.test_value, self.cost, self.split, self.fidelity, self.reason}
        return single.union([self.train_value], self.fold_values, self.scores)


def _metrics(meta: Mapping[str, Any], names: _Names) -> tuple[Metric, ...]:
    """Return the metrics of the scores, of which each has two columns."""
    given = meta.get("metrics", [])
    if not isinstance(given, list):
        raise ValueError(f"`metrics` in the metadata must be a list, got {given!r}")
    found = tuple(map(_as_metric, given))
    if len(names.scores) != len(SCORE_PARTS) * len(found):
        raise ValueError(
            f"`scores` in the metadata must name {' and '.join(SCORE_PARTS)} of each of the "
            f"{len(found)} `metrics`, got {list(names.scores)}"
        )
    return found


def _metric(meta: Mapping[str, Any]) -> Metric:
    return _as_metric(meta.get("metric"))


def _as_metric(given: object) -> Metric:
    if not (isinstance(given, dict) and given.keys() == {"name", "direction"}):
        raise ValueError(
            f"the metadata must give the metric, got {given!r}; for example "
            '{"metric": {"name": "accuracy", "direction": "maximize"}} under the key \'tunebench\''
        )
    metric = Metric(**given)
    if not (metric.name.strip() and metric.name.isprintable() and len(metric.name) <= 100):
        raise ValueError(
            f"the metric's name must be printable and have 1 to 100 characters, got "
            f"{metric.name[:100]!r}; for example accuracy"
        )
    return metric


def _described_space(meta: Mapping[str, Any]) -> SearchSpace | None:
    if "space" not in meta:
        return None
    try:
        return SearchSpace.from_dict(meta["space"])
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(
            "the space of the metadata must be what `SearchSpace.to_dict` gives, it is not "
            f"({type(error).__name__}: {error}); without one, all columns make the space"
        ) from None


def _names(file: TableFile, space: SearchSpace | None) -> _Names:
    """Return the names of the columns: the metadata's, or else the usual ones that are free."""
    given = file.meta.get("columns", {})
    fields = list(_Names.__dataclass_fields__)
    if not isinstance(given, dict) or not given.keys() <= set(fields):
        raise ValueError(f"`columns` in the metadata may name {fields}, got {given!r}")
    parameters: set[str] = set(space or ())
    folds = [n for n in file.columns if n.startswith(FOLD) and n[len(FOLD) :].isdecimal()]
    usual: dict[str, Any] = {
        name: name if name not in parameters else "" for name in fields if name not in _LISTS
    } | {"scores": []}
    if "fidelity" not in file.meta:  # then it is a parameter
        usual["fidelity"] = ""
    usual["fold_values"] = sorted({*folds} - parameters, key=lambda name: int(name[len(FOLD) :]))
    for name, wanted in given.items():
        kind, what = (list, "a list of names") if name in _LISTS else (str, "a name")
        if not isinstance(wanted, kind):
            raise ValueError(
                f"`columns` in the metadata must give {what} for {name}, got {wanted!r}"
            )
        for column in wanted if isinstance(wanted, list) else [wanted]:
            if column not in file.columns:
                raise ValueError(
                    f"`columns` in the metadata must name columns, {name} is to be {column!r}, "
                    f"there are {few(file.columns)}"
                )
    found = usual | given
    return _Names(**{**found, **{name: tuple(found[name]) for name in _LISTS}})


def _found_space(file: TableFile, names: _Names) -> SearchSpace:
    """Return the space that the values of the columns make."""
    parameters: dict[str, Distribution] = {}
    for name in file.columns:
        if name in names.all:
            continue
        values, codes = file.coded(name)
        if (codes < 0).any():
            raise ValueError(
                f"a parameter must have a value in each row, {name!r} has none in row "
                f"{int((codes < 0).argmax())}; one that is active only sometimes needs a `space` "
                "with conditions in the metadata"
            )
        plain = isinstance(values[0], str | bool)
        parameters[name] = (Categorical if plain else Ordinal)(tuple(values))  # type: ignore[arg-type]
    default = file.meta.get("default")
    if not isinstance(default, dict | None):
        raise ValueError(f"the default of the metadata must be a configuration, got {default!r}")
    return SearchSpace(parameters, default=default)


def _check_columns(file: TableFile, names: _Names, space: SearchSpace) -> None:
    if names.value not in file.columns:
        raise ValueError(
            f"must have a column {names.value or 'value'!r} that is no parameter, it has "
            f"{few(file.columns)}; `columns` in the metadata may name another"
        )
    for name in [*space, *file.columns]:
        inside, there = name in space.parameters, name in file.columns
        if not there or inside == (name in names.all):
            where = "the file only" if not inside else "the space only" if not there else "both"
            raise ValueError(
                "each column must be a parameter of the space or a measurement, and each parameter "
                f"a column, {name!r} is in {where}; the measurements are {sorted(names.all)}"
            )


def _splits(file: TableFile, names: _Names) -> tuple[list[Scalar], Codes]:
    """Return the names of the splits, sorted, and each row's place among them."""
    if names.split not in file.columns:
        return [0], np.zeros(file.rows, dtype=np.intp)
    splits, split = file.coded(names.split)
    if (split < 0).any():
        raise ValueError(
            f"column {names.split!r} must name the split of each row, row "
            f"{int((split < 0).argmax())} has none"
        )
    return splits, split


def _fidelity(file: TableFile, names: _Names) -> tuple[Fidelity | None, Codes]:
    """Return the steps that were measured, and each row's place among them."""
    given = file.meta.get("fidelity")
    if given is None:
        if names.fidelity:
            raise ValueError(
                f"the metadata must give the fidelity whose steps column {names.fidelity!r} holds, "
                f"they do not; {_FIDELITY_EXAMPLE}"
            )
        return None, np.zeros(file.rows, dtype=np.intp)
    if not (isinstance(given, dict) and given.keys() == {"unit", "steps"}):
        raise ValueError(
            f"the fidelity of the metadata must be unit and steps, got {given!r}; "
            f"{_FIDELITY_EXAMPLE}"
        )
    if names.fidelity not in file.columns:
        raise ValueError(
            f"a table with a fidelity must have a column {names.fidelity or 'fidelity'!r} that is "
            f"no parameter, it has {few(file.columns)}; `columns` in the metadata may name another"
        )
    steps, step = file.coded(names.fidelity)
    if (step < 0).any():
        raise ValueError(
            f"column {names.fidelity!r} must hold the steps of each row, row "
            f"{int((step < 0).argmax())} has none"
        )
    full = Fidelity(**given)
    for value in steps:
        full.share(value)  # type: ignore[arg-type]
    if steps[-1] != full.steps:
        raise ValueError(
            f"column {names.fidelity!r} must have the full evaluations too, of {full.steps} "
            f"{full.unit}, it has {few(steps)}; measure them, or give `steps` as they are"
        )
    return Fidelity(full.unit, full.steps, steps[0], tuple(steps)), step  # type: ignore[arg-type]


def _places(fidelity: Fidelity | None) -> list[str]:
    """Return where each step stands, as a message says it."""
    if fidelity is None:
        return [""]
    return [f" at {step} of {fidelity.steps} {fidelity.unit}" for step in fidelity.measured]


def _reasons(file: TableFile, names: _Names, order: Rows) -> dict[tuple[int, int, int], str]:
    if names.reason not in file.columns:
        return {}
    values, codes = file.coded(names.reason)
    odd = [value for value in values if not isinstance(value, str)]
    if odd:
        raise ValueError(f"column {names.reason!r} must hold strings or nothing, got {odd[0]!r}")
    texts = [str(value).strip() for value in values] + [""]
    found = np.array([bool(text) for text in texts])[codes[order]]
    return {
        (step, s, row): texts[codes[order[step, s, row]]]
        for step, s, row in np.argwhere(found).tolist()
    }


def _decimal(values: Array) -> Array:
    """Return numbers of single precision with their seven digits: 0.9, not 0.8999999761581421."""
    with np.errstate(divide="ignore", invalid="ignore"):
        scale = 10.0 ** (6 - np.floor(np.log10(np.abs(values))))
    usable = np.isfinite(scale) & (scale > 0)
    found: Array = np.where(usable, np.round(values * np.where(usable, scale, 1)), values)
    return np.where(usable, found / np.where(usable, scale, 1), values)


def _measured(
    file: TableFile, name: str, order: Rows, failed: NDArray[np.bool_], names: _Names
) -> Array:
    """Return a column in order; of failed evaluations it keeps the cost only."""
    values: Array = file.numbers(name)[order]
    bad = ~np.isfinite(values) & ~failed
    if bad.any():
        raise ValueError(
            f"column {name!r} must hold finite numbers, {bad.sum():,} are not, the first in row "
            f"{order[bad].min()}; a failed evaluation has a string in a column {names.reason!r}"
        )
    return values if name == names.cost else np.where(failed, np.nan, values)
