"""Whether a record holds what a run writes: every part, of its kind, in its range."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from types import NoneType
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from bench.core import Status
from bench.evaluation import MAX_ABS_VALUE
from bench.run import End
from bench.spec import RunSpec, run_id, unknown_fields
from bench.store.record import (
    DamagedError,
    RunRecord,
    StoreError,
    end_from_dict,
    environments,
)
from bench.store.rows import TRIAL_COLUMNS, run_columns

_FACTS: dict[str, tuple[type, ...]] = {
    "library": (str,),
    "metric": (str,),
    "direction": (str,),
    "optimum": (int, float, NoneType),
    "unordered": (bool,),
    "strategy_seed": (int,),
    "problem_seed": (int,),
}
_OTHER_FACTS: dict[str, tuple[type, ...]] = {
    "dataset": (str,),
    "median_draw": (int, float, NoneType),
    "scale": (dict,),
    "positive": (str,),
    "tags": (list,),
    "metrics": (dict,),
    "strategy_distribution": (str,),
    "problem_distribution": (str,),
}
"""Of runs that were planned by later versions."""

_DIRECTIONS = ("minimize", "maximize")
_LISTS = ("fold_values", "validation_scores", "test_scores")
_KNOWN = frozenset(TRIAL_COLUMNS)
_SCALARS = {bool, int, float, str, NoneType}
_STATUSES = frozenset(Status)
_LARGEST = 2**53
"""Up to here every integer is a float."""

_MOST = 2**31 - 1
"""Of what is counted: columns have 32 bits."""

SECONDS = ("evaluation_s", "ask_s", "evaluation_wall_s", "tell_s", "started_s", "finished_s")


OUT_OF_ORDER = "its trials are out of order"


def check_record(record: RunRecord) -> None:
    """Refuse what has the parts of a run but not their kinds.

    Raises:
        DamagedError: the header or a trial cannot be what a run wrote.
    """
    try:
        check_header(record.header)
        check_trials(record.trials)
        check_numbers([line["trial_number"] for line in record.trials], record.spec.workers)
        if record.end is not None:
            check_end(record.end)
    except (StoreError, DamagedError):
        raise
    except Exception as error:
        raise DamagedError(f"a part has the wrong type ({type(error).__name__}: {error})") from None


def check_numbers(numbers: Sequence[int], workers: int) -> None:
    """Refuse numbers that trials cannot have in the order in which they were reported.

    The trial at place p was asked for when at most p trials were reported and at most all workers
    but one had another, so its number is at most p + workers - 1. With one worker it is p.

    Raises:
        DamagedError: one is too high, or there twice.
    """
    late = any(not 0 <= number < place + workers for place, number in enumerate(numbers))
    if late or len(set(numbers)) < len(numbers):
        raise DamagedError(OUT_OF_ORDER)


def check_header(header: Mapping[str, Any]) -> None:
    """Raise whatever comes of a header that lacks a part or has another kind of it.

    Raises:
        StoreError: it has a part that this version does not know.
    """
    if run_id(header["spec"]) != header["run"]:
        raise ValueError("the id belongs to another spec")
    orjson.dumps(header)  # it is written again, and may nest deeper than can be written
    if unknown := unknown_fields(header["spec"]):
        raise StoreError(
            "results must be of this version of tunebench or an older one, run "
            f"{header['run']} has {', '.join(unknown)}; use the tunebench that wrote it, or a "
            "newer one"
        )
    spec = RunSpec.from_dict(header["spec"])
    if spec.to_dict() != header["spec"]:
        raise ValueError("its spec does not have the form of a recorded spec")
    run_columns(header)
    _check_history(header)
    facts = header["facts"]
    for name, kinds in _FACTS.items():
        if type(facts[name]) not in kinds:  # a boolean is no number
            raise TypeError(f"{name} is {facts[name]!r}")
    for name, kinds in _OTHER_FACTS.items():
        if name in facts and type(facts[name]) not in kinds:
            raise TypeError(f"{name} is {facts[name]!r}")
    _check_tags(facts.get("tags", ()))
    _check_scale(facts.get("scale"))
    if facts["direction"] not in _DIRECTIONS:
        raise ValueError(f"direction is {facts['direction']!r}")


def _check_history(header: Mapping[str, Any]) -> None:
    for environment in environments(header):
        dict(environment)
    for attempt in header.get("attempts", ()):
        check_end(end_from_dict(attempt))


def _check_tags(tags: Sequence[object]) -> None:
    if not all(isinstance(tag, str) for tag in tags):
        raise TypeError(f"tags is {tags!r}")


def _check_scale(scale: Mapping[str, Any] | None) -> None:
    if scale is None:
        return
    numbers = scale["best"], scale["typical"]
    if not isinstance(scale["source"], str) or type(numbers[1]) not in (int, float):
        raise TypeError(f"scale is {scale!r}")
    if type(numbers[0]) not in (int, float, NoneType):
        raise TypeError(f"scale is {scale!r}")


def check_trials(lines: Sequence[Mapping[str, Any]]) -> None:
    """Raise whatever comes of trials that lack a part or have another kind of it.

    All values of one name at a time: a folder that is packed may have millions.
    """
    for name in SECONDS:
        _check_all(name, _numbers(name, [line[name] for line in lines]) >= 0)
    fidelity = _numbers("fidelity", [line["fidelity"] for line in lines])
    _check_all("fidelity", (fidelity > 0) & (fidelity <= 1))
    before = _numbers("continued_from", [line.get("continued_from", 0.0) for line in lines])
    _check_all("continued_from", (before >= 0) & (before < fidelity))
    statuses = [line["status"] for line in lines]
    if not _STATUSES.issuperset(statuses):
        raise ValueError("a trial has an unknown status")
    values = [line.get("value") for line in lines]
    if any(v is None and s == Status.COMPLETED for v, s in zip(values, statuses, strict=True)):
        raise TypeError("a completed trial has no value")
    bounds = ("value", MAX_ABS_VALUE), ("test_value", math.inf), ("train_value", math.inf)
    for name, most in bounds:
        there = [value for line in lines if (value := line.get(name)) is not None]
        _check_all(name, abs(_numbers(name, there)) <= most)
    for name in _LISTS:
        there = [value for line in lines if (value := line.get(name)) is not None]
        _check_kinds(name, there, {list})
        _check_numbers(name, [*itertools.chain.from_iterable(there)], NoneType)
    for name in ("worker", "trial_number"):
        counts = [line[name] for line in lines]
        _check_kinds(name, counts, {int})
        numbers = np.array(counts)
        _check_all(name, (numbers >= 0) & (numbers <= _MOST))
    _check_kinds("reason", (line.get("reason") for line in lines), {str, NoneType})
    configs = [line["config"] for line in lines]
    _check_kinds("config", configs, {dict})
    _check_kinds("config", itertools.chain.from_iterable(c.values() for c in configs), _SCALARS)
    for line in lines:
        if not line.keys() <= _KNOWN:
            orjson.dumps(line)  # as for the header


def _numbers(name: str, values: Sequence[Any]) -> npt.NDArray[np.float64]:
    _check_numbers(name, values)
    return np.array(values, dtype=np.float64)


def _check_kinds(name: str, values: Iterable[object], kinds: set[type]) -> set[type]:
    """Return the types of some values, of which all must be known."""
    found = set(map(type, values))
    if others := found - kinds:  # a boolean is no number
        raise TypeError(f"{name} is of type {others.pop().__name__}")
    return found


def _check_numbers(name: str, values: Sequence[Any], *more: type) -> None:
    """Refuse what is no number, and integers that no float is: columns of a pack are floats."""
    # Recorded numbers seldom are integers, so that types are asked first.
    if int in _check_kinds(name, values, {int, float, *more}) and any(
        type(value) is int and abs(value) > _LARGEST for value in values
    ):
        raise ValueError(f"{name} is an integer beyond {_LARGEST:,}")


def _check_all(name: str, holds: npt.NDArray[np.bool_]) -> None:
    if not holds.all():
        raise ValueError(f"{name} of trial {holds.argmin()} is out of range")


def check_end(end: End) -> None:
    """Raise whatever comes of an end that has another kind of a part."""
    if not isinstance(end.reason, str):
        raise TypeError(f"reason is {end.reason!r}")
    if type(end.n_trials) is not int:
        raise TypeError(f"n_trials is {end.n_trials!r}")
    for name in ("start_seconds", "run_seconds"):
        if not getattr(end, name) >= 0:
            raise ValueError(f"{name} is {getattr(end, name)!r}")
