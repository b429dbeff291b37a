"""Writes a table as one Parquet file: a row for each configuration, split and step."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

from bench.core.distributions import Categorical, Distribution, Scalar
from bench.core.fidelity import Fidelity
from bench.core.problem import Metric
from bench.core.space import Config, SearchSpace
from bench.core.trial import Evaluation, EvaluationError
from bench.files import replacing

KEY = b"tunebench"
"""Where the metadata of the schema hold ours, as JSON."""

FOLD = "fold_"
"""What the columns of fold values begin with; their number, from 1, follows."""

SCORE_PARTS = ("validation", "test")
"""What the columns of scores begin with, in their order; the name of the metric follows."""

Rows = Sequence[Sequence[tuple[Config, Evaluation | EvaluationError]]]
"""For each split every configuration with its evaluation, or how it failed."""


def write_table(
    path: Path,
    space: SearchSpace,
    metric: Metric,
    rows: Rows,
    *,
    about: Mapping[str, Any],
    fidelity: Fidelity | None = None,
    cheaper: Mapping[int, Rows] | None = None,
    metrics: Sequence[Metric] = (),
) -> None:
    """Write a table; the file is there whole or not at all.

    Test value, cost and fold values get their columns where every evaluation has them; training
    values and scores of all metrics, of single precision, where a full evaluation has them.

    Args:
        path: of the file.
        space: finite.
        metric: what the values are.
        rows: for each split every configuration with its full evaluation, or how it failed.
        about: what the metadata say besides metric, space, columns and fidelity.
        fidelity: what a step is; None for full evaluations only.
        cheaper: step below a full evaluation -> the rows of its evaluations.
        metrics: those that `scores` are of.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    steps = {**(cheaper or {}), 1 if fidelity is None else fidelity.steps: rows}
    flat = [
        (step, split, config, found)
        for step in sorted(steps)
        for split, part in enumerate(steps[step])
        for config, found in part
    ]
    good = [found for *_, found in flat if isinstance(found, Evaluation)]
    columns = {
        name: _cells(distribution, [config.get(name) for *_, config, _ in flat])
        for name, distribution in space.parameters.items()
    }
    names: dict[str, Any] = {}

    def add(kind: str, cells: list[Any]) -> str:
        name = kind
        while name in columns:  # a parameter may be called so
            name += "_"
        columns[name] = cells
        return name

    def measured(read: Callable[[Evaluation], Any]) -> list[Any]:
        return [read(found) if isinstance(found, Evaluation) else None for *_, found in flat]

    names["split"] = add("split", [split for _, split, *_ in flat])
    if fidelity is not None:
        names["fidelity"] = add("fidelity", [step for step, *_ in flat])
    names["value"] = add("value", measured(lambda e: e.value))
    if all(found.test_value is not None for found in good):
        names["test_value"] = add("test_value", measured(lambda e: e.test_value))
    if all(found.cost is not None for found in good):
        names["cost"] = add("cost", [found.cost for *_, found in flat])
    folds = {len(found.fold_values or ()) for found in good}
    names["fold_values"] = [
        add(f"{FOLD}{i + 1}", measured(lambda e, i=i: e.fold_values[i]))  # type: ignore[misc]
        for i in range(folds.pop() if len(folds) == 1 else 0)
    ]
    names |= _unseen(good, metrics, lambda kind, read: add(kind, _single(measured(read))))
    if len(good) < len(flat):
        names["reason"] = add(
            "reason", [None if isinstance(found, Evaluation) else str(found) for *_, found in flat]
        )
    meta = {"metric": asdict(metric), "space": space.to_dict(), "columns": names, **about}
    if names.get("scores"):
        meta["metrics"] = [asdict(m) for m in metrics]
    if fidelity is not None:
        meta["fidelity"] = {"unit": fidelity.unit, "steps": fidelity.steps}
    table = pa.table(columns).replace_schema_metadata({KEY: json.dumps(meta).encode()})
    # Numbers of one column resemble each other byte by byte more than as a whole.
    floats = [f.name for f in table.schema if pa.types.is_floating(f.type)]
    other = [name for name in table.column_names if name not in floats]
    with replacing(path) as file:
        pq.write_table(
            table,
            file,
            compression="zstd",
            compression_level=19,
            use_dictionary=other,
            use_byte_stream_split=floats,
            row_group_size=max(1, len(flat)),
        )


def _unseen(
    good: Sequence[Evaluation],
    metrics: Sequence[Metric],
    add: Callable[[str, Callable[[Evaluation], Any]], str],
) -> dict[str, Any]:
    """Add the columns of what nobody tunes, and return what they are called."""
    names: dict[str, Any] = {}
    if any(found.train_value is not None for found in good):
        names["train_value"] = add("train_value", lambda e: e.train_value)
    if any(found.scores is not None for found in good):
        names["scores"] = [
            add(f"{part} {metric.name}", partial(_score, metric.name, place))
            for metric in metrics
            for place, part in enumerate(SCORE_PARTS)
        ]
    return names


def _score(metric: str, part: int, evaluation: Evaluation) -> float | None:
    return None if evaluation.scores is None else evaluation.scores[metric][part]


def _single(cells: list[Any]) -> Any:
    """Return numbers that nobody tunes as an array of half the size."""
    import pyarrow as pa

    return pa.array(cells, pa.float32())


def as_texts(distribution: Distribution) -> bool:
    """Return whether a parameter's column holds the JSON of its values.

    A column holds values of one kind; choices such as "sqrt" and 0.5 are of two.
    """
    if not isinstance(distribution, Categorical):
        return False
    kinds = {
        type(c) if isinstance(c, str | bool) else float
        for c in distribution.choices
        if c is not None
    }
    return len(kinds) > 1


def from_text(text: Scalar) -> Scalar:
    """Return the value whose JSON is `text`.

    Raises:
        ValueError: it is no JSON of a single value.
    """
    try:
        value: Scalar = json.loads(text) if isinstance(text, str) else text
        hash(value)
    except (TypeError, ValueError):
        raise ValueError(
            "choices of several kinds must be written as JSON, such as '\"sqrt\"' and '0.5', "
            f"got {text!r}"
        ) from None
    return value


def _cells(distribution: Distribution, values: list[Scalar]) -> list[Scalar]:
    if not as_texts(distribution):
        return values
    return [None if value is None else json.dumps(value) for value in values]
